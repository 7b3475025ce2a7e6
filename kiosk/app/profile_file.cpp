// One function for each part of the profile.
#include "kiosk/app/profile_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "kiosk/runtime/baud.h"
#include "kiosk/runtime/located_reading.h"

namespace cardrig::app {

using located::in_quotes;
using located::Node;
using located::Reading;

namespace {

using Names = std::vector<std::string>;

/// Where a place that production forbids stands, for the sentence.
struct Forbidden {
  int line = 0;
  std::string what;
};

class ProfileReader {
 public:
  ProfileReader(Reading reading, ProfileFile& into) : reading_(reading), into_(into) {}

  void read(const Node& root);

 private:
  /// The member, which must be there; null: a complaint says that it is not.
  const Node* need(const Node& object, const char* key, const std::string& what);
  /// The member as an object with these keys only.
  const Node* part(const Node& root, const char* key, const Names& keys);
  std::string text(const Node& object, const char* key, const std::string& what);
  std::string text_or(const Node& object, const char* key, std::string otherwise);
  /// A text that may also be empty.
  std::string maybe_empty(const Node& object, const char* key);

  Names wire_keys(Names more) const;
  void read_wire(const Node& part, const char* name, WireChoice& wire);
  std::optional<Endpoint> endpoint(const Node& node, const char* what, const std::string& text,
                                   int port_otherwise = -1);

  void read_terminal(const Node& root);
  void read_journal(const Node& root);
  void read_reader(const Node& root);
  void read_hid(const Node& reader);
  void read_photos(const Node& reader);
  void read_printer(const Node& root);
  void read_camera(const Node& root);
  void read_platform(const Node& root);
  void read_tls(const Node& platform);
  void read_face(const Node& root);
  void read_display(const Node& root);
  void forbid(int line, std::string what) { forbidden_.push_back({line, std::move(what)}); }
  void check_production();

  Reading reading_;
  ProfileFile& into_;
  std::vector<Forbidden> forbidden_;
};

const Node* ProfileReader::need(const Node& object, const char* key, const std::string& what) {
  const Node* found = object.find(key);
  if (found == nullptr) reading_.complain(object.line, what + " needs " + in_quotes(key) + ".");
  return found;
}

const Node* ProfileReader::part(const Node& root, const char* key, const Names& keys) {
  const Node* found = need(root, key, "A profile");
  if (found == nullptr || !located::want(reading_, *found, Node::Kind::kObject, key))
    return nullptr;
  located::check_keys(reading_, *found, in_quotes(key), keys);
  return found;
}

std::string ProfileReader::text(const Node& object, const char* key, const std::string& what) {
  const Node* found = need(object, key, what);
  if (found == nullptr) return {};
  return located::read_text(reading_, *found, key).value_or("");
}

std::string ProfileReader::text_or(const Node& object, const char* key, std::string otherwise) {
  const Node* found = object.find(key);
  if (found == nullptr) return otherwise;
  return located::read_text(reading_, *found, key).value_or(otherwise);
}

std::string ProfileReader::maybe_empty(const Node& object, const char* key) {
  const Node* found = object.find(key);
  if (found == nullptr || !located::want(reading_, *found, Node::Kind::kString, key)) return {};
  return found->text;
}

// ---- wires -------------------------------------------------------------------------------------

/// "127.0.0.1:40211", "[::1]:631", "printer.local:631"; without a port only where there is one to
/// take instead.
std::optional<Endpoint> ProfileReader::endpoint(const Node& node, const char* what,
                                                const std::string& text, int port_otherwise) {
  const bool bracketed = text.starts_with('[');
  const auto host_end = bracketed ? text.find(']') : text.rfind(':');
  std::string host = text.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0));
  std::string port;
  if (host_end != std::string::npos) port = text.substr(host_end + (bracketed ? 1 : 0));
  long number = port_otherwise;
  if (!port.empty()) {
    const bool digits = port.size() >= 2 && port.size() <= 6 && port[0] == ':' &&
                        port.find_first_not_of("0123456789", 1) == std::string::npos;
    number = digits ? std::stol(port.substr(1)) : -1;
  }
  const bool good_host = !host.empty() && host.find_first_of(" /@[]") == std::string::npos &&
                         (bracketed || host.find(':') == std::string::npos);
  if (!good_host || number < 1 || number > 65535) {
    reading_.complain(node.line, in_quotes(what) + " must name a host and a port such as " +
                                     "\"127.0.0.1:631\", but is " + node.describe() + ".");
    return std::nullopt;
  }
  return Endpoint{std::move(host), static_cast<unsigned short>(number)};
}

Names ProfileReader::wire_keys(Names more) const {
  more.insert(more.end(), {"serial", "baud", "tcp"});
  return more;
}

void ProfileReader::read_wire(const Node& part, const char* name, WireChoice& wire) {
  const Node* serial = part.find("serial");
  const Node* tcp = part.find("tcp");
  if ((serial == nullptr) == (tcp == nullptr)) {
    reading_.complain(part.line, in_quotes(name) + " needs either \"serial\" or \"tcp\".");
    return;
  }
  const Node* baud = part.find("baud");
  if (tcp != nullptr) {
    if (baud != nullptr) reading_.complain(baud->line, "\"baud\" is for \"serial\" only.");
    const auto where = located::read_text(reading_, *tcp, "tcp");
    if (!where) return;
    if (const auto found = endpoint(*tcp, "tcp", *where)) wire.tcp = *found;
    return;
  }
  wire.serial = located::read_text(reading_, *serial, "serial").value_or("");
  if (baud == nullptr) return;
  const auto number = located::read_integer(reading_, *baud, "baud", 1, 4'000'000);
  if (!number) return;
  wire.baud = static_cast<unsigned>(*number);
  if (!speed_of(wire.baud)) {
    reading_.complain(baud->line, "No serial port has " + std::to_string(wire.baud) +
                                      " baud; 9600 and 115200 are usual.");
  }
}

// ---- parts -------------------------------------------------------------------------------------

void ProfileReader::read_terminal(const Node& root) {
  const Node* terminal = part(root, "terminal", {"id", "key_file"});
  if (terminal == nullptr) return;
  into_.profile.terminal_id = text(*terminal, "id", "\"terminal\"");
  into_.terminal_key_file = text(*terminal, "key_file", "\"terminal\"");
}

/// The folder as the operating system finds it, so that two names of one folder are equal.
std::filesystem::path folder_of(const std::string& file) {
  std::error_code ignored;
  const auto absolute = std::filesystem::absolute(file, ignored).lexically_normal();
  return std::filesystem::weakly_canonical(absolute.parent_path(), ignored);
}

void ProfileReader::read_journal(const Node& root) {
  const Node* journal = part(root, "journal", {"file", "key_file"});
  if (journal == nullptr) return;
  const std::string file = text(*journal, "file", "\"journal\"");
  into_.profile.journal.path = file;
  into_.journal_key_file = text(*journal, "key_file", "\"journal\"");
  if (file.empty() || into_.journal_key_file.empty()) return;
  // Whoever takes the disk with the journal must not have its key with it.
  if (folder_of(file) == folder_of(into_.journal_key_file)) {
    forbid(journal->find("key_file")->line, "a journal key in the journal's folder");
  }
}

void ProfileReader::read_reader(const Node& root) {
  const Node* reader = part(root, "id_reader",
                            wire_keys({"hid", "reports", "enrolled_sam_id", "photos", "new_address",
                                       "fingers", "serial_is_the_cards"}));
  if (reader == nullptr) return;
  if (reader->find("hid") != nullptr) {
    read_hid(*reader);
  } else {
    read_wire(*reader, "id_reader", into_.id_reader);
    if (const Node* reports = reader->find("reports")) {
      reading_.complain(reports->line, "\"reports\" is for \"hid\" only.");
    }
  }
  into_.profile.enrolled_sam_id = maybe_empty(*reader, "enrolled_sam_id");
  const auto choice = [&](const char* key, bool& chosen) {
    if (const Node* node = reader->find(key)) {
      chosen = located::read_bool(reading_, *node, key).value_or(chosen);
    }
  };
  choice("new_address", into_.profile.id_reader.reads_new_address);
  choice("fingers", into_.profile.id_reader.reads_fingers);
  choice("serial_is_the_cards", into_.profile.id_reader.serial_is_the_cards);
  read_photos(*reader);
}

void ProfileReader::read_hid(const Node& reader) {
  for (const char* other : {"serial", "baud", "tcp"}) {
    if (const Node* node = reader.find(other)) {
      reading_.complain(node->line, in_quotes(other) + " cannot stand beside \"hid\".");
    }
  }
  into_.id_reader.hid = text(reader, "hid", "\"id_reader\"");
  const Node* reports = reader.find("reports");
  if (reports == nullptr || !located::want(reading_, *reports, Node::Kind::kObject, "reports")) {
    return;
  }
  located::check_keys(reading_, *reports, "\"reports\"", {"bytes", "number", "length", "padding"});
  HidFraming& framing = into_.id_reader.framing;
  const auto number = [&](const char* key, std::int64_t low, std::int64_t high, auto& value) {
    const Node* node = reports->find(key);
    if (node == nullptr) return;
    const auto read = located::read_integer(reading_, *node, key, low, high);
    if (read) value = static_cast<std::remove_reference_t<decltype(value)>>(*read);
  };
  number("bytes", 2, 1024, framing.report_bytes);
  number("number", 0, 255, framing.report_number);
  number("padding", 0, 255, framing.padding);
  if (const Node* length = reports->find("length")) {
    const auto name =
        located::read_name(reading_, *length, "length of reports", {"none", "first_byte"});
    if (name == "first_byte") framing.length = HidFraming::Length::kFirstByte;
  }
}

/// "stand_in", "none", or {"library": PATH, "limit_ms": N}.
void ProfileReader::read_photos(const Node& reader) {
  const Node* photos = need(reader, "photos", "\"id_reader\"");
  if (photos == nullptr) return;
  if (photos->kind == Node::Kind::kObject) {
    located::check_keys(reading_, *photos, "\"photos\"", {"library", "limit_ms"});
    into_.photos = Photos::kLibrary;
    into_.profile.photos.library = text(*photos, "library", "\"photos\"");
    if (const Node* limit = photos->find("limit_ms")) {
      const auto ms = located::read_integer(reading_, *limit, "limit_ms", 1, 60'000);
      if (ms) into_.profile.photos.limit = std::chrono::milliseconds(*ms);
    }
    return;
  }
  const auto name =
      located::read_name(reading_, *photos, "decoder of chip photos", {"stand_in", "none"});
  if (name != "stand_in") return;
  into_.photos = Photos::kStandIn;
  forbid(photos->line, "the stand-in decoder of chip photos");
}

void ProfileReader::read_printer(const Node& root) {
  if (const Node* path = part(root, "card_path", wire_keys({}))) {
    read_wire(*path, "card_path", into_.card_path);
  }
  if (const Node* jobs = part(root, "print_jobs", wire_keys({"host"}))) {
    read_wire(*jobs, "print_jobs", into_.print_jobs);
    into_.profile.printer_host = text_or(*jobs, "host", into_.profile.printer_host);
  }
  if (const Node* board = part(root, "control_board", wire_keys({}))) {
    read_wire(*board, "control_board", into_.control_board);
  }
}

void ProfileReader::read_camera(const Node& root) {
  const Node* camera = part(root, "camera", {"mjpeg"});
  if (camera == nullptr) return;
  const Node* url = need(*camera, "mjpeg", "\"camera\"");
  if (url == nullptr) return;
  const auto address = located::read_text(reading_, *url, "mjpeg");
  if (!address) return;
  constexpr std::string_view kScheme = "http://";
  const bool printable = std::all_of(address->begin(), address->end(),
                                     [](unsigned char c) { return c > ' ' && c < 0x7F; });
  if (!address->starts_with(kScheme) || !printable) {
    reading_.complain(url->line,
                      "\"mjpeg\" must be an address such as \"http://127.0.0.1:8080/stream\", but "
                      "is " +
                          url->describe() + ".");
    return;
  }
  const std::string rest = address->substr(kScheme.size());
  const auto slash = rest.find('/');
  into_.camera.host = rest.substr(0, slash);
  into_.camera.target = slash == std::string::npos ? "/" : rest.substr(slash);
  constexpr int kHttp = 80;
  if (const auto found = endpoint(*url, "mjpeg", into_.camera.host, kHttp)) {
    into_.camera.endpoint = *found;
  }
}

void ProfileReader::read_tls(const Node& platform) {
  const Node* tls = platform.find("tls");
  if (tls == nullptr) return forbid(platform.line, "a platform without \"tls\"");
  if (!located::want(reading_, *tls, Node::Kind::kObject, "tls")) return;
  located::check_keys(reading_, *tls, "\"tls\"", {"ca", "certificate", "key"});
  TlsFiles files;
  files.ca_file = text(*tls, "ca", "\"tls\"");
  files.certificate_file = text_or(*tls, "certificate", "");
  files.key_file = text_or(*tls, "key", "");
  files.peer_name = maybe_empty(platform, "host");
  if (files.certificate_file.empty() != files.key_file.empty()) {
    reading_.complain(tls->line, "\"tls\" needs both \"certificate\" and \"key\", or neither.");
  }
  if (platform.find("serial") != nullptr) {
    reading_.complain(tls->line, "\"tls\" is for \"tcp\" only.");
  }
  into_.tls = std::move(files);
}

void ProfileReader::read_platform(const Node& root) {
  const Node* platform = part(root, "platform", wire_keys({"host", "tls"}));
  if (platform == nullptr) return;
  read_wire(*platform, "platform", into_.platform);
  into_.profile.platform_host = text_or(*platform, "host", into_.profile.platform_host);
  read_tls(*platform);
}

void ProfileReader::read_face(const Node& root) {
  if (root.find("face") == nullptr) return;
  const Node* face = part(root, "face", {"engine", "threshold", "models"});
  if (face == nullptr) return;
  if (const Node* engine = face->find("engine")) {
    into_.face_engine =
        located::read_name(reading_, *engine, "face engine", {"fast", "dlib"}).value_or("");
  }
  if (const Node* threshold = face->find("threshold")) {
    into_.profile.face_threshold =
        located::read_number(reading_, *threshold, "threshold", 0, 1).value_or(0);
  }
  into_.face_models = text_or(*face, "models", "");
}

void ProfileReader::read_display(const Node& root) {
  if (root.find("display") == nullptr) return;
  const Node* display = part(root, "display", {"kind", "width_px", "height_px", "dark"});
  if (display == nullptr) return;
  if (const Node* kind = need(*display, "kind", "\"display\"")) {
    const auto name =
        located::read_name(reading_, *kind, "kind of display", {"none", "window", "full_screen"});
    if (name == "window") into_.display.kind = DisplayKind::kWindow;
    if (name == "full_screen") into_.display.kind = DisplayKind::kFullScreen;
  }
  const auto side = [&](const char* key, int& px) {
    const Node* node = display->find(key);
    if (node == nullptr) return;
    px = static_cast<int>(located::read_integer(reading_, *node, key, 200, 8000).value_or(px));
  };
  side("width_px", into_.display.width_px);
  side("height_px", into_.display.height_px);
  if (const Node* dark = display->find("dark")) {
    into_.display.dark = located::read_bool(reading_, *dark, "dark").value_or(false);
  }
}

void ProfileReader::check_production() {
  if (!into_.profile.production) return;
  for (const Forbidden& f : forbidden_) {
    reading_.complain(f.line, "The production profile " + in_quotes(into_.profile.name) +
                                  " refuses " + f.what + ".");
  }
}

void ProfileReader::read(const Node& root) {
  if (!located::want(reading_, root, Node::Kind::kObject, "A profile")) return;
  located::check_keys(
      reading_, root, "A profile",
      {"profile", "production", "rig", "health", "log_folder", "terminal", "journal", "id_reader",
       "card_path", "print_jobs", "control_board", "camera", "platform", "face", "display"});
  into_.profile.name = text(root, "profile", "A profile");
  if (const Node* production = root.find("production")) {
    into_.profile.production =
        located::read_bool(reading_, *production, "production").value_or(true);
  }
  if (const Node* rig = root.find("rig")) {
    into_.rig = located::read_text(reading_, *rig, "rig").value_or("");
    into_.profile.test_port = true;
    forbid(rig->line, "an open test port");
  }
  into_.health = text_or(root, "health", "");
  into_.profile.log_folder = text_or(root, "log_folder", "");
  read_terminal(root);
  read_journal(root);
  read_reader(root);
  read_printer(root);
  read_camera(root);
  read_platform(root);
  read_face(root);
  read_display(root);
  check_production();
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::size_t kShortestKey_bytes = 16, kLongestKey_bytes = 64;

}  // namespace

const char* to_string(DisplayKind kind) {
  switch (kind) {
    case DisplayKind::kNone:
      return "none";
    case DisplayKind::kWindow:
      return "window";
    case DisplayKind::kFullScreen:
      return "full_screen";
  }
  return "?";
}

bool read_profile(const std::string& path, ProfileFile& profile,
                  std::vector<located::Complaint>& complaints) {
  Node root;
  if (!located::parse_located_file(path, root, complaints)) return false;
  const std::size_t before = complaints.size();
  ProfileReader(Reading{path, complaints}, profile).read(root);
  std::stable_sort(complaints.begin() + static_cast<std::ptrdiff_t>(before), complaints.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
  return complaints.size() == before;
}

Result<std::vector<std::uint8_t>, KeyFileReason> read_key_file(const std::string& path,
                                                               bool must_be_private,
                                                               std::size_t size) {
  std::ifstream file(path);
  struct stat found {};
  if (!file || ::stat(path.c_str(), &found) != 0) {
    return fail(KeyFileReason::kMissing, "the key file " + path + " cannot be read");
  }
  if (must_be_private && (found.st_mode & 077U) != 0) {
    return fail(KeyFileReason::kOpenToOthers,
                "the key file " + path + " must be its owner's alone (mode 0600)");
  }
  const std::size_t least = size > 0 ? size : kShortestKey_bytes;
  const std::size_t most = size > 0 ? size : kLongestKey_bytes;
  std::string hex(2 * most + 1, '\0');
  file.read(hex.data(), static_cast<std::streamsize>(hex.size()));
  hex.resize(static_cast<std::size_t>(file.gcount()));
  if (hex.ends_with('\n')) hex.pop_back();
  if (hex.ends_with('\r')) hex.pop_back();
  std::vector<std::uint8_t> key;
  bool good = hex.size() % 2 == 0 && hex.size() >= 2 * least && hex.size() <= 2 * most;
  for (std::size_t i = 0; good && i < hex.size(); i += 2) {
    const int high = hex_digit(hex[i]), low = hex_digit(hex[i + 1]);
    good = high >= 0 && low >= 0;
    if (good) key.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  if (good) return key;
  const std::string digits = size > 0
                                 ? std::to_string(2 * size)
                                 : std::to_string(2 * least) + " to " + std::to_string(2 * most);
  return fail(KeyFileReason::kUnreadable,
              "the key file " + path + " must hold " + digits + " hexadecimal digits and no more");
}

}  // namespace cardrig::app
