// Escaping for the XML and HTML of the reports. Internal to scenarios/engine/report.
#pragma once

#include <string>
#include <string_view>

namespace cardrig::scenario {

/// For text and for attributes in double quotes. Characters that XML 1.0 cannot hold become U+FFFD.
[[nodiscard]] std::string escape_markup(std::string_view text);
[[nodiscard]] std::string base64(const unsigned char* data, std::size_t size);

}  // namespace cardrig::scenario
