// What the flow is given: interfaces only, and the time limits of every wait.
#pragma once

#include "kiosk/devices/camera/frame_source.h"
#include "kiosk/devices/card_printer/card_path.h"
#include "kiosk/devices/control_board/control_board.h"
#include "kiosk/devices/id_reader/id_reader.h"
#include "kiosk/devices/id_reader/photo_decoder.h"
#include "kiosk/devices/speaker/speaker.h"
#include "kiosk/face/match.h"
#include "kiosk/flow/intents.h"
#include "kiosk/flow/issuer.h"
#include "kiosk/flow/screen.h"
#include "kiosk/flow/service_desk.h"
#include "kiosk/flow/voice.h"
#include "kiosk/platform/exam_platform.h"
#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/entropy.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::flow {

using namespace std::chrono_literals;

struct Limits {
  // The person.
  Nanos consent{60s};
  Nanos place_card{40s};
  Nanos choose{60s};
  Nanos number{60s};  ///< between two keys of the number
  /// From the face match: nobody types longer, and a print that comes later, or of a permit that a
  /// number found, wants the face once more.
  Nanos match_holds{std::chrono::minutes(3)};
  int number_tries = 3;  ///< numbers that do not fit, before the visit ends
  Nanos preview{60s};
  Nanos more_time{10s};  ///< the last part of these, in which more time is offered
  int more_time_grants = 3;  ///< how often it is given
  Nanos result{20s};  ///< refused, counter
  Nanos done{10s};
  Nanos take_document{45s};  ///< reminder to take the ID card
  Nanos print_takes{38s};  ///< how long the bar of the printing screen takes
  Nanos take_card{30s};  ///< the ring only: issuance has the limit

  // The document.
  Nanos read{10s};
  int read_tries = 3;

  // The face check.
  Nanos face_attempt{15s};
  int face_attempts = 3;  ///< attempts without one usable frame
  int different_tries = 2;  ///< attempts with somebody else's face
  int frames_per_try = 4;  ///< frames that differ before a try is over
  Nanos face_pause{2s};  ///< between two tries
  Nanos frame{2s};  ///< for one camera frame
  Nanos face_poll{300ms};  ///< after somebody else's face: frames that differ tell more
  Nanos face_poll_unusable{60ms};  ///< after a frame that shows nobody who can be compared
  Nanos face_poll_slow{1s};  ///< the same, when an attempt has gone on like this for `face_slow`
  Nanos face_slow{2s};
  Nanos inference_cost{30ms};  ///< modelled, of one frame or of the chip photo
  Nanos preview_cost{15ms};  ///< modelled, of drawing the card

  // The platform.
  Nanos platform{20s};
  int platform_tries = 2;
  Nanos platform_pause{2s};

  // Idling, devices, recovery.
  Nanos idle_poll{500ms};  ///< between two finds while nobody is served
  Nanos place_poll{50ms};  ///< from an answer of the reader to the next find, which takes 100 ms
  Nanos device_answer{6s};  ///< for any single answer of a device
  Nanos device_start{15s};
  Nanos notice{500ms};  ///< of waiting for devices, until the person who touched is told
  Nanos device_check{10s};  ///< between two looks at printer, board and camera while idle
  Nanos service_key_poll{2s};  ///< between two looks at the service key
  Nanos report_retry{15s};  ///< between two attempts to report what is pending
  Nanos recover{10s};  ///< between two attempts to come back into service
  Nanos settle{std::chrono::minutes(10)};

  VoiceSettings voice;
};

struct Deps {
  Loop& loop;
  CivilClock& clock;
  Tracer& tracer;
  Entropy& entropy;
  id_reader::IdReader& reader;
  id_reader::PhotoDecoder& photos;
  camera::FrameSource& camera;
  face::Engine& engine;
  face::MatchConfig match;
  platform::ExamPlatform& platform;
  Issuer& issuer;
  ServiceDesk& service;
  control_board::ControlBoard& board;
  card_printer::CardPath& path;
  speaker::Speaker& speaker;
  Display& display;
  IntentQueue& intents;
  Limits limits;
};

}  // namespace cardrig::flow
