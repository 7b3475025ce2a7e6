// One process of bin/photo-decoder and the socket to it.
#pragma once

#include <sys/types.h>

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "kiosk/runtime/real_loop.h"

namespace cardrig::id_reader::vendor {

struct DecoderCommand {
  std::string program;
  std::string memory_mb;
  std::string library;
};

class DecoderProcess {
 public:
  using Socket = asio::local::stream_protocol::socket;

  /// Why there is none is one sentence.
  static tl::expected<std::unique_ptr<DecoderProcess>, std::string> start(
      RealLoop& loop, const DecoderCommand& command);
  /// Kills it with everything that it started, and takes its end in: no zombie stays.
  ~DecoderProcess();
  DecoderProcess(const DecoderProcess&) = delete;
  DecoderProcess& operator=(const DecoderProcess&) = delete;

  [[nodiscard]] Socket& socket() { return socket_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  DecoderProcess(Socket socket, pid_t pid) : socket_(std::move(socket)), pid_(pid) {}

  Socket socket_;
  pid_t pid_;
};

}  // namespace cardrig::id_reader::vendor
