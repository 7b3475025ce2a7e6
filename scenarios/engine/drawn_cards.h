// Pictures of cards with a drawn portrait in the place of the photograph, for reports and docs.
#pragma once

#include <map>
#include <string>

#include "fixtures/people/people.h"
#include "kiosk/runtime/picture.h"

namespace cardrig::scenario {

class DrawnCards {
 public:
  explicit DrawnCards(const std::vector<fixtures::PersonFixture>& people) : people_(people) {}

  /// `face` (1016 × 648 BGR) with the person's drawn portrait, watermark and all; null if the
  /// person is unknown or the picture is not a card's.
  [[nodiscard]] PicturePtr replace_photo(const PicturePtr& face, const std::string& person_id);

 private:
  struct Patch {
    int x_px = 0, y_px = 0;
    Picture pixels;
  };
  const Patch* patch_of(const std::string& person_id);

  const std::vector<fixtures::PersonFixture>& people_;
  std::map<std::string, Patch> patches_;
};

}  // namespace cardrig::scenario
