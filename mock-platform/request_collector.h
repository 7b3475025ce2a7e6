// Collects the bytes of one HTTP request, so that a blocking server can be fed from an asynchronous
// stream. It looks only for the end of the request; the server parses.
#pragma once

#include <string>
#include <string_view>

namespace cardrig::mock_platform {

class RequestCollector {
 public:
  static constexpr std::size_t kHeaderLimit = 16 * 1024;
  static constexpr std::size_t kBodyLimit = 64 * 1024;

  enum class State {
    kNeedsMore,
    kComplete,
    kTooLarge,
    kNoHttp,  ///< by its first byte: somebody speaks TLS, or anything else
  };

  void add(std::string_view bytes);
  [[nodiscard]] State state() const;
  /// Nothing of a request is there.
  [[nodiscard]] bool is_empty() const { return buffer_.empty(); }
  /// The request, when complete; bytes of the next one stay.
  [[nodiscard]] std::string take();

 private:
  /// Looks for the end of the header, at bytes that it has not looked at before.
  void look();

  std::string buffer_;
  std::size_t looked_at_ = 0;
  std::size_t header_size_ = 0;  // with the empty line; 0: its end is not there yet
  std::size_t body_size_ = 0;  // as announced, at most kBodyLimit + 1
};

}  // namespace cardrig::mock_platform
