#include "kiosk/runtime/nearest.h"

#include <algorithm>
#include <cstddef>

namespace cardrig {
namespace {

/// Optimal string alignment distance.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kLongestWord = 80;
  if (word.empty() || word.size() > kLongestWord) return {};
  std::string best;
  std::size_t best_edits = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& name : known) {
    std::size_t distance = edits(word, name);
    // The last part of a dotted name is often written alone: "paper_jam" for "card_printer.…".
    const auto dot = name.rfind('.');
    if (dot != std::string::npos && word.find('.') == std::string_view::npos) {
      distance = std::min(distance, edits(word, std::string_view(name).substr(dot + 1)) + 1);
    }
    if (distance < best_edits && distance < std::max(word.size(), std::size_t{2})) {
      best = name;
      best_edits = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::string name = nearest_name(word, known);
  return name.empty() ? "." : "; did you mean \"" + name + "\"?";
}

}  // namespace cardrig
