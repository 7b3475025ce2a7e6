// Pictures of cards for reports and docs: a drawn portrait in the place of the photograph, and a
// masked number in the place of the number.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fixtures/people/people.h"
#include "kiosk/runtime/picture.h"

namespace cardrig::scenario {

class DrawnCards {
 public:
  explicit DrawnCards(const std::vector<fixtures::PersonFixture>& people) : people_(people) {}

  /// `face` (1016 × 648 BGR) as it may be shown, watermark and all; a colour that is not printed on
  /// it yet stays unprinted. Null if the person is unknown or the picture is not a card's.
  [[nodiscard]] PicturePtr make_presentable(const PicturePtr& face, const std::string& person_id);

 private:
  struct Patch {
    int x_px = 0, y_px = 0;
    Picture pixels;
  };
  using Patches = std::vector<Patch>;
  const Patches* patches_of(const std::string& person_id);

  const std::vector<fixtures::PersonFixture>& people_;
  std::map<std::string, Patches> patches_;
};

}  // namespace cardrig::scenario
