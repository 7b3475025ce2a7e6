#pragma once

namespace cardrig::scenario {

/// The report's style sheet (CSS).
[[nodiscard]] const char* report_style();

}  // namespace cardrig::scenario
