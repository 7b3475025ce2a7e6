// Finds where photo and number stand by drawing a card with and without them, and patches there.
#include "scenarios/engine/drawn_cards.h"

#include <algorithm>
#include <array>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/masking.h"

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

Rect unite(const Rect& a, const Rect& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

Picture cut(const Picture& from, const Rect& r) {
  Picture part{r.right - r.left, r.bottom - r.top, 3, {}};
  for (int y = r.top; y < r.bottom; ++y) {
    const auto* row = &from.pixels[index_of(from, r.left, y)];
    part.pixels.insert(part.pixels.end(), row, row + part.width_px * 3);
  }
  return part;
}

/// A channel that is white everywhere belongs to a colour that the ribbon has not printed yet.
std::array<bool, 3> printed_channels(const Picture& face) {
  std::array<bool, 3> printed{};
  for (std::size_t i = 0; i < face.pixels.size(); ++i) {
    if (face.pixels[i] != 255) printed[i % 3] = true;
  }
  return printed;
}

}  // namespace

const DrawnCards::Patches* DrawnCards::patches_of(const std::string& person_id) {
  const auto known = patches_.find(person_id);
  if (known != patches_.end()) return &known->second;
  const auto* person = fixtures::find_person(people_, person_id);
  if (person == nullptr || !person->drawn_id_photo) return nullptr;
  const auto draw = [](const std::string& number, const PicturePtr& photo) {
    certificate::Certificate blank;
    blank.number = number;
    blank.photo = photo;
    return certificate::draw_card_front(blank);
  };
  const Picture nothing = draw("", nullptr);
  const Picture photo = draw("", person->drawn_id_photo);
  const Picture number = draw("T" + person->number, nullptr);
  const Picture masked = draw("T" + mask_number(person->number), nullptr);
  const Rect photo_at = difference(nothing, photo);
  const Rect number_at = unite(difference(nothing, number), difference(nothing, masked));
  CARDRIG_CHECK(photo_at.right > photo_at.left && number_at.right > number_at.left);
  Patches patches{{photo_at.left, photo_at.top, cut(photo, photo_at)},
                  {number_at.left, number_at.top, cut(masked, number_at)}};
  return &patches_.emplace(person_id, std::move(patches)).first->second;
}

PicturePtr DrawnCards::make_presentable(const PicturePtr& face, const std::string& person_id) {
  if (!face || face->width_px != certificate::kCardWidth_px ||
      face->height_px != certificate::kCardHeight_px || face->channels != 3) {
    return nullptr;
  }
  const Patches* patches = patches_of(person_id);
  if (patches == nullptr) return nullptr;
  auto copy = std::make_shared<Picture>(*face);
  const auto printed = printed_channels(*face);
  for (const Patch& patch : *patches) {
    const Picture& from = patch.pixels;
    for (std::size_t i = 0; i < from.pixels.size(); ++i) {
      const int pixel = static_cast<int>(i / 3);
      const auto at =
          index_of(*copy, patch.x_px + pixel % from.width_px, patch.y_px + pixel / from.width_px);
      copy->pixels[at + i % 3] = printed[i % 3] ? from.pixels[i] : 255;
    }
  }
  return copy;
}

}  // namespace cardrig::scenario
