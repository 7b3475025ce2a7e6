// The camera's HTTP/1.1 requests (RFC 9112): one on a connection, whose answer is a stream without
// end. Only the head is read; a body would have nothing to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace cardrig::sim {

inline constexpr std::size_t kStreamHeadMax_bytes = 8U << 10U;

struct StreamRequest {
  std::string method;
  std::string path;  ///< of the target, without the query

  bool operator==(const StreamRequest&) const = default;
};

/// Fed with whatever arrives; what comes after the head is forgotten.
class StreamRequestReader {
 public:
  void feed(std::span<const std::uint8_t> bytes);
  /// Once the head is there and is good.
  [[nodiscard]] const std::optional<StreamRequest>& request() const { return request_; }
  /// The status to refuse it with (400, 431, 505), or 0 while all is well.
  [[nodiscard]] int error() const { return error_; }

 private:
  void read_head(const std::string& head);

  std::string head_;
  std::optional<StreamRequest> request_;
  int error_ = 0;
};

}  // namespace cardrig::sim
