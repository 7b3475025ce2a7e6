// The same server and client over TCP on the loopback interface, plain or under TLS, in real time.
// Both ends run on one loop.
#include <optional>

#include "fixtures/pki/pki.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/tcp_stream.h"
#include "mock-platform/port.h"
#include "tests/mock-platform/bench.h"
#include "tests/simulators/plugs/real_wire.h"

namespace cardrig::tests {

namespace {

Async<void> run_and_stop(RealLoop& loop, Async<void> coroutine) {
  co_await std::move(coroutine);
  loop.stop();
}

/// Real time, but a civil date at which the sample permit is valid.
class FixedClock final : public CivilClock {
 public:
  CivilTime now() const override { return kBenchStart; }
};

/// Makes the certificates before anything uses them.
class Certificates {
 public:
  Certificates() { pki::make_pki(folder_ / ""); }
  std::string operator/(const std::string& name) const { return folder_ / name; }

 private:
  test::TemporaryFolder folder_;
};

class TcpBench final : public Bench {
 public:
  explicit TcpBench(bool tls) {
    std::optional<mock_platform::TlsSetup> setup;
    if (tls) {
      certificates_.emplace();
      setup = {*certificates_ / "platform.pem", *certificates_ / "platform.key",
               *certificates_ / "ca.pem"};
    }
    port_.emplace(loop_, platform_, platform_tracer_, "127.0.0.1:0", setup);
    first_ = make_client(1);
    second_ = make_client(2);
  }

  mock_platform::MockPlatform& authority() override { return platform_; }
  platform::ExamPlatform& terminal() override { return *first_; }
  platform::ExamPlatform& other_terminal() override { return *second_; }
  void drive(Async<void> coroutine) override {
    spawn(loop_, run_and_stop(loop_, std::move(coroutine)));
    loop_.context().restart();
    loop_.run();
  }

 private:
  static mock_platform::MockPlatformConfig fast_config() {
    auto config = bench_config();
    config.processing_time = Nanos(0);
    return config;
  }
  std::unique_ptr<StreamSource> source() {
    const std::string& address = port_->address();
    const Endpoint endpoint{"127.0.0.1", static_cast<unsigned short>(
                                             std::stoi(address.substr(address.rfind(':') + 1)))};
    if (!certificates_) return tcp_source(loop_, kiosk_tracer_, "platform", endpoint);
    return tls_source(
        loop_, kiosk_tracer_, "platform", endpoint,
        {*certificates_ / "ca.pem", *certificates_ / "kiosk.pem", *certificates_ / "kiosk.key"});
  }
  std::unique_ptr<platform::HttpExamPlatform> make_client(int terminal) {
    platform::HttpPlatformConfig config;
    config.terminal_id = terminal == 1 ? "kiosk-0001" : "kiosk-0002";
    config.key = key_of(terminal);
    config.algorithm = platform::SignatureAlgorithm::kHmacSha256;
    config.repeat_pause = std::chrono::milliseconds(10);
    return std::make_unique<platform::HttpExamPlatform>(std::move(config), loop_, clock_, entropy_,
                                                        source(), kiosk_tracer_);
  }

  FixedClock clock_;
  SystemEntropy entropy_;
  Trace kiosk_trace_{monotonic_now}, platform_trace_{monotonic_now};
  Tracer kiosk_tracer_{kiosk_trace_, "kiosk"}, platform_tracer_{platform_trace_, "platform"};
  std::optional<Certificates> certificates_;
  RealLoop loop_;
  mock_platform::MockPlatform platform_{fast_config(), loop_, clock_, platform_tracer_};
  std::optional<mock_platform::PlatformPort> port_;
  std::unique_ptr<platform::HttpExamPlatform> first_, second_;
};

}  // namespace

std::unique_ptr<Bench> make_tcp_bench() { return std::make_unique<TcpBench>(false); }
std::unique_ptr<Bench> make_tls_bench() { return std::make_unique<TcpBench>(true); }

}  // namespace cardrig::tests
