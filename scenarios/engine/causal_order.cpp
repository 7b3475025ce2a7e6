// Two tables: which events a story keeps and where, and which orders between lanes have a cause.
#include "scenarios/engine/causal_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace cardrig::scenario {
namespace {

using Keys = std::vector<std::string_view>;

/// What a story keeps of a kind of event.
struct Keep {
  std::string_view kind;
  std::string_view lane;  ///< "{field}": a lane for each value of the field
  Keys fields;
};

const std::vector<Keep>& kept() {
  static const std::vector<Keep> table = {
      {"scenario.act", "acts", {"verb", "args"}},
      {"kiosk.power", "power", {"on", "boot"}},

      {"world.document_placed", "world", {"document"}},
      {"world.document_lifted", "world", {"document"}},
      {"world.subjects", "world", {"count", "who"}},
      {"world.light", "world", {"level"}},
      {"world.mains", "world", {"on"}},
      {"world.network", "world", {"up"}},
      {"world.service_key", "world", {"on"}},
      {"world.hopper_loaded", "cards", {"cards", "in_hopper"}},
      {"world.card_moved", "cards", {"card", "from", "to", "printed", "spoilt"}},
      {"world.card_taken", "cards", {"card", "by", "printed", "attempt"}},
      {"world.reject_bin_emptied", "cards", {"cards"}},
      {"fault.injected", "fault {fault}", {}},
      {"fault.effect", "fault {fault}", {}},
      {"fault.cleared", "fault {fault}", {}},

      {"kiosk.starting", "session", {}},
      {"kiosk.in_service", "session", {}},
      {"kiosk.out_of_service", "session", {"cause"}},
      {"kiosk.session_started", "session", {"session", "by"}},
      {"kiosk.session_ended", "session", {"session", "reason"}},
      {"kiosk.screen", "session", {"id", "title", "sentence", "tone", "buttons", "staff_code"}},
      {"kiosk.step",
       "session",
       {"step", "result", "type", "name", "number", "permits", "permit", "trouble"}},
      {"kiosk.staff_found", "session", {"outcome"}},
      {"kiosk.maintenance", "session", {"open"}},
      {"kiosk.self_test", "session", {"device", "ok"}},
      {"kiosk.log_exported", "session", {"ok"}},
      {"identity.finding", "session", {"finding", "forgery"}},
      {"kiosk.suspicion", "session", {"what", "try"}},
      {"platform.suspicion", "platform lookup", {"what", "permit"}},
      {"kiosk.touch", "touches", {"button", "screen", "result"}},
      {"face.result", "face", {"verdict"}},
      {"reader.state", "reader", {"device"}},

      {"issuance.stage", "issuance", {"attempt", "stage"}},
      {"issuance.settled", "issuance", {"attempt", "permit", "card", "outcome", "trouble"}},
      {"journal.committed", "issuance", {"attempt", "card", "phase"}},
      {"journal.failed", "issuance", {"what", "reason"}},
      {"journal.opened", "issuance", {"cards"}},
      {"issuance.report", "reports", {"key", "outcome", "result", "duplicate"}},
      {"journal.acknowledged", "reports", {"key"}},
      {"platform.call", "call {call}", {"ok", "reason", "permit", "attempt", "state"}},

      {"platform.request", "platform {call}", {"permit", "attempt", "name", "id_number"}},
      {"platform.answer", "platform {call}", {"status", "code", "lost", "permit", "attempt"}},
      {"platform.claim", "claims", {"attempt", "permit", "state"}},
      {"platform.permit", "permits", {"permit", "state"}},
      {"platform.report", "counted", {"key", "permit", "outcome", "duplicate", "corrects"}},

      {"printer.job", "card printer", {"job", "attempt", "state"}},
      {"printer.power", "card printer", {"on"}},
      {"printer.started", "card printer", {"position"}},
      {"card.fed", "card printer", {"card", "attempt"}},
      {"card.panel", "card printer", {"card", "panel"}},
      {"card.printed", "card printer", {"card", "attempt"}},
      {"card.at_exit", "card printer", {"card", "attempt"}},
      {"card.rejected", "card printer", {"card", "attempt", "printed", "spoilt"}},
      {"card.spoilt", "card printer", {"card", "attempt"}},
      {"board.outlet", "outlet", {"covered", "outwards"}},
  };
  return table;
}

/// One end of an order with a cause: a kind, a field that must have this value ("": none).
struct End {
  std::string_view kind;
  std::string_view field;
  std::string_view value;

  [[nodiscard]] bool fits(const Event& event) const {
    return event.kind == kind && (field.empty() || event.text(field) == value);
  }
};

/// The effect comes after the cause that was last, among those with the same value of `same`.
struct Order {
  End cause;
  End effect;
  std::string_view same;  // "": any
};

const std::vector<Order>& orders() {
  static const std::vector<Order> table = {
      {{"scenario.act", "verb", "kiosk.touch"}, {"kiosk.touch", "", ""}, ""},
      {{"world.document_placed", "", ""}, {"kiosk.step", "step", "document"}, ""},
      {{"face.result", "", ""}, {"kiosk.step", "step", "face"}, ""},
      {{"platform.answer", "call", "query"}, {"kiosk.step", "step", "platform"}, ""},
      {{"kiosk.touch", "button", "print"}, {"journal.committed", "phase", "attempt"}, ""},
      {{"journal.committed", "phase", "attempt"}, {"platform.request", "call", "claim"}, "attempt"},
      {{"platform.claim", "", ""}, {"platform.answer", "call", "claim"}, "attempt"},
      {{"platform.answer", "call", "claim"}, {"journal.committed", "phase", "claimed"}, "attempt"},
      {{"journal.committed", "phase", "intent"}, {"printer.job", "state", "accepted"}, "attempt"},
      {{"journal.committed", "phase", "intent"}, {"card.fed", "", ""}, "attempt"},
      {{"card.at_exit", "", ""}, {"board.outlet", "covered", "true"}, ""},
      {{"world.card_taken", "", ""}, {"board.outlet", "covered", "false"}, ""},
      {{"world.card_taken", "", ""}, {"issuance.settled", "outcome", "delivered"}, "attempt"},
      {{"card.rejected", "", ""}, {"issuance.settled", "outcome", "captured"}, "attempt"},
      {{"card.spoilt", "", ""}, {"issuance.settled", "outcome", "spoilt"}, "attempt"},
      {{"journal.committed", "phase", "settled"}, {"issuance.report", "", ""}, "attempt"},
      {{"platform.report", "", ""}, {"journal.acknowledged", "", ""}, "key"},
      {{"kiosk.power", "on", "true"}, {"kiosk.starting", "", ""}, ""},
      {{"fault.injected", "", ""}, {"fault.effect", "", ""}, "fault"},
  };
  return table;
}

/// Replaces what is random: "8200…" → "attempt 1", by order of appearance.
class Names {
 public:
  std::string stable(std::string_view key, std::string text) {
    if (key == "session") return name(text, sessions_, "session");
    if (key == "attempt") return name(text, attempts_, "attempt");
    if (key != "key") return text;
    const auto slash = text.find('/');
    return name(text.substr(0, slash), attempts_, "attempt") +
           text.substr(std::min(slash, text.size()));
  }

 private:
  static std::string name(const std::string& text, std::map<std::string, std::size_t>& known,
                          const char* what) {
    if (text.empty()) return text;
    const auto number = known.try_emplace(text, known.size() + 1).first->second;
    return fmt::format("{} {}", what, number);
  }
  std::map<std::string, std::size_t> attempts_, sessions_;
};

/// Lines of one lane. A block of lines that comes again and again is kept once.
class Lane {
 public:
  /// Returns where the line stands: an earlier place if it only repeats.
  std::size_t add(StoryLine line) {
    const auto at = places_.size();
    places_.push_back(lines_.size());
    lines_.push_back(std::move(line));
    while (fold()) {
    }
    return at;
  }
  /// "fed card=1" and, from its second time on, " (2)".
  [[nodiscard]] std::string name_of(std::size_t added) const {
    const std::size_t place = places_[added];
    const std::string& text = lines_[place].text;
    const auto times =
        std::count_if(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(place) + 1,
                      [&](const StoryLine& line) { return line.text == text; });
    return times == 1 ? text : fmt::format("{} ({})", text, times);
  }
  [[nodiscard]] std::vector<StoryLine> take() { return std::move(lines_); }

 private:
  static constexpr std::size_t kLongestLoop = 6;

  /// Do the last n lines repeat the n before them? Then they go.
  bool fold() {
    for (std::size_t n = 1; n <= kLongestLoop && 2 * n <= lines_.size(); ++n) {
      const auto tail = lines_.end() - static_cast<std::ptrdiff_t>(n);
      const auto before = tail - static_cast<std::ptrdiff_t>(n);
      const bool again = std::equal(before, tail, tail, lines_.end(),
                                    [](const auto& a, const auto& b) { return a.text == b.text; });
      if (!again) continue;
      const std::size_t kept = lines_.size() - n;
      for (auto& place : places_) {
        if (place >= kept) place -= n;
      }
      lines_.resize(kept);
      return true;
    }
    return false;
  }

  std::vector<StoryLine> lines_;
  std::vector<std::size_t> places_;  // of everything that was added
};

class Teller {
 public:
  void see(const Event& event) {
    const auto& table = kept();
    const auto keep = std::find_if(table.begin(), table.end(),
                                   [&](const Keep& each) { return each.kind == event.kind; });
    if (keep == table.end() || event.text("call") == "health") return;
    const std::string lane = lane_of(*keep, event);
    const std::size_t added = lanes_[lane].add({line_of(*keep, event), event.time});
    told_.push_back({&event, lane, added});
  }

  Story finish(std::string name) {
    Story story;
    story.name = std::move(name);
    for (std::size_t i = 0; i < told_.size(); ++i) {
      for (const Order& order : orders()) {
        if (order.effect.fits(*told_[i].event)) story.orders.insert(order_text(order, i));
      }
    }
    for (auto& [lane, lines] : lanes_) story.lanes[lane] = lines.take();
    return story;
  }

 private:
  struct Told {
    const Event* event;
    std::string lane;
    std::size_t added;
  };

  static std::string lane_of(const Keep& keep, const Event& event) {
    const auto open = keep.lane.find('{');
    if (open == std::string_view::npos) return std::string(keep.lane);
    const auto key = keep.lane.substr(open + 1, keep.lane.size() - open - 2);
    return std::string(keep.lane.substr(0, open)) + event.text(key);
  }

  std::string line_of(const Keep& keep, const Event& event) {
    std::string text(keep.kind);
    for (const std::string_view key : keep.fields) {
      const std::string value = names_.stable(key, event.text(key));
      if (!value.empty()) text += fmt::format(" {}={}", key, value);
    }
    return text;
  }

  [[nodiscard]] std::string name_of(const Told& told) const {
    return lanes_.at(told.lane).name_of(told.added);
  }

  [[nodiscard]] std::string order_text(const Order& order, std::size_t effect) const {
    const Event& event = *told_[effect].event;
    const auto is_cause = [&](const Told& told) {
      return order.cause.fits(*told.event) &&
             (order.same.empty() || told.event->text(order.same) == event.text(order.same));
    };
    const auto last = told_.rend() - static_cast<std::ptrdiff_t>(effect);
    const auto cause = std::find_if(last, told_.rend(), is_cause);
    const std::string what =
        cause == told_.rend() ? fmt::format("no {} before it", order.cause.kind) : name_of(*cause);
    return fmt::format("\"{}\" after \"{}\"", name_of(told_[effect]), what);
  }

  Names names_;
  std::map<std::string, Lane> lanes_;
  std::vector<Told> told_;
};

// --- comparing ---

/// Where two lanes part, and when.
struct Parting {
  std::string lane;
  std::size_t place = 0;
  Nanos time{0};
};

std::optional<Parting> first_parting(const Story& a, const Story& b) {
  static const std::vector<StoryLine> kNothing;
  std::optional<Parting> first;
  std::set<std::string> lanes;
  for (const auto& [lane, lines] : a.lanes) lanes.insert(lane);
  for (const auto& [lane, lines] : b.lanes) lanes.insert(lane);
  for (const std::string& lane : lanes) {
    const auto in_a = a.lanes.find(lane);
    const auto in_b = b.lanes.find(lane);
    const auto& x = in_a == a.lanes.end() ? kNothing : in_a->second;
    const auto& y = in_b == b.lanes.end() ? kNothing : in_b->second;
    const auto [i, j] =
        std::mismatch(x.begin(), x.end(), y.begin(), y.end(),
                      [](const auto& l, const auto& m) { return l.text == m.text; });
    if (i == x.end() && j == y.end()) continue;
    const auto place = static_cast<std::size_t>(i - x.begin());
    const Nanos time = i != x.end() ? i->time : j->time;
    if (!first || time < first->time) first = Parting{lane, place, time};
  }
  return first;
}

std::string line_at(const Story& story, const Parting& at) {
  const auto lane = story.lanes.find(at.lane);
  if (lane == story.lanes.end() || at.place >= lane->second.size()) return "nothing more";
  return "\"" + lane->second[at.place].text + "\"";
}

std::string line_before(const Story& story, const Parting& at) {
  if (at.place == 0) return "at the beginning";
  return "after \"" + story.lanes.at(at.lane)[at.place - 1].text + "\"";
}

std::string missing_order(const Story& has, const Story& lacks) {
  for (const std::string& order : has.orders) {
    if (!lacks.orders.contains(order)) {
      return fmt::format("In the {} story {} comes, in the {} story it does not.", has.name, order,
                         lacks.name);
    }
  }
  return {};
}

}  // namespace

Story tell_story(const std::vector<Event>& events, std::string name) {
  Teller teller;
  for (const Event& event : events) teller.see(event);
  return teller.finish(std::move(name));
}

std::string compare(const Story& a, const Story& b) {
  if (const auto parting = first_parting(a, b)) {
    return fmt::format("In the lane \"{}\", {}, the {} story has {}, the {} story has {}.",
                       parting->lane, line_before(a, *parting), a.name, line_at(a, *parting),
                       b.name, line_at(b, *parting));
  }
  const std::string only_a = missing_order(a, b);
  return only_a.empty() ? missing_order(b, a) : only_a;
}

}  // namespace cardrig::scenario
