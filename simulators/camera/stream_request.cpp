#include "simulators/camera/stream_request.h"

#include <algorithm>
#include <string_view>

namespace cardrig::sim {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool is_token_char(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

bool is_token(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), is_token_char);
}

/// A character that may stand in a target.
bool is_visible(char c) { return c > ' ' && c < 0x7F; }

/// A character that may stand in a field's value: also blanks, and bytes of any encoding.
bool is_value_char(char c) {
  return c == '\t' || (c != 0x7F && static_cast<unsigned char>(c) >= 0x20);
}

bool is_host(std::string_view name) {
  constexpr std::string_view kHost = "host";
  return std::equal(name.begin(), name.end(), kHost.begin(), kHost.end(),
                    [](char a, char b) { return (a | 0x20) == b; });
}

/// Takes the first line off `text`.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find(kLineEnd);
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), line.size() + kLineEnd.size()));
  return line;
}

}  // namespace

void StreamRequestReader::feed(std::span<const std::uint8_t> bytes) {
  if (error_ != 0 || request_) return;
  // The end may lie across two pieces.
  const std::size_t from = head_.size() < kHeadEnd.size() ? 0 : head_.size() - kHeadEnd.size();
  const std::size_t room = kStreamHeadMax_bytes - head_.size();
  const auto taken = bytes.first(std::min(bytes.size(), room));
  head_.append(taken.begin(), taken.end());
  const auto end = head_.find(kHeadEnd, from);
  if (end != std::string::npos) {
    head_.resize(end + kLineEnd.size());
    return read_head(head_);
  }
  if (head_.size() == kStreamHeadMax_bytes) error_ = 431;
}

void StreamRequestReader::read_head(const std::string& head) {
  error_ = 400;
  std::string_view text = head;
  std::string_view line = take_line(text);
  const auto method = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), method.size() + 1));
  const auto target = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), target.size() + 1));
  if (!is_token(method) || target.empty() || target.front() != '/' ||
      !std::all_of(target.begin(), target.end(), is_visible)) {
    return;
  }
  constexpr std::string_view kVersion = "HTTP/";
  const bool is_http = line.size() == 8 && line.starts_with(kVersion) && line[6] == '.' &&
                       line[5] >= '0' && line[5] <= '9' && line[7] >= '0' && line[7] <= '9';
  if (!is_http) return;
  if (line[5] != '1') {
    error_ = 505;
    return;
  }
  int hosts = 0;
  while (!text.empty()) {
    const auto field = take_line(text);
    const auto name = field.substr(0, field.find(':'));
    if (name.size() == field.size() || !is_token(name)) return;
    if (!std::all_of(field.begin(), field.end(), is_value_char)) return;
    if (is_host(name)) ++hosts;
  }
  // HTTP/1.1 asks for exactly one; a client of 1.0 need not know it.
  if (hosts > 1 || (hosts == 0 && line[7] != '0')) return;
  error_ = 0;
  request_ = StreamRequest{std::string(method), std::string(target.substr(0, target.find('?')))};
}

}  // namespace cardrig::sim
