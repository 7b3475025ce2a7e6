// Opening the journal on demand.
#include "kiosk/app/opening_journal.h"

#include <algorithm>
#include <utility>

namespace cardrig::app {

using journal::JournalReason;
using journal::Record;

namespace {
/// Far more than the cards of the few attempts that a start finds open.
constexpr std::size_t kLastMax = 64;
}  // namespace

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
  // `record` may be gone after the wait.
  const std::string attempt_id = record.attempt_id;
  const int card_number = record.card_number;
  const auto outcome = record.outcome;
  auto result = co_await (*open)->commit(record);
  if (result && outcome) count(attempt_id, card_number, *outcome);
  co_return keep_or_close(*open, std::move(result));
}

void OpeningJournal::count(const std::string& attempt_id, int card_number,
                           platform::Outcome outcome) {
  const auto before = std::find_if(last_.begin(), last_.end(), [&](const Settled& card) {
    return card.attempt_id == attempt_id && card.card_number == card_number;
  });
  if (before != last_.end()) {
    --settled_[before->outcome];
    last_.erase(before);
  }
  ++settled_[outcome];
  last_.push_back({attempt_id, card_number, outcome});
  if (last_.size() > kLastMax) last_.pop_front();
}

int OpeningJournal::settled(platform::Outcome outcome) const {
  const auto found = settled_.find(outcome);
  return found == settled_.end() ? 0 : found->second;
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
