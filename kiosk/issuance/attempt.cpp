// From the attempt id to the sent job, in the one order that leaves no doubt after any
// interruption.
#include "kiosk/issuance/attempt.h"

#include <utility>

#include "kiosk/issuance/readiness.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/check.h"

namespace cardrig::issuance {

using journal::Phase;
using platform::Outcome;
using platform::PlatformReason;

namespace {

constexpr int kClaimTries = 2;

CardEnd no_card(Trouble trouble, std::string detail) {
  return {Outcome::kNoCard, trouble, std::move(detail)};
}

bool worth_asking_again(PlatformReason reason) {
  return reason == PlatformReason::kUnreachable || reason == PlatformReason::kTimeout ||
         reason == PlatformReason::kServerError;
}

Trouble trouble_of(PlatformReason reason) {
  switch (reason) {
    case PlatformReason::kRefused:
    case PlatformReason::kConflict:
    case PlatformReason::kNotFound:
      return Trouble::kClaimRefused;
    case PlatformReason::kBadAnswer:
      return Trouble::kPlatformLied;
    case PlatformReason::kUnreachable:
    case PlatformReason::kTimeout:
    case PlatformReason::kServerError:
    case PlatformReason::kUnauthorised:
      break;
  }
  return Trouble::kPlatformDown;
}

std::string upper(std::string s) {
  for (auto& c : s) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return s;
}

}  // namespace

void Attempt::tell(Stage stage) const {
  deps_.tracer.emit("issuance.stage",
                    {{"attempt", record_.attempt_id}, {"stage", to_string(stage)}});
  if (on_stage_) on_stage_(stage);
}

Async<CardEnd> Attempt::run() {
  if (record_.phase != Phase::kIntent) {
    // Claimed or not: after a restart nothing new is printed, and no job was sent before the
    // intent.
    if (!person_is_here_) {
      co_return no_card(Trouble::kPrinterNotReady, "interrupted before anything was printed");
    }
    std::vector<std::uint8_t> png;
    if (auto end = co_await claim()) co_return *end;
    if (auto end = co_await draw_and_check_printer(png)) co_return *end;
    if (auto end = co_await check_claim_again()) co_return *end;
    if (auto end = co_await commit(Phase::kIntent)) co_return *end;
    CARDRIG_CHECK(record_.phase == Phase::kIntent && claim_seen_at_);
    const CardRun::Tell tell_stage = [this](Stage stage) { tell(stage); };
    CardRun card(deps_, record_, true, tell_stage);
    tell(Stage::kPrinting);
    co_await card.submit(std::move(png));
    auto end = co_await card.follow();
    co_return end;
  }
  tell(Stage::kSettling);
  const CardRun::Tell tell_stage = [this](Stage stage) { tell(stage); };
  CardRun card(deps_, record_, person_is_here_, tell_stage);
  auto end = co_await card.follow();
  co_return end;
}

// A second card goes on the claim that it has; its photo is in memory, since the journal keeps
// none.
Async<Attempt::Ended> Attempt::claim() {
  if (record_.phase == Phase::kClaimed && record_.certificate && record_.certificate->photo) {
    claim_seen_at_ = deps_.loop.now();
    co_return std::nullopt;
  }
  tell(Stage::kClaiming);
  for (int i = 1;; ++i) {
    auto claimed =
        co_await deps_.platform.claim(record_.attempt_id, record_.permit_id, record_.person);
    if (claimed) {
      claim_seen_at_ = deps_.loop.now();
      if (auto end = check_platform_data(*claimed)) co_return end;
      record_.certificate = std::move(claimed->certificate);
      break;
    }
    const auto reason = claimed.error().reason;
    if (i >= kClaimTries || !worth_asking_again(reason)) {
      co_return no_card(trouble_of(reason),
                        std::string(to_string(reason)) + ": " + claimed.error().detail);
    }
    co_await sleep_for(deps_.loop, deps_.times.claim_pause);
  }
  co_return co_await commit(Phase::kClaimed);
}

// H15: what the platform certifies must be of the person whose chip was read and whose face
// matched.
Attempt::Ended Attempt::check_platform_data(const platform::Claim& claim) const {
  const auto& c = claim.certificate;
  if (claim.attempt_id != record_.attempt_id) {
    return no_card(Trouble::kPlatformLied, "the claim is of another attempt");
  }
  if (c.permit_id != record_.permit_id) {
    return no_card(Trouble::kPlatformLied, "the claim is of another permit");
  }
  if (upper(c.number) != "T" + upper(record_.person.id_number)) {
    return no_card(Trouble::kPlatformLied, "the certificate's number is not the person's");
  }
  if (c.name != record_.person.name) {
    return no_card(Trouble::kPlatformLied, "the certificate's name is not the person's");
  }
  if (!c.photo || c.photo->empty()) {
    return no_card(Trouble::kClaimRefused, "the platform has no electronic photo");
  }
  return std::nullopt;
}

Async<Attempt::Ended> Attempt::check_claim_again() {
  const auto state = co_await deps_.platform.claim_state(record_.attempt_id);
  const bool is_young = deps_.loop.now() - *claim_seen_at_ < deps_.times.claim_age_limit;
  if (!state && worth_asking_again(state.error().reason) && is_young) co_return std::nullopt;
  if (!state) {
    co_return no_card(trouble_of(state.error().reason),
                      std::string("claim state: ") + to_string(state.error().reason));
  }
  if (*state == platform::ClaimState::kWithdrawn) {
    co_return no_card(Trouble::kWithdrawn, "the platform withdrew the claim");
  }
  if (*state != platform::ClaimState::kGranted) {
    co_return no_card(Trouble::kClaimRefused, std::string("the claim is ") + to_string(*state));
  }
  claim_seen_at_ = deps_.loop.now();
  co_return std::nullopt;
}

Async<Attempt::Ended> Attempt::draw(std::vector<std::uint8_t>& png) {
  tell(Stage::kPreparing);
  auto work = [draw = deps_.draw_card, c = *record_.certificate] { return draw(c); };
  auto drawn = co_await offload(deps_.loop, deps_.times.modelled_draw, std::move(work));
  if (!drawn) {
    co_return no_card(Trouble::kPrinterNotReady, "the fonts lack a character of the name");
  }
  png = std::move(*drawn);
  co_return std::nullopt;
}

Async<Attempt::Ended> Attempt::check_printer() {
  if (auto obstacle = co_await wait_for_printer(deps_, record_.baseline)) {
    co_return no_card(Trouble::kPrinterNotReady, obstacle->what);
  }
  co_return std::nullopt;
}

// The card is drawn while the printer is asked. The claim is checked after both: what they take
// ages it.
Async<Attempt::Ended> Attempt::draw_and_check_printer(std::vector<std::uint8_t>& png) {
  using namespace asio::experimental::awaitable_operators;
  auto drawing = draw(png);
  auto checking = check_printer();
  auto [undrawn, unready] = co_await (std::move(drawing) && std::move(checking));
  co_return undrawn ? undrawn : unready;
}

Async<Attempt::Ended> Attempt::commit(Phase phase) {
  record_.phase = phase;
  const auto committed = co_await deps_.journal.commit(record_);
  if (committed) co_return std::nullopt;
  co_return no_card(Trouble::kJournalFailed, to_string(committed.error().reason));
}

}  // namespace cardrig::issuance
