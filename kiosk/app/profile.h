// The profile of a kiosk: what differs from site to site, and what a production kiosk refuses.
#pragma once

#include <chrono>
#include <string>

#include "kiosk/flow/deps.h"
#include "kiosk/issuance/issuance.h"
#include "kiosk/journal/journal.h"
#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/result.h"

namespace cardrig::app {

/// What is read of a card beyond text and photo, and what is known of the reader.
struct ReaderChoice {
  bool reads_new_address = false;
  bool reads_fingers = false;  ///< nothing in the kiosk uses them: they are wiped at once
  bool serial_is_the_cards = true;  ///< false: it gives another one each time
};

/// Who decodes the photos of chips. Whoever makes the ports reads it.
struct PhotoChoice {
  std::string
      library;  ///< a vendor's shared library (docs/protocols/photo-library.md); "": stand-in
  Nanos limit{std::chrono::seconds(2)};  ///< for one photo
};

struct Profile {
  std::string name = "simulated";
  bool production = false;  ///< refuses stand-in photos, seeded entropy, a test port
  bool test_port = false;  ///< takes rig messages
  std::string terminal_id = "T-0001";
  std::string terminal_key = "cardrig-simulated-terminal-key";  ///< shared with the platform
  std::string enrolled_sam_id;  ///< of the ID reader; another one is refused; "": any is taken
  std::string printer_host = "localhost";  ///< as the printer is called in HTTP and IPP
  std::string platform_host = "platform.local";  ///< as the platform is called in HTTP
  ReaderChoice id_reader;
  PhotoChoice photos;
  std::string log_folder;  ///< where staff's log export is written; "": nowhere
  double face_threshold = 0;  ///< 0: the engine's default
  journal::JournalConfig journal;
  flow::Limits limits;
  issuance::Times times;
};

enum class ProfileReason { kNotForProduction };

}  // namespace cardrig::app
