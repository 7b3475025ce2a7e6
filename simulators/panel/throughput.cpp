#include "simulators/panel/throughput.h"

#include <algorithm>

namespace cardrig::panel {

void Throughput::see(const Event& event) {
  if (event.party != "kiosk") return;
  if (event.kind != "wire.sent" && event.kind != "wire.received") return;
  while (event.time >= span_ * static_cast<std::int64_t>(kSpans)) fold();
  Spans& spans = bytes_.try_emplace(event.text("line")).first->second;
  spans[static_cast<std::size_t>(event.time / span_)] += event.number("size");
}

/// Two spans become one.
void Throughput::fold() {
  span_ *= 2;
  for (auto& [line, spans] : bytes_) {
    for (std::size_t i = 0; i < kSpans; ++i) {
      spans[i] = 2 * i < kSpans ? spans[2 * i] + spans[2 * i + 1] : 0;
    }
  }
}

void Throughput::clear() {
  span_ = std::chrono::seconds(1);
  bytes_.clear();
}

std::vector<std::string> Throughput::lines() const {
  std::vector<std::string> names;
  for (const auto& [line, spans] : bytes_) names.push_back(line);
  return names;
}

std::vector<float> Throughput::bytes_a_second(std::string_view line, Nanos now) const {
  const auto found = bytes_.find(line);
  if (found == bytes_.end()) return {};
  const auto over = static_cast<std::size_t>(std::max<std::int64_t>(1, now / span_));
  const float span_s = std::chrono::duration<float>(span_).count();
  std::vector<float> rates;
  for (std::size_t i = 0; i < std::min(over, kSpans); ++i) {
    rates.push_back(static_cast<float>(found->second[i]) / span_s);
  }
  return rates;
}

}  // namespace cardrig::panel
