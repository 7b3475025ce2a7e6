#include "scenarios/engine/report/timeline_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>
#include <vector>

#include "scenarios/engine/report/markup.h"

namespace cardrig::scenario {
namespace {

constexpr double kLabelWidth = 168;
constexpr double kWidth = 1200;
constexpr double kLane = 22;
constexpr double kTop = 22;
constexpr double kBar = 14;
constexpr double kTickRoom = 48;
constexpr double kCharWidth = 6.2;  // of the labels inside spans, roughly

/// Lanes in the order of the way of things; those with a prefix stay together.
int rank_of(std::string_view lane) {
  static constexpr std::array<std::string_view, 13> kOrder = {
      "fault ",   "people",   "screens", "kiosk",     "steps", "document", "face",
      "platform", "issuance", "journal", "card path", "card ", "wire "};
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (lane.starts_with(kOrder[i])) return static_cast<int>(i);
  }
  return static_cast<int>(kOrder.size());
}

/// "fault card_printer.jam_in_head" is long and magenta: the last part will do.
std::string label_of(const std::string& lane) {
  constexpr std::size_t kLongest = 28;
  const auto dot = lane.find('.');
  return (lane.starts_with("fault ") && dot != std::string::npos ? lane.substr(dot + 1) : lane)
      .substr(0, kLongest);
}

double seconds(Nanos time) { return std::chrono::duration<double>(time).count(); }

/// The time axis, drawn together where nothing happens: a pause beyond kWholePause_s takes only
/// kPressed of its length.
class Axis {
 public:
  Axis(const std::vector<Mark>& marks, double end_s) {
    std::vector<double> times{0, end_s};
    for (const Mark& mark : marks) {
      if (mark.style.starts_with("wire")) continue;  // polling never pauses
      times.push_back(seconds(mark.from));
      times.push_back(seconds(mark.until));
    }
    std::sort(times.begin(), times.end());
    double along = 0;
    for (const double time : times) {
      if (!knots_.empty()) along += length_of(time - knots_.back().time);
      knots_.push_back({time, along});
    }
  }

  /// 0 at the start, 1 at the end.
  [[nodiscard]] double place_of(double time) const {
    const auto after = std::lower_bound(knots_.begin(), knots_.end(), time,
                                        [](const Knot& k, double t) { return k.time < t; });
    if (after == knots_.begin()) return 0;
    if (after == knots_.end()) return 1;
    const Knot& before = *(after - 1);
    const double part = (time - before.time) / (after->time - before.time);
    const double whole = knots_.back().along;
    return whole <= 0 ? 0 : (before.along + part * (after->along - before.along)) / whole;
  }

 private:
  static constexpr double kWholePause_s = 1.0;
  static constexpr double kPressed = 0.12;
  struct Knot {
    double time;
    double along;
  };
  static double length_of(double pause_s) {
    return pause_s <= kWholePause_s ? pause_s
                                    : kWholePause_s + kPressed * (pause_s - kWholePause_s);
  }
  std::vector<Knot> knots_;
};

/// Ticks stand at multiples of this, where there is room.
double tick_of(double length_s) {
  if (length_s <= 10) return 0.5;
  if (length_s <= 120) return 1;
  return length_s <= 900 ? 5 : 30;
}

std::string tick_label(double s) {
  if (s < 60) return fmt::format("{:g} s", s);
  const auto minutes = static_cast<int>(s / 60);
  const double rest = s - 60 * minutes;
  return rest == 0 ? fmt::format("{} min", minutes) : fmt::format("{}:{:02.0f}", minutes, rest);
}

class Drawing {
 public:
  Drawing(const std::vector<Mark>& marks, Nanos end)
      : end_s_(std::max(seconds(end), 0.001)), axis_(marks, end_s_) {}

  void axis(std::size_t lanes) {
    const double bottom = kTop + kLane * static_cast<double>(lanes);
    const double tick = tick_of(end_s_);
    double last = -1000;
    for (int i = 0; tick * i <= end_s_; ++i) {
      const double x = x_of(tick * i);
      if (x - last < kTickRoom) continue;
      last = x;
      svg_ += fmt::format(
          R"(<line class="rule" x1="{:.1f}" x2="{:.1f}" y1="{}" y2="{}"/><text class="tick" x="{:.1f}" y="12">{}</text>)",
          x, x, kTop - 4, bottom, x + 2, tick_label(tick * i));
    }
  }

  void lane(const std::string& name, std::size_t row) {
    const double y = kTop + kLane * static_cast<double>(row);
    svg_ += fmt::format(
        R"(<line class="rule" x1="0" x2="{}" y1="{:.1f}" y2="{:.1f}"/><text class="lane" x="0" y="{:.1f}">{}</text>)",
        kWidth, y, y, y + 15, escape_markup(label_of(name)));
  }

  void mark(const Mark& mark, std::size_t row) {
    const double top = kTop + kLane * static_cast<double>(row) + (kLane - kBar) / 2;
    const double from = x_of(seconds(mark.from));
    const double width = x_of(seconds(mark.until)) - from;
    const std::string title = fmt::format("<title>{}</title>", escape_markup(mark.tip));
    const bool point = mark.from == mark.until && !mark.style.starts_with("wire");
    if (point) {
      svg_ += fmt::format(R"(<circle class="m-{}" cx="{:.1f}" cy="{:.1f}" r="4">{}</circle>)",
                          mark.style, from, top + kBar / 2, title);
      return;
    }
    // The two directions of a wire share a lane, one above the other.
    const bool wire = mark.style.starts_with("wire");
    const double height = wire ? kBar / 2 - 0.5 : kBar;
    const double y = mark.style == "wire_in" ? top + kBar / 2 + 0.5 : top;
    svg_ += fmt::format(
        R"(<rect class="m-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="{}">{}</rect>)",
        mark.style, from, y, std::max(width, wire ? 1.5 : 2.0), height, wire ? 0 : 2, title);
    label(mark, from, width, top);
  }

  std::string finish(std::size_t lanes) const {
    return fmt::format(
        R"(<svg class="timeline" viewBox="0 0 {} {:.0f}" role="img" aria-label="timeline">{}</svg>)",
        kWidth, kTop + kLane * static_cast<double>(lanes) + 4, svg_);
  }

 private:
  double x_of(double s) const {
    return kLabelWidth + axis_.place_of(s) * (kWidth - kLabelWidth - 8);
  }

  void label(const Mark& mark, double from, double width, double top) {
    if (mark.label.empty()) return;
    const auto room = static_cast<std::size_t>(std::max(0.0, (width - 6) / kCharWidth));
    if (room < 4) return;
    std::string text = mark.label;
    if (text.size() > room) text = text.substr(0, room - 1) + "…";
    const char* style = mark.style == "fault" ? "" : " class=\"inside\"";
    svg_ += fmt::format(R"(<text{} x="{:.1f}" y="{:.1f}" pointer-events="none">{}</text>)", style,
                        from + 4, top + 11, escape_markup(text));
  }

  double end_s_;
  Axis axis_;
  std::string svg_;
};

}  // namespace

std::string timeline_svg(const ScenarioResult& result) {
  if (result.marks.empty()) return {};
  std::vector<std::string> lanes;
  for (const Mark& mark : result.marks) {
    if (std::find(lanes.begin(), lanes.end(), mark.lane) == lanes.end()) lanes.push_back(mark.lane);
  }
  std::stable_sort(lanes.begin(), lanes.end(),
                   [](const auto& a, const auto& b) { return rank_of(a) < rank_of(b); });
  std::map<std::string, std::size_t> rows;
  Drawing drawing(result.marks, result.virtual_time);
  drawing.axis(lanes.size());
  for (std::size_t row = 0; row < lanes.size(); ++row) {
    rows[lanes[row]] = row;
    drawing.lane(lanes[row], row);
  }
  for (const Mark& mark : result.marks) drawing.mark(mark, rows[mark.lane]);
  return drawing.finish(lanes.size());
}

}  // namespace cardrig::scenario
