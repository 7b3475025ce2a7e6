// The wires of reader, printer and control board, and those who misuse any wire.
#include "tests/wires/rig.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "kiosk/devices/card_printer/ipp_driver.h"
#include "kiosk/devices/card_printer/path_driver.h"
#include "kiosk/devices/control_board/modbus_driver.h"
#include "kiosk/devices/id_reader/sdt_driver.h"
#include "kiosk/runtime/random.h"
#include "kiosk/runtime/serial_port.h"
#include "simulators/card_printer/card_printer.h"
#include "simulators/control_board/control_board.h"
#include "simulators/id_reader/faults.h"
#include "simulators/id_reader/reader.h"
#include "tests/golden_frames.h"
#include "tests/wires/dripping.h"
#include "tests/wires/rigs.h"

namespace cardrig::test {

namespace {

using namespace std::chrono_literals;

constexpr unsigned kBaud = 115200;
using Stream = std::shared_ptr<ByteStream>;
constexpr Nanos kDripPause = 5ms;

// --- misdeeds ---

struct Repertoire {
  Misdeed misdeed;
  Bytes answer;
  Bytes preface;
  Bytes unasked;
};

Bytes garbage(Random& random) {
  Bytes bytes(4096);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

Async<void> read_for_ever(Stream stream) {
  std::array<std::uint8_t, 4096> buffer{};
  ErrorCode error;
  while (!error) co_await stream->async_read_some(asio::buffer(buffer), catch_error(error));
}

Async<void> write_for_ever(Stream stream, Bytes preface, Bytes frame,
                           std::optional<Random> random) {
  ErrorCode error;
  Bytes bytes;
  // Asio's TLS cannot write nothing.
  if (!preface.empty()) {
    co_await asio::async_write(*stream, asio::buffer(preface), catch_error(error));
  }
  while (bytes.size() < 4096) bytes.insert(bytes.end(), frame.begin(), frame.end());
  while (!error) {
    if (random) bytes = garbage(*random);
    co_await asio::async_write(*stream, asio::buffer(bytes), catch_error(error));
  }
}

/// An answer whose end never comes, and no pause in it is long.
Async<void> drip_for_ever(Loop& loop, Stream stream, Bytes answer) {
  ErrorCode error;
  for (std::size_t at = 0; !error; at = (at + 1) % (answer.size() - 1)) {
    co_await asio::async_write(*stream, asio::buffer(&answer[at], 1), catch_error(error));
    co_await sleep_for(loop, kDripPause);
  }
}

Async<void> give_half_an_answer(Stream stream, Bytes answer, bool hang_up) {
  std::array<std::uint8_t, 4096> buffer{};
  ErrorCode error;
  co_await stream->async_read_some(asio::buffer(buffer), catch_error(error));
  answer.resize(answer.size() / 2);
  if (!error) co_await asio::async_write(*stream, asio::buffer(answer), catch_error(error));
  if (hang_up) stream->close();
  while (!error) co_await stream->async_read_some(asio::buffer(buffer), catch_error(error));
}

void commit(Loop& loop, const Repertoire& repertoire, const Stream& stream) {
  switch (repertoire.misdeed) {
    case Misdeed::kSilence:
      return spawn(loop, read_for_ever(stream));
    case Misdeed::kNeverReads:
      return;
    case Misdeed::kHangsUp:
      return stream->close();
    case Misdeed::kGarbage:
      spawn(loop, read_for_ever(stream));
      return spawn(loop, write_for_ever(stream, {}, Bytes{0}, Random(7)));
    case Misdeed::kFlood:
      spawn(loop, read_for_ever(stream));
      return spawn(loop,
                   write_for_ever(stream, repertoire.preface, repertoire.unasked, std::nullopt));
    case Misdeed::kDrip:
      spawn(loop, read_for_ever(stream));
      return spawn(loop, drip_for_ever(loop, stream, repertoire.answer));
    case Misdeed::kHalfAnAnswer:
      return spawn(loop, give_half_an_answer(stream, repertoire.answer, false));
    case Misdeed::kHalfAnAnswerAndHangsUp:
      return spawn(loop, give_half_an_answer(stream, repertoire.answer, true));
  }
}

// --- the wires ---

class IdReaderRig final : public WireRig {
 public:
  IdReaderRig() {
    sim::declare_id_reader_faults(faults_);
    plug_ = sim::pty_plug(loop, device_tracer, {"id_reader", kBaud}, folder_.file("id_reader"));
  }
  void serve(bool dripping) override {
    drips_ = dripping;
    line_ = std::make_unique<MaybeDripping>(*plug_, drips_);
    reader_ =
        std::make_unique<sim::ReaderSimulator>(loop, device_tracer, world_, faults_, Random(1));
    reader_->attach(*line_);
  }
  std::string start_driver() override {
    if (!driver_) {
      id_reader::SdtSettings settings;
      settings.times.probe = limit(300ms);
      settings.times.status = limit(500ms);
      settings.times.inter_byte = limit(settings.times.inter_byte);
      settings.times.reset = limit(500ms);
      driver_ = std::make_unique<id_reader::SdtReader>(
          loop, kiosk_tracer,
          serial_source(loop, kiosk_tracer, "id_reader", plug_->address(), kBaud), settings);
    }
    return outcome(wait(driver_->start()));
  }
  void drop_driver() override { driver_.reset(); }
  Bytes request() const override {
    return {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x11, 0xFF, 0xED};  // SAM status
  }
  Bytes answer() const override {
    return {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x90, 0x94};
  }
  bool is_answer(const Bytes& got) const override { return got == answer(); }
  Bytes unasked() const override { return answer(); }

 private:
  sim::World world_{world_tracer, loop};
  sim::FaultCatalogue faults_{world_tracer};
  std::unique_ptr<MaybeDripping> line_;
  std::unique_ptr<sim::ReaderSimulator> reader_;
  std::unique_ptr<id_reader::SdtReader> driver_;
};

/// One printer, two wires: the rig is about one of them, the other is idle.
class PrinterRig : public WireRig {
 public:
  PrinterRig() {
    sim::CardPrinter::declare_faults(faults_);
    world_.load_hopper(10);
  }
  void serve(bool dripping) override {
    drips_ = dripping;
    line_ = std::make_unique<MaybeDripping>(*plug_, drips_);
    idle_ = sim::tcp_plug(loop, device_tracer, {"idle"}, "127.0.0.1");
    Plug& ipp = is_serial() ? *idle_ : static_cast<Plug&>(*line_);
    Plug& path = is_serial() ? static_cast<Plug&>(*line_) : *idle_;
    printer_ = std::make_unique<sim::CardPrinter>(loop, device_tracer, world_, faults_, ipp, path);
  }

 private:
  sim::World world_{world_tracer, loop};
  sim::FaultCatalogue faults_{world_tracer};
  std::unique_ptr<sim::WirePlug> idle_;
  std::unique_ptr<MaybeDripping> line_;
  std::unique_ptr<sim::CardPrinter> printer_;
};

class CardPathRig final : public PrinterRig {
 public:
  CardPathRig() {
    plug_ = sim::pty_plug(loop, device_tracer, {"card_path", kBaud}, folder_.file("card_path"));
  }
  std::string start_driver() override {
    if (!driver_) {
      card_printer::PathLimits limits;
      limits.query = limit(500ms);
      driver_ = std::make_unique<card_printer::VendorCardPath>(
          loop, kiosk_tracer,
          serial_source(loop, kiosk_tracer, "card_path", plug_->address(), kBaud), limits);
    }
    return outcome(wait(driver_->start()));
  }
  void drop_driver() override { driver_.reset(); }
  Bytes request() const override { return frames_.at("get_info_request"); }
  Bytes answer() const override { return frames_.at("get_info_response"); }
  bool is_answer(const Bytes& got) const override { return got == answer(); }
  Bytes unasked() const override { return frames_.at("event_card_at_exit"); }

 private:
  GoldenFrames frames_{"fixtures/golden/card_path/frames.txt"};
  std::unique_ptr<card_printer::VendorCardPath> driver_;
};

class PrintJobsRig final : public PrinterRig {
 public:
  PrintJobsRig() { plug_ = sim::tcp_plug(loop, device_tracer, {"print_jobs"}, "127.0.0.1"); }
  std::string start_driver() override {
    if (!driver_) {
      card_printer::IppOptions options;
      options.query_limit = limit(500ms);
      driver_ = std::make_unique<card_printer::IppPrintJobs>(
          loop, kiosk_tracer,
          tcp_source(loop, kiosk_tracer, "print_jobs", endpoint_of_plug(*plug_)), options);
    }
    return outcome(wait(driver_->printer_status()));
  }
  void drop_driver() override { driver_.reset(); }
  Bytes request() const override {
    const Bytes& body = frames_.at("get_printer_attributes");
    return with_head("POST /ipp/print HTTP/1.1\r\nHost: localhost\r\n", body);
  }
  Bytes answer() const override {
    return with_head("HTTP/1.1 200 OK\r\n", Bytes(500, 0));  // no IPP, but never to be whole
  }
  bool is_answer(const Bytes& got) const override {
    const std::string text(got.begin(), got.end());
    const auto end = text.find("\r\n\r\n");
    const auto length = text.find("Content-Length: ");
    return text.starts_with("HTTP/1.1 200 ") && end != std::string::npos &&
           length != std::string::npos &&
           text.size() - end - 4 == static_cast<std::size_t>(std::stoul(text.substr(length + 16)));
  }
  Bytes unasked() const override {
    constexpr std::string_view kText = "HTTP/1.1 100 Continue\r\n\r\n";
    return {kText.begin(), kText.end()};
  }

 private:
  static Bytes with_head(const std::string& head, const Bytes& body) {
    const std::string text =
        head + "Content-Type: application/ipp\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n";
    Bytes all(text.begin(), text.end());
    all.insert(all.end(), body.begin(), body.end());
    return all;
  }

  GoldenFrames frames_{"fixtures/golden/ipp/requests.txt"};
  std::unique_ptr<card_printer::IppPrintJobs> driver_;
};

class ControlBoardRig final : public WireRig {
 public:
  ControlBoardRig() {
    sim::ControlBoard::declare_faults(faults_);
    plug_ = sim::tcp_plug(loop, device_tracer, {"control_board"}, "127.0.0.1");
  }
  void serve(bool dripping) override {
    drips_ = dripping;
    line_ = std::make_unique<MaybeDripping>(*plug_, drips_);
    board_ = std::make_unique<sim::ControlBoard>(loop, device_tracer, world_, faults_, *line_);
  }
  std::string start_driver() override {
    if (!driver_) {
      control_board::ModbusLimits limits;
      limits.answer = limit(300ms);
      driver_ = std::make_unique<control_board::ModbusBoard>(
          loop, kiosk_tracer,
          tcp_source(loop, kiosk_tracer, "control_board", endpoint_of_plug(*plug_)), limits);
    }
    return outcome(wait(driver_->start()));
  }
  void drop_driver() override { driver_.reset(); }
  Bytes request() const override { return frames_.at("read_registers_request"); }
  Bytes answer() const override { return frames_.at("read_registers_response"); }
  bool is_answer(const Bytes& got) const override {
    return got.size() == answer().size() && got[7] == 0x04;
  }
  Bytes unasked() const override {
    Bytes frame = answer();
    frame[0] = frame[1] = 0xEE;  // a transaction that nobody has begun
    return frame;
  }

 private:
  GoldenFrames frames_{"fixtures/golden/modbus/frames.txt"};
  sim::World world_{world_tracer, loop};
  sim::FaultCatalogue faults_{world_tracer};
  std::unique_ptr<MaybeDripping> line_;
  std::unique_ptr<sim::ControlBoard> board_;
  std::unique_ptr<control_board::ModbusBoard> driver_;
};

template <class Rig>
std::unique_ptr<WireRig> make() {
  return std::make_unique<Rig>();
}

}  // namespace

const char* to_string(Misdeed misdeed) {
  switch (misdeed) {
    case Misdeed::kSilence:
      return "Silence";
    case Misdeed::kNeverReads:
      return "NeverReads";
    case Misdeed::kHangsUp:
      return "HangsUp";
    case Misdeed::kGarbage:
      return "Garbage";
    case Misdeed::kFlood:
      return "Flood";
    case Misdeed::kDrip:
      return "Drip";
    case Misdeed::kHalfAnAnswer:
      return "HalfAnAnswer";
    case Misdeed::kHalfAnAnswerAndHangsUp:
      return "HalfAnAnswerAndHangsUp";
  }
  return "?";
}

const std::vector<WireOf>& all_wires() {
  static const std::vector<WireOf> all{{"IdReader", make<IdReaderRig>},
                                       {"CardPath", make<CardPathRig>},
                                       {"PrintJobs", make<PrintJobsRig>},
                                       {"ControlBoard", make<ControlBoardRig>},
                                       {"Camera", make_camera_rig},
                                       {"Platform", make_platform_rig},
                                       {"PlatformTls", make_tls_platform_rig},
                                       {"TlsHandshake", make_tls_handshake_rig}};
  return all;
}

const std::vector<WireOf>& served_wires() {
  static const std::vector<WireOf> served = [] {
    std::vector<WireOf> wires = all_wires();
    wires.push_back({"PlatformRelay", make_relay_rig});
    wires.push_back({"HealthPage", make_health_rig});
    return wires;
  }();
  return served;
}

Endpoint WireRig::endpoint() const {
  const std::string at = address();
  const auto colon = at.rfind(':');
  return {at.substr(0, colon), static_cast<unsigned short>(std::stoi(at.substr(colon + 1)))};
}

void WireRig::misbehave(Misdeed misdeed) {
  impatient_ = true;
  const Repertoire repertoire{misdeed, answer(), preface(), unasked()};
  suspects_plug().on_accept([this, repertoire](Stream stream) {
    suspects_.push_back(stream);
    commit(loop, repertoire, stream);
  });
}

void WireRig::relent() {
  suspects_plug().on_accept(nullptr);
  for (const auto& stream : suspects_) stream->close();
  suspects_.clear();
}

Nanos WireRig::limit(Nanos usual) const { return drips_ ? kPatience / 4 : usual; }

WireRig::~WireRig() {
  if (plug_) plug_->on_accept(nullptr);
  for (const auto& stream : suspects_) stream->close();
}

// --- raw hosts ---

namespace {

int open_serial(const std::string& path) {
  const int port = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  termios settings{};
  if (port < 0 || ::tcgetattr(port, &settings) != 0) return port;
  ::cfmakeraw(&settings);
  ::cfsetspeed(&settings, B115200);
  ::tcsetattr(port, TCSANOW, &settings);
  return port;
}

int connect_to(const Endpoint& endpoint) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // Little room: what nobody reads is soon felt at the other end.
  constexpr int kRoom_bytes = 4096;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kRoom_bytes, sizeof kRoom_bytes);
  constexpr int kYes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &kYes, sizeof kYes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(endpoint.port);
  // The system accepts for the device: no need for the loop to run.
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    return -1;
  }
  ::fcntl(socket, F_SETFL, O_NONBLOCK);
  return socket;
}

}  // namespace

RawHost::RawHost(WireRig& rig) : serial_(rig.is_serial()) {
  descriptor_ = serial_ ? open_serial(rig.address()) : connect_to(rig.endpoint());
  if (descriptor_ < 0) throw std::runtime_error("the device cannot be reached");
  if (rig.tls() != nullptr) agree_on_tls(rig);
}

RawHost::RawHost(RawHost&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      serial_(other.serial_),
      tls_(std::exchange(other.tls_, nullptr)) {}

void RawHost::agree_on_tls(WireRig& rig) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets as to files
  tls_ = ::SSL_new(rig.tls());
  ::SSL_set_fd(tls_, descriptor_);
  ::SSL_set_mode(tls_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ::SSL_set_connect_state(tls_);
  rig.run_until([this] { return result_of_tls(::SSL_do_handshake(tls_)) != 0U; });
}

/// What OpenSSL has moved, 0 if it must wait; nothing: it cannot go on.
std::optional<std::size_t> RawHost::result_of_tls(int moved) {
  if (moved > 0) return static_cast<std::size_t>(moved);
  const int error = ::SSL_get_error(tls_, moved);
  ::ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return 0;
  return std::nullopt;
}

std::optional<std::size_t> RawHost::write(std::span<const std::uint8_t> bytes) {
  if (tls_ != nullptr) {
    return result_of_tls(::SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())));
  }
  const ssize_t size = serial_ ? ::write(descriptor_, bytes.data(), bytes.size())
                               : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size >= 0) return static_cast<std::size_t>(size);
  if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
  return std::nullopt;
}

Bytes RawHost::read() {
  Bytes bytes(65536);
  if (tls_ != nullptr) {
    const int size = ::SSL_read(tls_, bytes.data(), static_cast<int>(bytes.size()));
    bytes.resize(result_of_tls(size).value_or(0));
    return bytes;
  }
  const ssize_t size = ::read(descriptor_, bytes.data(), bytes.size());
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return bytes;
}

void RawHost::close() {
  ::SSL_free(std::exchange(tls_, nullptr));
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

// --- memory ---

std::size_t resident_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t kilobytes = 0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes << 10U;
  }
  throw std::runtime_error("/proc/self/status has no VmRSS");
}

bool memory_can_be_judged() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#else
  return true;
#endif
}

}  // namespace cardrig::test
