// The face check: one live person against the photo in the chip. Several frames, hints what to
// change; the decision of one frame is in kiosk/face/match.h.
#include <algorithm>
#include <map>
#include <utility>

#include "kiosk/flow/session.h"
#include "kiosk/flow/wipe.h"
#include "kiosk/runtime/async.h"

namespace cardrig::flow {
namespace {

FaceHint hint_of(face::Verdict verdict) {
  switch (verdict) {
    case face::Verdict::kMatch:
      return FaceHint::kMatched;
    case face::Verdict::kDifferentPerson:
      return FaceHint::kNone;
    case face::Verdict::kNoFace:
      return FaceHint::kNoFace;
    case face::Verdict::kSeveralFaces:
      return FaceHint::kSeveralFaces;
    case face::Verdict::kTooFar:
      return FaceHint::kTooFar;
    case face::Verdict::kTooDark:
      return FaceHint::kTooDark;
    case face::Verdict::kBlurred:
      return FaceHint::kBlurred;
  }
  return FaceHint::kNone;
}

std::int64_t to_us(Nanos time) { return time / 1us; }

}  // namespace

// The face in the chip's photo is found while the person turns to the camera: the screen is up
// first. Only then is the document's part done.
Async<Session::Stepped<Unit>> Session::prepare_face() {
  presenter_.show(screens::face(FaceHint::kNone, nullptr, countdown(deps_.limits.face_attempt)));
  auto work = [this, photo = visitor_.chip_photo] {
    auto embedding = face::embed_chip_photo(deps_.engine, *photo);
    wipe_values(photo->pixels);
    return embedding;
  };
  auto embedding = co_await offload(deps_.loop, deps_.limits.inference_cost, std::move(work));
  visitor_.chip_photo = nullptr;
  if (!embedding) co_return photo_unusable(to_string(embedding.error().reason));
  visitor_.chip_face = std::move(*embedding);
  step("document", "genuine",
       {{"type", visitor_.person.document_type},
        {"name", Personal{Personal::Kind::kName, visitor_.person.name}},
        {"number", Personal{Personal::Kind::kIdNumber, visitor_.person.id_number}}});
  co_return ok();
}

Async<Session::Stepped<Unit>> Session::match_face() {
  lights_.set(control_board::Light::kCamera, true);
  last_captured_ = deps_.loop.now();
  different_tries_ = unclear_tries_ = 0;
  FaceHint hint = FaceHint::kNone;
  Stepped<bool> again = true;
  while (again && *again) {
    const Attempt attempt = co_await face_attempt(hint);
    hint = FaceHint::kAgain;
    again = judge_attempt(attempt);
    if (attempt == Attempt::kAbsent) again = co_await ask_if_still_here();
  }
  const Stepped<Unit> outcome = again ? Stepped<Unit>(ok()) : tl::unexpected(again.error());
  lights_.set(control_board::Light::kCamera, false);
  if (outcome) matched_at_ = deps_.loop.now();
  step("face", outcome ? "matched" : to_string(outcome.error()));
  co_return outcome;
}

// True: try again; false: it is the holder.
Session::Stepped<bool> Session::judge_attempt(Attempt attempt) {
  switch (attempt) {
    case Attempt::kMatched:
      return false;
    case Attempt::kAbsent:
      return true;
    case Attempt::kDifferent:
      if (++different_tries_ < deps_.limits.different_tries) return true;
      return tl::unexpected(Ending::kDifferentPerson);
    case Attempt::kUnclear:
      if (++unclear_tries_ < deps_.limits.face_attempts) return true;
      return tl::unexpected(unclear_);
    case Attempt::kTouched:
      return tl::unexpected(touched_ending());
    case Attempt::kCameraLost:
      cause_ = Cause::kCamera;
      return tl::unexpected(Ending::kDeviceLost);
  }
  return tl::unexpected(Ending::kDeviceLost);
}

Ending Session::touched_ending() const {
  return touched_ == "counter" ? Ending::kCounterChosen : Ending::kCancelled;
}

Async<Session::Attempt> Session::face_attempt(FaceHint hint) {
  const Countdown left = countdown(deps_.limits.face_attempt);
  const Nanos began = deps_.loop.now();
  PicturePtr live;
  presenter_.show(screens::face(hint, live, left));
  Nanos nap = hint == FaceHint::kAgain ? deps_.limits.face_pause : Nanos{0};
  std::map<face::Verdict, int> seen;
  int frames = 0;
  while (deps_.loop.now() < left.ends_at) {
    if (nap > Nanos{0}) {
      const auto touch = co_await deps_.intents.wait(nap);
      if (touch) {
        touched_ = touch->button_key;
        co_return Attempt::kTouched;
      }
    }
    const auto frame = co_await next_frame();
    if (!frame) co_return Attempt::kCameraLost;
    live = frame->picture;
    const face::MatchResult result = co_await match(live);
    ++frames;
    ++seen[result.verdict];
    presenter_.show(screens::face(hint_of(result.verdict), live, left));
    if (result.verdict == face::Verdict::kMatch) co_return Attempt::kMatched;
    if (seen[face::Verdict::kDifferentPerson] >= deps_.limits.frames_per_try) break;
    nap = nap_after(result.verdict, deps_.loop.now() - began);
  }
  if (seen[face::Verdict::kDifferentPerson] > 0) co_return Attempt::kDifferent;
  if (seen[face::Verdict::kNoFace] * 2 > frames) co_return Attempt::kAbsent;
  unclear_ = seen[face::Verdict::kSeveralFaces] * 2 > frames ? Ending::kSeveralFaces
                                                             : Ending::kFaceUnclear;
  co_return Attempt::kUnclear;
}

// Who steps in front of the camera is seen soon; an empty place is not looked at with full force.
Nanos Session::nap_after(face::Verdict verdict, Nanos into_attempt) const {
  if (verdict == face::Verdict::kDifferentPerson) return deps_.limits.face_poll;
  const bool slow = into_attempt >= deps_.limits.face_slow;
  return slow ? deps_.limits.face_poll_slow : deps_.limits.face_poll_unusable;
}

// A frame that was taken after the one before, and after the face check began: a camera that is
// frozen (fault C6) must not show the person of the session before. Two restarts of a camera that
// is gone or frozen; nothing: the camera is lost.
Async<std::optional<camera::Frame>> Session::next_frame() {
  const Nanos asked = deps_.loop.now();
  for (int tries = 0; tries < 3; ++tries) {
    auto frame = co_await with_timeout(deps_.loop, deps_.limits.frame + 1s,
                                       deps_.camera.next_frame(last_frame_, deps_.limits.frame));
    if (frame && *frame) {
      last_frame_ = (*frame)->sequence;
      if ((*frame)->captured_at <= last_captured_) continue;
      last_captured_ = (*frame)->captured_at;
      deps_.tracer.emit("face.frame", {{"sequence", last_frame_},
                                       {"waited_us", to_us(deps_.loop.now() - asked)},
                                       {"age_us", to_us(deps_.loop.now() - last_captured_)}});
      co_return std::move(**frame);
    }
    if (frame && frame->error().reason == camera::CameraReason::kCorrupt) continue;
    const auto restarted =
        co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.camera.start());
    if (!restarted || !*restarted) co_await sleep_for(deps_.loop, 500ms);
    last_frame_ = 0;  // a restarted camera counts anew
  }
  co_return std::nullopt;
}

Async<face::MatchResult> Session::match(PicturePtr live) {
  auto work = [this, live] {
    return face::match_frame(deps_.engine, visitor_.chip_face, *live, deps_.match);
  };
  const face::MatchResult result =
      co_await offload(deps_.loop, deps_.limits.inference_cost, std::move(work));
  deps_.tracer.emit("face.result", {{"verdict", to_string(result.verdict)},
                                    {"similarity", result.similarity},
                                    {"threshold", deps_.match.threshold},
                                    {"faces", result.faces},
                                    {"sequence", last_frame_},
                                    {"engine", deps_.engine.name()}});
  co_return result;
}

// True: yes.
Async<Session::Stepped<bool>> Session::ask_if_still_here() {
  const Countdown left = countdown(deps_.limits.more_time);
  presenter_.show(screens::more_time(Step::kFace, left));
  const Waited waited = co_await wait_until_time(left.ends_at, no_poll_);
  if (waited.how == How::kTimeUp) co_return tl::unexpected(Ending::kTimeUp);
  if (waited.button != "more_time") co_return tl::unexpected(Ending::kCancelled);
  co_return true;
}

}  // namespace cardrig::flow
