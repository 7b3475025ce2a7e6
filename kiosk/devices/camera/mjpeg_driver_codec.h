// What a camera that sends MJPEG over HTTP says, taken apart: the head of the answer, then JPEG
// pictures as parts of multipart/x-mixed-replace. RFC 2046 §5.1 has the multipart form; that each
// part replaces the one before is a custom of browsers and cameras, not of any RFC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardrig::camera {

/// The request: HTTP/1.0, so that the answer comes without transfer coding and ends with the
/// connection.
[[nodiscard]] std::string mjpeg_request(std::string_view host, std::string_view target);

struct MjpegLimits {
  std::size_t head_bytes = 16 * 1024;  ///< of the answer, and of the text before the first part
  std::size_t part_head_bytes = 4 * 1024;
  std::size_t part_bytes = 4 * 1024 * 1024;
};

/// Feed what arrives; then take parts until there is none. Keeps no more than one part and what one
/// feed brought.
class MjpegReader {
 public:
  explicit MjpegReader(MjpegLimits limits = {}) : limits_(limits) {}

  void feed(std::span<const std::uint8_t> bytes);
  /// The next whole part that is a JPEG by its type, or has none. Other parts and empty ones are
  /// passed over. What a part holds is not looked at.
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> next();

  /// The status of the answer ("200"), as soon as its head is here. With another status than 200 no
  /// part comes.
  [[nodiscard]] std::optional<int> status() const { return status_; }
  /// The closing boundary came.
  [[nodiscard]] bool ended() const { return state_ == State::kEnd; }
  /// What is wrong with the stream, for good; "": nothing.
  [[nodiscard]] const std::string& broken() const { return broken_; }

 private:
  enum class State { kHead, kBeforeFirst, kAfterPart, kPartHead, kCounted, kUncounted, kEnd };
  struct Field {
    std::string name;  ///< in lower case
    std::string value;
  };

  /// Goes on as far as the bytes allow. False: more are needed, or a part is whole.
  bool step();
  bool read_head();
  bool end_head();
  bool read_boundary();
  bool read_part_head();
  bool end_part_head();
  bool read_counted();
  bool read_uncounted();
  /// A line without its end; nothing: not whole yet, or the section is too long.
  std::optional<std::string> line(std::size_t section_limit, const char* what);
  void new_section();
  bool break_off(std::string why);
  static std::optional<Field> field_of(std::string_view line);
  enum class Delimiter { kNone, kNext, kLast };
  [[nodiscard]] Delimiter delimiter_of(std::string_view line) const;
  void finish_part(std::size_t size);

  MjpegLimits limits_;
  State state_ = State::kHead;
  std::vector<std::uint8_t> buffer_;
  std::size_t at_ = 0;  // what lies before has been taken
  std::size_t looked_ = 0;  // what lies before holds no end of line, or no boundary
  std::size_t section_ = 0;  // bytes of the present head
  std::optional<int> status_;  // set when the head is whole
  int first_line_status_ = 0;  // 0: the first line has not come
  std::string content_type_;
  std::string boundary_;  // without leading dashes: cameras disagree on whose they are
  std::optional<std::size_t> length_;
  bool wanted_ = true;  // the part is a JPEG, as far as its head says
  std::optional<std::vector<std::uint8_t>> part_;
  std::string broken_;
};

struct JpegSize {
  int width_px = 0, height_px = 0;
};

/// The size of a JPEG file (ITU-T T.81, annex B) that is whole: segments in order from SOI to EOI,
/// no stray marker in the coded data. Nothing otherwise: decoders paint what they have got of a
/// damaged one and say nothing.
[[nodiscard]] std::optional<JpegSize> whole_jpeg(std::span<const std::uint8_t> bytes);

}  // namespace cardrig::camera
