// Photographs every sample screen: screen_gallery DIR [WIDTH HEIGHT [dark] [large]]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "kiosk/certificate/card_face.h"
#include "kiosk/screen/screen_renderer.h"
#include "tests/kiosk/screen/gallery.h"

int main(int argc, char** argv) {
  using namespace cardrig;
  if (argc < 2) {
    std::fprintf(stderr, "usage: screen_gallery DIR [WIDTH HEIGHT [dark] [large]]\n");
    return 2;
  }
  screen::RenderOptions options;
  if (argc > 3) {
    options.width_px = std::atoi(argv[2]);
    options.height_px = std::atoi(argv[3]);
  }
  for (int i = 4; i < argc; ++i) {
    if (std::string(argv[i]) == "dark") options.paint.dark = true;
    if (std::string(argv[i]) == "large") options.paint.large_text = true;
  }
  screen::ScreenRenderer renderer(options);
  for (const auto& sample : screen::testing::samples()) {
    for (const auto language : {flow::Language::kChinese, flow::Language::kEnglish}) {
      const Picture picture =
          renderer.draw(sample.screen, language, screen::testing::kPhotographedAt);
      const std::string path = std::string(argv[1]) + "/" + sample.name +
                               (language == flow::Language::kChinese ? "_zh" : "_en") + ".png";
      const auto png = certificate::encode_png(picture);
      std::ofstream(path, std::ios::binary)
          .write(reinterpret_cast<const char*>(png.data()),
                 static_cast<std::streamsize>(png.size()));
      std::printf("%s\n", path.c_str());
    }
  }
}
