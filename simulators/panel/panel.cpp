// The panel as a program: a window, or a photograph.
#include "simulators/panel/panel.h"

#include <SDL2/SDL.h>

#include <fstream>
#include <ostream>
#include <stdexcept>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/real_loop.h"
#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

using namespace std::chrono_literals;

namespace {

constexpr Nanos kFrame = 16ms;
constexpr double kStepOfGoodPath_s = 0.25;

std::unique_ptr<scenario::RigAssets> load(const PanelArgs& args, std::ostream& err) {
  auto assets = scenario::load_rig_assets(args.root, args.engine);
  if (assets) return std::move(*assets);
  err << "the panel needs the simulated people and the face models: " << assets.error().detail
      << '\n';
  return nullptr;
}

// What a person does on the good path, screen by screen.
void act_good_path(Run& run) {
  const flow::Screen* screen = run.rig().screen();
  if (screen == nullptr) return;
  if (screen->id == "consent") run.send("kiosk.touch", {{"button", "agree"}});
  if (screen->id == "preview") run.send("kiosk.touch", {{"button", "print"}});
  if (screen->id == "take_card") run.send("world.take_card", {{"person", "p01"}});
}

int photograph(const PanelArgs& args, Run& run, std::ostream& err) {
  screen::Canvas canvas(args.width_px, args.height_px);
  PanelViewOptions options;
  options.drawn_portraits = true;
  options.kiosk_only = args.kiosk_only;
  PanelView view(canvas, run, options);
  run.rig().run_until(3s);
  run.send("platform.permit", {{"id", "panel-1"}, {"person", "p01"}, {"item", "2.1"}});
  const nlohmann::json subject = {{"kind", "person"}, {"person", "p01"}};
  run.send("world.subjects", {{"subjects", nlohmann::json::array({subject})}});
  run.send("world.place_document", {{"document", "p01.resident"}});
  for (double t = 0; t < args.screenshot_after_s; t += kStepOfGoodPath_s) {
    run.rig().run_until(run.rig().now() + 250ms);
    act_good_path(run);
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
  for (const auto& person : run.rig().assets().people) {
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
  Run run(*assets, args.seed);
  if (!args.screenshot.empty()) return photograph(args, run, err);
  try {
    screen::Canvas canvas("cardrig", args.width_px, args.height_px, true);
    SDL_StartTextInput();
    PanelViewOptions options;
    options.kiosk_only = args.kiosk_only;
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
