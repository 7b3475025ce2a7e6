// The trace: storing, hashing and writing events; masking of personal values.
#include "kiosk/runtime/trace.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/masking.h"

namespace cardrig {

namespace {

std::string hex(const unsigned char* bytes, std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += fmt::format("{:02x}", bytes[i]);
  return out;
}

std::string sha256(const std::vector<std::uint8_t>& data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  CARDRIG_CHECK(EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_sha256(), nullptr) ==
                1);
  return hex(digest.data(), size);
}

/// About: short strings are counted twice, the allocator's own needs are not.
std::size_t memory_of(const Event& e) {
  std::size_t bytes = sizeof e + e.party.size() + e.kind.size();
  for (const auto& f : e.fields) {
    bytes += sizeof f + f.key.size();
    if (const auto* s = std::get_if<std::string>(&f.value)) bytes += s->capacity();
    if (const auto* p = std::get_if<Personal>(&f.value)) bytes += p->raw.size();
  }
  for (const auto& b : e.blobs) bytes += sizeof b + b.data->size();
  return bytes;
}

using Json = nlohmann::ordered_json;

Json masked_json(const Value& value) {
  return std::visit(
      [](const auto& v) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, Personal>) {
          return v.masked();
        } else {
          return v;
        }
      },
      value);
}

Json line_of(const Event& e, bool open) {
  Json line{{"id", e.id}, {"t_ns", e.time.count()}, {"party", e.party}, {"kind", e.kind}};
  if (e.cause != 0) line["cause"] = e.cause;
  for (const auto& f : e.fields) line["fields"][f.key] = masked_json(f.value);
  for (const auto& b : e.blobs) {
    Json& slot = line["blobs"][b.name];
    slot = Json{{"type", b.media_type}, {"size", b.data->size()}, {"sha256", sha256(*b.data)}};
    if (open && b.media_type == "application/octet-stream") {
      slot["hex"] = hex(b.data->data(), b.data->size());
    }
  }
  return line;
}

}  // namespace

std::string Personal::masked() const {
  switch (kind) {
    case Kind::kName:
      return mask_name(raw);
    case Kind::kIdNumber:
      return mask_number(raw);
    case Kind::kDate:
    case Kind::kAddress:
    case Kind::kOther:
      break;
  }
  return raw.empty() ? "" : "***";
}

Blob make_blob(std::string name, std::string media_type, std::vector<std::uint8_t> data) {
  return Blob{std::move(name), std::move(media_type),
              std::make_shared<const std::vector<std::uint8_t>>(std::move(data))};
}

const Value* Event::find(std::string_view key) const {
  for (const auto& f : fields) {
    if (f.key == key) return &f.value;
  }
  return nullptr;
}

std::string Event::text(std::string_view key) const {
  const Value* v = find(key);
  if (v == nullptr) return "";
  struct Visitor {
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(std::int64_t n) const { return std::to_string(n); }
    std::string operator()(double d) const { return fmt::format("{}", d); }
    std::string operator()(const std::string& s) const { return s; }
    std::string operator()(const Personal& p) const { return p.masked(); }
  };
  return std::visit(Visitor{}, *v);
}

std::int64_t Event::number(std::string_view key, std::int64_t otherwise) const {
  const Value* v = find(key);
  if (v == nullptr) return otherwise;
  if (const auto* n = std::get_if<std::int64_t>(v)) return *n;
  if (const auto* b = std::get_if<bool>(v)) return *b ? 1 : 0;
  return otherwise;
}

/// SHA-256 over length-prefixed pieces, so that no two different traces feed the same bytes.
struct Trace::Hasher {
  Hasher() : context(EVP_MD_CTX_new()) {
    CARDRIG_CHECK(EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  }
  ~Hasher() { EVP_MD_CTX_free(context); }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void bytes(const void* data, std::size_t size) { EVP_DigestUpdate(context, data, size); }
  void number(std::uint64_t n) { bytes(&n, sizeof n); }
  void text(std::string_view s) {
    number(s.size());
    bytes(s.data(), s.size());
  }
  void value(const Value& v) {
    number(v.index());
    if (const auto* b = std::get_if<bool>(&v)) number(*b ? 1 : 0);
    if (const auto* n = std::get_if<std::int64_t>(&v)) number(static_cast<std::uint64_t>(*n));
    if (const auto* d = std::get_if<double>(&v)) bytes(d, sizeof *d);
    if (const auto* s = std::get_if<std::string>(&v)) text(*s);
    if (const auto* p = std::get_if<Personal>(&v)) text(p->raw);
  }
  void event(const Event& e) {
    number(e.id);
    number(static_cast<std::uint64_t>(e.time.count()));
    number(e.cause);
    text(e.party);
    text(e.kind);
    number(e.fields.size());
    for (const auto& f : e.fields) {
      text(f.key);
      value(f.value);
    }
    number(e.blobs.size());
    for (const auto& b : e.blobs) {
      text(b.name);
      text(b.media_type);
      number(b.data->size());
      bytes(b.data->data(), b.data->size());
    }
  }
  [[nodiscard]] std::string finish() const {
    EVP_MD_CTX* copy = EVP_MD_CTX_new();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    CARDRIG_CHECK(EVP_MD_CTX_copy_ex(copy, context) == 1);
    CARDRIG_CHECK(EVP_DigestFinal_ex(copy, digest.data(), &size) == 1);
    EVP_MD_CTX_free(copy);
    return hex(digest.data(), size);
  }

  EVP_MD_CTX* context;
};

Trace::Trace(ClockFn now, std::uint64_t* cause_cell)
    : now_(std::move(now)), cause_cell_(cause_cell), hasher_(std::make_unique<Hasher>()) {}

Trace::~Trace() = default;

EventId Trace::emit(std::string_view party, std::string_view kind, std::vector<Field> fields,
                    std::vector<Blob> blobs) {
  Event event;
  event.id = next_id_++;
  event.time = now_();
  event.party = party;
  event.kind = kind;
  event.cause = cause_cell_ != nullptr ? *cause_cell_ : 0;
  event.fields = std::move(fields);
  event.blobs = std::move(blobs);
  hasher_->event(event);
  if (cause_cell_ != nullptr) *cause_cell_ = event.id;
  events_.push_back(event);
  if (bytes_at_most_ != 0) {
    bytes_ += memory_of(event);
    forget_oldest();
  }
  const EventId id = event.id;
  // A listener may emit, subscribe or unsubscribe: neither container may be held while it runs.
  std::vector<int> handles;
  handles.reserve(listeners_.size());
  for (const auto& l : listeners_) handles.push_back(l.first);
  for (const int handle : handles) {
    const auto it = std::find_if(listeners_.begin(), listeners_.end(),
                                 [handle](const auto& l) { return l.first == handle; });
    if (it == listeners_.end()) continue;
    const Listener listener = it->second;
    listener(event);
  }
  return id;
}

void Trace::keep_at_most(std::size_t bytes) {
  bytes_at_most_ = bytes;
  bytes_ = 0;
  for (const auto& e : events_) bytes_ += memory_of(e);
  forget_oldest();
}

/// Down to three quarters, so that moving the rest to the front stays rare. The newest stays.
void Trace::forget_oldest() {
  if (bytes_ <= bytes_at_most_) return;
  std::size_t forgotten = 0;
  while (forgotten + 1 < events_.size() && bytes_ > bytes_at_most_ / 4 * 3) {
    bytes_ -= memory_of(events_[forgotten++]);
  }
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(forgotten));
}

int Trace::subscribe(Listener listener) {
  listeners_.emplace_back(next_listener_, std::move(listener));
  return next_listener_++;
}

void Trace::unsubscribe(int handle) {
  std::erase_if(listeners_, [handle](const auto& l) { return l.first == handle; });
}

std::string Trace::hash() const { return hasher_->finish(); }

std::string Trace::to_json_lines(Bytes bytes, const std::vector<Field>& about) const {
  const bool open = bytes == Bytes::kOpen;
  Json header{{"trace", "cardrig"},       {"version", 1},
              {"people", "simulated"},    {"bytes", open ? "open" : "hashed"},
              {"events", events_.size()}, {"sha256", hash()}};
  for (const auto& f : about) header[f.key] = masked_json(f.value);
  std::string out = header.dump() + "\n";
  for (const auto& e : events_) {
    out += line_of(e, open).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  return out;
}

}  // namespace cardrig
