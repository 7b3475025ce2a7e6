// SDT framing, the reader's side: a byte-wise receiver like the firmware of a small controller.
#include "simulators/id_reader/sam_frames.h"

#include <utility>

namespace cardrig::sim {

namespace sdt = id_reader::sdt;

namespace {

/// No command is longer than one data byte; room is left for what others might send.
constexpr std::size_t kLongestRequest = 64;

}  // namespace

std::vector<std::uint8_t> encode_answer(const SamAnswer& answer) {
  const std::size_t length = 3 + answer.data.size() + 1;
  std::vector<std::uint8_t> frame{0xAA, 0xAA, 0xAA, 0x96, 0x69};
  std::uint8_t check = 0;
  const auto put = [&frame, &check](std::size_t value) {
    const auto byte = static_cast<std::uint8_t>(value & 0xFF);
    check = static_cast<std::uint8_t>(check ^ byte);
    frame.push_back(byte);
  };
  put(length >> 8);
  put(length);
  put(answer.sw1);
  put(answer.sw2);
  put(answer.sw3);
  for (const std::uint8_t byte : answer.data) put(byte);
  frame.push_back(check);
  return frame;
}

void RequestParser::feed(std::span<const std::uint8_t> bytes) {
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(next_byte_));
  next_byte_ = 0;
  waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
}

RequestParser::Outcome RequestParser::next() {
  while (next_byte_ < waiting_.size()) {
    const Outcome outcome = take(waiting_[next_byte_++]);
    if (outcome != Outcome::kNeedMore) return outcome;
  }
  return Outcome::kNeedMore;
}

RequestParser::Outcome RequestParser::take(std::uint8_t byte) {
  switch (stage_) {
    case Stage::kPreamble:
      if (byte == sdt::kPreamble[matched_]) {
        if (++matched_ == sdt::kPreamble.size()) {
          stage_ = Stage::kLength;
          body_.clear();
        }
      } else if (byte == 0xAA) {
        noise_ += 1;
        matched_ = matched_ == 3 ? 3 : 1;  // a longer run of AA still ends in three of them
      } else {
        noise_ += matched_ + 1;
        matched_ = 0;
      }
      return Outcome::kNeedMore;
    case Stage::kLength: {
      body_.push_back(byte);
      if (body_.size() < 2) return Outcome::kNeedMore;
      const std::size_t length = static_cast<std::size_t>(body_[0]) << 8 | body_[1];
      if (length >= sdt::kShortestRequest && length <= kLongestRequest) {
        stage_ = Stage::kBody;
        return Outcome::kNeedMore;
      }
      give_up_frame();
      return Outcome::kBadLength;
    }
    case Stage::kBody: {
      body_.push_back(byte);
      const std::size_t length = static_cast<std::size_t>(body_[0]) << 8 | body_[1];
      return body_.size() == 2 + length ? finish_body() : Outcome::kNeedMore;
    }
  }
  return Outcome::kNeedMore;
}

RequestParser::Outcome RequestParser::finish_body() {
  std::uint8_t check = 0;
  for (std::size_t i = 0; i + 1 < body_.size(); ++i) {
    check = static_cast<std::uint8_t>(check ^ body_[i]);
  }
  const bool good = check == body_.back();
  request_.command = static_cast<std::uint16_t>(body_[2] << 8 | body_[3]);
  request_.data.assign(body_.begin() + 4, body_.end() - 1);
  give_up_frame();
  return good ? Outcome::kRequest : Outcome::kBadChecksum;
}

void RequestParser::give_up_frame() {
  stage_ = Stage::kPreamble;
  matched_ = 0;
  body_.clear();
}

std::size_t RequestParser::take_noise() { return std::exchange(noise_, 0); }

}  // namespace cardrig::sim
