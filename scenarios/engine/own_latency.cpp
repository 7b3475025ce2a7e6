// Collects the stretches in which something outside was pending, then takes what is left of a
// visit.
#include "scenarios/engine/own_latency.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

namespace cardrig::scenario {
namespace {

/// Something outside was pending.
struct Span {
  Nanos from{0}, to{0};
  std::string began, ended;  // as OwnInterval::before and ::after
};

struct Phase {
  Nanos from{0};
  std::string name;
};

struct Visit {
  Nanos from{0}, to{0};
};

constexpr const char* kJobs = "print_jobs";

/// One name for each line: the virtual rung calls the print channel by its protocol.
std::string line_of(const Event& event) {
  std::string line = event.text("line");
  return line == "ipp" ? kJobs : line;
}

/// The event by which a driver says that an exchange is over, and the line it was on.
const char* line_answered(const std::string& kind) {
  if (kind == "reader.answer") return "id_reader";
  if (kind == "printer.path") return "card_path";
  if (kind == "printer.ipp") return kJobs;
  if (kind == "board.request") return "control_board";
  if (kind == "platform.call") return "platform";
  return nullptr;
}

std::string name_of_answer(const std::string& line, const Event& event) {
  const char* key = line == "id_reader"       ? "name"
                    : line == "platform"      ? "call"
                    : line == "control_board" ? "function"
                                              : "op";
  return line + " " + event.text(key);
}

/// Lights are set in passing and waited for by nobody: they excuse nothing. Only the board's inputs
/// (Modbus function 4) do.
bool excuses(const std::string& line, const Event& event) {
  return line != "control_board" || event.number("function") == 4;
}

bool asks_for_touch(const std::string& screen) {
  return screen == "consent" || screen == "choose" || screen == "preview" || screen == "more_time";
}

class Collector {
 public:
  void see(const Event& event);

  std::vector<Span> spans;
  std::vector<Phase> phases;
  std::vector<Visit> visits;

 private:
  struct Exchange {
    Nanos asked{0};
    std::optional<Nanos> heard;  // the last byte so far
  };

  void wire(const Event& event);
  void answered(const std::string& line, const Event& event);
  void world(const Event& event);
  void device(const Event& event);
  void kiosk(const Event& event);
  void screen(const Event& event);
  void power_cut();
  void ask_person(Nanos at, const std::string& name);
  void person_acted(Nanos at, const std::string& what);
  void close(const std::string& line, Nanos at, const std::string& name);

  std::map<std::string, Exchange> exchanges_;  // by line
  std::optional<Nanos> asked_person_, printer_busy_, outlet_bounces_, begun_;
  std::string asked_for_, screen_;
  bool document_lies_ = false, somebody_there_ = false;
};

void Collector::see(const Event& event) {
  if (event.party == "kiosk") {
    if (event.kind.starts_with("wire.")) return wire(event);
    if (const char* line = line_answered(event.kind)) return answered(line, event);
    return kiosk(event);
  }
  if (event.kind == "kiosk.power" && event.text("on") == "false") return power_cut();
  if (event.kind.starts_with("world.")) return world(event);
  device(event);
}

// ---- devices and platform ----------------------------------------------------------------------

void Collector::close(const std::string& line, Nanos at, const std::string& name) {
  const auto it = exchanges_.find(line);
  if (it == exchanges_.end()) return;
  spans.push_back({it->second.asked, at, name, name});
  exchanges_.erase(it);
}

void Collector::wire(const Event& event) {
  const std::string line = line_of(event);
  const auto it = exchanges_.find(line);
  if (event.kind == "wire.sent") {
    // Something came and the kiosk speaks again: the next round of the same exchange (TLS).
    if (it != exchanges_.end() && it->second.heard) close(line, *it->second.heard, line);
    exchanges_.try_emplace(line, Exchange{event.time, std::nullopt});
  } else if (event.kind == "wire.received" && it != exchanges_.end()) {
    it->second.heard = event.time;  // unasked-for bytes, outside an exchange, are nothing pending
  } else if (event.kind == "wire.closed" && it != exchanges_.end()) {
    close(line, it->second.heard.value_or(event.time), line);
  }
}

// An exchange lasts until its last byte came; what the driver made of the bytes is the kiosk's
// time. Without any byte (a time-out) it lasted until it was given up.
void Collector::answered(const std::string& line, const Event& event) {
  const auto it = exchanges_.find(line);
  if (it != exchanges_.end()) {
    if (!excuses(line, event)) {
      exchanges_.erase(it);
    } else {
      close(line, it->second.heard.value_or(event.time), name_of_answer(line, event));
    }
  } else if (!spans.empty() && spans.back().ended == line) {
    // The connection was closed before the driver spoke: now its name is known.
    spans.back().began = spans.back().ended = name_of_answer(line, event);
  }
}

// Mechanics, and the outlet sensor that believes a change only after it has lasted.
void Collector::device(const Event& event) {
  if (event.kind == "printer.state") {
    const bool busy = event.text("state") == "busy";
    if (busy && !printer_busy_) printer_busy_ = event.time;
    if (busy || !printer_busy_) return;
    spans.push_back(
        {*std::exchange(printer_busy_, std::nullopt), event.time, "printer", "printer"});
  } else if (event.kind == "card.at_exit") {
    outlet_bounces_ = event.time;
  } else if (event.kind == "board.outlet" && outlet_bounces_) {
    spans.push_back(
        {*std::exchange(outlet_bounces_, std::nullopt), event.time, "outlet", "outlet"});
  }
}

// ---- the person --------------------------------------------------------------------------------

void Collector::ask_person(Nanos at, const std::string& name) {
  asked_person_ = at;
  asked_for_ = name;
}

void Collector::person_acted(Nanos at, const std::string& what) {
  if (!asked_person_) return;
  spans.push_back({*std::exchange(asked_person_, std::nullopt), at, asked_for_, what});
}

void Collector::world(const Event& event) {
  if (event.kind == "world.document_placed") {
    document_lies_ = true;
    if (asked_for_ == "place_card") person_acted(event.time, "document placed");
  } else if (event.kind == "world.document_lifted") {
    document_lies_ = false;
    if (asked_for_ == "take_document") person_acted(event.time, "document lifted");
  } else if (event.kind == "world.subjects") {
    somebody_there_ = event.number("count") > 0;
    if (somebody_there_ && asked_for_ == "face") person_acted(event.time, "face shown");
  } else if (event.kind == "world.card_taken") {
    if (asked_for_ == "take_card") person_acted(event.time, "card taken");
    outlet_bounces_ = event.time;
  }
}

void Collector::screen(const Event& event) {
  const std::string id = event.text("id");
  if (id == screen_) return;  // a new sentence on the same screen asks nothing new
  screen_ = id;
  phases.push_back({event.time, id});
  person_acted(event.time, "screen " + id);
  const bool waits = asks_for_touch(id) || (id == "place_card" && !document_lies_) ||
                     (id == "face" && !somebody_there_) || id == "take_card" ||
                     (id == "take_document" && document_lies_);
  if (waits) ask_person(event.time, id);
  if (id == "done" && begun_) visits.push_back({*begun_, event.time});
  if (id == "done" || id == "welcome") begun_.reset();
}

// ---- the kiosk ---------------------------------------------------------------------------------

void Collector::kiosk(const Event& event) {
  if (event.kind == "kiosk.screen") {
    screen(event);
  } else if (event.kind == "kiosk.touch" && event.text("result") == "accepted") {
    const std::string button = event.text("button");
    if (asks_for_touch(asked_for_)) person_acted(event.time, "touch " + button);
    if (button == "start") begun_ = event.time;
  } else if (event.kind == "issuance.stage") {
    phases.push_back({event.time, "printing/" + event.text("stage")});
  } else if (event.kind == "face.frame") {
    // From the request until the sensor had the picture; the rest of the wait is decoding.
    const Nanos asked = event.time - std::chrono::microseconds(event.number("waited_us"));
    const Nanos captured = event.time - std::chrono::microseconds(event.number("age_us"));
    if (captured > asked) spans.push_back({asked, captured, "camera", "camera"});
  }
}

void Collector::power_cut() {
  exchanges_.clear();
  asked_person_.reset();
  asked_for_.clear();
  screen_.clear();
  begun_.reset();
}

// ---- what is left ------------------------------------------------------------------------------

/// `phases` are in order; the last one that had begun.
std::string phase_at(const std::vector<Phase>& phases, Nanos at) {
  std::string name;
  for (const Phase& phase : phases) {
    if (phase.from > at) break;
    name = phase.name;
  }
  return name;
}

OwnLatency latency_of(const Visit& visit, const std::vector<Span>& spans,
                      const std::vector<Phase>& phases) {
  OwnLatency latency;
  latency.from = visit.from;
  latency.to = visit.to;
  Nanos at = visit.from;
  std::string after = "touch start";
  const auto leave_to_kiosk = [&](Nanos until, const std::string& before) {
    if (until <= at) return;
    latency.intervals.push_back({at, until, phase_at(phases, at), after, before});
    latency.own += until - at;
  };
  for (const Span& span : spans) {
    if (span.from >= visit.to) break;
    if (span.to <= at) continue;
    leave_to_kiosk(span.from, span.began);
    at = std::min(span.to, visit.to);
    after = span.ended;
  }
  leave_to_kiosk(visit.to, "done");
  return latency;
}

}  // namespace

std::vector<OwnLatency> own_latencies(const std::vector<Event>& events) {
  Collector seen;
  for (const Event& event : events) seen.see(event);
  std::stable_sort(seen.spans.begin(), seen.spans.end(),
                   [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<OwnLatency> all;
  for (const Visit& visit : seen.visits) all.push_back(latency_of(visit, seen.spans, seen.phases));
  return all;
}

double percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return values[std::min(index, values.size() - 1)];
}

}  // namespace cardrig::scenario
