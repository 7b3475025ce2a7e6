// Turns a trace into the marks of the report's timeline: one lane for each party, for the card, for
// the faults, and for each wire.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "scenarios/engine/invariants/invariant.h"
#include "scenarios/engine/matching.h"
#include "scenarios/engine/recorder.h"

namespace cardrig::scenario {
namespace {

/// A lane of a wire shows at most about this many bursts: closer ones are drawn as one.
constexpr std::int64_t kBursts = 150;
constexpr std::size_t kBytesToShow = 12;  // headers; what follows may be about a person
/// Points of a lane that lie nearer than this part of the run are one point.
constexpr std::int64_t kPoints = 400;

std::string bytes_text(const Event& event) {
  std::string text;
  for (const Blob& blob : event.blobs) {
    if (blob.name != "bytes" || !blob.data) continue;
    const std::size_t n = std::min(blob.data->size(), kBytesToShow);
    for (std::size_t i = 0; i < n; ++i) {
      const unsigned byte = (*blob.data)[i];
      text += fmt::format("{}{:02X}", i == 0 ? "" : " ", byte);
    }
    if (blob.data->size() > n) text += " …";
  }
  return text;
}

/// Spans that begin at one event and end at the next of their kind.
class Spans {
 public:
  explicit Spans(std::vector<Mark>& marks) : marks_(marks) {}

  void begin(const std::string& lane, const std::string& style, const std::string& label,
             std::string tip, Nanos at) {
    end(lane, at);
    open_[lane] = marks_.size();
    marks_.push_back(Mark{lane, style, label, std::move(tip), at, at});
  }
  void end(const std::string& lane, Nanos at) {
    const auto it = open_.find(lane);
    if (it == open_.end()) return;
    marks_[it->second].until = at;
    open_.erase(it);
  }
  void end_all(Nanos at) {
    for (const auto& [lane, index] : open_) marks_[index].until = at;
    open_.clear();
  }

 private:
  std::vector<Mark>& marks_;
  std::map<std::string, std::size_t> open_;
};

struct Burst {
  Nanos from{0}, until{0};
  std::int64_t bytes = 0;
  std::int64_t pieces = 0;
  std::string first;  // bytes of the first piece
};

/// Bytes on the wires, merged into bursts by line and direction.
class Wires {
 public:
  explicit Wires(Nanos end) : gap_(std::max<std::int64_t>(end.count() / kBursts, 1'000'000)) {}

  void add(const Event& event) {
    const std::string line = event.text("line");
    const bool to_device = event.text("dir") == "to_device";
    auto& bursts = lines_[line][to_device ? 0 : 1];
    if (bursts.empty() || event.time - bursts.back().until > Nanos(gap_)) {
      bursts.push_back(Burst{event.time, event.time, 0, 0, bytes_text(event)});
    }
    Burst& burst = bursts.back();
    burst.until = event.time;
    burst.bytes += event.number("size");
    ++burst.pieces;
  }

  void flush(std::vector<Mark>& marks) const {
    for (const auto& [line, directions] : lines_) {
      for (std::size_t d = 0; d < directions.size(); ++d) {
        for (const Burst& burst : directions[d]) {
          marks.push_back(
              Mark{"wire " + line, d == 0 ? "wire_out" : "wire_in", "",
                   fmt::format("{} bytes in {} pieces {} the device; first: {}", burst.bytes,
                               burst.pieces, d == 0 ? "to" : "from", burst.first),
                   burst.from, burst.until});
        }
      }
    }
  }

 private:
  std::int64_t gap_;
  std::map<std::string, std::array<std::vector<Burst>, 2>> lines_;
};

const char* tone_style(const std::string& tone) {
  if (tone == "good") return "good";
  if (tone == "attention") return "attention";
  if (tone == "refusal") return "bad";
  return "screen";
}

const char* card_style(const Event& event) {
  if (event.text("spoilt") == "true") return "bad";
  return event.text("printed") == "true" ? "good" : "busy";
}

/// Lane and style of the events that are shown as points.
struct PointRule {
  std::string_view prefix;
  std::string_view lane;
  std::string_view style;
};
constexpr PointRule kPointRules[] = {
    {"kiosk.touch", "people", "act"},
    {"world.", "people", "act"},
    {"identity.", "document", "attention"},
    {"kiosk.step", "steps", "step"},
    {"kiosk.", "kiosk", "step"},
    {"face.", "face", "step"},
    {"card.", "card path", "busy"},
    {"platform.", "platform", "platform"},
    {"journal.", "journal", "journal"},
    {"issuance.", "issuance", "step"},
};

std::string_view style_of(const Event& event, std::string_view otherwise) {
  const std::string verdict = event.text("verdict");
  if (verdict == "match") return "good";
  if (!verdict.empty()) return "attention";
  const std::string outcome = event.text("outcome");
  if (outcome == "delivered") return "good";
  if (outcome == "spoilt" || outcome == "unknown") return "bad";
  if (event.kind == "journal.failed" || is_power_cut(event)) return "bad";
  return otherwise;
}

class Drawer {
 public:
  Drawer(std::vector<Mark>& marks, Nanos end)
      : marks_(marks),
        spans_(marks),
        wires_(end),
        near_(std::max<std::int64_t>(end.count() / kPoints, 1)) {}

  void add(const Event& event) {
    if (event.kind == "wire.sent") return wires_.add(event);
    if (event.kind == "kiosk.screen") return screen(event);
    if (event.kind.starts_with("fault.")) return fault(event);
    if (is_power_cut(event)) {
      spans_.end("screens", event.time);
      shown_.clear();
    }
    if (event.kind == "world.card_moved" || event.kind == "world.card_taken") return card(event);
    if (is_noise(event)) return;
    point(event);
  }

  void finish(Nanos end) {
    spans_.end_all(end);
    wires_.flush(marks_);
  }

 private:
  void screen(const Event& event) {
    const std::string id = event.text("id");
    if (id == shown_ && event.text("tone") == tone_) return;
    shown_ = id;
    tone_ = event.text("tone");
    spans_.begin("screens", tone_style(tone_), id, event.text("title"), event.time);
  }

  void fault(const Event& event) {
    const std::string name = event.text("fault");
    const std::string lane = "fault " + name;
    if (event.kind == "fault.injected")
      spans_.begin(lane, "fault", name, show_event(event), event.time);
    if (event.kind == "fault.effect") {
      marks_.push_back(Mark{lane, "effect", "", show_event(event), event.time, event.time});
    }
    if (event.kind == "fault.cleared") spans_.end(lane, event.time);
  }

  void card(const Event& event) {
    const std::string lane = "card " + event.text("card");
    if (event.kind == "world.card_taken") {
      spans_.end(lane, event.time);
      marks_.push_back(Mark{lane, "good", "taken", show_event(event), event.time, event.time});
      return;
    }
    spans_.begin(lane, card_style(event), event.text("to"), show_event(event), event.time);
  }

  void point(const Event& event) {
    for (const PointRule& rule : kPointRules) {
      if (!event.kind.starts_with(rule.prefix)) continue;
      const std::string lane(rule.lane);
      const std::string style(style_of(event, rule.style));
      Last& last = last_[lane];
      if (last.index < marks_.size() && event.time - last.time < Nanos(near_) &&
          marks_[last.index].style == style && marks_[last.index].tip.size() < 400) {
        marks_[last.index].tip += "\n" + show_event(event);
        return;
      }
      last = Last{marks_.size(), event.time};
      marks_.push_back(Mark{lane, style, "", show_event(event), event.time, event.time});
      return;
    }
  }

  struct Last {
    std::size_t index = SIZE_MAX;
    Nanos time{0};
  };
  std::vector<Mark>& marks_;
  Spans spans_;
  Wires wires_;
  std::int64_t near_;
  std::map<std::string, Last> last_;
  std::string shown_, tone_;
};

}  // namespace

std::vector<Mark> make_marks(const std::vector<Event>& events, Nanos end) {
  std::vector<Mark> marks;
  Drawer drawer(marks, end);
  for (const Event& event : events) drawer.add(event);
  drawer.finish(end);
  return marks;
}

}  // namespace cardrig::scenario
