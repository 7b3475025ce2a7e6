// Collects during a run what the report shows: the screens as pictures, the printed cards, the
// timeline. It draws only when a report was asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/engine/result.h"
#include "scenarios/engine/rung.h"
#include "scenarios/engine/runner.h"

namespace cardrig::scenario {

class Recorder {
 public:
  Recorder(Rung& rung, const RunOptions& options) : rung_(rung), options_(options) {}

  /// Events from this index on are new.
  void update(std::size_t first_new);
  void finish(ScenarioResult& result);

 private:
  void shown(const Event& event);
  void draw(const flow::Screen& screen);
  void draw_undrawn();
  void add_cards(ScenarioResult& result);

  Rung& rung_;
  const RunOptions& options_;
  std::vector<ScreenShot> shots_;
  std::string signature_;  // of the last shot: same texts and buttons, same shot
  // The last shot's screen while it waits for its camera picture, which comes a moment later.
  std::optional<flow::Screen> undrawn_;
  flow::Language language_ = flow::Language::kChinese;
};

/// The marks of the whole trace, lane by lane.
[[nodiscard]] std::vector<Mark> make_marks(const std::vector<Event>& events, Nanos end);

}  // namespace cardrig::scenario
