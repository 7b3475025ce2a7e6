// TCP connections. TLS is in tls_stream.cpp.
#include "kiosk/runtime/tcp_stream.h"

#include <utility>

#include "kiosk/runtime/io_stream.h"
#include "kiosk/runtime/tcp_connect.h"

namespace cardrig {

namespace {

using asio::ip::tcp;

class TcpSource final : public StreamSource {
 public:
  TcpSource(RealLoop& loop, const Tracer& tracer, std::string line, Endpoint endpoint)
      : loop_(loop), tracer_(tracer), line_(std::move(line)), endpoint_(std::move(endpoint)) {}

  Async<Result<std::unique_ptr<ByteStream>, OpenReason>> open() override {
    auto connected = co_await connect_tcp(loop_, endpoint_);
    if (!connected) co_return tl::unexpected(connected.error());
    ErrorCode error;
    const auto port = connected->local_endpoint(error).port();
    co_return std::make_unique<IoStream<tcp::socket>>(
        loop_, std::move(*connected), WireEvents(tracer_, line_, port, WireEvents::End::kHost));
  }
  std::string name() const override { return to_string(endpoint_); }

 private:
  RealLoop& loop_;
  const Tracer& tracer_;
  std::string line_;
  Endpoint endpoint_;
};

}  // namespace

std::unique_ptr<StreamSource> tcp_source(RealLoop& loop, const Tracer& tracer, std::string line,
                                         Endpoint endpoint) {
  return std::make_unique<TcpSource>(loop, tracer, std::move(line), std::move(endpoint));
}

}  // namespace cardrig
