// A journal that opens itself when it is needed, and again after it failed: a full or read-only
// disk puts the kiosk out of service, and the kiosk comes back when the disk does.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/journal/journal.h"

namespace cardrig::app {

class OpeningJournal final : public journal::Journal {
 public:
  using Opener = std::function<Result<std::unique_ptr<journal::Journal>, journal::JournalReason>()>;
  explicit OpeningJournal(Opener opener) : opener_(std::move(opener)) {}

  Async<Result<Unit, journal::JournalReason>> commit(const journal::Record& record) override;
  Async<Result<std::vector<journal::Record>, journal::JournalReason>> open_records() override;
  Async<Result<std::vector<platform::Report>, journal::JournalReason>> pending_reports() override;
  Async<Result<Unit, journal::JournalReason>> acknowledge(
      const std::string& idempotency_key) override;
  Async<Result<std::vector<journal::Record>, journal::JournalReason>> last_settled(
      std::size_t most) override;
  Async<Result<Unit, journal::JournalReason>> forget_persons() override;

  /// Cards that were settled since this was made, by what became of them. A card that is settled
  /// anew (staff found it) counts once, as it was settled last: nobody else is served before.
  [[nodiscard]] int settled(platform::Outcome outcome) const;

 private:
  using Opened = std::shared_ptr<journal::Journal>;
  /// Opens it if it is not open; the reason if that fails. Whoever uses it keeps it: operations may
  /// overlap, and one that fails closes it.
  Result<Opened, journal::JournalReason> ready();
  /// A failed operation closes the journal, so that the next one opens it anew.
  template <class T>
  Result<T, journal::JournalReason> keep_or_close(const Opened& used,
                                                  Result<T, journal::JournalReason> result);

  void count(const std::string& attempt_id, int card_number, platform::Outcome outcome);

  struct Settled {
    std::string attempt_id;
    int card_number;
    platform::Outcome outcome;
  };
  Opener opener_;
  Opened inner_;
  std::map<platform::Outcome, int> settled_;
  std::deque<Settled> last_;  // that may be settled anew
};

}  // namespace cardrig::app
