// The profile as a file: JSON with comments, docs/programs.md says what is in it. Every mistake is
// a sentence with file and line, and so is everything that a production kiosk must not have.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kiosk/app/profile.h"
#include "kiosk/runtime/entropy.h"
#include "kiosk/runtime/hid_stream.h"
#include "kiosk/runtime/located_json.h"
#include "kiosk/runtime/tcp_stream.h"

namespace cardrig::app {

/// How bytes get to a device: a serial port, a TCP connection or, for the ID reader, HID reports.
struct WireChoice {
  std::string serial;  ///< path of the device node; "": it is another one
  unsigned baud = 115200;
  Endpoint tcp;
  std::string hid;  ///< path of the hidraw node; "": it is another one
  HidFraming framing;
};

struct CameraChoice {
  Endpoint endpoint;
  std::string host;  ///< as it stands in the address: "127.0.0.1:40213"
  std::string target;  ///< "/stream"
};

enum class Photos { kStandIn, kLibrary, kNone };  // the library: Profile::photos
enum class DisplayKind { kNone, kWindow, kFullScreen };
[[nodiscard]] const char* to_string(DisplayKind kind);

struct DisplayChoice {
  DisplayKind kind = DisplayKind::kNone;
  int width_px = 1080;
  int height_px = 1920;
  bool dark = false;  ///< for a dark hall
};

/// Everything that the program needs to know to start. Keys are still in their files.
struct ProfileFile {
  Profile profile;
  std::string rig;  ///< path of the rig's socket; "": no test port
  std::string health;  ///< "HOST:PORT"; "": no health page
  std::string terminal_key_file;
  std::string journal_key_file;
  WireChoice id_reader, card_path, print_jobs, control_board, platform;
  Photos photos = Photos::kNone;
  CameraChoice camera;
  std::optional<TlsFiles> tls;  ///< of the platform
  std::string face_engine = "fast";
  std::string face_models;  ///< folder; "": the one that tools/setup fills
  DisplayChoice display;
};

/// False: `complaints` says why, in the order of the file.
bool read_profile(const std::string& path, ProfileFile& profile,
                  std::vector<located::Complaint>& complaints);

enum class KeyFileReason {
  kMissing,
  kOpenToOthers,  ///< in production: its mode gives others more than nothing
  kUnreadable,  ///< not what a key looks like
};

/// The bytes that a file gives as hexadecimal digits: 16 to 64, or exactly `size`. With `private`
/// only the owner may have rights to the file (mode 0600 or less). `detail` names the file, and
/// never what is in it.
[[nodiscard]] Result<std::vector<std::uint8_t>, KeyFileReason> read_key_file(
    const std::string& path, bool must_be_private, std::size_t size = 0);

}  // namespace cardrig::app
