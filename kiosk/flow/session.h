// Session: one visit of one person, as one cancellable coroutine that reads like the steps of the
// process and hands over to issuance. Everything personal is wiped when it ends, however it ends.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "kiosk/flow/deps.h"
#include "kiosk/flow/endings.h"
#include "kiosk/flow/guide_lights.h"
#include "kiosk/flow/presenter.h"
#include "kiosk/flow/screens.h"
#include "kiosk/identity/document.h"

namespace cardrig::flow {

/// Everything about the person in front. Wiped when it is destroyed.
struct Visitor {
  identity::Document document;
  platform::Person person;
  std::shared_ptr<Picture> chip_photo;  ///< until its face has been found
  face::Embedding chip_face;
  MaskedPerson masked;
  std::string typed_number;  ///< of a training or exam; finds a record, proves nothing

  Visitor() = default;
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;
  ~Visitor();
  void wipe();
};

struct SessionResult {
  Ending ending = Ending::kCancelled;
  std::optional<Cause> cause;  ///< the kiosk must go out of service
  bool field_clear = false;  ///< the reader's field was seen empty at the end
};

/// Trace: kiosk.session_started {session, by}, kiosk.step {step, result, …}, identity.finding
/// {finding, forgery}, kiosk.suspicion {what, session, try}, face.frame {sequence, waited_us: since
/// it was asked for, age_us: since the sensor had it}, face.result {verdict, similarity, threshold,
/// faces, sequence}, kiosk.session_ended {session, reason}.
class Session {
 public:
  Session(Deps& deps, Presenter& presenter, GuideLights& lights)
      : deps_(deps), presenter_(presenter), lights_(lights) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// `by_card`: a card was found, else the start button was touched. `field_clear`: the field was
  /// seen empty since the last session; a card that lies there from before is never read (R12).
  Async<SessionResult> run(bool by_card, bool field_clear);

 private:
  template <class T>
  using Stepped = tl::expected<T, Ending>;
  using Build = std::function<Screen(Countdown)>;
  using Poll = std::function<Async<bool>()>;
  static constexpr int kByNumber = -1;
  enum class How { kTouched, kSatisfied, kTimeUp };
  struct Waited {
    How how = How::kTimeUp;
    std::string button;
  };
  enum class Attempt { kMatched, kDifferent, kAbsent, kUnclear, kTouched, kCameraLost };

  Async<Ending> steps(bool field_clear);

  // The steps, in order.
  Async<Stepped<Unit>> wait_for_empty_field();
  Async<Stepped<Unit>> ask_consent();
  Async<Stepped<Unit>> read_document();
  Async<Stepped<Unit>> prepare_face();
  Async<Stepped<Unit>> match_face();
  Async<Stepped<std::vector<platform::PermitEntry>>> ask_platform();
  Async<Stepped<std::string>> find_permit();
  Async<Stepped<std::string>> choose_permit(std::vector<platform::PermitEntry> permits);
  /// It is still the holder who stands there.
  Async<Stepped<Unit>> confirm_presence();
  Async<Ending> print(std::string permit_id);

  // The document.
  Async<Stepped<Unit>> wait_for_card(PlaceHint hint);
  Async<Stepped<Unit>> accept(id_reader::ChipRecord& record);
  Async<Stepped<Unit>> decode_photo(id_reader::ChipRecord& record);
  tl::unexpected<Ending> photo_unusable(const char* trouble);
  Stepped<Unit> judge_document();
  Async<bool> card_in_field();
  Async<bool> field_is_empty();
  /// What a failed read means: an ending, or a hint for the next try.
  Stepped<PlaceHint> judge_read(id_reader::ReaderReason reason);

  // The face.
  Async<Attempt> face_attempt(FaceHint first_hint);
  [[nodiscard]] Nanos nap_after(face::Verdict verdict, Nanos into_attempt) const;
  Async<std::optional<camera::Frame>> next_frame();
  Async<face::MatchResult> match(PicturePtr live);
  Async<Stepped<bool>> ask_if_still_here();
  Stepped<bool> judge_attempt(Attempt attempt);
  Ending touched_ending() const;

  // Choosing.
  /// The place in the list; kByNumber: the person would rather enter a number.
  Async<Stepped<int>> choose_one(const std::vector<Choice>& choices);
  Async<Stepped<bool>> confirm(Choice choice, bool can_go_back);

  // A number typed by the person.
  /// Shows the refusal, and lets a number find what the platform did not list.
  Async<Stepped<std::string>> offer_number(Ending without);
  Async<Stepped<std::string>> take_found(platform::PermitEntry found);
  /// Nothing: the person went back.
  Async<Stepped<std::optional<platform::PermitEntry>>> enter_number();
  /// False: the person goes back.
  Async<Stepped<bool>> type_number(NumberHint hint, std::string tail);
  Async<Result<platform::PermitEntry, platform::PlatformReason>> look_up();
  Stepped<NumberHint> judge_number(const Error<platform::PlatformReason>& error);

  void show_stage(issuance::Stage stage);
  Async<void> show_result(Ending ending);
  Async<bool> remind_of_document();

  /// Shows what `build` makes until a button is touched, `poll` says yes, or the time is up; offers
  /// more time in the last seconds.
  Async<Waited> wait_for_person(const Build& build, Nanos limit, const Poll& poll);
  /// One stretch of it: until `end`.
  Async<Waited> wait_until_time(Nanos end, const Poll& poll);
  void step(const char* name, const char* result, std::vector<Field> more = {});
  [[nodiscard]] Countdown countdown(Nanos limit) const { return {deps_.loop.now() + limit, limit}; }

  Deps& deps_;
  Presenter& presenter_;
  GuideLights& lights_;
  std::string id_;
  Visitor visitor_;
  bool result_shown_ = false;
  std::optional<Cause> cause_;
  std::vector<Choice> choices_;  ///< for the refused screen
  std::string touched_;  ///< the button that ended the face check
  std::uint64_t last_frame_ = 0;  ///< sequence of the camera
  Nanos matched_at_{0};
  bool found_by_number_ = false;
  Nanos last_captured_{0};  ///< older pictures are not of this person
  const Poll no_poll_;
  int reader_strikes_ = 0;
  int different_tries_ = 0, unclear_tries_ = 0;
  int number_tries_ = 0;
  Ending unclear_ = Ending::kFaceUnclear;
};

}  // namespace cardrig::flow
