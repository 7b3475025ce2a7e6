// The reader goes from line to line, and from part to part.
#include "kiosk/devices/camera/mjpeg_driver_codec.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace cardrig::camera {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view without_dashes(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of('-'), text.size()));
  return text;
}

/// The parameter "boundary" of a content type; "": there is none.
std::string boundary_of(std::string_view content_type) {
  const auto at = lower(content_type).find("boundary=");
  if (at == std::string::npos) return {};
  std::string_view value = content_type.substr(at + 9);
  if (value.starts_with('"')) {
    value.remove_prefix(1);
    value = value.substr(0, value.find('"'));
  } else {
    value = value.substr(0, value.find_first_of("; \t"));
  }
  return std::string(without_dashes(value));
}

constexpr std::size_t kLongestBoundary = 70;  // RFC 2046
constexpr std::size_t kDashesMax = 8;  // before a boundary; two are due
constexpr std::size_t kLineEnd = 2;

}  // namespace

std::string mjpeg_request(std::string_view host, std::string_view target) {
  std::string request = "GET ";
  request.append(target).append(" HTTP/1.0\r\nHost: ").append(host);
  return request + "\r\nAccept: multipart/x-mixed-replace\r\nUser-Agent: cardrig\r\n\r\n";
}

void MjpegReader::feed(std::span<const std::uint8_t> bytes) {
  if (!broken_.empty() || state_ == State::kEnd) return;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
  looked_ -= std::min(looked_, at_);
  at_ = 0;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  while (state_ == State::kHead && broken_.empty() && step()) continue;
}

std::optional<std::vector<std::uint8_t>> MjpegReader::next() {
  while (!part_ && broken_.empty() && step()) continue;
  return std::exchange(part_, std::nullopt);
}

bool MjpegReader::step() {
  switch (state_) {
    case State::kHead:
      return read_head();
    case State::kBeforeFirst:
    case State::kAfterPart:
      return read_boundary();
    case State::kPartHead:
      return read_part_head();
    case State::kCounted:
      return read_counted();
    case State::kUncounted:
      return read_uncounted();
    case State::kEnd:
      return false;
  }
  return false;
}

bool MjpegReader::break_off(std::string why) {
  broken_ = std::move(why);
  buffer_.clear();
  at_ = looked_ = 0;
  return false;
}

void MjpegReader::new_section() {
  section_ = 0;
  looked_ = at_;
}

std::optional<std::string> MjpegReader::line(std::size_t section_limit, const char* what) {
  looked_ = std::max(looked_, at_);
  const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(looked_);
  const auto end = std::find(from, buffer_.end(), '\n');
  const auto size = static_cast<std::size_t>(end - buffer_.begin()) - at_;
  if (section_ + size > section_limit) {
    break_off(std::string(what) + " has no end");
    return std::nullopt;
  }
  looked_ = static_cast<std::size_t>(end - buffer_.begin());
  if (end == buffer_.end()) return std::nullopt;
  std::string text(buffer_.begin() + static_cast<std::ptrdiff_t>(at_), end);
  if (text.ends_with('\r')) text.pop_back();
  section_ += size + 1;
  at_ = ++looked_;
  return text;
}

std::optional<MjpegReader::Field> MjpegReader::field_of(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  return Field{lower(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))};
}

// ---- the answer's head -------------------------------------------------------------------------

bool MjpegReader::read_head() {
  const auto text = line(limits_.head_bytes, "the head of the answer");
  if (!text) return false;
  if (first_line_status_ == 0) {
    // "HTTP/1.1 200 OK"; some cameras say "ICY" or nothing like it, and are refused.
    const auto digit = [&](std::size_t i) { return (*text)[i] >= '0' && (*text)[i] <= '9'; };
    if (text->size() < 12 || !text->starts_with("HTTP/1.") || (*text)[8] != ' ' || !digit(9) ||
        !digit(10) || !digit(11)) {
      return break_off("the answer is not HTTP");
    }
    first_line_status_ = std::stoi(text->substr(9, 3));
    if (first_line_status_ < 100) return break_off("the answer is not HTTP");
    return true;
  }
  if (text->empty()) return end_head();
  const auto field = field_of(*text);
  if (!field) return break_off("the head of the answer is not HTTP");
  if (field->name == "content-type") content_type_ = field->value;
  if (field->name == "transfer-encoding" && lower(field->value) != "identity") {
    return break_off("the answer comes with a transfer coding, although HTTP/1.0 was asked for");
  }
  return true;
}

bool MjpegReader::end_head() {
  status_ = first_line_status_;
  if (*status_ != 200) {
    state_ = State::kEnd;
    return false;
  }
  boundary_ = boundary_of(content_type_);
  if (!lower(content_type_).starts_with("multipart/") || boundary_.empty() ||
      boundary_.size() > kLongestBoundary) {
    return break_off("the answer is not multipart pictures with a boundary");
  }
  state_ = State::kBeforeFirst;
  new_section();
  return true;
}

// ---- between the parts -------------------------------------------------------------------------

MjpegReader::Delimiter MjpegReader::delimiter_of(std::string_view line) const {
  if (!line.starts_with("--")) return Delimiter::kNone;
  line = trimmed(without_dashes(line));
  if (!line.starts_with(boundary_)) return Delimiter::kNone;
  line.remove_prefix(boundary_.size());
  return line.empty() ? Delimiter::kNext : line == "--" ? Delimiter::kLast : Delimiter::kNone;
}

bool MjpegReader::read_boundary() {
  const auto text = line(limits_.head_bytes, "what stands before a part");
  if (!text) return false;
  switch (delimiter_of(*text)) {
    case Delimiter::kNone:
      if (state_ == State::kAfterPart && !text->empty()) {
        return break_off("after a part comes something else than the boundary");
      }
      return true;
    case Delimiter::kLast:
      state_ = State::kEnd;
      return false;
    case Delimiter::kNext:
      break;
  }
  state_ = State::kPartHead;
  length_.reset();
  wanted_ = true;
  new_section();
  return true;
}

// ---- parts -------------------------------------------------------------------------------------

bool MjpegReader::read_part_head() {
  const auto text = line(limits_.part_head_bytes, "the head of a part");
  if (!text) return false;
  if (text->empty()) return end_part_head();
  const auto field = field_of(*text);
  if (!field) return break_off("the head of a part has a line that is none");
  if (field->name == "content-type") {
    wanted_ = lower(field->value).starts_with("image/jpeg") ||
              lower(field->value).starts_with("image/jpg");
  }
  if (field->name == "content-length") {
    const bool number = !field->value.empty() && field->value.size() <= 9 &&
                        field->value.find_first_not_of("0123456789") == std::string::npos;
    if (!number) return break_off("the length of a part is no number");
    length_ = std::stoul(field->value);
    if (*length_ > limits_.part_bytes) return break_off("a part is too long");
  }
  return true;
}

bool MjpegReader::end_part_head() {
  state_ = length_ ? State::kCounted : State::kUncounted;
  new_section();
  return true;
}

void MjpegReader::finish_part(std::size_t size) {
  const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
  if (wanted_ && size > 0) part_.emplace(begin, begin + static_cast<std::ptrdiff_t>(size));
  at_ += size;
  state_ = State::kAfterPart;
  new_section();
}

bool MjpegReader::read_counted() {
  if (buffer_.size() - at_ < *length_) return false;
  finish_part(*length_);
  return true;
}

bool MjpegReader::read_uncounted() {
  // The boundary stands at the beginning of a line, behind two dashes or more.
  looked_ = std::max(looked_, at_);
  auto found = std::search(buffer_.begin() + static_cast<std::ptrdiff_t>(looked_), buffer_.end(),
                           boundary_.begin(), boundary_.end());
  if (found == buffer_.end()) {
    const std::size_t size = buffer_.size() - at_;
    const std::size_t more = kLineEnd + kDashesMax + boundary_.size();
    if (size >= limits_.part_bytes + more) return break_off("a part is too long");
    // The first signs of a boundary may be here already.
    looked_ = std::max(at_, buffer_.size() - std::min(buffer_.size(), boundary_.size() - 1));
    return false;
  }
  const auto position = static_cast<std::size_t>(found - buffer_.begin());
  std::size_t end = position;
  while (end > at_ && position - end < kDashesMax && buffer_[end - 1] == '-') --end;
  const bool at_line = position - end >= 2 && (end == at_ || buffer_[end - 1] == '\n');
  if (!at_line) {
    looked_ = position + 1;
    return true;
  }
  std::size_t size = end - at_;
  if (size > 0) --size;  // the line end before a boundary belongs to the boundary
  if (size > 0 && buffer_[at_ + size - 1] == '\r') --size;
  if (size > limits_.part_bytes) return break_off("a part is too long");
  finish_part(size);
  return true;
}

// ---- JPEG --------------------------------------------------------------------------------------

namespace {

constexpr std::uint8_t kSoi = 0xD8, kEoi = 0xD9, kSos = 0xDA, kDht = 0xC4, kJpg = 0xC8, kDac = 0xCC;

bool is_frame_head(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != kDht && marker != kJpg && marker != kDac;
}
/// Markers that stand alone: TEM and RST0 to RST7; SOI and EOI have their places.
bool is_bare(std::uint8_t marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7); }
/// RES: markers that no JPEG has.
bool is_reserved(std::uint8_t marker) { return marker >= 0x02 && marker <= 0xBF; }

/// From within coded data to the marker that ends it; nothing: it has no end.
std::optional<std::size_t> end_of_scan(std::span<const std::uint8_t> b, std::size_t at) {
  for (; at + 1 < b.size(); ++at) {
    if (b[at] != 0xFF) continue;
    const std::uint8_t next = b[at + 1];
    if (next == 0x00 || next == 0xFF || (next >= 0xD0 && next <= 0xD7)) continue;
    return at;
  }
  return std::nullopt;
}

}  // namespace

std::optional<JpegSize> whole_jpeg(std::span<const std::uint8_t> b) {
  if (b.size() < 4 || b[0] != 0xFF || b[1] != kSoi) return std::nullopt;
  JpegSize size;
  bool scanned = false;
  std::size_t at = 2;
  while (at + 1 < b.size()) {
    if (b[at] != 0xFF) return std::nullopt;
    const std::uint8_t marker = b[at + 1];
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == kEoi) {
      const bool good = scanned && size.width_px > 0 && size.height_px > 0;
      return good ? std::optional(size) : std::nullopt;
    }
    if (marker == 0x00 || marker == kSoi || is_bare(marker) || is_reserved(marker)) {
      return std::nullopt;
    }
    if (at + 4 > b.size()) return std::nullopt;
    const std::size_t length = b[at + 2] * std::size_t{256} + b[at + 3];
    if (length < 2 || at + 2 + length > b.size()) return std::nullopt;
    if (is_frame_head(marker)) {
      if (length < 8) return std::nullopt;
      size = {b[at + 7] * 256 + b[at + 8], b[at + 5] * 256 + b[at + 6]};
    }
    at += 2 + length;
    if (marker != kSos) continue;
    scanned = true;
    const auto end = end_of_scan(b, at);
    if (!end) return std::nullopt;
    at = *end;
  }
  return std::nullopt;
}

}  // namespace cardrig::camera
