// The kiosk's own screen within the panel, to be touched.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kiosk/flow/screen_json.h"
#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

void PanelView::draw_kiosk_texture(int width_px, int height_px) {
  const flow::Screen* shown = run_.rig().screen();
  if (shown == nullptr) {
    kiosk_texture_ = {};
    kiosk_signature_.clear();
    renderer_.reset();
    return;
  }
  // A ring or bar moves five times a second; everything else changes with the screen.
  std::string signature =
      fmt::format("{} {} {}", flow::screen_to_json(*shown, false).dump(),
                  fmt::ptr(shown->picture.get()), static_cast<int>(run_.language()));
  if (shown->ends_at || shown->progress_goal >= 0) {
    signature += fmt::format(" {}", run_.screen_time() / std::chrono::milliseconds(200));
  }
  if (signature == kiosk_signature_ && renderer_) return;
  kiosk_signature_ = signature;
  if (!renderer_) {
    screen::RenderOptions options;
    options.width_px = width_px;
    options.height_px = height_px;
    renderer_ = std::make_unique<screen::ScreenRenderer>(options);
  }
  // What a live kiosk's camera sees now is asked of the simulators.
  const bool live_picture = run_.is_live() && shown->picture_is_camera;
  const bool drawn = options_.drawn_portraits || live_picture;
  const flow::Screen screen = drawn ? run_.rig().drawn(*shown) : *shown;
  kiosk_texture_ = canvas_.texture(renderer_->draw(screen, run_.language(), run_.screen_time()));
}

void PanelView::kiosk_screen() {
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float width = std::floor(std::min(room.x, room.y * 9 / 16));
  const float height = std::floor(width * 16 / 9);
  const ImVec2 from = ImGui::GetCursorScreenPos();
  if (renderer_ && kiosk_texture_ &&
      (kiosk_texture_.width_px() != static_cast<int>(width) ||
       kiosk_texture_.height_px() != static_cast<int>(height))) {
    renderer_.reset();
  }
  draw_kiosk_texture(static_cast<int>(width), static_cast<int>(height));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 to(from.x + width, from.y + height);
  if (!kiosk_texture_) {
    list.AddRectFilled(from, to, IM_COL32(0, 0, 0, 255), 6);
    list.AddText(ImVec2(from.x + 24, from.y + 24), tint().muted, "The kiosk has no power.");
    return;
  }
  list.AddImage(kiosk_texture_.id(), from, to);
  kiosk_area_ = {from.x, from.y, width, height};
  ImGui::InvisibleButton("touch", ImVec2(width, height));
  if (!ImGui::IsItemClicked()) return;
  const ImVec2 at = ImGui::GetIO().MousePos;
  const std::string key =
      renderer_->hit_test(static_cast<int>(at.x - from.x), static_cast<int>(at.y - from.y));
  if (!key.empty()) run_.send("kiosk.touch", {{"button", key}});
}

}  // namespace cardrig::panel
