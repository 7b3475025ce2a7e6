#include "kiosk/runtime/masked_log.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "kiosk/runtime/masking.h"

namespace cardrig {

std::string mask_long_numbers(const std::string& text) {
  constexpr std::size_t kShortest = 15;  // of the old identity numbers
  const auto is_digit = [&text](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (is_digit(end)) ++end;
    if (end > i && end < text.size() && (text[end] == 'X' || text[end] == 'x')) ++end;
    const std::string run = text.substr(i, end - i);
    out += run.size() >= kShortest ? mask_number(run) : run;
    if (end == i) out += text[end++];
    i = end;
  }
  return out;
}

MaskedLog::MaskedLog(Trace& trace, std::string party, std::size_t lines_at_most)
    : trace_(trace),
      party_(std::move(party)),
      lines_at_most_(lines_at_most),
      subscription_(trace.subscribe([this](const Event& event) { add(event); })) {}

MaskedLog::~MaskedLog() { trace_.unsubscribe(subscription_); }

void MaskedLog::add(const Event& event) {
  // What crosses the wires is many lines that say little without their bytes.
  if (event.party != party_ || event.kind.starts_with("wire.")) return;
  nlohmann::ordered_json line{{"t_ms", event.time.count() / 1'000'000}, {"kind", event.kind}};
  for (const Field& field : event.fields) {
    line[field.key] = mask_long_numbers(event.text(field.key));
  }
  lines_.push_back(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (lines_.size() > lines_at_most_) lines_.pop_front();
}

std::string MaskedLog::text() const {
  std::string all;
  for (const std::string& line : lines_) all += line + "\n";
  return all;
}

}  // namespace cardrig
