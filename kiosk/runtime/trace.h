// The trace: everything that happens, as one ordered stream of typed events. Reports, invariants,
// the panel's log, replay and the determinism check read this stream and nothing else.
//
// Kinds are dotted and belong to their part: wire.*, world.*, fault.*, kiosk.* (screen, touch,
// step), reader.*, face.*, card.*, platform.*, journal.*, issuance.*, scenario.*.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "kiosk/runtime/clock.h"

namespace cardrig {

using EventId = std::uint64_t;

/// A value about a person. It leaves memory only in its masked form.
struct Personal {
  enum class Kind { kName, kIdNumber, kDate, kAddress, kOther };
  Kind kind = Kind::kOther;
  std::string raw;

  /// 张*三; 110***********002X; other kinds: ***.
  [[nodiscard]] std::string masked() const;
  bool operator==(const Personal&) const = default;
};

using Value = std::variant<bool, std::int64_t, double, std::string, Personal>;

struct Field {
  std::string key;
  Value value;

  Field(std::string k, bool v) : key(std::move(k)), value(v) {}
  Field(std::string k, int v) : key(std::move(k)), value(std::int64_t{v}) {}
  Field(std::string k, unsigned v) : key(std::move(k)), value(std::int64_t{v}) {}
  Field(std::string k, long v) : key(std::move(k)), value(std::int64_t{v}) {}
  Field(std::string k, long long v) : key(std::move(k)), value(std::int64_t{v}) {}
  Field(std::string k, unsigned long v) : key(std::move(k)), value(static_cast<std::int64_t>(v)) {}
  Field(std::string k, double v) : key(std::move(k)), value(v) {}
  Field(std::string k, const char* v) : key(std::move(k)), value(std::string(v)) {}
  Field(std::string k, std::string_view v) : key(std::move(k)), value(std::string(v)) {}
  Field(std::string k, std::string v) : key(std::move(k)), value(std::move(v)) {}
  Field(std::string k, Personal v) : key(std::move(k)), value(std::move(v)) {}
};

/// Raw bytes or a picture that belongs to an event.
struct Blob {
  std::string name;  ///< unique within the event: "bytes", "frame", "card"
  std::string media_type;  ///< "application/octet-stream", "image/png", "image/x-bgr;w=;h="
  std::shared_ptr<const std::vector<std::uint8_t>> data;
};

[[nodiscard]] Blob make_blob(std::string name, std::string media_type,
                             std::vector<std::uint8_t> data);

struct Event {
  EventId id = 0;  ///< from 1, without gaps
  Nanos time{0};
  std::string party;  ///< "kiosk", "id_reader", "card_printer", "platform", "world", "engine"…
  std::string kind;
  EventId cause = 0;  ///< the event that led to this one; 0: none known
  std::vector<Field> fields;
  std::vector<Blob> blobs;

  /// The field's value, or nullptr.
  [[nodiscard]] const Value* find(std::string_view key) const;
  /// The field as text (numbers in plain decimal, personal values masked); "" if absent.
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t otherwise = 0) const;
};

class Trace {
 public:
  using Listener = std::function<void(const Event&)>;
  using ClockFn = std::function<Nanos()>;

  /// `cause_cell` is the causal context (VirtualTime::cause), or null where there is none.
  explicit Trace(ClockFn now, std::uint64_t* cause_cell = nullptr);
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  EventId emit(std::string_view party, std::string_view kind, std::vector<Field> fields = {},
               std::vector<Blob> blobs = {});

  /// Called for every later event, in the order of subscription. Returns a handle.
  int subscribe(Listener listener);
  void unsubscribe(int handle);

  /// For a program that runs for days: the oldest events are forgotten, a good part of them at a
  /// time, whenever those that are kept take more than about `bytes` of memory. A follower on the
  /// rig's socket gets every event as it happens; whoever comes later finds the newest only.
  void keep_at_most(std::size_t bytes);

  /// The time that an event of now would carry.
  [[nodiscard]] Nanos now() const { return now_(); }
  /// All so far, in the order of their ids; after keep_at_most() they need not begin with 1.
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  /// SHA-256 over every event so far, blobs included, before any sealing. Lower-case hex.
  [[nodiscard]] std::string hash() const;
  /// One JSON object a line: a header line, then the events. Personal values masked, blobs as
  /// their SHA-256 and size; with kOpen also the bytes on the wires, in hexadecimal. The header
  /// says which it is. Open is for simulated people only: the bytes hold what the chip holds.
  enum class Bytes { kHashed, kOpen };
  /// `about` goes into the header: which scenario it was, which seed.
  [[nodiscard]] std::string to_json_lines(Bytes bytes = Bytes::kHashed,
                                          const std::vector<Field>& about = {}) const;

 private:
  struct Hasher;
  void forget_oldest();

  ClockFn now_;
  std::uint64_t* cause_cell_;
  std::vector<Event> events_;
  EventId next_id_ = 1;
  std::size_t bytes_at_most_ = 0;  // 0: everything is kept
  std::size_t bytes_ = 0;  // that events_ takes, about; counted only if there is a limit
  std::vector<std::pair<int, Listener>> listeners_;
  int next_listener_ = 1;
  std::unique_ptr<Hasher> hasher_;
};

/// How one party writes to the trace. A party that has lost power is mute.
class Tracer {
 public:
  Tracer(Trace& trace, std::string party) : trace_(&trace), party_(std::move(party)) {}

  EventId emit(std::string_view kind, std::vector<Field> fields = {},
               std::vector<Blob> blobs = {}) const {
    return muted_ ? 0 : trace_->emit(party_, kind, std::move(fields), std::move(blobs));
  }
  void mute() { muted_ = true; }
  [[nodiscard]] const std::string& party() const { return party_; }

 private:
  Trace* trace_;
  std::string party_;
  bool muted_ = false;
};

}  // namespace cardrig
