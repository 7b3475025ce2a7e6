// A dead process explains itself by its exit and last words; a living one by what its socket said.
#include "scenarios/engine/peer.h"

#include <fmt/format.h>
#include <poll.h>

#include <utility>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/real_loop.h"

namespace cardrig::scenario {

using nlohmann::json;
using Answer = Result<json, RigReason>;

namespace {

using namespace std::chrono_literals;

constexpr Nanos kConnectLimit = 5s;
constexpr Nanos kAttachLimit = 1s;  // it runs already
/// A dying program's socket closes a moment before its process can be waited for.
constexpr int kDeathLimit_ms = 5000;
constexpr int kMarkPoll_ms = 100;

std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  if (!text.empty() && text.back() != '.') text += '.';
  return text;
}

double seconds(Nanos time) { return std::chrono::duration<double>(time).count(); }

tl::unexpected<Error<Unit>> cannot(const std::string& what) { return fail(Unit(), sentence(what)); }

struct Followed {
  std::unique_ptr<RigClient> client;
  EventId first_event = 0;
};

Result<Followed, Unit> follow(const std::string& name, const std::string& rig, Nanos connect,
                              const PeerLimits& limits) {
  auto client = RigClient::connect(rig, connect);
  if (!client) return cannot(name + " cannot be reached: " + client.error().detail);
  const auto followed = (*client)->send({"trace.follow", json::object()}, limits.answer);
  if (!followed) return cannot(name + " cannot be followed: " + followed.error().detail);
  if (!*followed) return cannot(name + " cannot be followed: " + followed->error().detail);
  const auto first = (*followed)->find("first_event");
  if (first == (*followed)->end() || !first->is_number_unsigned()) {
    return cannot(name + " does not say with which event its trace begins");
  }
  return Followed{std::move(*client), first->get<EventId>()};
}

}  // namespace

Result<std::unique_ptr<Peer>, Unit> Peer::start(const PeerSpec& spec) {
  auto process = Process::start(spec.process);
  if (!process) return cannot(process.error().detail);
  auto ready = (*process)->wait_ready(spec.limits.start);
  if (!ready) return cannot(ready.error().detail);
  const std::string& name = spec.process.name;
  auto followed = follow(name, spec.rig, kConnectLimit, spec.limits);
  if (!followed) return tl::unexpected(followed.error());
  std::unique_ptr<Peer> peer(
      new Peer(name, spec.limits, std::move(followed->client), followed->first_event));
  peer->process_ = std::move(*process);
  peer->ready_ = std::move(*ready);
  if (followed->first_event > 1) peer->complain("had forgotten the beginning of the trace");
  return peer;
}

Result<std::unique_ptr<Peer>, Unit> Peer::attach(const std::string& name, const std::string& rig,
                                                 const PeerLimits& limits) {
  auto followed = follow(name, rig, kAttachLimit, limits);
  if (!followed) return tl::unexpected(followed.error());
  std::unique_ptr<Peer> peer(
      new Peer(name, limits, std::move(followed->client), followed->first_event));
  peer->wait_for_mark();
  if (!peer->trouble_.empty()) return cannot(peer->trouble_);
  return peer;
}

Peer::Peer(std::string name, const PeerLimits& limits, std::unique_ptr<RigClient> client,
           EventId first_event)
    : name_(std::move(name)),
      limits_(limits),
      client_(std::move(client)),
      next_event_(first_event) {}

void Peer::wait_for_mark() {
  const Nanos since = monotonic_now();
  ask_mark();
  for (take_in(); trouble_.empty() && mark() < since; take_in()) {
    pollfd news{socket(), POLLIN, 0};
    ::poll(&news, 1, kMarkPoll_ms);  // trouble comes of a limit too
  }
}

void Peer::complain(const std::string& what) {
  if (trouble_.empty()) trouble_ = sentence(name() + " " + what);
}

void Peer::give_up(const Error<RigClientReason>& error) {
  if (killed_ || !trouble_.empty()) return;
  if (error.reason == RigClientReason::kTimeout) {
    return complain(fmt::format("did not answer within {} s, though alive: {}",
                                seconds(limits_.answer), error.detail));
  }
  if (error.reason != RigClientReason::kNonsense && !process_) return complain("is gone");
  if (error.reason != RigClientReason::kNonsense) {
    pollfd gone{process_->descriptor(), POLLIN, 0};
    ::poll(&gone, 1, kDeathLimit_ms);
    if (const std::string death = process_->death(); !death.empty()) {
      trouble_ = sentence(death);
      return;
    }
  }
  complain("broke the rig protocol: " + error.detail);
}

Answer Peer::send(const RigMessage& message) {
  if (!trouble_.empty()) return fail(RigReason::kNotPossibleNow, trouble_);
  auto answer = client_->send(message, limits_.answer);
  if (!answer) {
    give_up(answer.error());
    return fail(RigReason::kNotPossibleNow, trouble_);
  }
  return std::move(*answer);
}

void Peer::take_in() {
  if (!trouble_.empty()) return;
  const auto polled = client_->poll();
  auto& told = client_->events();
  for (; !told.empty(); told.pop_front()) take(std::move(told.front()));
  if (client_->mark() != std::exchange(mark_seen_, client_->mark())) mark_is_due_ = false;
  if (client_->mark() > monotonic_now()) complain("spoke of a time that has not come yet");
  if (!polled) return give_up(polled.error());
  if (!killed_ && process_ && !process_->alive())
    return give_up({RigClientReason::kGone, "its process ended"});
  if (mark_is_due_ && monotonic_now() - mark_asked_at_ > limits_.answer) {
    complain(fmt::format("did not speak for {} s, though alive", seconds(limits_.answer)));
  }
}

/// An event must follow the last one; a trace with a gap proves nothing.
void Peer::take(Event event) {
  if (event.id != next_event_) {
    return complain(fmt::format("told of its event {} where {} was due: the trace has a gap",
                                event.id, next_event_));
  }
  if (event.time < last_event_at_) return complain("told of an event out of its time");
  if (event.time > monotonic_now()) return complain("told of an event that has not happened yet");
  ++next_event_;
  last_event_at_ = event.time;
  events_.push_back(std::move(event));
}

bool Peer::ask_mark() {
  if (mark_is_due_ || !trouble_.empty()) return false;
  mark_is_due_ = true;
  mark_asked_at_ = monotonic_now();
  if (const Answer answer = send({"trace.mark", json::object()}); !answer) {
    complain("gave no mark: " + answer.error().detail);
  }
  return trouble_.empty();
}

void Peer::kill() {
  CARDRIG_CHECK(process_);
  killed_ = true;
  process_->kill();
}

std::string Peer::stop() {
  CARDRIG_CHECK(process_);
  if (!trouble_.empty()) {  // it has been told; waiting for it would be in vain
    process_->kill();
    return {};
  }
  const auto ask = [this] {
    static_cast<void>(client_->send({"stop", json::object()}, limits_.stop.when_asked));
  };
  return process_->stop(ask, limits_.stop);
}

}  // namespace cardrig::scenario
