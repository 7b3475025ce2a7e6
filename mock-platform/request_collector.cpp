// Finding the end of a request.
#include "mock-platform/request_collector.h"

#include <algorithm>
#include <charconv>

#include "kiosk/runtime/check.h"

namespace cardrig::mock_platform {

namespace {

constexpr std::string_view kHeaderEnd = "\r\n\r\n";
constexpr std::string_view kLength = "content-length:";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_length(std::string_view line) {
  return line.size() >= kLength.size() && std::equal(kLength.begin(), kLength.end(), line.begin(),
                                                     [](char a, char b) { return a == lower(b); });
}

/// The announced size of the body; 0 where none is announced or it is no number.
std::size_t body_size(std::string_view header) {
  while (!header.empty()) {
    const auto end = std::min(header.find("\r\n"), header.size());
    std::string_view line = header.substr(0, end);
    header.remove_prefix(std::min(end + 2, header.size()));
    if (!starts_with_length(line)) continue;
    line.remove_prefix(kLength.size());
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    std::size_t size = 0;
    const auto done = std::from_chars(line.data(), line.data() + line.size(), size);
    if (done.ec == std::errc::result_out_of_range) return RequestCollector::kBodyLimit + 1;
    return done.ec == std::errc() ? size : 0;
  }
  return 0;
}

}  // namespace

void RequestCollector::add(std::string_view bytes) {
  buffer_ += bytes;
  if (header_size_ == 0) look();
}

void RequestCollector::look() {
  const auto end = buffer_.find(kHeaderEnd, looked_at_);
  if (end == std::string::npos) {
    // The end may have begun with the last bytes.
    looked_at_ = buffer_.size() - std::min(buffer_.size(), kHeaderEnd.size() - 1);
    return;
  }
  header_size_ = end + kHeaderEnd.size();
  body_size_ = std::min(body_size(std::string_view(buffer_).substr(0, end)), kBodyLimit + 1);
}

RequestCollector::State RequestCollector::state() const {
  // Empty lines before a request are allowed.
  const auto first = buffer_.empty() ? 'G' : buffer_.front();
  if (first != '\r' && first != '\n' && (first <= ' ' || first > '~')) return State::kNoHttp;
  if (header_size_ == 0) {
    return buffer_.size() > kHeaderLimit ? State::kTooLarge : State::kNeedsMore;
  }
  if (header_size_ - kHeaderEnd.size() > kHeaderLimit || body_size_ > kBodyLimit) {
    return State::kTooLarge;
  }
  return buffer_.size() >= header_size_ + body_size_ ? State::kComplete : State::kNeedsMore;
}

std::string RequestCollector::take() {
  CARDRIG_CHECK(state() == State::kComplete);
  const std::size_t whole = header_size_ + body_size_;
  std::string request = buffer_.substr(0, whole);
  buffer_.erase(0, whole);
  looked_at_ = header_size_ = body_size_ = 0;
  look();
  return request;
}

}  // namespace cardrig::mock_platform
