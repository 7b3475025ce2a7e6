// ByteStream: what every driver whose device speaks bytes sits on. It meets Asio's AsyncReadStream
// and AsyncWriteStream, so asio::async_read, Beast's HTTP and TLS run on it unchanged.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <string>

#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/result.h"

namespace cardrig {

class ByteStream {
 public:
  using executor_type = asio::any_io_executor;
  using IoHandler = asio::any_completion_handler<void(ErrorCode, std::size_t)>;

  virtual ~ByteStream() = default;
  virtual executor_type get_executor() = 0;
  /// Pending and later operations fail with operation_aborted; the peer reads end of file.
  virtual void close() = 0;
  [[nodiscard]] virtual bool is_open() const = 0;
  /// Bits per second of a serial line; ignored where the transport has none.
  virtual void set_baud(unsigned baud) = 0;

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this](auto handler, asio::mutable_buffer buffer) {
          start_read(buffer, IoHandler(std::move(handler)));
        },
        token, first_buffer<asio::mutable_buffer>(buffers));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(ErrorCode, std::size_t)>(
        [this](auto handler, asio::const_buffer buffer) {
          start_write(buffer, IoHandler(std::move(handler)));
        },
        token, first_buffer<asio::const_buffer>(buffers));
  }

 protected:
  /// At most one read and one write are under way at a time.
  virtual void start_read(asio::mutable_buffer buffer, IoHandler handler) = 0;
  virtual void start_write(asio::const_buffer buffer, IoHandler handler) = 0;

 private:
  template <class Buffer, class Buffers>
  static Buffer first_buffer(const Buffers& buffers) {
    const auto end = asio::buffer_sequence_end(buffers);
    for (auto it = asio::buffer_sequence_begin(buffers); it != end; ++it) {
      const Buffer b(*it);
      if (b.size() > 0) return b;
    }
    return Buffer();
  }
};

enum class OpenReason {
  kNotFound,  ///< no such device node or host
  kRefused,  ///< nobody listens, or access was refused
  kUnreachable,  ///< the network is down
  kAuthFailed,  ///< TLS: certificate refused
};
[[nodiscard]] const char* to_string(OpenReason reason);

/// Where a driver gets its streams: a serial port, a TCP endpoint, a simulated plug. Opening may
/// take for ever (a dead network): give it a time limit.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  virtual Async<Result<std::unique_ptr<ByteStream>, OpenReason>> open() = 0;
  /// For messages: "/dev/ttyUSB0", "printer.local:631", "virtual:id_reader".
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace cardrig
