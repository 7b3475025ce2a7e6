// The scripted device.
#include "tests/kiosk/devices/id_reader/rig.h"

#include <array>
#include <boost/asio/redirect_error.hpp>

namespace cardrig::id_reader {

Async<void> ScriptRig::serve() {
  const auto mine = stream;
  std::array<std::uint8_t, 64> buffer{};
  for (;;) {
    ErrorCode error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const std::size_t size = co_await mine->async_read_some(asio::buffer(buffer), token);
    if (error) co_return;
    requests.emplace_back(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
    if (script.empty()) continue;
    const Reply pieces = std::move(script.front());
    script.pop_front();
    for (const auto& piece : pieces) {
      co_await sleep_for(*device_loop, piece.after);
      if (!co_await write(piece.bytes)) co_return;
    }
  }
}

Async<bool> ScriptRig::write(std::vector<std::uint8_t> bytes) {
  ErrorCode error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto mine = stream;
  const auto all = asio::buffer(bytes.data(), bytes.size());
  co_await mine->async_write_some(all, token);
  co_return !error;
}

}  // namespace cardrig::id_reader
