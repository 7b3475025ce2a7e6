// "Did you mean …?": the known name that is nearest to a misspelt one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cardrig {

/// The nearest of `known` by edits (insert, delete, change, swap neighbours), or "" if none is near
/// enough to be what was meant. Ties: the first.
[[nodiscard]] std::string nearest_name(std::string_view word,
                                       const std::vector<std::string>& known);

/// `; did you mean "touch"?`, or a full stop where nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& known);

}  // namespace cardrig
