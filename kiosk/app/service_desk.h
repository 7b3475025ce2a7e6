// The real service desk: masked cards of the journal, counts since the start, and the masked log in
// a file of its own.
#pragma once

#include <string>

#include "kiosk/app/opening_journal.h"
#include "kiosk/flow/service_desk.h"
#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/masked_log.h"

namespace cardrig::app {

class AppServiceDesk final : public flow::ServiceDesk {
 public:
  /// `folder`: where logs are written, "" if nowhere.
  AppServiceDesk(Loop& loop, const CivilClock& clock, Files& files, OpeningJournal& journal,
                 Trace& trace, std::string party, std::string folder)
      : loop_(loop),
        clock_(clock),
        files_(files),
        journal_(journal),
        log_(trace, std::move(party)),
        folder_(std::move(folder)) {}

  Async<Result<std::vector<flow::PastIssuance>, journal::JournalReason>> last_issuances(
      std::size_t most) override;
  [[nodiscard]] flow::CardCounts counts() const override;
  Async<Result<std::string, FileReason>> export_log() override;

 private:
  Loop& loop_;
  const CivilClock& clock_;
  Files& files_;
  OpeningJournal& journal_;
  MaskedLog log_;
  std::string folder_;
};

}  // namespace cardrig::app
