#include "scenarios/engine/screen_album.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include "scenarios/engine/pictures.h"

namespace cardrig::scenario {
namespace {

constexpr int kWidth_px = 270;  // a quarter of the kiosk's screen: its sentence can be read

void add(std::string& content, const flow::Text& text) {
  content += text.key;
  for (const auto& [name, value] : text.values) content += '\1' + name + '\2' + value;
  content += '\n';
}

/// When the screen came up: its countdown is full, its bar at the start.
Nanos start_of(const flow::Screen& screen) {
  if (screen.ends_at) return *screen.ends_at - screen.total;
  return screen.progress_since;
}

}  // namespace

std::string content_of(const flow::Screen& screen, flow::Language language) {
  std::string content =
      fmt::format("{} {} {} {} {} {} {} {}\n", screen.id, static_cast<int>(language),
                  static_cast<int>(screen.step), static_cast<int>(screen.tone),
                  static_cast<int>(screen.illustration), screen.staff_code,
                  screen.ends_at.has_value(), screen.progress);
  add(content, screen.title);
  add(content, screen.sentence);
  for (const auto& text : screen.details) add(content, text);
  for (const auto& button : screen.buttons) {
    content += fmt::format("{} {} {} ", button.key, button.main, button.enabled);
    add(content, button.label);
    add(content, button.note);
  }
  if (screen.picture) {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(screen.picture->pixels.data(), screen.picture->pixels.size(), digest);
    content.append(reinterpret_cast<const char*>(digest), sizeof digest);
    content += screen.picture_is_camera ? "camera" : "picture";
  }
  return content;
}

std::string ScreenAlbum::add(PictureStore& store, const flow::Screen& screen,
                             flow::Language language) {
  const std::string content = content_of(screen, language);
  auto it = drawn_.find(content);
  if (it == drawn_.end()) {
    PictureStore one;
    const std::string key =
        store_picture(one, draw_(screen, language, start_of(screen)), kWidth_px, false);
    if (key.empty()) return {};
    it = drawn_.emplace(content, std::pair{key, std::move(one.at(key))}).first;
  }
  store.emplace(it->second.first, it->second.second);
  return it->second.first;
}

}  // namespace cardrig::scenario
