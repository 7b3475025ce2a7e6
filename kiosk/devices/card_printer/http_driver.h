// One HTTP/1.1 POST over a byte stream, by Boost.Beast. Kept in a file of its own: Beast is heavy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kiosk/runtime/byte_stream.h"

namespace cardrig::card_printer {

struct HttpReply {
  unsigned status = 0;
  std::string content_type;
  std::vector<std::uint8_t> body;
};

/// Posts `body` and reads the reply, at most 1 MiB; the error of the stream or of HTTP itself.
Async<Result<HttpReply, ErrorCode>> http_post(ByteStream& stream, std::string host,
                                              std::string path, std::string content_type,
                                              std::vector<std::uint8_t> body);

}  // namespace cardrig::card_printer
