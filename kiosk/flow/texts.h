// The one table of texts: what the kiosk can say, by key, in Chinese and in English, with
// {placeholders}. Keys are dotted and belong to their screen: "consent.title",
// "refused.expired.next".
//
// Sentences (keys with ".sentence") have at most 16 Chinese characters: see tests.
#pragma once

#include <span>
#include <string_view>

#include "kiosk/flow/screen.h"

namespace cardrig::flow {

struct TextEntry {
  std::string_view key;
  std::string_view chinese;
  std::string_view english;
};

[[nodiscard]] std::span<const TextEntry> text_table();
/// Null if there is none.
[[nodiscard]] const TextEntry* find_text(std::string_view key);

}  // namespace cardrig::flow
