#include "kiosk/app/service_desk.h"

#include <cstdio>
#include <utility>

#include "kiosk/flow/wipe.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/masking.h"

namespace cardrig::app {

using flow::PastIssuance;
using journal::JournalReason;
using platform::Outcome;

namespace {

using namespace std::chrono_literals;

constexpr Nanos kModelledWrite = 20ms;

/// "kiosk-log-20260615-100312.jsonl", in China's time.
std::string file_name(CivilTime at) {
  constexpr std::int64_t kDay_s = 24 * 3600;
  constexpr std::int64_t kChina_s = 8 * 3600;
  const Date date = china_date(at);
  const auto second = static_cast<int>((at.unix_ms / 1000 + kChina_s) % kDay_s);
  char text[64];
  std::snprintf(text, sizeof text, "kiosk-log-%04d%02d%02d-%02d%02d%02d.jsonl", date.year,
                date.month, date.day, second / 3600, second / 60 % 60, second % 60);
  return text;
}

Result<Unit, FileReason> write_file(Files& files, const std::string& path,
                                    const std::string& text) {
  const auto file = files.open(path, /*create=*/true);
  if (!file) return tl::unexpected(file.error());
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  if (auto cut = (*file)->truncate(0); !cut) return cut;
  if (auto written = (*file)->write(0, bytes); !written) return written;
  return (*file)->sync();
}

PastIssuance masked(journal::Record& record) {
  PastIssuance past;
  past.settled_at = record.settled_at;
  past.permit_id = record.permit_id;
  past.outcome = record.outcome.value_or(Outcome::kUnknown);
  if (!record.person.name.empty()) {
    past.name = mask_name(record.person.name);
    past.number = mask_number(record.person.id_number);
  }
  flow::wipe_string(record.person.name);
  flow::wipe_string(record.person.id_number);
  if (record.certificate) {
    flow::wipe_string(record.certificate->name);
    flow::wipe_string(record.certificate->number);
  }
  return past;
}

}  // namespace

Async<Result<std::vector<PastIssuance>, JournalReason>> AppServiceDesk::last_issuances(
    std::size_t most) {
  auto records = co_await journal_.last_settled(most);
  if (!records) co_return tl::unexpected(records.error());
  std::vector<PastIssuance> cards;
  for (journal::Record& record : *records) cards.push_back(masked(record));
  co_return cards;
}

flow::CardCounts AppServiceDesk::counts() const {
  return {journal_.settled(Outcome::kDelivered), journal_.settled(Outcome::kCaptured),
          journal_.settled(Outcome::kSpoilt), journal_.settled(Outcome::kUnknown)};
}

Async<Result<std::string, FileReason>> AppServiceDesk::export_log() {
  if (folder_.empty()) co_return fail(FileReason::kNotFound, "the profile names no folder");
  std::string name = file_name(clock_.now());
  auto work = [&files = files_, path = folder_ + "/" + name, text = log_.text()] {
    return write_file(files, path, text);
  };
  const auto written = co_await offload(loop_, kModelledWrite, std::move(work));
  if (!written) co_return tl::unexpected(written.error());
  co_return name;
}

}  // namespace cardrig::app
