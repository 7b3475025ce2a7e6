// Takes an MJPEG stream apart, for tests: neither the camera's code nor the driver's.
#pragma once

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

namespace cardrig::test {

struct MjpegPart {
  long sequence = -1;
  std::string jpeg;

  [[nodiscard]] cv::Mat picture() const {
    return cv::imdecode(std::vector<unsigned char>(jpeg.begin(), jpeg.end()), cv::IMREAD_COLOR);
  }
};

/// The value of a field that must be in `head`; "": it is not.
inline std::string field(const std::string& head, const std::string& name) {
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const auto from = at + name.size() + 4;
  return head.substr(from, head.find("\r\n", from) - from);
}

/// Whole parts only. Stops at what is no part.
inline std::vector<MjpegPart> mjpeg_parts(const std::string& stream) {
  std::vector<MjpegPart> parts;
  const std::string end = "\r\n\r\n";
  auto at = stream.find(end);
  if (at == std::string::npos) return parts;
  const std::string type = field(stream.substr(0, at + 2), "Content-Type");
  const std::string prefix = "multipart/x-mixed-replace; boundary=";
  if (type.rfind(prefix, 0) != 0) return parts;
  const std::string delimiter = "--" + type.substr(prefix.size());
  at += end.size();
  while (true) {
    if (stream.compare(at, 2, "\r\n") == 0) at += 2;
    if (stream.compare(at, delimiter.size(), delimiter) != 0) return parts;
    const auto head_end = stream.find(end, at);
    if (head_end == std::string::npos) return parts;
    const std::string head = stream.substr(at, head_end + 2 - at);
    const std::string length = field(head, "Content-Length");
    if (length.empty() || field(head, "Content-Type") != "image/jpeg") return parts;
    const std::size_t size = std::stoul(length);
    const auto body = head_end + end.size();
    if (stream.size() < body + size) return parts;
    const std::string sequence = field(head, "X-Frame-Sequence");
    parts.push_back({sequence.empty() ? -1 : std::stol(sequence), stream.substr(body, size)});
    at = body + size;
  }
}

}  // namespace cardrig::test
