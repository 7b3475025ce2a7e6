// SDT framing, the host's side.
#include "kiosk/devices/id_reader/sdt_frames.h"

#include <algorithm>

#include "kiosk/devices/id_reader/wipe.h"
#include "kiosk/runtime/check.h"

namespace cardrig::id_reader {

namespace {

std::uint8_t xor_of(std::span<const std::uint8_t> bytes) {
  std::uint8_t sum = 0;
  for (const std::uint8_t b : bytes) sum = static_cast<std::uint8_t>(sum ^ b);
  return sum;
}

constexpr std::size_t kMostUnread = 4096;

}  // namespace

std::vector<std::uint8_t> encode_request(std::uint16_t command,
                                         std::span<const std::uint8_t> data) {
  std::vector<std::uint8_t> frame(sdt::kPreamble.begin(), sdt::kPreamble.end());
  const std::size_t size = sdt::kShortestRequest + data.size();
  frame.push_back(static_cast<std::uint8_t>(size >> 8));
  frame.push_back(static_cast<std::uint8_t>(size));
  frame.push_back(static_cast<std::uint8_t>(command >> 8));
  frame.push_back(static_cast<std::uint8_t>(command));
  frame.insert(frame.end(), data.begin(), data.end());
  frame.push_back(xor_of(std::span(frame).subspan(sdt::kPreamble.size())));
  return frame;
}

std::span<std::uint8_t> AnswerParser::space() {
  compact();
  return std::span(buffer_).subspan(end_, std::min(buffer_.size() - end_, kMostUnread));
}

void AnswerParser::commit(std::size_t size) {
  CARDRIG_CHECK(size <= buffer_.size() - end_);
  end_ += size;
}

void AnswerParser::feed(std::span<const std::uint8_t> bytes) {
  const auto into = space();
  CARDRIG_CHECK(bytes.size() <= into.size());
  std::copy(bytes.begin(), bytes.end(), into.begin());
  commit(bytes.size());
}

void AnswerParser::drop(std::size_t size) { begin_ += size; }

void AnswerParser::compact() {
  if (answered_) {
    answered_ = false;
    answer_ = {};
    drop(frame_size_);
  }
  if (begin_ == 0) return;
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
}

bool AnswerParser::find_header() {
  for (;;) {
    const auto unread = std::span(buffer_).subspan(begin_, end_ - begin_);
    // Also a beginning of the preamble at the very end counts: the rest may still come.
    const auto at =
        std::search(unread.begin(), unread.end(), sdt::kPreamble.begin(), sdt::kPreamble.end());
    auto keep_from = static_cast<std::size_t>(at - unread.begin());
    if (at == unread.end()) {
      keep_from = unread.size() - std::min(unread.size(), sdt::kPreamble.size() - 1);
      while (keep_from < unread.size() &&
             !std::equal(unread.begin() + static_cast<std::ptrdiff_t>(keep_from), unread.end(),
                         sdt::kPreamble.begin())) {
        ++keep_from;
      }
    }
    dropped_ += keep_from;
    drop(keep_from);
    if (end_ - begin_ < sdt::kHeaderSize) return false;
    const std::size_t size =
        static_cast<std::size_t>(buffer_[begin_ + 5]) << 8 | buffer_[begin_ + 6];
    if (size >= sdt::kShortestAnswer && size <= sdt::kLongestAnswer) {
      frame_size_ = sdt::kHeaderSize + size;
      return true;
    }
    ++dropped_;
    drop(1);  // no answer has this length: not a header after all
  }
}

AnswerParser::Outcome AnswerParser::next() {
  compact();
  if (!locked_) locked_ = find_header();
  if (!locked_ || end_ - begin_ < frame_size_) return Outcome::kNeedMore;
  locked_ = false;
  const auto frame = std::span(buffer_).subspan(begin_, frame_size_);
  const auto summed = frame.subspan(sdt::kPreamble.size());
  if (xor_of(summed) != 0) {  // CHK included, the sum of a good frame is zero
    drop(frame_size_);
    return Outcome::kBadChecksum;
  }
  answer_ = {frame[7], frame[8], frame[9], frame.subspan(10, frame_size_ - 11)};
  answered_ = true;
  return Outcome::kAnswer;
}

void AnswerParser::unlock() {
  compact();
  if (!locked_) return;
  locked_ = false;
  ++dropped_;
  drop(1);
}

void AnswerParser::wipe() {
  id_reader::wipe(buffer_);
  begin_ = end_ = frame_size_ = 0;
  locked_ = answered_ = false;
  answer_ = {};
}

}  // namespace cardrig::id_reader
