// The pages of the maintenance screens, and what they ask.
#include "kiosk/flow/maintenance.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "kiosk/flow/screens.h"
#include "kiosk/runtime/async.h"

namespace cardrig::flow {

namespace {

constexpr std::size_t kIssuancesShown = 6;
/// Looks at a key that the board does not tell of, before it counts as turned back.
constexpr int kStrikes = 3;

Text row(const char* key, std::vector<std::pair<std::string, std::string>> values) {
  return Text{std::string("maintenance.row.") + key, std::move(values)};
}

/// "06-15 10:03" in China.
std::string time_of_day(CivilTime at) {
  constexpr std::int64_t kMinute_ms = 60'000;
  constexpr std::int64_t kChina_min = 8 * 60;
  const Date date = china_date(at);
  const std::int64_t minutes = (at.unix_ms / kMinute_ms + kChina_min) % (24 * 60);
  char text[16];
  std::snprintf(text, sizeof text, "%02d-%02d %02d:%02d", date.month, date.day,
                static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
  return text;
}

/// "": all well. Of an answer within its limit, and of one that never came.
template <class Answer>
std::string trouble_of(const Answer& answer) {
  if (!answer) return "timeout";
  return *answer ? "" : to_string((*answer).error().reason);
}

}  // namespace

Async<void> Maintenance::run(std::optional<Cause> cause) {
  cause_ = cause;
  deps_.tracer.emit("kiosk.maintenance", {{"open", true}});
  presenter_.start_over(screens::maintenance(cause_));
  // Whoever goes on touching does not put off the look at the key.
  Nanos look_at = deps_.loop.now() + deps_.limits.service_key_poll;
  for (;;) {
    const Nanos left = std::max(Nanos{0}, look_at - deps_.loop.now());
    const auto touch = co_await deps_.intents.wait(left);
    if (deps_.loop.now() >= look_at) {
      const bool turned = co_await key_is_turned();
      if (!turned) break;
      look_at = deps_.loop.now() + deps_.limits.service_key_poll;
    }
    if (touch) co_await turn_to(touch->button_key);
  }
  deps_.tracer.emit("kiosk.maintenance", {{"open", false}});
}

Async<bool> Maintenance::key_is_turned() {
  const auto inputs =
      co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.board.inputs());
  if (inputs && *inputs) {
    strikes_ = 0;
    co_return (*inputs)->service_key;
  }
  co_return ++strikes_ < kStrikes;
}

Async<void> Maintenance::turn_to(std::string page) {
  rows_.clear();
  if (page == "self_test") co_return co_await self_test();
  if (page == "supplies") co_return co_await supplies();
  if (page == "counters") co_return counters();
  if (page == "issuances") co_return co_await issuances();
  if (page == "export_log") co_return co_await export_log();
  presenter_.show(screens::maintenance(cause_));
}

// ---- self-test ---------------------------------------------------------------------------------

Async<void> Maintenance::self_test() {
  presenter_.show(screens::maintenance_page("self_test", {}, /*busy=*/true));
  co_await test("reader", reader_trouble());
  co_await test("camera", camera_trouble());
  co_await test("printer", printer_trouble());
  co_await test("board", board_trouble());
  co_await test("platform", platform_trouble());
  co_await test("journal", journal_trouble());
  presenter_.show(screens::maintenance_page("self_test", rows_, /*busy=*/false));
}

// One after the other, and each result as it comes: staff see which one they wait for.
Async<void> Maintenance::test(const char* device, Async<std::string> asked) {
  const std::string trouble = co_await std::move(asked);
  deps_.tracer.emit("kiosk.self_test",
                    {{"device", device}, {"ok", trouble.empty()}, {"detail", trouble}});
  const std::string name = std::string("device.") + device;
  rows_.push_back(trouble.empty() ? row("ok", {{"@what", name}})
                                  : row("fault", {{"@what", name}, {"why", trouble}}));
  presenter_.show(screens::maintenance_page("self_test", rows_, /*busy=*/true));
}

Async<std::string> Maintenance::reader_trouble() {
  const auto answer =
      co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.reader.check());
  co_return trouble_of(answer);
}

Async<std::string> Maintenance::camera_trouble() {
  // The first may be an old one that was kept: only a picture after it shows that the stream moves.
  std::uint64_t seen = 0;
  for (int frames = 0; frames < 2; ++frames) {
    auto asked = deps_.camera.next_frame(seen, deps_.limits.frame);
    const auto frame =
        co_await with_timeout(deps_.loop, deps_.limits.device_answer, std::move(asked));
    if (const std::string trouble = trouble_of(frame); !trouble.empty()) co_return trouble;
    seen = (*frame)->sequence;
  }
  co_return "";
}

Async<std::string> Maintenance::printer_trouble() {
  const auto status =
      co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.path.status());
  const std::string trouble = trouble_of(status);
  if (!trouble.empty()) co_return trouble;
  const auto fault = (*status)->fault;
  co_return fault == card_printer::PathFault::kNone ? "" : to_string(fault);
}

Async<std::string> Maintenance::board_trouble() {
  const auto inputs =
      co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.board.inputs());
  co_return trouble_of(inputs);
}

Async<std::string> Maintenance::platform_trouble() {
  const auto health =
      co_await with_timeout(deps_.loop, deps_.limits.platform, deps_.platform.health());
  co_return trouble_of(health);
}

Async<std::string> Maintenance::journal_trouble() {
  const auto read = co_await deps_.service.last_issuances(1);
  co_return read ? "" : to_string(read.error().reason);
}

// ---- what the pages show -----------------------------------------------------------------------

Async<void> Maintenance::supplies() {
  const auto status =
      co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.path.status());
  const std::string trouble = trouble_of(status);
  if (!trouble.empty()) {
    rows_.push_back(row("fault", {{"@what", "device.printer"}, {"why", trouble}}));
  } else {
    const auto& now = **status;
    const auto state = [](SupplyState s) { return std::string("supply.") + to_string(s); };
    rows_.push_back(row("state", {{"@what", "supply.hopper"}, {"@state", state(now.hopper)}}));
    rows_.push_back(row("state", {{"@what", "supply.ribbon"}, {"@state", state(now.ribbon)}}));
    if (now.ribbon_panels_left >= 0) {
      rows_.push_back(row("count", {{"@what", "supply.panels"},
                                    {"count", std::to_string(now.ribbon_panels_left)}}));
    }
    rows_.push_back(row("state", {{"@what", "supply.bin"},
                                  {"@state", now.reject_bin_full ? "bin.full" : "bin.free"}}));
    rows_.push_back(row("count", {{"@what", "supply.rejected"},
                                  {"count", std::to_string(now.cards_rejected_total)}}));
  }
  presenter_.show(screens::maintenance_page("supplies", rows_, /*busy=*/false));
}

void Maintenance::counters() {
  const CardCounts counts = deps_.service.counts();
  for (const auto& [what, count] :
       {std::pair{"outcome.delivered", counts.issued},
        std::pair{"outcome.captured", counts.captured}, std::pair{"outcome.spoilt", counts.spoilt},
        std::pair{"outcome.unknown", counts.unknown}}) {
    rows_.push_back(row("count", {{"@what", what}, {"count", std::to_string(count)}}));
  }
  presenter_.show(screens::maintenance_page("counters", rows_, /*busy=*/false));
}

Async<void> Maintenance::issuances() {
  const auto cards = co_await deps_.service.last_issuances(kIssuancesShown);
  if (!cards) {
    rows_.push_back(
        row("fault", {{"@what", "device.journal"}, {"why", to_string(cards.error().reason)}}));
  } else if (cards->empty()) {
    rows_.push_back(row("none", {}));
  } else {
    for (const PastIssuance& card : *cards) {
      const std::string outcome = std::string("outcome.") + to_string(card.outcome);
      rows_.push_back(
          row(card.name.empty() ? "card" : "card_of", {{"time", time_of_day(card.settled_at)},
                                                       {"permit", card.permit_id},
                                                       {"name", card.name},
                                                       {"number", card.number},
                                                       {"@outcome", outcome}}));
    }
  }
  presenter_.show(screens::maintenance_page("issuances", rows_, /*busy=*/false));
}

Async<void> Maintenance::export_log() {
  const auto written = co_await deps_.service.export_log();
  const std::string detail = written ? *written : to_string(written.error().reason);
  deps_.tracer.emit("kiosk.log_exported", {{"ok", written.has_value()}, {"detail", detail}});
  rows_.push_back(written ? row("written", {{"file", detail}})
                          : row("unwritten", {{"why", detail}}));
  presenter_.show(screens::maintenance_page("export_log", rows_, /*busy=*/false));
}

}  // namespace cardrig::flow
