// Who is silent while others have told something is asked for a mark at once; who merely has
// nothing to tell is asked now and then, which also shows that it lives.
#include "scenarios/engine/trace_gather.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

#include "kiosk/runtime/real_loop.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;

/// For a send whose receipt was told of already. Programs tell of a send before the bytes leave.
constexpr Nanos kPatience = 200ms;
/// Between two questions to the same program while events are held back.
constexpr Nanos kAskAgain = 20ms;
constexpr Nanos kHeartbeat = 1s;
/// The longest sleep; short, so that a machine that stands still is noticed.
constexpr Nanos kTick = 50ms;
/// Everybody lives and answers, and still the trace does not go on.
constexpr Nanos kFlushLimit = 30s;

int ms_until(Nanos deadline) {
  const auto left = (deadline - monotonic_now() + 999'999ns) / 1'000'000ns;
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

}  // namespace

TraceGather::TraceGather(Nanos start)
    : trace_([this] { return emitted_at_; }, &cause_),
      merge_(
          start, [this](Event event) { return put_out(std::move(event)); }, kPatience),
      engine_(merge_.add("engine", start)) {}

EventId TraceGather::put_out(Event event) {
  emitted_at_ = event.time;
  cause_ = event.cause;
  return trace_.emit(event.party, event.kind, std::move(event.fields), std::move(event.blobs));
}

void TraceGather::add(Peer& peer, std::string name, Nanos since) {
  followed_.push_back({&peer, merge_.add(std::move(name), since)});
}

void TraceGather::end(Peer& peer) {
  const auto it = std::find_if(followed_.begin(), followed_.end(),
                               [&](const Followed& each) { return each.peer == &peer; });
  if (it == followed_.end()) return;
  feed(*it);
  merge_.ended(it->source);
  followed_.erase(it);
}

void TraceGather::say(std::string kind, std::vector<Field> fields, Nanos at) {
  Event event;
  event.id = ++engine_events_;
  event.time = at;
  event.party = "engine";
  event.kind = std::move(kind);
  event.fields = std::move(fields);
  merge_.take(engine_, std::move(event));
}

void TraceGather::feed(const Followed& followed) {
  Peer& peer = *followed.peer;
  peer.take_in();
  // One by one: whoever is told of an arrival may ask the program something, and more comes.
  while (!peer.events().empty()) {
    Event event = std::move(peer.events().front());
    peer.events().pop_front();
    if (arrived_) arrived_(&peer, event);
    merge_.take(followed.source, std::move(event));
  }
  merge_.mark(followed.source, peer.mark());
  if (trouble_.empty()) trouble_ = peer.trouble();
}

void TraceGather::feed_all() {
  for (const Followed& followed : followed_) feed(followed);
  merge_.mark(engine_, monotonic_now());
}

bool TraceGather::take_in(Nanos limit) {
  feed_all();
  bool grew = merge_.release(limit) > 0;
  // The answer to a question often brings the mark along: poll() would not tell of that.
  if (ask_marks(monotonic_now())) {
    feed_all();
    grew = merge_.release(limit) > 0 || grew;
  }
  return grew;
}

bool TraceGather::ask_marks(Nanos now) {
  const auto first_held = merge_.first_held_back();
  bool asked = false;
  for (const auto& [peer, source] : followed_) {
    const bool holds_up = first_held && peer->mark() < *first_held;
    const Nanos pause = holds_up ? 0ns : first_held ? kAskAgain : kHeartbeat;
    if (now - peer->mark_asked_at() >= pause) asked = peer->ask_mark() || asked;
  }
  return asked;
}

void TraceGather::flush(Nanos until) {
  const Nanos deadline = monotonic_now() + kFlushLimit;
  while (trouble().empty()) {
    take_in(until);
    const auto first_held = merge_.first_held_back();
    if (merge_.silent_at(until).empty() && (!first_held || *first_held > until)) return;
    bool asked = false;
    for (const auto& [peer, source] : followed_) {
      if (peer->mark() < until) asked = peer->ask_mark() || asked;
    }
    if (asked) continue;
    if (monotonic_now() >= deadline) {
      trouble_ = fmt::format("The traces could not be joined: {} events were held back.",
                             merge_.held_back());
      return;
    }
    wait(deadline);
  }
}

void TraceGather::wait(Nanos until) {
  std::vector<pollfd> watched;
  for (const auto& [peer, source] : followed_) {
    watched.push_back({peer->socket(), POLLIN, 0});
    watched.push_back({peer->process(), POLLIN, 0});
  }
  const Nanos due = std::min(until, monotonic_now() + (merge_.held_back() > 0 ? kAskAgain : kTick));
  static_cast<void>(::poll(watched.data(), watched.size(), ms_until(due)));
  // Whether or not something came: whoever sends all the time must not hide that we stood still.
  overslept_ = std::max(overslept_, monotonic_now() - due);
}

std::string TraceGather::trouble() const {
  if (!trouble_.empty()) return trouble_;
  for (const auto& [peer, source] : followed_) {
    if (!peer->trouble().empty()) return peer->trouble();
  }
  return {};
}

}  // namespace cardrig::scenario
