#include "kiosk/runtime/masked_log.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "kiosk/runtime/masking.h"

namespace cardrig {

namespace {

/// Polls and what crosses the wires: many lines that say little, and would push out the rest.
constexpr std::array<std::string_view, 7> kLeftOut = {
    "wire.",        "reader.command", "reader.answer", "board.request",
    "printer.path", "printer.ipp",    "camera."};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

/// The end of the run that begins at `from` and to which `belongs`.
template <class Belongs>
std::size_t end_of(const std::string& text, std::size_t from, Belongs belongs) {
  while (from < text.size() && belongs(text[from])) ++from;
  return from;
}

/// Three letters and twelve digits: the number of a foreigner of 2017, or with a T before it.
bool is_foreigners(std::size_t letters, std::size_t digits) {
  return (letters == 3 || letters == 4) && digits == 12;
}

}  // namespace

std::string mask_long_numbers(const std::string& text) {
  constexpr std::size_t kShortest = 15;  // of the old identity numbers
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t letters = end_of(text, i, is_letter);
    std::size_t end = end_of(text, letters, is_digit);
    const std::size_t digits = end - letters;
    if (digits > 0 && end < text.size() && (text[end] == 'X' || text[end] == 'x')) ++end;
    if (is_foreigners(letters - i, digits)) {
      out += mask_number(text.substr(i, end - i));
    } else {
      const std::string number = text.substr(letters, end - letters);
      out += text.substr(i, letters - i);
      out += number.size() >= kShortest ? mask_number(number) : number;
    }
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
  const bool left_out = std::ranges::any_of(
      kLeftOut, [&event](std::string_view kind) { return event.kind.starts_with(kind); });
  if (event.party != party_ || left_out) return;
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
