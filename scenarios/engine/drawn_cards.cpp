// Finds where the photo stands by drawing a card with and without one, and patches that part.
#include "scenarios/engine/drawn_cards.h"

#include <algorithm>

#include "kiosk/certificate/card_face.h"

namespace cardrig::scenario {

namespace {

struct Rect {
  int left = certificate::kCardWidth_px, top = certificate::kCardHeight_px, right = 0, bottom = 0;
};

std::size_t index_of(const Picture& p, int x, int y) {
  return (static_cast<std::size_t>(y) * static_cast<std::size_t>(p.width_px) +
          static_cast<std::size_t>(x)) *
         3;
}

Rect difference(const Picture& a, const Picture& b) {
  Rect r;
  for (int y = 0; y < a.height_px; ++y) {
    for (int x = 0; x < a.width_px; ++x) {
      const auto i = index_of(a, x, y);
      if (std::equal(&a.pixels[i], &a.pixels[i] + 3, &b.pixels[i])) continue;
      r.left = std::min(r.left, x);
      r.right = std::max(r.right, x + 1);
      r.top = std::min(r.top, y);
      r.bottom = std::max(r.bottom, y + 1);
    }
  }
  return r;
}

void copy_part(const Picture& from, int from_x, int from_y, Picture& to, int to_x, int to_y,
               int width, int height) {
  for (int y = 0; y < height; ++y) {
    std::copy_n(&from.pixels[index_of(from, from_x, from_y + y)], width * 3,
                &to.pixels[index_of(to, to_x, to_y + y)]);
  }
}

}  // namespace

const DrawnCards::Patch* DrawnCards::patch_of(const std::string& person_id) {
  const auto known = patches_.find(person_id);
  if (known != patches_.end()) return &known->second;
  const auto* person = fixtures::find_person(people_, person_id);
  if (person == nullptr || !person->drawn_id_photo) return nullptr;
  certificate::Certificate blank;
  blank.first_issued = blank.valid_from = blank.valid_to = blank.review_due = {2026, 1, 1};
  const Picture without = certificate::draw_card_front(blank);
  blank.photo = person->drawn_id_photo;
  const Picture with = certificate::draw_card_front(blank);
  const Rect r = difference(without, with);
  if (r.right <= r.left) return nullptr;
  Patch patch{r.left, r.top, {r.right - r.left, r.bottom - r.top, 3, {}}};
  patch.pixels.pixels.resize(static_cast<std::size_t>(patch.pixels.width_px) *
                             static_cast<std::size_t>(patch.pixels.height_px) * 3);
  copy_part(with, r.left, r.top, patch.pixels, 0, 0, patch.pixels.width_px, patch.pixels.height_px);
  return &patches_.emplace(person_id, std::move(patch)).first->second;
}

PicturePtr DrawnCards::replace_photo(const PicturePtr& face, const std::string& person_id) {
  if (!face || face->width_px != certificate::kCardWidth_px ||
      face->height_px != certificate::kCardHeight_px || face->channels != 3) {
    return nullptr;
  }
  const Patch* patch = patch_of(person_id);
  if (patch == nullptr) return nullptr;
  auto copy = std::make_shared<Picture>(*face);
  copy_part(patch->pixels, 0, 0, *copy, patch->x_px, patch->y_px, patch->pixels.width_px,
            patch->pixels.height_px);
  return copy;
}

}  // namespace cardrig::scenario
