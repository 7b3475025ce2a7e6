// Opening the journal on demand.
#include "kiosk/app/opening_journal.h"

#include <algorithm>
#include <utility>

namespace cardrig::app {

using journal::JournalReason;
using journal::Record;

Result<OpeningJournal::Opened, JournalReason> OpeningJournal::ready() {
  if (inner_) return inner_;
  auto opened = opener_();
  if (!opened) return tl::unexpected(opened.error());
  inner_ = std::move(*opened);
  return inner_;
}

template <class T>
Result<T, JournalReason> OpeningJournal::keep_or_close(const Opened& used,
                                                       Result<T, JournalReason> result) {
  if (!result && inner_ == used) inner_.reset();
  return result;
}

Async<Result<Unit, JournalReason>> OpeningJournal::commit(const Record& record) {
  const auto open = ready();
  if (!open) co_return tl::unexpected(open.error());
  const std::pair card{record.attempt_id, record.card_number};
  const auto outcome = record.outcome;  // `record` may be gone after the wait
  auto result = co_await (*open)->commit(record);
  if (result && outcome) settled_[card] = *outcome;
  co_return keep_or_close(*open, std::move(result));
}

int OpeningJournal::settled(platform::Outcome outcome) const {
  return static_cast<int>(std::count_if(settled_.begin(), settled_.end(),
                                        [&](const auto& card) { return card.second == outcome; }));
}

Async<Result<std::vector<Record>, JournalReason>> OpeningJournal::open_records() {
  const auto open = ready();
  if (!open) co_return tl::unexpected(open.error());
  auto result = co_await (*open)->open_records();
  co_return keep_or_close(*open, std::move(result));
}

Async<Result<std::vector<platform::Report>, JournalReason>> OpeningJournal::pending_reports() {
  const auto open = ready();
  if (!open) co_return tl::unexpected(open.error());
  auto result = co_await (*open)->pending_reports();
  co_return keep_or_close(*open, std::move(result));
}

Async<Result<Unit, JournalReason>> OpeningJournal::acknowledge(const std::string& idempotency_key) {
  const auto open = ready();
  if (!open) co_return tl::unexpected(open.error());
  auto result = co_await (*open)->acknowledge(idempotency_key);
  co_return keep_or_close(*open, std::move(result));
}

Async<Result<std::vector<Record>, JournalReason>> OpeningJournal::last_settled(std::size_t most) {
  const auto open = ready();
  if (!open) co_return tl::unexpected(open.error());
  auto result = co_await (*open)->last_settled(most);
  co_return keep_or_close(*open, std::move(result));
}

Async<Result<Unit, JournalReason>> OpeningJournal::forget_persons() {
  const auto open = ready();
  if (!open) co_return tl::unexpected(open.error());
  auto result = co_await (*open)->forget_persons();
  co_return keep_or_close(*open, std::move(result));
}

}  // namespace cardrig::app
