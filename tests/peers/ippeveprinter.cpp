// The printer, its bus, and the pipe that its print command waits at.
#include "tests/peers/ippeveprinter.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/peers/peer_program.h"

namespace cardrig::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr const char* kAttributes = "tests/peers/ippeveprinter_card.conf";
constexpr int kTries = 5;

/// A message bus with nobody on it but the printer.
std::string bus_configuration(const std::string& socket) {
  return R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=)" +
         socket + R"(</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow own="*"/>
  </policy>
</busconfig>
)";
}

/// What the printer runs for each job. STATE and ATTR are what ippeveprinter reads of a command's
/// messages (ippeveprinter(1)).
std::string print_command(const std::string& folder) {
  return "#!/bin/sh\n"
         "echo 'STATE: +marker-supply-low-warning' >&2\n"
         "echo 'ATTR: job-impressions-completed=1' >&2\n"
         "cp \"$1\" '" +
         folder + "/printed.new'\n" + "read -r end <'" + folder + "/gate'\n" + "mv '" + folder +
         "/printed.new' '" + folder + "/printed'\n" +
         "echo 'STATE: -marker-supply-low-warning' >&2\n"
         "[ \"$end\" = well ]\n";
}

}  // namespace

IppEvePrinter::IppEvePrinter(RealStand& stand, Media media) : stand_(stand), media_(media) {
  std::ofstream(folder_.file("bus.conf")) << bus_configuration(folder_.file("bus"));
  std::ofstream(folder_.file("print")) << print_command(folder_.path());
  fs::permissions(folder_.file("print"), fs::perms::owner_all);
  fs::create_directory(folder_.file("spool"));
  // Open for both: the command's open() never waits, and its read() ends when we do.
  if (::mkfifo(folder_.file("gate").c_str(), 0600) != 0 ||
      (gate_ = ::open(folder_.file("gate").c_str(), O_RDWR | O_CLOEXEC)) < 0) {
    throw std::runtime_error("no pipe can be made in " + folder_.path());
  }
  bus_ = start_program(find_program("dbus-daemon", "dbus-daemon"),
                       {"--config-file=" + folder_.file("bus.conf"), "--nofork", "--nopidfile"},
                       folder_.file("bus_log"));
  const bool bus_is_up =
      stand_.run_until([this] { return fs::exists(folder_.file("bus")) || !bus_->alive(); });
  if (!bus_is_up || !bus_->alive()) throw std::runtime_error("no message bus: " + bus_->death());
  for (int i = 0; i < kTries; ++i) {
    port_.emplace();
    start();
    if (is_up()) return;
  }
  throw std::runtime_error("ippeveprinter does not come up: " + log());
}

IppEvePrinter::~IppEvePrinter() {
  kill();
  ::close(gate_);
}

void IppEvePrinter::start() {
  std::vector<std::string> args{
      "-vvv", "-p", std::to_string(port_->number()), "-n", "localhost", "-r",
      "off",  "-d", folder_.file("spool"),           "-k", "-c",        folder_.file("print")};
  if (media_ == Media::kCard) {
    args.insert(args.end(), {"-a", fs::absolute(kAttributes).string()});
  } else {
    args.insert(args.end(), {"-f", "image/png"});
  }
  args.emplace_back("Card printer");
  printer_ = start_program(find_program("ippeveprinter", "cups-ipp-utils"), args,
                           folder_.file("printer_log"),
                           {"DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + folder_.file("bus"),
                            "HOME=" + folder_.path(), "LC_ALL=C"});
}

/// It accepts connections, or has ended: another program has the number at an address of its own.
bool IppEvePrinter::is_up() {
  const auto source = tcp_source(stand_.loop, stand_.kiosk_tracer, "probe", endpoint());
  const Nanos end = stand_.loop.now() + 20s;
  while (printer_->alive() && stand_.loop.now() < end) {
    if (stand_.wait(source->open())) return true;
    const Nanos again = stand_.loop.now() + 10ms;
    stand_.run_until([&] { return stand_.loop.now() >= again; });
  }
  return false;
}

void IppEvePrinter::finish_job(bool well) {
  const std::string word = well ? "well\n" : "badly\n";
  if (::write(gate_, word.data(), word.size()) < 0) throw std::runtime_error("the pipe broke");
}

std::string IppEvePrinter::printed() const { return contents_of(folder_.file("printed")); }

void IppEvePrinter::freeze() { ::kill(printer_->pid(), SIGSTOP); }
void IppEvePrinter::thaw() { ::kill(printer_->pid(), SIGCONT); }
void IppEvePrinter::kill() {
  if (printer_) printer_->kill();
}
void IppEvePrinter::start_again() {
  start();
  if (!is_up()) throw std::runtime_error("ippeveprinter does not come up again: " + log());
}

std::string IppEvePrinter::log() const {
  std::string all;
  for (const auto& line : printer_->last_words()) all += line + "\n";
  return all;
}

}  // namespace cardrig::test
