// 7. No personal data outlives its session on a screen or in a log. Values about people travel as
// Personal fields; every other text of every event is searched for an ID number and for the raw
// values that were seen so far, and idle screens also for the masked ones. (Disk and memory are
// searched by tests of their own.)
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "scenarios/engine/invariants/invariant.h"

namespace cardrig::scenario {
namespace {

/// 17 digits and a digit or X, standing alone: a number by GB 11643.
bool holds_id_number(const std::string& text) {
  constexpr std::size_t kDigits = 17;
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::isdigit(static_cast<unsigned char>(text[i])) == 0) {
      if (run == kDigits && (text[i] == 'X' || text[i] == 'x')) return true;
      run = 0;
      continue;
    }
    // A hexadecimal digest is no number: what stands before the digits must not be a letter.
    if (run == 0 && i > 0 && std::isalnum(static_cast<unsigned char>(text[i - 1])) != 0) {
      while (i < text.size() && std::isalnum(static_cast<unsigned char>(text[i])) != 0) ++i;
      continue;
    }
    ++run;
    const bool ends =
        i + 1 == text.size() || std::isalnum(static_cast<unsigned char>(text[i + 1])) == 0;
    if (run == kDigits + 1 && ends) return true;
  }
  return false;
}

class PersonalDataGone final : public Invariant {
 public:
  explicit PersonalDataGone(const Vocabulary& vocabulary)
      : Invariant(7, "no personal data outlives its session on a screen or in a log"),
        idle_screens_(vocabulary.idle_screens) {}

  void on_event(const Event& event) override {
    for (const Field& field : event.fields) {
      if (const auto* personal = std::get_if<Personal>(&field.value)) remember(*personal);
    }
    const bool idle = event.kind == "kiosk.screen" &&
                      std::find(idle_screens_.begin(), idle_screens_.end(), event.text("id")) !=
                          idle_screens_.end();
    for (const Field& field : event.fields) {
      const auto* text = std::get_if<std::string>(&field.value);
      if (text != nullptr) look(event, field.key, *text, idle);
    }
  }

 private:
  void remember(const Personal& personal) {
    constexpr std::size_t kTooShortToSearch = 6;  // two Chinese characters
    if (personal.raw.size() < kTooShortToSearch) return;
    raw_.insert(personal.raw);
    if (personal.kind == Personal::Kind::kName || personal.kind == Personal::Kind::kIdNumber) {
      masked_.insert(personal.masked());
    }
  }

  void look(const Event& event, const std::string& key, const std::string& text, bool idle) {
    checked();
    const auto in_text = [&](const std::string& value) {
      return text.find(value) != std::string::npos;
    };
    if (holds_id_number(text) || std::any_of(raw_.begin(), raw_.end(), in_text)) {
      violated(fmt::format("the field \"{}\" of the event {} ({}) holds personal data in the open.",
                           key, event.kind, event.id));
    } else if (idle && std::any_of(masked_.begin(), masked_.end(), in_text)) {
      violated(fmt::format("the idle screen still shows somebody's name or number (event {}).",
                           event.id));
    }
  }

  std::vector<std::string> idle_screens_;
  std::set<std::string> raw_;
  std::set<std::string> masked_;
};

}  // namespace

std::unique_ptr<Invariant> make_personal_data_gone(const Vocabulary& vocabulary) {
  return std::make_unique<PersonalDataGone>(vocabulary);
}

}  // namespace cardrig::scenario
