#include "scenarios/engine/wire_config.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "fixtures/pki/pki.h"
#include "scenarios/engine/process.h"
#include "scenarios/engine/wire_display.h"

namespace cardrig::scenario {

using nlohmann::json;

namespace {

constexpr const char* kTerminal = "T-0001";
/// Bytes that mean nothing, as hexadecimal digits: every instance is one of simulated people.
constexpr const char* kTerminalKey = "636172647269672d73696d756c617465642d7465726d696e616c2d6b6579";
constexpr const char* kJournalKey =
    "6361726472696700000000000000000000000000000000000000000000000000";
constexpr const char* kPki = "pki";
constexpr const char* kAnyPort = "127.0.0.1:0";
constexpr int kProcessing_ms = 30;

/// Readable for us alone: keys are among them.
std::string write(const std::string& path, const std::string& content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, content.data(), content.size()) ==
                                        static_cast<ssize_t>(content.size());
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!written) throw std::runtime_error(path + " cannot be written: " + std::strerror(error));
  return path;
}

std::string write(const WireConfig& config, const std::string& name, const json& content) {
  return write(config.file(name + ".json"), content.dump(2) + "\n");
}

std::string pki_file(const WireConfig& config, const char* name) {
  return config.file(std::string(kPki) + "/" + name);
}

json common(const WireConfig& config, const std::string& name) {
  return {{"rig", config.file(name + ".sock")}};
}

}  // namespace

const char* to_string(WireTiming timing) { return timing == WireTiming::kFast ? "fast" : "honest"; }

WirePrograms own_programs() {
  const std::string folder = program_folder() + "/";
  return {folder + "mock-platform", folder + "simulators", folder + "kiosk"};
}

void write_secrets(const WireConfig& config) {
  write(config.file("terminal.key"), std::string(kTerminalKey) + "\n");
  write(config.file("journal.key"), std::string(kJournalKey) + "\n");
  if (config.tls) pki::make_pki(config.file(kPki));
}

std::string write_platform_config(const WireConfig& config) {
  json c = common(config, "platform");
  c["listen"] = kAnyPort;
  c["database"] = ":memory:";
  c["processing_ms"] = kProcessing_ms;
  c["terminals"] = json::array({{{"id", kTerminal}, {"key", kTerminalKey}}});
  if (config.tls) {
    c["tls"] = {{"certificate", pki_file(config, "platform.pem")},
                {"key", pki_file(config, "platform.key")},
                {"client_ca", pki_file(config, "ca.pem")}};
  }
  return write(config, "platform", c);
}

std::string write_simulators_config(const WireConfig& config, const std::string& platform) {
  json c = common(config, "simulators");
  c["seed"] = config.seed;
  c["timing"] = to_string(config.timing);
  c["people"] = config.root + "/.cache/people";
  c["serve"] = {{"id_reader", {{"pty", config.file("id_reader")}}},
                {"card_path", {{"pty", config.file("card_path")}}},
                {"print_jobs", {{"tcp", kAnyPort}}},
                {"control_board", {{"tcp", kAnyPort}}},
                {"camera", {{"tcp", kAnyPort}}},
                {"network", {{"tcp", kAnyPort}, {"to", platform}}}};
  return write(config, "simulators", c);
}

std::string write_kiosk_config(const WireConfig& config, const json& wires) {
  constexpr int kBaud = 115200;
  const auto serial = [&](const char* line) {
    return json{{"serial", wires.value(line, "")}, {"baud", kBaud}};
  };
  const auto tcp = [&](const char* line) { return json{{"tcp", wires.value(line, "")}}; };
  json c = common(config, "kiosk");
  c["profile"] = "wire";
  c["production"] = false;
  c["terminal"] = {{"id", kTerminal}, {"key_file", config.file("terminal.key")}};
  c["log_folder"] = config.folder;
  c["journal"] = {{"file", config.file("journal.db")}, {"key_file", config.file("journal.key")}};
  c["id_reader"] = serial("id_reader");
  c["id_reader"].update({{"enrolled_sam_id", ""}, {"photos", "stand_in"}});
  c["card_path"] = serial("card_path");
  c["print_jobs"] = tcp("print_jobs");
  c["print_jobs"]["host"] = "printer";
  c["control_board"] = tcp("control_board");
  c["camera"] = {{"mjpeg", wires.value("camera", "")}};
  c["platform"] = tcp("network");
  c["platform"]["host"] = "platform";
  if (config.tls) {
    c["platform"]["tls"] = {{"ca", pki_file(config, "ca.pem")},
                            {"certificate", pki_file(config, "kiosk.pem")},
                            {"key", pki_file(config, "kiosk.key")}};
  }
  c["face"] = {{"engine", config.engine}, {"threshold", 0}};
  c["display"] = {{"kind", config.display},
                  {"width_px", WireDisplaySpec::kKioskWidth_px},
                  {"height_px", WireDisplaySpec::kKioskHeight_px}};
  return write(config, "kiosk", c);
}

}  // namespace cardrig::scenario
