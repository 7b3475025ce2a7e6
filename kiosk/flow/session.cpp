// The steps of one visit. Waits for the person are in session_waits.cpp, the face check in
// session_face.cpp.
#include "kiosk/flow/session.h"

#include <algorithm>
#include <utility>

#include "kiosk/certificate/card_face.h"
#include "kiosk/flow/wipe.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/masking.h"

namespace cardrig::flow {

using id_reader::ReaderReason;
using platform::PlatformReason;

Visitor::~Visitor() { wipe(); }

void Visitor::wipe() {
  for (std::string* text :
       {&document.name, &document.english_name, &document.ethnic_code, &document.address,
        &document.new_address, &document.former_link, &document.card_version, &document.number,
        &document.authority, &document.nationality, &document.travel_permit_number,
        &document.times_issued, &person.document_type, &person.id_number, &person.name,
        &masked.name, &masked.number, &typed_number}) {
    wipe_string(*text);
  }
  if (chip_photo) wipe_values(chip_photo->pixels);
  chip_photo = nullptr;
  wipe_values(chip_face.values);
  document.birth = document.valid_from = Date{};
  document.valid_to.reset();
  document.sex_code = 0;
}

Async<SessionResult> Session::run(bool by_card, bool field_clear) {
  id_ = random_id(deps_.entropy).substr(0, 12);
  deps_.tracer.emit("kiosk.session_started",
                    {{"session", id_}, {"by", by_card ? "card" : "touch"}});
  const Ending ending = co_await steps(field_clear);
  visitor_.wipe();
  deps_.reader.forget();
  co_await show_result(ending);
  SessionResult result;
  result.ending = ending;
  result.field_clear = co_await remind_of_document();
  result.cause = cause_;
  deps_.reader.forget();
  deps_.tracer.emit("kiosk.session_ended", {{"session", id_}, {"reason", to_string(ending)}});
  co_return result;
}

Async<Ending> Session::steps(bool field_clear) {
  if (!field_clear) {
    if (const auto empty = co_await wait_for_empty_field(); !empty) co_return empty.error();
  }
  if (const auto consent = co_await ask_consent(); !consent) co_return consent.error();
  if (const auto read = co_await read_document(); !read) co_return read.error();
  if (const auto prepared = co_await prepare_face(); !prepared) co_return prepared.error();
  if (const auto matched = co_await match_face(); !matched) co_return matched.error();
  const auto chosen = co_await find_permit();
  if (!chosen) co_return chosen.error();
  if (const auto here = co_await confirm_presence(); !here) co_return here.error();
  co_return co_await print(*chosen);
}

void Session::step(const char* name, const char* result, std::vector<Field> more) {
  std::vector<Field> fields{{"step", name}, {"result", result}};
  fields.insert(fields.end(), more.begin(), more.end());
  deps_.tracer.emit("kiosk.step", std::move(fields));
}

// ---- consent and document ----------------------------------------------------------------------

Async<Session::Stepped<Unit>> Session::wait_for_empty_field() {
  const Build build = [](Countdown left) { return screens::take_document(left); };
  const Poll poll = [this] { return field_is_empty(); };
  const Waited waited = co_await wait_for_person(build, deps_.limits.take_document, poll);
  if (cause_) co_return tl::unexpected(Ending::kDeviceLost);
  if (waited.how != How::kSatisfied) co_return tl::unexpected(Ending::kTimeUp);
  co_return ok();
}

Async<Session::Stepped<Unit>> Session::ask_consent() {
  const Build build = [](Countdown left) { return screens::consent(left); };
  const Waited waited = co_await wait_for_person(build, deps_.limits.consent, no_poll_);
  if (waited.how == How::kTimeUp) co_return tl::unexpected(Ending::kTimeUp);
  if (waited.button == "counter") co_return tl::unexpected(Ending::kCounterChosen);
  if (waited.button != "agree") co_return tl::unexpected(Ending::kCancelled);
  step("consent", "given");
  co_return ok();
}

Async<Session::Stepped<Unit>> Session::read_document() {
  PlaceHint hint = PlaceHint::kNone;
  Ending ending = Ending::kReadFailed;
  for (int tries = 0; tries < deps_.limits.read_tries; ++tries) {
    if (const auto placed = co_await wait_for_card(hint); !placed) co_return placed;
    presenter_.show(screens::reading());
    auto record = co_await with_timeout(deps_.loop, deps_.limits.read, deps_.reader.read_card());
    if (record && *record) co_return co_await accept(**record);
    const ReaderReason reason = record ? record->error().reason : ReaderReason::kTimeout;
    step("document", to_string(reason), {{"try", tries + 1}});
    const auto next = judge_read(reason);
    if (!next) co_return tl::unexpected(next.error());
    hint = *next;
    ending = reason == ReaderReason::kNotAnIdCard ? Ending::kNotAnIdCard : Ending::kReadFailed;
  }
  co_return tl::unexpected(ending);
}

Session::Stepped<PlaceHint> Session::judge_read(ReaderReason reason) {
  switch (reason) {
    case ReaderReason::kForged:
      return tl::unexpected(Ending::kDocumentCheck);
    case ReaderReason::kLinkLost:
    case ReaderReason::kNotAuthorised:
    case ReaderReason::kSelfTestFailed:
      cause_ = cause_of(reason);
      return tl::unexpected(Ending::kDeviceLost);
    case ReaderReason::kNotAnIdCard:
      return PlaceHint::kNotAnIdCard;
    case ReaderReason::kNoCard:
    case ReaderReason::kCardMoved:
      return PlaceHint::kMoved;
    case ReaderReason::kStale:
    case ReaderReason::kTimeout:
    case ReaderReason::kBadAnswer:
    case ReaderReason::kUnsupported:
    case ReaderReason::kReaderError:
      return PlaceHint::kLift;
  }
  return PlaceHint::kLift;
}

Async<Session::Stepped<Unit>> Session::wait_for_card(PlaceHint hint) {
  if (hint == PlaceHint::kNone) {
    const bool lies_there = co_await card_in_field();
    if (cause_) co_return tl::unexpected(Ending::kDeviceLost);
    if (lies_there) co_return ok();
  }
  lights_.set(control_board::Light::kReader, true);
  const Build build = [hint](Countdown left) { return screens::place_card(hint, left); };
  // After a failure readers want half a second of peace, and the hint is to be read; a card that is
  // no ID card has to be lifted before anything is read again.
  const Nanos earliest = deps_.loop.now() + (hint == PlaceHint::kNone ? Nanos{0} : 600ms);
  bool may_read = hint != PlaceHint::kNotAnIdCard;
  const Poll poll = [this, earliest, &may_read]() -> Async<bool> {
    if (deps_.loop.now() < earliest) co_return false;
    const bool found = co_await card_in_field();
    if (!found) may_read = true;
    co_return cause_.has_value() || (found && may_read);
  };
  const Waited waited = co_await wait_for_person(build, deps_.limits.place_card, poll);
  lights_.set(control_board::Light::kReader, false);
  if (cause_) co_return tl::unexpected(Ending::kDeviceLost);
  if (waited.how == How::kTimeUp) co_return tl::unexpected(Ending::kTimeUp);
  if (waited.how == How::kTouched) co_return tl::unexpected(Ending::kCancelled);
  co_return ok();
}

namespace {

// Not to_string(): that belongs to the decoder, which a build may leave out.
const char* name_of(id_reader::PhotoReason reason) {
  switch (reason) {
    case id_reader::PhotoReason::kNotThisCoding:
      return "not_this_coding";
    case id_reader::PhotoReason::kDamaged:
      return "damaged";
    case id_reader::PhotoReason::kNotLicensed:
      return "not_licensed";
    case id_reader::PhotoReason::kTooSlow:
      return "too_slow";
    case id_reader::PhotoReason::kCrashed:
      return "crashed";
    case id_reader::PhotoReason::kNonsense:
      return "nonsense";
    case id_reader::PhotoReason::kCannotStart:
      return "cannot_start";
  }
  return "?";
}

}  // namespace

// Wipes the record where it lies: nothing of it is needed after this.
Async<Session::Stepped<Unit>> Session::accept(id_reader::ChipRecord& record) {
  wipe_values(record.fingers);  // no step of the session has a use for them
  auto document = identity::decode_text(std::span<const std::uint8_t, 256>(record.text));
  wipe_values(record.text);
  if (document && record.has_new_address) {
    auto address = identity::decode_new_address(record.new_address);
    if (address) document->new_address = std::move(*address);
    if (!address) document = tl::unexpected(address.error());
  }
  wipe_values(record.new_address);
  if (!document) {
    wipe_values(record.photo);
    const bool unknown = document.error().reason == identity::TextReason::kUnknownType;
    step("document", unknown ? "unknown_type" : "unreadable_text");
    co_return tl::unexpected(unknown ? Ending::kUnknownDocument : Ending::kDocumentCheck);
  }
  visitor_.document = std::move(*document);
  if (const auto judged = judge_document(); !judged) {
    wipe_values(record.photo);
    co_return judged;
  }
  co_return co_await decode_photo(record);
}

tl::unexpected<Ending> Session::photo_unusable(const char* trouble) {
  step("document", "photo_unusable", {{"trouble", trouble}});
  return tl::unexpected(Ending::kPhotoUnreadable);
}

Async<Session::Stepped<Unit>> Session::decode_photo(id_reader::ChipRecord& record) {
  auto decoded = co_await deps_.photos.decode(record.photo);
  wipe_values(record.photo);
  if (!decoded) co_return photo_unusable(name_of(decoded.error().reason));
  visitor_.chip_photo = std::make_shared<Picture>(std::move(*decoded));
  co_return ok();
}

Session::Stepped<Unit> Session::judge_document() {
  const identity::Document& document = visitor_.document;
  visitor_.person = {to_string(document.type), document.number, document.name};
  visitor_.masked = {mask_name(document.name), mask_number(document.number)};
  const auto findings = identity::check_document(document, china_date(deps_.clock.now()));
  for (const identity::Finding finding : findings) {
    deps_.tracer.emit("identity.finding",
                      {{"finding", to_string(finding)}, {"forgery", suggests_forgery(finding)}});
  }
  const auto has = [&](identity::Finding finding) {
    return std::find(findings.begin(), findings.end(), finding) != findings.end();
  };
  if (std::any_of(findings.begin(), findings.end(), identity::suggests_forgery)) {
    return tl::unexpected(Ending::kDocumentCheck);
  }
  if (has(identity::Finding::kExpired)) return tl::unexpected(Ending::kExpired);
  if (has(identity::Finding::kNotYetValid)) return tl::unexpected(Ending::kNotYetValid);
  if (has(identity::Finding::kTooYoung)) return tl::unexpected(Ending::kTooYoung);
  if (has(identity::Finding::kRareName)) return tl::unexpected(Ending::kRareName);
  if (!findings.empty()) return tl::unexpected(Ending::kDocumentCheck);
  if (!certificate::can_draw_text(document.name)) return tl::unexpected(Ending::kRareName);
  return ok();
}

// ---- the platform ------------------------------------------------------------------------------

Async<Session::Stepped<std::vector<platform::PermitEntry>>> Session::ask_platform() {
  presenter_.show(screens::checking());
  for (int tries = 1;; ++tries) {
    auto answer = co_await with_timeout(deps_.loop, deps_.limits.platform,
                                        deps_.platform.permits_of(visitor_.person));
    if (answer && *answer) {
      step("platform", "answered", {{"permits", (*answer)->size()}});
      if ((*answer)->empty()) co_return tl::unexpected(Ending::kNoPermit);
      co_return std::move(**answer);
    }
    const PlatformReason reason = answer ? answer->error().reason : PlatformReason::kTimeout;
    step("platform", to_string(reason), {{"try", tries}});
    if (reason == PlatformReason::kUnauthorised) cause_ = Cause::kNotAuthorised;
    if (!passes_by_itself(reason) || tries >= deps_.limits.platform_tries) {
      co_return tl::unexpected(ending_of_query(reason));
    }
    co_await sleep_for(deps_.loop, deps_.limits.platform_pause);
  }
}

// ---- choosing ----------------------------------------------------------------------------------

namespace {

std::vector<Choice> choices_of(const std::vector<platform::PermitEntry>& permits) {
  std::vector<Choice> choices;
  choices.reserve(permits.size());
  for (const platform::PermitEntry& permit : permits) {
    choices.push_back({permit.item, permit.category, permit.refusal});
  }
  return choices;
}

}  // namespace

Async<Session::Stepped<std::string>> Session::find_permit() {
  auto permits = co_await ask_platform();
  Stepped<std::string> chosen = tl::unexpected(Ending::kNoPermit);
  if (permits) {
    chosen = co_await choose_permit(std::move(*permits));
  } else {
    chosen = tl::unexpected(permits.error());
  }
  if (chosen || !may_have_number(chosen.error())) co_return chosen;
  co_return co_await offer_number(chosen.error());
}

Async<Session::Stepped<std::string>> Session::choose_permit(
    std::vector<platform::PermitEntry> permits) {
  if (std::ranges::any_of(permits, [](const auto& p) { return p.permit_id.empty(); })) {
    co_return tl::unexpected(Ending::kPlatformWrong);
  }
  std::vector<Choice> choices = choices_of(permits);
  const bool several = choices.size() > 1;
  if (!several && choices[0].refusal != platform::Refusal::kNone) {
    step("choose", to_string(choices[0].refusal), {{"permit", permits[0].permit_id}});
    co_return tl::unexpected(ending_of(choices[0].refusal));
  }
  const bool any_free = std::any_of(choices.begin(), choices.end(), [](const Choice& choice) {
    return choice.refusal == platform::Refusal::kNone;
  });
  if (!any_free) {
    choices_ = choices;
    step("choose", "nothing_free", {{"permits", permits.size()}});
    co_return tl::unexpected(Ending::kNothingFree);
  }
  for (;;) {
    int chosen = 0;
    if (several) {
      const auto one = co_await choose_one(choices);
      if (!one) co_return tl::unexpected(one.error());
      chosen = *one;
    }
    if (chosen == kByNumber) {
      auto found = co_await enter_number();
      if (!found) co_return tl::unexpected(found.error());
      if (!*found) continue;
      // First in the list: chosen already if it may be, else with its reason beside the others.
      std::erase_if(permits, [&](const auto& p) { return p.permit_id == (*found)->permit_id; });
      permits.insert(permits.begin(), std::move(**found));
      choices = choices_of(permits);
      if (choices[0].refusal != platform::Refusal::kNone) continue;
      chosen = 0;
    }
    const auto sure = co_await confirm(choices[static_cast<std::size_t>(chosen)], several);
    if (!sure) co_return tl::unexpected(sure.error());
    if (!*sure) continue;
    const std::string permit_id = permits[static_cast<std::size_t>(chosen)].permit_id;
    step("choose", "confirmed", {{"permit", permit_id}});
    co_return permit_id;
  }
}

Async<Session::Stepped<int>> Session::choose_one(const std::vector<Choice>& choices) {
  for (int page = 0;;) {
    const Build build = [this, &choices, page](Countdown left) {
      return screens::choose(visitor_.masked, choices, page, left);
    };
    const Waited waited = co_await wait_for_person(build, deps_.limits.choose, no_poll_);
    if (waited.how == How::kTimeUp) co_return tl::unexpected(Ending::kTimeUp);
    if (waited.button == "next_page") {
      ++page;
    } else if (waited.button == "previous_page") {
      --page;
    } else if (waited.button.rfind("choose:", 0) == 0) {
      co_return std::stoi(waited.button.substr(7));
    } else if (waited.button == "enter_number") {
      co_return kByNumber;
    } else {
      co_return tl::unexpected(Ending::kCancelled);
    }
  }
}

namespace {

// What is known before the claim: the card's look, the holder (masked, it is a public screen) and
// the item. Dates, photo and code come with the claim.
certificate::Certificate masked_certificate(const MaskedPerson& person,
                                            const identity::Document& document,
                                            const Choice& choice) {
  certificate::Certificate card;
  card.number = "T" + person.number;
  card.name = person.name;
  card.sex = document.sex_code == 1 ? "男" : document.sex_code == 2 ? "女" : "";
  card.category = choice.category;
  card.item = choice.item;
  return card;
}

}  // namespace

Async<Session::Stepped<bool>> Session::confirm(Choice choice, bool can_go_back) {
  auto draw = [card = masked_certificate(visitor_.masked, visitor_.document, choice)] {
    return certificate::draw_card_front(card);
  };
  Picture drawn = co_await offload(deps_.loop, deps_.limits.preview_cost, std::move(draw));
  const PicturePtr card = std::make_shared<const Picture>(std::move(drawn));
  const Build build = [&](Countdown left) {
    return screens::preview(visitor_.masked, choice, card, can_go_back, left);
  };
  const Waited waited = co_await wait_for_person(build, deps_.limits.preview, no_poll_);
  if (waited.how == How::kTimeUp) co_return tl::unexpected(Ending::kTimeUp);
  if (waited.button == "print") co_return true;
  if (waited.button == "back") co_return false;
  co_return tl::unexpected(Ending::kCancelled);
}

// Whoever matched may have walked away since, and somebody else may know a number of theirs.
Async<Session::Stepped<Unit>> Session::confirm_presence() {
  const bool fresh = deps_.loop.now() - matched_at_ <= deps_.limits.match_holds;
  if (fresh && !found_by_number_) co_return ok();
  step("face", "once_more");
  co_return co_await match_face();
}

// ---- printing ----------------------------------------------------------------------------------

// No time limit here: an issuance that has begun is never cancelled, and it limits its own waits.
Async<Ending> Session::print(std::string permit_id) {
  const issuance::Issuance::OnStage on_stage = [this](issuance::Stage stage) { show_stage(stage); };
  show_stage(issuance::Stage::kClaiming);
  lights_.set(control_board::Light::kOutlet, true);
  const issuance::Settled settled =
      co_await deps_.issuer.issue(visitor_.person, permit_id, on_stage);
  lights_.set(control_board::Light::kOutlet, false);
  step("issuance", to_string(settled.outcome),
       {{"trouble", to_string(settled.trouble)}, {"detail", settled.detail}});
  if (settled.out_of_service) cause_ = cause_of(settled);
  co_return ending_of(settled);
}

void Session::show_stage(issuance::Stage stage) {
  const bool take = stage == issuance::Stage::kTakeCard;
  if (take || stage == issuance::Stage::kTakeCardReminder) {
    presenter_.show(screens::take_card(!take, countdown(deps_.limits.take_card)));
  } else {
    presenter_.show(screens::printing(stage, deps_.loop.now(), deps_.limits.print_takes));
  }
}

}  // namespace cardrig::flow
