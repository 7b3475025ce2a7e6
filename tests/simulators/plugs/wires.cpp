// The wires, as a site would join them.
#include "tests/simulators/plugs/wires.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/serial_port.h"
#include "kiosk/runtime/tcp_stream.h"
#include "kiosk/runtime/virtual_time.h"
#include "tests/simulators/plugs/real_wire.h"

namespace cardrig::test {

namespace {

using namespace std::chrono_literals;

constexpr unsigned kFastBaud = 4'000'000;
class MemoryWire final : public Wire {
 public:
  MemoryWire() : Wire([this] { return time_.now(); }) {}
  // A coroutine that reads holds its end of the line, which holds the coroutine: pulling the cable
  // ends the read. Those that wait for something else go with their loops.
  ~MemoryWire() override {
    line_.set_reach(Plug::Reach::kUnplugged);
    time_.run_until(time_.now());
    host_->drop_everything();
    device_->drop_everything();
    host_->drop_everything();
  }
  MemoryWire(const MemoryWire&) = delete;
  MemoryWire& operator=(const MemoryWire&) = delete;

  Loop& host() override { return *host_; }
  Loop& device() override { return *device_; }
  StreamSource& source() override { return *source_; }
  Plug& plug() override { return line_; }
  bool run(Async<void> test) override {
    bool done = false;
    spawn(*host_, then(std::move(test), [&done] { done = true; }));
    const Nanos end = time_.now() + 1h;
    while (!done && time_.now() < end && time_.step()) {
    }
    return done;
  }

 private:
  VirtualTime time_;
  Tracer host_tracer_{trace_, "kiosk"};
  Tracer device_tracer_{trace_, "device"};
  std::unique_ptr<VirtualLoop> host_ = time_.make_loop("kiosk");
  std::unique_ptr<VirtualLoop> device_ = time_.make_loop("device");
  MemoryLine line_{"wire", *device_, device_tracer_, {kFastBaud, 0ms, 64}};
  std::unique_ptr<StreamSource> source_ = line_.source(*host_, host_tracer_);
};

class PtyWire final : public RealWire {
 public:
  PtyWire() {
    plug_ = sim::pty_plug(loop_, device_tracer_, {"wire", kFastBaud}, folder_ / "port");
    source_ = serial_source(loop_, host_tracer_, "wire", plug_->address(), kFastBaud);
  }

 private:
  TemporaryFolder folder_;
};

class TcpWire final : public RealWire {
 public:
  TcpWire() {
    plug_ = sim::tcp_plug(loop_, device_tracer_, {"wire", 0}, "127.0.0.1");
    source_ = tcp_source(loop_, host_tracer_, "wire", endpoint_of(*plug_));
  }
};

}  // namespace

WireKind memory_wire() {
  WireKind kind{"Memory", [] { return std::make_unique<MemoryWire>(); }};
  kind.opens_into_black_hole = false;
  kind.is_bounded = false;
  return kind;
}

WireKind pty_wire() {
  return {"Pty", [] { return std::make_unique<PtyWire>(); }};
}

WireKind tcp_wire() {
  WireKind kind{"Tcp", [] { return std::make_unique<TcpWire>(); }};
  kind.when_unplugged = OpenReason::kRefused;
  return kind;
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "wires-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace cardrig::test
