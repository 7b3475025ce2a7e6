// The printer's small HTTP/1.1 server side (RFC 9112): reads requests with a length or in chunks,
// writes answers. Nothing more than printing needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cardrig::sim {

struct HttpRequest {
  std::string method;
  std::string target;
  int minor_version = 1;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::vector<std::uint8_t> body;

  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] bool wants_close() const;
};

/// Fed with whatever arrives; gives whole requests. After an error it gives nothing any more.
class HttpRequestReader {
 public:
  void feed(std::span<const std::uint8_t> bytes);
  [[nodiscard]] std::optional<HttpRequest> next();
  /// The status to answer with (400, 413, 431, 501, 505), or 0 while all is well.
  [[nodiscard]] int error() const { return error_; }
  /// Bytes that wait for next().
  [[nodiscard]] std::size_t waiting_bytes() const { return left(); }
  /// True once for a request that waits for "100 Continue" before it sends its body.
  [[nodiscard]] bool take_expect_continue();

 private:
  enum class State { kHead, kBody, kChunkSize, kChunk, kChunkEnd, kTrailer };

  bool read_head();
  bool read_chunk_size();
  bool read_line(std::string& line, std::size_t limit);
  bool step(bool& complete);
  bool give_up(int status);
  [[nodiscard]] std::size_t left() const { return buffer_.size() - at_; }

  std::vector<std::uint8_t> buffer_;
  std::size_t at_ = 0;
  State state_ = State::kHead;
  HttpRequest request_;
  std::size_t expected_ = 0;
  int error_ = 0;
  bool expect_continue_ = false;
};

[[nodiscard]] std::vector<std::uint8_t> http_response(int status, const std::string& content_type,
                                                      const std::vector<std::uint8_t>& body,
                                                      bool close);

}  // namespace cardrig::sim
