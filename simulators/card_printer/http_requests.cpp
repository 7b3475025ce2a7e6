// HTTP/1.1 requests, read byte-exactly and without trust.
#include "simulators/card_printer/http_requests.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace cardrig::sim {

namespace {

constexpr std::size_t kHeadMax_bytes = 16U << 10U;
constexpr std::size_t kBodyMax_bytes = 16U << 20U;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Digits of `base` only; nothing if empty, not a number or above the limit of a body.
std::optional<std::size_t> number(std::string_view text, unsigned base) {
  if (text.empty()) return std::nullopt;
  std::size_t value = 0;
  for (const char raw : text) {
    const char c = lower(raw);
    unsigned digit = base;
    if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a') + 10;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
    if (value > kBodyMax_bytes) return kBodyMax_bytes + 1;
  }
  return value;
}

const char* phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

}  // namespace

std::string HttpRequest::header(const std::string& name) const {
  const auto it = headers.find(name);
  return it == headers.end() ? "" : it->second;
}

bool HttpRequest::wants_close() const {
  const std::string connection = lowered(header("connection"));
  return connection == "close" || (minor_version == 0 && connection != "keep-alive");
}

void HttpRequestReader::feed(std::span<const std::uint8_t> bytes) {
  if (error_ != 0) return;
  if (at_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

bool HttpRequestReader::give_up(int status) {
  error_ = status;
  return false;
}

bool HttpRequestReader::take_expect_continue() { return std::exchange(expect_continue_, false); }

bool HttpRequestReader::read_line(std::string& line, std::size_t limit) {
  const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
  const auto end = std::find(begin, buffer_.end(), std::uint8_t{'\n'});
  if (end == buffer_.end()) {
    if (left() > limit) give_up(431);
    return false;
  }
  line.assign(begin, end);
  at_ += line.size() + 1;
  if (line.empty() || line.back() != '\r') return give_up(400);
  line.pop_back();
  return true;
}

bool HttpRequestReader::read_head() {
  const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
  const auto end = std::search(begin, buffer_.end(), kHeadEnd.begin(), kHeadEnd.end());
  if (end == buffer_.end()) {
    if (left() > kHeadMax_bytes) give_up(431);
    return false;
  }
  request_ = HttpRequest{};
  std::string line;
  if (!read_line(line, kHeadMax_bytes)) return false;
  const auto first = line.find(' ');
  const auto second = first == std::string::npos ? first : line.find(' ', first + 1);
  if (second == std::string::npos || first == 0) return give_up(400);
  request_.method = line.substr(0, first);
  request_.target = line.substr(first + 1, second - first - 1);
  const std::string version = line.substr(second + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return give_up(505);
  request_.minor_version = version.back() - '0';
  for (;;) {
    if (!read_line(line, kHeadMax_bytes)) return false;
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0) return give_up(400);
    const auto name = lowered(std::string_view(line).substr(0, colon));
    const auto value = trimmed(std::string_view(line).substr(colon + 1));
    // A second length would let two readers see two different bodies.
    if (!request_.headers.emplace(name, value).second && name == "content-length") {
      return give_up(400);
    }
  }
  expect_continue_ = lowered(request_.header("expect")) == "100-continue";
  const std::string coding = lowered(request_.header("transfer-encoding"));
  const std::string length = request_.header("content-length");
  if (!coding.empty()) {
    if (coding != "chunked") return give_up(501);
    if (!length.empty()) return give_up(400);
    state_ = State::kChunkSize;
    return true;
  }
  const auto size = length.empty() ? std::optional<std::size_t>(0) : number(length, 10);
  if (!size) return give_up(400);
  if (*size > kBodyMax_bytes) return give_up(413);
  expected_ = *size;
  state_ = State::kBody;
  return true;
}

bool HttpRequestReader::read_chunk_size() {
  std::string line;
  if (!read_line(line, 256)) return false;
  const auto size = number(trimmed(std::string_view(line).substr(0, line.find(';'))), 16);
  if (!size) return give_up(400);
  if (*size + request_.body.size() > kBodyMax_bytes) return give_up(413);
  expected_ = *size;
  state_ = *size == 0 ? State::kTrailer : State::kChunk;
  return true;
}

/// One step of the machine. False: more bytes are needed, or an error.
bool HttpRequestReader::step(bool& complete) {
  std::string line;
  switch (state_) {
    case State::kHead:
      return read_head();
    case State::kChunkSize:
      return read_chunk_size();
    case State::kBody:
    case State::kChunk: {
      if (left() < expected_) return false;
      const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
      request_.body.insert(request_.body.end(), begin,
                           begin + static_cast<std::ptrdiff_t>(expected_));
      at_ += expected_;
      complete = state_ == State::kBody;
      state_ = complete ? State::kHead : State::kChunkEnd;
      return true;
    }
    case State::kChunkEnd:
      if (!read_line(line, 2)) return false;
      if (!line.empty()) return give_up(400);
      state_ = State::kChunkSize;
      return true;
    case State::kTrailer:
      if (!read_line(line, kHeadMax_bytes)) return false;
      if (line.empty()) {
        complete = true;
        state_ = State::kHead;
      }
      return true;
  }
  return false;
}

std::optional<HttpRequest> HttpRequestReader::next() {
  bool complete = false;
  while (error_ == 0 && !complete) {
    if (!step(complete)) return std::nullopt;
  }
  if (error_ != 0) return std::nullopt;
  return std::exchange(request_, HttpRequest{});
}

std::vector<std::uint8_t> http_response(int status, const std::string& content_type,
                                        const std::vector<std::uint8_t>& body, bool close) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " " + phrase(status) + "\r\n";
  head += "Server: CARDRIG KP-1\r\n";
  if (!content_type.empty()) head += "Content-Type: " + content_type + "\r\n";
  head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  head += std::string("Connection: ") + (close ? "close" : "keep-alive") + "\r\n\r\n";
  std::vector<std::uint8_t> bytes(head.begin(), head.end());
  bytes.insert(bytes.end(), body.begin(), body.end());
  return bytes;
}

}  // namespace cardrig::sim
