// A merge of queues by time, in which a receipt blocks its queue until its send is out.
#include "scenarios/engine/trace_merge.h"

#include <algorithm>

#include "kiosk/runtime/check.h"

namespace cardrig::scenario {
namespace {

constexpr std::int64_t kFirstPort = 1024;

bool is_send(const Event& event) { return event.kind == "wire.sent"; }
bool is_receipt(const Event& event) { return event.kind == "wire.received"; }

/// Both ends of a TCP connection name it by the kiosk's port. The ends of a serial line each count
/// from 1, and a restarted kiosk counts anew: only the line itself is named alike.
std::string wire_of(const Event& event) {
  const std::int64_t conn = event.number("conn");
  return event.text("line") + " " + event.text("dir") +
         (conn >= kFirstPort ? " " + std::to_string(conn) : "");
}

std::int64_t end_of(const Event& event) { return event.number("offset") + event.number("size"); }

}  // namespace

TraceMerge::TraceMerge(Nanos start, Sink sink, Nanos patience)
    : start_(start), sink_(std::move(sink)), patience_(patience) {}

TraceMerge::Process TraceMerge::add(std::string name, Nanos since) {
  Source source;
  source.name = std::move(name);
  source.spoken = since;
  sources_.push_back(std::move(source));
  return sources_.size() - 1;
}

void TraceMerge::take(Process process, Event event) {
  Source& source = sources_.at(process);
  CARDRIG_CHECK(source.living);
  source.spoken = std::max(source.spoken, event.time);
  source.held.push_back(std::move(event));
}

void TraceMerge::mark(Process process, Nanos time) {
  Source& source = sources_.at(process);
  source.spoken = std::max(source.spoken, time);
}

void TraceMerge::ended(Process process) { sources_.at(process).living = false; }

bool TraceMerge::others_spoke_of(Process process, Nanos time) const {
  for (Process i = 0; i < sources_.size(); ++i) {
    if (i != process && sources_[i].living && sources_[i].spoken < time) return false;
  }
  return true;
}

bool TraceMerge::is_send_held_back(const std::string& wire) const {
  return std::any_of(sources_.begin(), sources_.end(), [&](const Source& source) {
    return std::any_of(source.held.begin(), source.held.end(), [&](const Event& event) {
      return is_send(event) && wire_of(event) == wire;
    });
  });
}

/// A receipt of a first byte belongs to a connection that nobody has received from yet: an earlier
/// one of the same name (a serial line, a port used again) is not meant.
TraceMerge::Next TraceMerge::look_for_send(Process receiver) const {
  const Event& receipt = sources_[receiver].held.front();
  if (!is_receipt(receipt)) return {receiver, Join::kNoReceipt, 0};
  const std::string name = wire_of(receipt);
  const auto wire = wires_.find(name);
  const std::int64_t end = end_of(receipt);
  if (wire != wires_.end() && wire->second.sent >= end &&
      !(receipt.number("offset") == 0 && wire->second.begun)) {
    const auto it = wire->second.sends.lower_bound(end);
    CARDRIG_CHECK(it != wire->second.sends.end());
    return {receiver, Join::kJoined, it->second};
  }
  const bool overdue = others_spoke_of(receiver, receipt.time + patience_);
  return {receiver, overdue && !is_send_held_back(name) ? Join::kAlone : Join::kWait, 0};
}

/// The earliest event that need not wait for a send. Where all wait for each other in vain (no true
/// run does that) the earliest one.
std::optional<TraceMerge::Next> TraceMerge::next() const {
  std::optional<Next> first, stuck;
  bool in_vain = true;
  const auto is_earlier = [&](Process i, const std::optional<Next>& than) {
    return !than || sources_[i].held.front().time < sources_[than->process].held.front().time;
  };
  for (Process i = 0; i < sources_.size(); ++i) {
    if (sources_[i].held.empty()) continue;
    const Next found = look_for_send(i);
    if (found.join != Join::kWait) {
      if (is_earlier(i, first)) first = found;
      continue;
    }
    in_vain = in_vain && others_spoke_of(i, sources_[i].held.front().time + patience_);
    if (is_earlier(i, stuck)) stuck = {i, Join::kAlone, 0};
  }
  if (first || !in_vain) return first;
  return stuck;
}

std::size_t TraceMerge::release(Nanos limit, std::size_t most) {
  for (std::size_t count = 0;; ++count) {
    const auto found = count < most ? next() : std::nullopt;
    if (!found) return count;
    const Nanos time = sources_[found->process].held.front().time;
    if (time > limit || !others_spoke_of(found->process, time)) return count;
    put_out(*found);
  }
}

void TraceMerge::put_out(const Next& next) {
  Source& source = sources_[next.process];
  Event event = std::move(source.held.front());
  source.held.pop_front();
  const EventId own_id = event.id;
  event.id = 0;
  // An event that was held back for its send takes the time at which it could stand.
  event.time = std::max(event.time - start_, last_);
  last_ = event.time;
  const auto cause = source.merged.find(event.cause);
  event.cause = cause == source.merged.end() ? 0 : cause->second;
  if (next.join == Join::kJoined) event.cause = next.send;
  if (next.join == Join::kAlone) ++unjoined_;
  const bool of_wire = is_send(event) || is_receipt(event);
  const Event kept = of_wire ? event : Event();
  const EventId id = sink_(std::move(event));
  source.merged[own_id] = id;
  if (of_wire) note_wire(kept, id);
}

void TraceMerge::note_wire(const Event& event, EventId id) {
  Wire& wire = wires_[wire_of(event)];
  if (is_receipt(event)) {
    wire.begun = true;
    return;
  }
  if (event.number("offset") == 0) wire = Wire{};  // a new connection of this name
  wire.sent = std::max(wire.sent, end_of(event));
  wire.sends[end_of(event)] = id;
}

Nanos TraceMerge::horizon() const {
  std::optional<Nanos> least;
  Nanos most{0};
  for (const Source& source : sources_) {
    most = std::max(most, source.spoken);
    if (source.living) least = std::min(least.value_or(source.spoken), source.spoken);
  }
  return least.value_or(most);
}

std::vector<std::string> TraceMerge::silent_at(Nanos time) const {
  std::vector<std::string> names;
  for (const Source& source : sources_) {
    if (source.living && source.spoken < time) names.push_back(source.name);
  }
  return names;
}

std::size_t TraceMerge::held_back() const {
  std::size_t count = 0;
  for (const Source& source : sources_) count += source.held.size();
  return count;
}

std::optional<Nanos> TraceMerge::first_held_back() const {
  std::optional<Nanos> first;
  for (const Source& source : sources_) {
    if (source.held.empty()) continue;
    first = std::min(first.value_or(source.held.front().time), source.held.front().time);
  }
  return first;
}

}  // namespace cardrig::scenario
