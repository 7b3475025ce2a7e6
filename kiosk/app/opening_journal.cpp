// Opening the journal on demand.
#include "kiosk/app/opening_journal.h"

#include <utility>

namespace cardrig::app {

using journal::JournalReason;
using journal::Record;

Result<Unit, JournalReason> OpeningJournal::ready() {
  if (inner_) return ok();
  auto opened = opener_();
  if (!opened) return tl::unexpected(opened.error());
  inner_ = std::move(*opened);
  return ok();
}

template <class T>
Result<T, JournalReason> OpeningJournal::keep_or_close(Result<T, JournalReason> result) {
  if (!result) inner_.reset();
  return result;
}

Async<Result<Unit, JournalReason>> OpeningJournal::commit(const Record& record) {
  if (const auto open = ready(); !open) co_return tl::unexpected(open.error());
  auto result = co_await inner_->commit(record);
  co_return keep_or_close(std::move(result));
}

Async<Result<std::vector<Record>, JournalReason>> OpeningJournal::open_records() {
  if (const auto open = ready(); !open) co_return tl::unexpected(open.error());
  auto result = co_await inner_->open_records();
  co_return keep_or_close(std::move(result));
}

Async<Result<std::vector<platform::Report>, JournalReason>> OpeningJournal::pending_reports() {
  if (const auto open = ready(); !open) co_return tl::unexpected(open.error());
  auto result = co_await inner_->pending_reports();
  co_return keep_or_close(std::move(result));
}

Async<Result<Unit, JournalReason>> OpeningJournal::acknowledge(const std::string& idempotency_key) {
  if (const auto open = ready(); !open) co_return tl::unexpected(open.error());
  auto result = co_await inner_->acknowledge(idempotency_key);
  co_return keep_or_close(std::move(result));
}

Async<Result<Unit, JournalReason>> OpeningJournal::forget_persons() {
  if (const auto open = ready(); !open) co_return tl::unexpected(open.error());
  auto result = co_await inner_->forget_persons();
  co_return keep_or_close(std::move(result));
}

}  // namespace cardrig::app
