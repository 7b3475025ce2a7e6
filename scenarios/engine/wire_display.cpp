// Starting the server, and one pointer program a touch.
#include "scenarios/engine/wire_display.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "kiosk/runtime/entropy.h"

namespace cardrig::scenario {

namespace {

/// The path of a program; its bare name if there is none of it on the PATH.
std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  if (path == nullptr || name.find('/') != std::string::npos) return name;
  std::istringstream folders(path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string file = folder + "/" + name;
    if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return name;
}

/// A text as an X authority file has it: its length in two bytes, the high one first.
std::string counted(const std::string& text) {
  const auto size = text.size();
  return std::string{static_cast<char>(size >> 8U), static_cast<char>(size & 0xFFU)} + text;
}

std::string sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

}  // namespace

WireDisplay::WireDisplay(WireDisplaySpec spec)
    : spec_(std::move(spec)), pointer_(find_program(spec_.pointer)) {
  write_cookie();
  ProcessSpec process;
  process.name = "the display";
  process.program = find_program(spec_.server);
  // Its standard output is where it says its number: the launcher closes every other descriptor.
  // Without -noreset it would begin anew whenever the kiosk loses power.
  process.args = {
      "-displayfd",  "1",       "-screen",   "0",    fmt::format("{}x{}x24", kWidth_px, kHeight_px),
      "-nolisten",   "tcp",     "-nolisten", "unix", "-auth",
      cookie_file(), "-noreset"};
  process.output = spec_.folder + "/display";
  auto server = Process::start(process);
  if (!server) throw std::runtime_error(sentence(server.error().detail));
  server_ = std::move(*server);
  const auto number = server_->wait_line(spec_.start);
  if (!number) throw std::runtime_error(number.error().detail);
  name_ = ":" + *number;
  // What it says of the numbers that are taken must not be its last words.
  static_cast<void>(::truncate((process.output + ".err").c_str(), 0));
}

/// Format: Xau(3), struct Xauth: family (65535, any), address, number, name and data, each with its
/// length. The server takes every cookie of the file, whatever address it is for.
void WireDisplay::write_cookie() const {
  SystemEntropy entropy;
  std::array<std::uint8_t, 16> secret{};
  entropy.fill(secret);
  const std::string content = "\xFF\xFF" + counted("") + counted("") +
                              counted("MIT-MAGIC-COOKIE-1") +
                              counted({secret.begin(), secret.end()});
  const int file = ::open(cookie_file().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, content.data(), content.size()) ==
                                        static_cast<ssize_t>(content.size());
  if (file >= 0) ::close(file);
  if (!written) throw std::runtime_error(cookie_file() + " cannot be written.");
}

std::vector<std::string> WireDisplay::environment() const {
  return {"DISPLAY=" + name_, "XAUTHORITY=" + cookie_file(), "SDL_VIDEODRIVER=x11",
          "SDL_RENDER_DRIVER=software", "SDL_FRAMEBUFFER_ACCELERATION=0"};
}

std::string WireDisplay::touch(int x_px, int y_px) {
  return fiddle({"mousemove", std::to_string(x_px), std::to_string(y_px), "click", "1"});
}

std::string WireDisplay::fiddle(std::vector<std::string> words) {
  ProcessSpec process;
  process.name = "the pointer";
  process.program = pointer_;
  process.args = std::move(words);
  process.output = spec_.folder + "/pointer";
  process.environment = environment();
  const auto pointer = Process::start(process);
  if (!pointer) return sentence(pointer.error().detail);
  if (!(*pointer)->wait_end(spec_.touch)) {
    return fmt::format("The pointer did not come to its place within {} s.",
                       std::chrono::duration<double>(spec_.touch).count());
  }
  return (*pointer)->ended_well() ? std::string() : (*pointer)->death();
}

std::string WireDisplay::death(Nanos limit) {
  return server_->wait_end(limit) ? server_->death() : std::string();
}

}  // namespace cardrig::scenario
