// Photographs every sample screen.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <string>

#include "tests/kiosk/screen/album.h"

namespace {

using namespace cardrig;

constexpr const char* kUsage =
    "usage: screen_gallery --album                             docs/screens.md and its pictures,\n"
    "                                                          below the folder of the project\n"
    "       screen_gallery DIR [WIDTH HEIGHT [dark] [large]]   every screen at that size\n";

void photograph(const std::string& folder, const screen::RenderOptions& options) {
  std::filesystem::create_directories(folder);
  screen::ScreenRenderer renderer(options);
  for (const auto& sample : screen::testing::samples()) {
    for (const auto language : {flow::Language::kChinese, flow::Language::kEnglish}) {
      const std::string path = folder + "/" + sample.name +
                               (language == flow::Language::kChinese ? "_zh" : "_en") + ".png";
      screen::testing::write_png(
          path, renderer.draw(sample.screen, language, screen::testing::kPhotographedAt));
      std::printf("%s\n", path.c_str());
    }
  }
}

int run(int argc, char** argv) {
  if (argc < 2) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  if (std::strcmp(argv[1], "--album") == 0) {
    const char* root = std::getenv("CARDRIG_ROOT");
    const int count = screen::testing::write_album(root != nullptr ? root : ".");
    std::printf("%d pictures in %s\n", count, screen::testing::kAlbumFolder);
    return 0;
  }
  screen::RenderOptions options;
  if (argc > 3) {
    options.width_px = std::atoi(argv[2]);
    options.height_px = std::atoi(argv[3]);
  }
  for (int i = 4; i < argc; ++i) {
    if (std::strcmp(argv[i], "dark") == 0) options.paint.dark = true;
    if (std::strcmp(argv[i], "large") == 0) options.paint.large_text = true;
  }
  photograph(argv[1], options);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "screen_gallery: %s\n", error.what());
    return 1;
  }
}
