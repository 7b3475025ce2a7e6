// The album: the pictures of docs/screens.md, and the page itself. They are documentation and
// golden pictures in one: a test draws them anew and compares.
#pragma once

#include <string>
#include <vector>

#include "kiosk/screen/screen_renderer.h"
#include "tests/kiosk/screen/gallery.h"

namespace cardrig::screen::testing {

inline constexpr const char* kAlbumFolder = "docs/images/screens";
inline constexpr const char* kAlbumPage = "docs/screens.md";

/// One way of showing screens; its pictures lie in a folder of its own.
struct Chapter {
  std::string folder;
  std::string heading;
  std::string words;  ///< what is to be seen
  RenderOptions options;
  std::vector<std::string> samples;  ///< names; empty: all
};

/// Portrait and landscape with every screen, large text and the dark hall with some.
[[nodiscard]] std::vector<Chapter> chapters();
[[nodiscard]] bool is_in(const Chapter& chapter, const Sample& sample);
/// Below the album's folder.
[[nodiscard]] std::string picture_name(const Chapter& chapter, const Sample& sample,
                                       flow::Language language);
/// The whole screen as a kiosk shows it, shrunk.
[[nodiscard]] Picture photograph(ScreenRenderer& renderer, const Sample& sample,
                                 const Chapter& chapter, flow::Language language);
/// The page in Markdown.
[[nodiscard]] std::string album_page();
/// As small as PNG gets. Throws std::runtime_error if the file cannot be written.
void write_png(const std::string& path, const Picture& picture);
/// All pictures and the page, below `root`. Returns how many pictures there are.
int write_album(const std::string& root);

}  // namespace cardrig::screen::testing
