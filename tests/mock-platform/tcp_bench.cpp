// The same server and client over TCP on the loopback interface, in real time.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <thread>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/real_loop.h"
#include "tests/mock-platform/bench.h"

namespace cardrig::tests {

namespace {

using asio::ip::tcp;

class SocketStream final : public ByteStream {
 public:
  explicit SocketStream(tcp::socket socket) : socket_(std::move(socket)) {
    socket_.set_option(tcp::no_delay(true));
  }
  executor_type get_executor() override { return socket_.get_executor(); }
  void close() override {
    ErrorCode ignored;
    socket_.close(ignored);
  }
  bool is_open() const override { return socket_.is_open(); }
  void set_baud(unsigned) override {}

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    socket_.async_read_some(buffer, std::move(handler));
  }
  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    socket_.async_write_some(buffer, std::move(handler));
  }

 private:
  tcp::socket socket_;
};

class SocketSource final : public StreamSource {
 public:
  SocketSource(Loop& loop, int port) : loop_(loop), port_(static_cast<std::uint16_t>(port)) {}
  Async<Result<std::unique_ptr<ByteStream>, OpenReason>> open() override {
    tcp::socket socket(loop_.executor());
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port_);
    ErrorCode error;
    co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return fail(OpenReason::kRefused, error.message());
    std::unique_ptr<ByteStream> stream = std::make_unique<SocketStream>(std::move(socket));
    co_return stream;
  }
  std::string name() const override { return "127.0.0.1:" + std::to_string(port_); }

 private:
  Loop& loop_;
  std::uint16_t port_;
};

Async<void> run_and_stop(RealLoop& loop, Async<void> coroutine) {
  co_await std::move(coroutine);
  loop.stop();
}

/// Real time, but a civil date at which the sample permit is valid.
class FixedClock final : public CivilClock {
 public:
  CivilTime now() const override { return kBenchStart; }
};

class TcpBench final : public Bench {
 public:
  TcpBench()
      : kiosk_trace_([this] { return loop_.now(); }),
        platform_trace_([] { return Nanos(0); }),
        kiosk_tracer_(kiosk_trace_, "kiosk"),
        platform_(fast_config(), platform_loop_, clock_, Tracer(platform_trace_, "platform")),
        port_(platform_.bind("127.0.0.1", 0)),
        server_([this] { platform_.listen(); }),
        first_(make_client(1)),
        second_(make_client(2)) {
    CARDRIG_CHECK(port_ > 0);
  }
  ~TcpBench() override {
    platform_.stop();
    server_.join();
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
  std::unique_ptr<platform::HttpExamPlatform> make_client(int terminal) {
    platform::HttpPlatformConfig config;
    config.terminal_id = terminal == 1 ? "kiosk-0001" : "kiosk-0002";
    config.key = key_of(terminal);
    config.algorithm = platform::SignatureAlgorithm::kHmacSha256;
    config.answer_limit = std::chrono::milliseconds(500);
    config.repeat_pause = std::chrono::milliseconds(10);
    return std::make_unique<platform::HttpExamPlatform>(
        std::move(config), loop_, clock_, entropy_, std::make_unique<SocketSource>(loop_, port_),
        kiosk_tracer_);
  }

  RealLoop loop_, platform_loop_;  // the second serves nobody: TCP has threads of its own
  FixedClock clock_;
  SystemEntropy entropy_;
  Trace kiosk_trace_, platform_trace_;
  Tracer kiosk_tracer_;
  mock_platform::MockPlatform platform_;
  int port_;
  std::thread server_;
  std::unique_ptr<platform::HttpExamPlatform> first_, second_;
};

}  // namespace

std::unique_ptr<Bench> make_tcp_bench() { return std::make_unique<TcpBench>(); }

}  // namespace cardrig::tests
