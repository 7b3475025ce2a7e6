// Drawing and writing the album.
#include "tests/kiosk/screen/album.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

#include "kiosk/runtime/picture_view.h"
#include "kiosk/screen/picture_tools.h"

namespace cardrig::screen::testing {

using flow::Language;

namespace {

constexpr int kShort_px = 1080, kLong_px = 1920;
constexpr int kShrunk = 3;

RenderOptions portrait(PaintOptions paint = {}) { return {kShort_px, kLong_px, paint}; }

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

std::string image(const Chapter& chapter, const Sample& sample, Language language) {
  return "![" + sample.name + "](images/screens/" + picture_name(chapter, sample, language) + ")";
}

std::string title(const Sample& sample, Language language) {
  return render_text(sample.screen.title, language);
}

std::string table(const Chapter& chapter, const std::vector<Sample>& all) {
  std::string text = "| screen | 中文 | English |\n| --- | --- | --- |\n";
  for (const Sample& sample : all) {
    if (!is_in(chapter, sample)) continue;
    text += "| `" + sample.name + "`<br>" + title(sample, Language::kChinese) + "<br>" +
            title(sample, Language::kEnglish) + " | " + image(chapter, sample, Language::kChinese) +
            " | " + image(chapter, sample, Language::kEnglish) + " |\n";
  }
  return text;
}

}  // namespace

std::vector<Chapter> chapters() {
  return {
      {"portrait", "Portrait, 1080 × 1920", "Every screen.", portrait(), {}},
      {"landscape",
       "Landscape, 1920 × 1080",
       "The same blocks side by side.",
       {kLong_px, kShort_px, {}},
       {}},
      {"large",
       "Large text",
       "One step up everywhere; what can be touched stays in its place.",
       portrait({true, false}),
       {"consent", "choose"}},
      {"dark",
       "Dark hall",
       "`\"display\": {\"dark\": true}` in the profile.",
       portrait({false, true}),
       {"welcome", "face"}},
  };
}

bool is_in(const Chapter& chapter, const Sample& sample) {
  const auto& names = chapter.samples;
  return names.empty() || std::find(names.begin(), names.end(), sample.name) != names.end();
}

std::string picture_name(const Chapter& chapter, const Sample& sample, Language language) {
  return chapter.folder + "/" + sample.name + (language == Language::kChinese ? "_zh" : "_en") +
         ".png";
}

std::string album_page() {
  std::string page =
      "# The kiosk's screens\n"
      "\n"
      "Every screen in both languages and orientations, at a third of its size, at rest and with "
      "a\n"
      "drawn person before the camera. `tools/pictures screens` draws the pictures and writes "
      "this\n"
      "page; a test draws them anew and compares (`ScreenGolden` in `tests/kiosk/screen`).\n"
      "\n"
      "What is on a screen is data (`kiosk/flow/screens.h`), its words are in one table by key\n"
      "(`kiosk/flow/texts.cpp`), and `kiosk/screen` lays it out and draws it. Tests measure what "
      "is\n"
      "drawn: nothing that can be touched is smaller than 112 px or nearer than 24 px to its\n"
      "neighbour, no text is cut off, every ink has the contrast of WCAG AA on its ground, no\n"
      "character is missing, and no sentence has more than 16 characters.\n";
  const std::vector<Sample> all = samples();
  for (const Chapter& chapter : chapters()) {
    page += "\n## " + chapter.heading + "\n\n" + chapter.words + "\n\n" + table(chapter, all);
  }
  return page;
}

Picture photograph(ScreenRenderer& renderer, const Sample& sample, const Chapter& chapter,
                   Language language) {
  flow::Screen screen = sample.screen;
  if (chapter.options.paint.large_text) {
    for (flow::Button& button : screen.buttons) {
      if (button.key == flow::kTextSizeButton) button.label.key = "button.usual_text";
    }
  }
  const Picture whole = renderer.draw(screen, language, kPhotographedAt);
  return scaled(whole, whole.width_px / kShrunk, whole.height_px / kShrunk);
}

void write_png(const std::string& path, const Picture& picture) {
  if (!cv::imwrite(path, view_of(picture),
                   {cv::IMWRITE_PNG_COMPRESSION, 9, cv::IMWRITE_PNG_STRATEGY,
                    cv::IMWRITE_PNG_STRATEGY_DEFAULT})) {
    throw std::runtime_error("cannot write " + path);
  }
}

int write_album(const std::string& root) {
  const std::vector<Sample> all = samples();
  int count = 0;
  for (const Chapter& chapter : chapters()) {
    const std::string folder = root + "/" + kAlbumFolder + "/" + chapter.folder;
    std::filesystem::remove_all(folder);  // pictures of screens that are gone
    std::filesystem::create_directories(folder);
    ScreenRenderer renderer(chapter.options);
    for (const Sample& sample : all) {
      if (!is_in(chapter, sample)) continue;
      for (const Language language : {Language::kChinese, Language::kEnglish}) {
        const std::string name = picture_name(chapter, sample, language);
        write_png(root + "/" + kAlbumFolder + "/" + name,
                  photograph(renderer, sample, chapter, language));
        ++count;
      }
    }
  }
  write_text(root + "/" + kAlbumPage, album_page());
  return count;
}

}  // namespace cardrig::screen::testing
