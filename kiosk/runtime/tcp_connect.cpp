// Looking up a name, then trying its addresses one after another.
#include "kiosk/runtime/tcp_connect.h"

#include <fcntl.h>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <utility>
#include <vector>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/pending_io.h"

namespace cardrig {

namespace {

using asio::ip::tcp;
using Addresses = std::vector<tcp::endpoint>;

/// Asio's resolver blocks in a thread of its own, and an async_resolve() is not cancelled before
/// the system's look-up is over. So whoever waits, waits on `waiting` instead.
struct LookUp {
  explicit LookUp(asio::io_context& context) : resolver(context) {}

  tcp::resolver resolver;
  Addresses found;
  PendingIo waiting;
};

// Not a coroutine: see the note on GCC in async.h.
Async<std::size_t> run(RealLoop& loop, std::shared_ptr<LookUp> look_up, const Endpoint& endpoint) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(ErrorCode, std::size_t)>(
      [&loop, look_up, host = endpoint.host, port = endpoint.port](auto handler) {
        look_up->waiting.hold(loop, look_up, ByteStream::IoHandler(std::move(handler)));
        look_up->resolver.async_resolve(
            host, std::to_string(port), tcp::resolver::numeric_service,
            [look_up](const ErrorCode& error, const tcp::resolver::results_type& results) {
              for (const auto& r : results) look_up->found.push_back(r.endpoint());
              look_up->waiting.complete(error, look_up->found.size());
            });
      },
      asio::use_awaitable);
}

OpenReason reason_of(const ErrorCode& error) {
  if (error == asio::error::host_not_found || error == asio::error::no_data) {
    return OpenReason::kNotFound;
  }
  if (error == asio::error::connection_refused || error == asio::error::access_denied ||
      error == asio::error::connection_reset ||
      error == boost::system::errc::operation_not_permitted) {
    return OpenReason::kRefused;
  }
  return OpenReason::kUnreachable;
}

tl::unexpected<Error<OpenReason>> failed(const Endpoint& endpoint, const ErrorCode& error) {
  return fail(reason_of(error), to_string(endpoint) + " cannot be reached: " + error.message());
}

Async<ErrorCode> connect(tcp::socket& socket, tcp::endpoint address) {
  ErrorCode error;
  socket.open(address.protocol(), error);
  if (error) co_return error;
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  co_await socket.async_connect(address, catch_error(error));
  if (!error) socket.set_option(tcp::no_delay(true), error);
  co_return error;
}

}  // namespace

std::string to_string(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

Async<Result<tcp::socket, OpenReason>> connect_tcp(RealLoop& loop, Endpoint endpoint) {
  Addresses addresses;
  ErrorCode error;
  const auto address = asio::ip::make_address(endpoint.host, error);
  if (!error) {
    addresses.emplace_back(address, endpoint.port);
  } else {
    const auto look_up = std::make_shared<LookUp>(loop.context());
    try {
      co_await run(loop, look_up, endpoint);
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) throw;
      co_return failed(endpoint, e.code());
    }
    addresses = look_up->found;
  }
  error = asio::error::host_not_found;
  for (const auto& candidate : addresses) {
    tcp::socket socket(loop.context());
    error = co_await connect(socket, candidate);
    if (!error) co_return socket;
  }
  co_return failed(endpoint, error);
}

}  // namespace cardrig
