// The platform as a whole: the service behind the server, and its connections.
#include "mock-platform/mock_platform.h"

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <list>

#include "kiosk/runtime/async.h"
#include "mock-platform/http_front.h"
#include "mock-platform/json_codec.h"
#include "mock-platform/request_collector.h"
#include "mock-platform/service.h"

namespace cardrig::mock_platform {

namespace {

constexpr std::size_t kConnectionsMax = 64;

struct Limits {
  Nanos idle, transfer;
};

struct Connection {
  std::shared_ptr<ByteStream> stream;
  bool waits = true;  ///< for a request, or the rest of one
};

}  // namespace

struct MockPlatform::Impl {
  Impl(MockPlatformConfig config, Loop& l, const CivilClock& clock, Tracer tracer)
      : loop(l),
        limits{config.idle_limit, config.transfer_limit},
        service(std::move(config), clock, std::move(tracer)),
        front([this](const HttpRequest& request) { return service.handle(request); }) {}

  Loop& loop;
  Limits limits;
  Service service;
  HttpFront front;
  // Whose wait began first stands first. A connection's coroutine takes it off.
  std::list<std::weak_ptr<Connection>> connections;
};

namespace {

/// Bytes read, 0 at the end of the stream.
Async<std::size_t> read_some(ByteStream& stream, std::array<char, 4096>& buffer) {
  ErrorCode error;
  const auto n = co_await stream.async_read_some(asio::buffer(buffer),
                                                 asio::redirect_error(asio::use_awaitable, error));
  co_return error ? 0 : n;
}

/// Until a request is there. False: the peer is gone, idle or too slow.
Async<bool> collect(Loop& loop, Limits limits, ByteStream& stream, RequestCollector& collector) {
  std::array<char, 4096> buffer{};
  Nanos due = loop.now() + (collector.is_empty() ? limits.idle : limits.transfer);
  while (collector.state() == RequestCollector::State::kNeedsMore) {
    const bool was_empty = collector.is_empty();
    const auto n = co_await with_timeout(loop, due - loop.now(), read_some(stream, buffer));
    if (!n || *n == 0) co_return false;
    collector.add({buffer.data(), *n});
    if (was_empty) due = loop.now() + limits.transfer;
  }
  co_return true;
}

Async<bool> write_all(ByteStream& stream, const std::string& bytes) {
  ErrorCode error;
  co_await asio::async_write(stream, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

HttpFront::Sent answer_to(HttpFront& front, RequestCollector& collector) {
  switch (collector.state()) {
    case RequestCollector::State::kNoHttp:
      return HttpFront::no_http();
    case RequestCollector::State::kComplete:
      return front.answer(collector.take());
    default:
      return HttpFront::too_large();
  }
}

/// Serves a connection to its end, and keeps alive what `owner` owns until then.
Async<void> serve_connection([[maybe_unused]] std::shared_ptr<void> owner, Loop& loop,
                             Limits limits, HttpFront& front,
                             std::shared_ptr<Connection> connection,
                             std::function<void()> waits_again) {
  ByteStream& stream = *connection->stream;
  RequestCollector collector;
  while (co_await collect(loop, limits, stream, collector)) {
    connection->waits = false;
    const HttpFront::Sent sent = answer_to(front, collector);
    co_await sleep_for(loop, sent.delay);
    if (sent.lost) break;
    const auto written =
        co_await with_timeout(loop, limits.transfer, write_all(stream, sent.bytes));
    if (!written || !*written || sent.close) break;
    waits_again();
  }
  stream.close();
}

}  // namespace

MockPlatform::MockPlatform(MockPlatformConfig config, Loop& loop, const CivilClock& clock,
                           Tracer tracer)
    : impl_(std::make_shared<Impl>(std::move(config), loop, clock, std::move(tracer))) {}

MockPlatform::~MockPlatform() {
  impl_->service.on_fault_effect = nullptr;
  impl_->service.on_permit_added = nullptr;
  // A connection that waits for bytes owns the stream, and the stream the wait: closing ends both.
  for (const auto& each : impl_->connections) {
    if (const auto connection = each.lock()) connection->stream->close();
  }
}

void MockPlatform::serve(std::shared_ptr<ByteStream> stream) {
  auto& connections = impl_->connections;
  std::erase_if(connections, [](const auto& each) { return each.expired(); });
  if (connections.size() >= kConnectionsMax) {
    const auto idle = std::ranges::find_if(connections, [](const auto& each) {
      const auto connection = each.lock();
      return connection && connection->waits;
    });
    if (idle == connections.end()) return stream->close();
    const auto connection = idle->lock();
    connections.erase(idle);
    connection->stream->close();
  }
  const auto connection = std::make_shared<Connection>(Connection{std::move(stream)});
  connections.push_back(connection);
  // The list outlives its user: the coroutine owns it.
  const auto waits_again = [impl = impl_.get(), at = std::weak_ptr<Connection>(connection)] {
    const auto here = std::ranges::find_if(impl->connections, [&at](const auto& each) {
      return !each.owner_before(at) && !at.owner_before(each);
    });
    if (here == impl->connections.end()) return;
    if (const auto found = here->lock()) found->waits = true;
    impl->connections.splice(impl->connections.end(), impl->connections, here);
  };
  spawn(impl_->loop,
        serve_connection(impl_, impl_->loop, impl_->limits, impl_->front, connection, waits_again));
}

std::size_t MockPlatform::connections() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(impl_->connections, [](const auto& each) { return !each.expired(); }));
}

void MockPlatform::add_permit(const Permit& permit) {
  impl_->service.add_permit(permit, encode_jpeg(permit.certificate.photo));
}
bool MockPlatform::approve(const std::string& permit_id) {
  return impl_->service.set_state(permit_id, PermitState::kApproved);
}
bool MockPlatform::suspend(const std::string& permit_id) {
  return impl_->service.set_state(permit_id, PermitState::kPending);
}
bool MockPlatform::revoke(const std::string& permit_id) {
  return impl_->service.set_state(permit_id, PermitState::kRevoked);
}
bool MockPlatform::mark_issued(const std::string& permit_id) {
  return impl_->service.set_state(permit_id, PermitState::kIssued);
}
bool MockPlatform::free(const std::string& permit_id) { return impl_->service.free(permit_id); }
bool MockPlatform::withdraw(const std::string& attempt_id) {
  return impl_->service.withdraw(attempt_id);
}
std::vector<std::string> MockPlatform::permit_ids() { return impl_->service.permit_ids(); }
std::optional<PermitView> MockPlatform::find_permit(const std::string& permit_id) {
  return impl_->service.find_permit(permit_id);
}
std::optional<ClaimView> MockPlatform::find_claim(const std::string& attempt_id) {
  return impl_->service.find_claim(attempt_id);
}
bool MockPlatform::set_fault(const std::string& permit_id, const PermitFault& fault) {
  return impl_->service.set_fault(permit_id, fault);
}
void MockPlatform::clear_fault(const std::string& permit_id, FaultKind kind) {
  impl_->service.clear_fault(permit_id, kind);
}
void MockPlatform::on_fault_effect(std::function<void(const std::string&, FaultKind)> f) {
  impl_->service.on_fault_effect = std::move(f);
}
void MockPlatform::on_permit_added(std::function<void(const std::string&)> f) {
  impl_->service.on_permit_added = std::move(f);
}

}  // namespace cardrig::mock_platform
