// 1. A card is printed only after a genuine, valid document, a live face that matched its photo in
// this session, and a claim that the platform granted and had not withdrawn in the last answer that
// reached the kiosk, no older than the mode allows.
//
// All of it must hold when the kiosk commits its intent to print; a card that is fed later, even
// after a power cut, must have its intent.
#include <fmt/format.h>

#include <map>

#include "scenarios/engine/invariants/invariant.h"
#include "scenarios/engine/result.h"

namespace cardrig::scenario {
namespace {

/// issuance::Times::claim_age_limit, and the time that an answer is under way.
constexpr Nanos kClaimAge = std::chrono::minutes(1) + std::chrono::seconds(10);

class PrintNeedsPermission final : public Invariant {
 public:
  PrintNeedsPermission()
      : Invariant(1,
                  "a card is printed only for a genuine document, a matching face and a granted "
                  "claim") {}

  void on_event(const Event& event) override {
    if (event.kind == "kiosk.session_started") session_ = Session{};
    if (event.kind == "kiosk.session_ended" || is_power_cut(event)) session_.reset();
    if (event.kind == "kiosk.step") step(event);
    if (event.kind == "face.result" && event.text("verdict") == "match" && session_) {
      session_->matched = session_->genuine;
    }
    if (event.kind == "platform.claim") {
      attempts_[event.text("attempt")].state = event.text("state");
    }
    if (event.kind == "platform.answer") answer(event);
    if (event.kind == "journal.committed" && event.text("phase") == "intent") intent(event);
    if (event.kind == "card.fed" || event.kind == "card.printed") card(event);
  }

 private:
  struct Session {
    bool genuine = false;
    bool matched = false;
  };
  struct Attempt {
    std::string state;  // at the platform
    std::string answered_state;  // in the last answer that reached the kiosk
    Nanos answered_at{0};
    int intents = 0;
    int printed = 0;
  };

  void step(const Event& event) {
    if (!session_ || event.text("step") != "document") return;
    session_->genuine = event.text("result") == "genuine";
    session_->matched = false;  // another document needs another look
  }

  void answer(const Event& event) {
    const std::string call = event.text("call");
    if ((call != "claim" && call != "state") || event.number("status") != 200 ||
        event.text("lost") == "true") {
      return;
    }
    Attempt& attempt = attempts_[event.text("attempt")];
    attempt.answered_state = attempt.state;
    attempt.answered_at = event.time;
  }

  void intent(const Event& event) {
    checked();
    const std::string id = event.text("attempt");
    Attempt& attempt = attempts_[id];
    ++attempt.intents;
    if (!session_ || !session_->genuine) {
      violated(fmt::format("attempt {} may print without a genuine document in this session.", id));
    } else if (!session_->matched) {
      violated(fmt::format("attempt {} may print without a face that matched the document.", id));
    }
    if (attempt.answered_state != "granted") {
      violated(fmt::format("attempt {} may print, but the platform's last answer was \"{}\".", id,
                           attempt.answered_state));
    } else if (event.time - attempt.answered_at > kClaimAge) {
      violated(fmt::format("attempt {} may print on an answer that is {} old.", id,
                           show_time(event.time - attempt.answered_at)));
    }
  }

  void card(const Event& event) {
    checked();
    const std::string id = event.text("attempt");
    Attempt& attempt = attempts_[id];
    if (event.kind == "card.printed") ++attempt.printed;
    if (attempt.intents == 0) {
      violated(fmt::format("card {} is printed for \"{}\", which never had permission.",
                           event.number("card"), id));
    } else if (attempt.printed > attempt.intents) {
      violated(fmt::format("attempt {} printed {} cards with permission for {}.", id,
                           attempt.printed, attempt.intents));
    }
  }

  std::optional<Session> session_;
  std::map<std::string, Attempt> attempts_;
};

}  // namespace

std::unique_ptr<Invariant> make_print_needs_permission() {
  return std::make_unique<PrintNeedsPermission>();
}

}  // namespace cardrig::scenario
