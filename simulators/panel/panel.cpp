// The panel as a program: a window, or a photograph.
#include "simulators/panel/panel.h"

#include <SDL2/SDL.h>

#include <filesystem>
#include <fstream>
#include <ostream>
#include <stdexcept>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/real_loop.h"
#include "scenarios/engine/virtual_vocabulary.h"
#include "scenarios/engine/wire_rig.h"
#include "simulators/panel/panel_view.h"
#include "simulators/panel/situations.h"

namespace cardrig::panel {

using namespace std::chrono_literals;

namespace {

constexpr Nanos kFrame = 16ms;

std::unique_ptr<scenario::RigAssets> load(const PanelArgs& args, std::ostream& err) {
  auto assets = scenario::load_rig_assets(args.root, args.engine);
  if (assets) return std::move(*assets);
  err << "the panel needs the simulated people and the face models: " << assets.error().detail
      << '\n';
  return nullptr;
}

/// The programs of the wire rung, or null: the run is virtual.
OpenLive live_rung(const PanelArgs& args, const scenario::RigAssets& assets) {
  if (args.rung == "virtual" && args.attach.empty()) return nullptr;
  scenario::WireRigOptions options;
  options.root = std::filesystem::absolute(args.root).string();
  options.engine = args.engine;
  options.timing =
      args.timing == "honest" ? scenario::WireTiming::kHonest : scenario::WireTiming::kFast;
  options.pictures = true;
  options.attach = args.attach;
  return [options, &assets](std::uint64_t seed) {
    scenario::WireRigOptions wanted = options;
    wanted.seed = seed;
    return std::make_unique<scenario::WireRig>(assets.people, wanted);
  };
}

int photograph(const PanelArgs& args, Run& run, std::ostream& err) {
  const Settings size;
  screen::Canvas canvas(args.width_px > 0 ? args.width_px : size.width_px,
                        args.height_px > 0 ? args.height_px : size.height_px);
  PanelViewOptions options;
  options.drawn_portraits = true;
  options.kiosk_only = args.kiosk_only;
  options.suite = args.root + "/scenarios/suite";
  PanelView view(canvas, run, options);
  if (!bring_about(args.situation, run, view, args.screenshot_after_s)) {
    err << "the panel knows no situation \"" << args.situation << "\"\n";
    return 2;
  }
  for (int i = 0; i < 3; ++i) view.frame(i * kFrame);
  const auto png = certificate::encode_png(canvas.picture());
  std::ofstream file(args.screenshot, std::ios::binary);
  file.write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
  if (!file) {
    err << args.screenshot << " cannot be written\n";
    return 2;
  }
  return 0;
}

/// So that a visitor who only wants to touch the kiosk finds something to be issued.
void give_everybody_a_permit(Run& run) {
  for (const auto& person : run.assets().people) {
    run.send("platform.permit",
             {{"id", "permit-" + person.id}, {"person", person.id}, {"item", "2.1"}});
  }
}

Async<void> frames(RealLoop& loop, screen::Canvas& canvas, PanelView& view) {
  for (;;) {
    const Nanos began = loop.now();
    if (!canvas.poll_window()) break;
    view.frame(began);
    co_await sleep_until(loop, began + kFrame);
  }
  loop.stop();
}

}  // namespace

int run_panel(const PanelArgs& args, std::ostream& err) {
  const auto assets = load(args, err);
  if (!assets) return 2;
  const auto vocabulary = scenario::virtual_vocabulary(args.root);
  if (!vocabulary) {
    err << "the panel needs the simulated people's data\n";
    return 2;
  }
  try {
    Run run(*assets, *vocabulary, args.seed, live_rung(args, *assets));
    if (!args.screenshot.empty()) return photograph(args, run, err);
    PanelViewOptions options;
    options.kiosk_only = args.kiosk_only;
    options.settings_file = args.kiosk_only ? "" : settings_file();
    const Settings kept = load_settings(options.settings_file);
    screen::Canvas canvas("cardrig", args.width_px > 0 ? args.width_px : kept.width_px,
                          args.height_px > 0 ? args.height_px : kept.height_px, true);
    SDL_StartTextInput();
    options.suite = args.root + "/scenarios/suite";
    PanelView view(canvas, run, options);
    if (args.kiosk_only) give_everybody_a_permit(run);
    run.playing = true;
    RealLoop loop;
    spawn(loop, frames(loop, canvas, view));
    loop.run();
  } catch (const std::runtime_error& error) {
    err << "the panel cannot be shown: " << error.what() << '\n';
    return 2;
  }
  return 0;
}

}  // namespace cardrig::panel
