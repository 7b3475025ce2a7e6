// Tells the platform what became of each card, until it has acknowledged. A report repeats with the
// same key and content; the platform counts it once (docs/protocols/platform.md).
#pragma once

#include <string>

#include "kiosk/issuance/issuance.h"

namespace cardrig::issuance {

[[nodiscard]] platform::Report report_of(const journal::Record& settled);

class Reporting {
 public:
  explicit Reporting(const Deps& deps) : deps_(deps) {}

  /// One report, once.
  Async<Result<platform::ReportAnswer, platform::PlatformReason>> report(
      const platform::Report& report) const;
  /// Everything pending but the attempt `except`, in the order of settling, until
  /// the platform does not answer.
  /// True if nothing else is pending.
  Async<bool> send_pending(std::string except) const;

 private:
  enum class Sent { kDone, kRefused, kNoAnswer };

  Async<Sent> send(const platform::Report& report, bool last_card) const;
  Async<bool> give_back(const std::string& attempt_id) const;

  const Deps& deps_;
};

}  // namespace cardrig::issuance
