// Pictures of cards for reports and docs: a drawn portrait in the place of the photograph, and a
// masked number in the place of the number. Whose they are is read off the card itself, so that a
// card which the kiosk printed for the wrong person shows the wrong person in the report, too.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fixtures/people/people.h"
#include "kiosk/runtime/picture.h"

namespace cardrig::scenario {

class DrawnCards {
 public:
  explicit DrawnCards(const std::vector<fixtures::PersonFixture>& people) : people_(people) {}

  /// `face` (1016 × 648 BGR) as it may be shown, watermark and all; a colour that is not printed on
  /// it yet stays unprinted. A photograph or number that is nobody's leaves an empty frame or "T?".
  /// `likely` is only where the search begins. Null if the picture is not a card's.
  [[nodiscard]] PicturePtr make_presentable(const PicturePtr& face, const std::string& likely);

 private:
  struct Area {
    int left = 0, top = 0, right = 0, bottom = 0;
  };
  /// What stands in the two areas of a card, as it is printed and as it may be shown.
  struct Marks {
    Picture photo, shown_photo, number, shown_number;
  };

  void find_areas();
  const Marks& marks_of(const fixtures::PersonFixture& person);
  /// Everybody, `likely` first.
  [[nodiscard]] std::vector<const fixtures::PersonFixture*> in_order(
      const std::string& likely) const;

  const std::vector<fixtures::PersonFixture>& people_;
  std::optional<Area> photo_at_, number_at_;
  Marks nobody_;
  std::map<std::string, Marks> marks_;
};

}  // namespace cardrig::scenario
