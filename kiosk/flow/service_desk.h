// What staff can look up and take away behind the service key, as an interface: nothing of it tells
// who was served.
#pragma once

#include <string>
#include <vector>

#include "kiosk/journal/journal.h"
#include "kiosk/runtime/files.h"

namespace cardrig::flow {

/// One settled card of the journal, masked.
struct PastIssuance {
  CivilTime settled_at;
  std::string name;  ///< "" once the journal has forgotten the person
  std::string number;  ///< the same
  std::string permit_id;
  platform::Outcome outcome = platform::Outcome::kUnknown;
};

/// Cards by what became of them.
struct CardCounts {
  int issued = 0, captured = 0, spoilt = 0, unknown = 0;
};

class ServiceDesk {
 public:
  virtual ~ServiceDesk() = default;
  /// The newest first.
  virtual Async<Result<std::vector<PastIssuance>, journal::JournalReason>> last_issuances(
      std::size_t most) = 0;
  /// Since the kiosk was switched on.
  [[nodiscard]] virtual CardCounts counts() const = 0;
  /// Writes the masked log to the folder that the profile names; the file's name.
  virtual Async<Result<std::string, FileReason>> export_log() = 0;
};

}  // namespace cardrig::flow
