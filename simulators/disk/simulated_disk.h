// The simulated disk: files in memory, each with what programs read and what would survive if the
// power failed now. At a power cut, what was written since the last sync is lost or torn, sector by
// sector, as the seed says.
//
// Model: a write reaches the platter at the sync at the latest; before that, every 512-byte sector
// of every write may or may not have reached it, in any order, and a sector may stop in the middle.
// The creation of a file survives from its first sync on; a removal survives when it returns.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/runtime/files.h"
#include "kiosk/runtime/random.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::sim {

/// Faults: disk.full, disk.read_only.
class SimulatedDisk final : public Files {
 public:
  /// `faults` may be null: a disk without faults other than the power.
  explicit SimulatedDisk(Random random, FaultCatalogue* faults = nullptr);
  ~SimulatedDisk() override;

  static void declare_faults(FaultCatalogue& faults);

  Result<std::unique_ptr<File>, FileReason> open(const std::string& path, bool create) override;
  Result<Unit, FileReason> remove(const std::string& path) override;
  [[nodiscard]] bool exists(const std::string& path) override;

  /// Operations done or tried since the start: every write, truncate, sync and remove counts one.
  [[nodiscard]] std::uint64_t operations() const { return operations_; }
  /// The power fails in the middle of operation number `n` (1: the next one on a new disk).
  void cut_at_operation(std::uint64_t n) { cut_at_ = n; }
  /// Called once when the power fails, from within the failing operation: mute the kiosk's trace
  /// and break its streams here; destroy it only after the call stack has unwound.
  void on_power_cut(std::function<void()> f) { on_cut_ = std::move(f); }
  /// The power fails now: unsynced data is lost or torn, everything fails with kPowerLost until
  /// power_on(). Files that were open then stay dead for ever.
  void power_cut();
  void power_on();
  [[nodiscard]] bool powered() const { return powered_; }

  /// Everything a thief with the platter could find: each file as read now and as it would survive,
  /// and, if kept, every byte that was ever written (also of removed files).
  [[nodiscard]] std::vector<std::uint8_t> raw_image() const;
  void keep_history(bool keep) { keep_history_ = keep; }

  /// For tests: flips bits of a file, behind everybody's back. False: no such byte.
  bool damage(const std::string& path, std::uint64_t offset, std::uint8_t xor_mask);
  [[nodiscard]] std::uint64_t size_of(const std::string& path) const;

 private:
  friend class SimulatedFile;
  using Bytes = std::vector<std::uint8_t>;
  struct Change {
    bool is_truncate = false;
    std::uint64_t offset = 0;  ///< of a write; the new size of a truncate
    Bytes bytes;
  };
  struct Node {
    Bytes now;  ///< what programs read
    Bytes durable;  ///< what survives
    std::vector<Change> unsynced;  ///< how `now` came from `durable`
    bool entry_durable = false;
  };

  /// Counts an operation. False: the power is or goes off in it.
  bool begin_operation();
  Result<Unit, FileReason> write(Node& node, std::uint64_t offset,
                                 std::span<const std::uint8_t> bytes);
  Result<Unit, FileReason> truncate(Node& node, std::uint64_t size);
  Result<Unit, FileReason> sync(Node& node);
  [[nodiscard]] bool strikes(std::string_view fault);
  void lose_or_tear(Node& node);
  void survive(Node& node, const Change& change);

  Random random_;
  FaultCatalogue* faults_;
  std::map<std::string, std::shared_ptr<Node>> files_;
  std::uint64_t operations_ = 0;
  std::uint64_t cut_at_ = 0;
  std::uint64_t boot_ = 0;  ///< rises with every power cut: files of an earlier boot are dead
  bool powered_ = true;
  std::function<void()> on_cut_;
  bool keep_history_ = false;
  Bytes history_;
};

}  // namespace cardrig::sim
