// What the simulated disk keeps, loses and tears.
#include "simulators/disk/simulated_disk.h"

#include <algorithm>
#include <utility>

namespace cardrig::sim {

namespace {

constexpr std::uint64_t kSector = 512;
constexpr char kDiskFull[] = "disk.full";
constexpr char kDiskReadOnly[] = "disk.read_only";

void put(std::vector<std::uint8_t>& image, std::uint64_t offset,
         std::span<const std::uint8_t> bytes) {
  if (image.size() < offset + bytes.size()) image.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), image.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

class SimulatedFile final : public File {
 public:
  SimulatedFile(SimulatedDisk& disk, std::shared_ptr<SimulatedDisk::Node> node)
      : disk_(disk), node_(std::move(node)), boot_(disk.boot_) {}

  Result<std::size_t, FileReason> read(std::uint64_t offset,
                                       std::span<std::uint8_t> into) override {
    if (!alive()) return fail(FileReason::kPowerLost);
    const auto& image = node_->now;
    if (offset >= image.size()) return std::size_t{0};
    const auto n = std::min<std::uint64_t>(into.size(), image.size() - offset);
    std::copy_n(image.begin() + static_cast<std::ptrdiff_t>(offset), n, into.begin());
    return static_cast<std::size_t>(n);
  }
  Result<Unit, FileReason> write(std::uint64_t offset,
                                 std::span<const std::uint8_t> bytes) override {
    if (!alive()) return fail(FileReason::kPowerLost);
    return disk_.write(*node_, offset, bytes);
  }
  Result<Unit, FileReason> truncate(std::uint64_t size) override {
    if (!alive()) return fail(FileReason::kPowerLost);
    return disk_.truncate(*node_, size);
  }
  Result<std::uint64_t, FileReason> size() override {
    if (!alive()) return fail(FileReason::kPowerLost);
    return std::uint64_t{node_->now.size()};
  }
  Result<Unit, FileReason> sync() override {
    if (!alive()) return fail(FileReason::kPowerLost);
    return disk_.sync(*node_);
  }

 private:
  [[nodiscard]] bool alive() const { return disk_.powered_ && boot_ == disk_.boot_; }

  SimulatedDisk& disk_;
  std::shared_ptr<SimulatedDisk::Node> node_;
  std::uint64_t boot_;
};

SimulatedDisk::SimulatedDisk(Random random, FaultCatalogue* faults)
    : random_(random.fork("disk")), faults_(faults) {}
SimulatedDisk::~SimulatedDisk() = default;

void SimulatedDisk::declare_faults(FaultCatalogue& faults) {
  FaultSpec full;
  full.name = kDiskFull;
  full.reference = "H8";
  full.title = "The kiosk's disk is full";
  full.wire_shows =
      "writes that make a file longer fail with ENOSPC; what lies on the disk is read";
  full.kiosk_must = "print nothing that it cannot journal, and go out of service";
  full.on_wire = false;
  faults.declare(full);

  FaultSpec read_only;
  read_only.name = kDiskReadOnly;
  read_only.reference = "H8";
  read_only.title = "The kiosk's disk has become read-only";
  read_only.wire_shows = "every write, truncation, creation and removal fails with EROFS";
  read_only.kiosk_must = "print nothing that it cannot journal, and go out of service";
  read_only.on_wire = false;
  faults.declare(read_only);
}

bool SimulatedDisk::strikes(std::string_view fault) {
  return faults_ != nullptr && faults_->strikes(fault);
}

Result<std::unique_ptr<File>, FileReason> SimulatedDisk::open(const std::string& path,
                                                              bool create) {
  if (!powered_) return fail(FileReason::kPowerLost);
  auto it = files_.find(path);
  if (it == files_.end()) {
    if (!create) return fail(FileReason::kNotFound);
    if (strikes(kDiskReadOnly)) return fail(FileReason::kReadOnly);
    it = files_.emplace(path, std::make_shared<Node>()).first;
  }
  return std::make_unique<SimulatedFile>(*this, it->second);
}

bool SimulatedDisk::exists(const std::string& path) { return powered_ && files_.contains(path); }

bool SimulatedDisk::begin_operation() {
  if (!powered_) return false;
  ++operations_;
  return operations_ != cut_at_;
}

Result<Unit, FileReason> SimulatedDisk::remove(const std::string& path) {
  if (!powered_) return fail(FileReason::kPowerLost);
  const auto it = files_.find(path);
  if (it == files_.end()) return fail(FileReason::kNotFound);
  if (strikes(kDiskReadOnly)) return fail(FileReason::kReadOnly);
  const bool goes_on = begin_operation();
  if (goes_on || random_.chance(0.5)) files_.erase(it);
  if (goes_on) return ok();
  power_cut();
  return fail(FileReason::kPowerLost);
}

Result<Unit, FileReason> SimulatedDisk::write(Node& node, std::uint64_t offset,
                                              std::span<const std::uint8_t> bytes) {
  const bool goes_on = begin_operation();
  if (goes_on && strikes(kDiskReadOnly)) return fail(FileReason::kReadOnly);
  const bool grows = offset + bytes.size() > node.now.size();
  if (goes_on && grows && strikes(kDiskFull)) return fail(FileReason::kNoSpace);
  put(node.now, offset, bytes);
  node.unsynced.push_back(Change{false, offset, Bytes(bytes.begin(), bytes.end())});
  if (keep_history_) history_.insert(history_.end(), bytes.begin(), bytes.end());
  if (goes_on) return ok();
  power_cut();
  return fail(FileReason::kPowerLost);
}

Result<Unit, FileReason> SimulatedDisk::truncate(Node& node, std::uint64_t size) {
  const bool goes_on = begin_operation();
  if (goes_on && strikes(kDiskReadOnly)) return fail(FileReason::kReadOnly);
  const bool grows = size > node.now.size();
  if (goes_on && grows && strikes(kDiskFull)) return fail(FileReason::kNoSpace);
  node.now.resize(size);
  node.unsynced.push_back(Change{true, size, {}});
  if (goes_on) return ok();
  power_cut();
  return fail(FileReason::kPowerLost);
}

Result<Unit, FileReason> SimulatedDisk::sync(Node& node) {
  if (!begin_operation()) {
    power_cut();
    return fail(FileReason::kPowerLost);
  }
  for (const auto& change : node.unsynced) {
    if (change.is_truncate) {
      node.durable.resize(change.offset);
    } else {
      put(node.durable, change.offset, change.bytes);
    }
  }
  node.unsynced.clear();
  node.entry_durable = true;
  return ok();
}

void SimulatedDisk::survive(Node& node, const Change& change) {
  if (change.is_truncate) {
    if (random_.chance(0.5)) node.durable.resize(change.offset);
    return;
  }
  const std::span<const std::uint8_t> bytes(change.bytes);
  for (std::uint64_t at = change.offset; at < change.offset + bytes.size();) {
    const std::uint64_t end = std::min((at / kSector + 1) * kSector, change.offset + bytes.size());
    const auto piece = bytes.subspan(at - change.offset, end - at);
    const bool arrived = random_.chance(0.5);
    const bool whole = !random_.chance(0.125);
    const auto n = whole ? piece.size() : random_.below(piece.size() + 1);
    if (arrived) put(node.durable, at, piece.first(n));
    at = end;
  }
}

void SimulatedDisk::lose_or_tear(Node& node) {
  // A quarter of the cuts loses everything, a quarter nothing: the two ends are the likeliest in
  // life (a write cache that was never, or just, emptied), and every mixture lies between them.
  const auto fate = random_.below(4);
  if (fate == 1) {
    node.durable = node.now;
  } else if (fate > 1) {
    for (const auto& change : node.unsynced) survive(node, change);
  }
  node.unsynced.clear();
  node.now = node.durable;
}

void SimulatedDisk::power_cut() {
  if (!powered_) return;
  powered_ = false;
  ++boot_;
  for (auto it = files_.begin(); it != files_.end();) {
    auto& node = *it->second;
    const bool stays = node.entry_durable || random_.chance(0.5);
    lose_or_tear(node);
    node.entry_durable = true;
    it = stays ? std::next(it) : files_.erase(it);
  }
  if (on_cut_) on_cut_();
}

void SimulatedDisk::power_on() { powered_ = true; }

std::vector<std::uint8_t> SimulatedDisk::raw_image() const {
  Bytes image = history_;
  for (const auto& [path, node] : files_) {
    image.insert(image.end(), path.begin(), path.end());
    image.insert(image.end(), node->now.begin(), node->now.end());
    image.insert(image.end(), node->durable.begin(), node->durable.end());
  }
  return image;
}

bool SimulatedDisk::damage(const std::string& path, std::uint64_t offset, std::uint8_t xor_mask) {
  const auto it = files_.find(path);
  if (it == files_.end() || offset >= it->second->now.size()) return false;
  auto& node = *it->second;
  node.now[offset] ^= xor_mask;
  if (offset < node.durable.size()) node.durable[offset] ^= xor_mask;
  return true;
}

std::uint64_t SimulatedDisk::size_of(const std::string& path) const {
  const auto it = files_.find(path);
  return it == files_.end() ? 0 : it->second->now.size();
}

}  // namespace cardrig::sim
