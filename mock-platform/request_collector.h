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

  enum class State { kNeedsMore, kComplete, kTooLarge };

  void add(std::string_view bytes) { buffer_ += bytes; }
  [[nodiscard]] State state() const;
  /// The request, when complete; bytes of the next one stay.
  [[nodiscard]] std::string take();

 private:
  /// Size of the whole request; npos: not yet known. Throws nothing: nonsense counts as no body.
  [[nodiscard]] std::size_t size() const;

  std::string buffer_;
};

}  // namespace cardrig::mock_platform
