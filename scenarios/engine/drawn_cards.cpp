// Finds where photo and number stand by drawing a card with and without them; compares what is
// printed there with what a card of each person shows there, and patches.
#include "scenarios/engine/drawn_cards.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/masking.h"

namespace cardrig::scenario {

namespace {

using fixtures::PersonFixture;
using Printed = std::array<bool, 3>;

/// Mean difference of a colour value up to which two photographs are the same one: the platform
/// sends it as JPEG.
constexpr double kSamePhoto = 8;

Picture draw(const std::string& number, const PicturePtr& photo) {
  certificate::Certificate blank;
  blank.number = number;
  blank.photo = photo;
  return certificate::draw_card_front(blank);
}

std::size_t index_of(const Picture& p, int x, int y) {
  return (static_cast<std::size_t>(y) * static_cast<std::size_t>(p.width_px) +
          static_cast<std::size_t>(x)) *
         3;
}

template <class Area>
Area difference(const Picture& a, const Picture& b) {
  Area r{a.width_px, a.height_px, 0, 0};
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
  CARDRIG_CHECK(r.right > r.left && r.bottom > r.top);
  return r;
}

template <class Area>
Picture cut(const Picture& from, const Area& r) {
  Picture part{r.right - r.left, r.bottom - r.top, 3, {}};
  for (int y = r.top; y < r.bottom; ++y) {
    const auto* row = &from.pixels[index_of(from, r.left, y)];
    part.pixels.insert(part.pixels.end(), row, row + part.width_px * 3);
  }
  return part;
}

template <class Area>
void paste(Picture& card, const Picture& part, const Area& at, const Printed& printed) {
  for (std::size_t i = 0; i < part.pixels.size(); ++i) {
    const int pixel = static_cast<int>(i / 3);
    const auto to = index_of(card, at.left + pixel % part.width_px, at.top + pixel / part.width_px);
    card.pixels[to + i % 3] = printed[i % 3] ? part.pixels[i] : 255;
  }
}

/// A channel that is white everywhere belongs to a colour that the ribbon has not printed yet.
Printed printed_channels(const Picture& face) {
  Printed printed{};
  for (std::size_t i = 0; i < face.pixels.size(); ++i) {
    if (face.pixels[i] != 255) printed[i % 3] = true;
  }
  return printed;
}

/// Mean difference over the colours that are printed; 0 if none is.
double distance(const Picture& a, const Picture& b, const Printed& printed) {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    if (!printed[i % 3]) continue;
    sum += std::abs(int{a.pixels[i]} - int{b.pixels[i]});
    ++count;
  }
  return count == 0 ? 0 : sum / count;
}

}  // namespace

void DrawnCards::find_areas() {
  if (photo_at_) return;
  const Picture nothing = draw("", nullptr);
  // Of the shape of an ID photograph, so that it fills the frame as one does.
  constexpr int kWidth_px = 102, kHeight_px = 126;
  const auto black = std::make_shared<const Picture>(
      Picture{kWidth_px, kHeight_px, 3,
              std::vector<std::uint8_t>(std::size_t{kWidth_px} * kHeight_px * 3, 0)});
  photo_at_ = difference<Area>(nothing, draw("", black));
  // A number that is too long is squeezed into the whole line; every sign has its own height.
  const auto line = difference<Area>(nothing, draw(std::string(80, '8'), nullptr));
  const auto signs = difference<Area>(nothing, draw("T*X?0123456789", nullptr));
  number_at_ = Area{std::min(line.left, signs.left), std::min(line.top, signs.top),
                    std::max(line.right, signs.right), std::max(line.bottom, signs.bottom)};
  nobody_ = {cut(nothing, *photo_at_), cut(nothing, *photo_at_), cut(nothing, *number_at_),
             cut(draw("T?", nullptr), *number_at_)};
}

const DrawnCards::Marks& DrawnCards::marks_of(const PersonFixture& person) {
  const auto known = marks_.find(person.id);
  if (known != marks_.end()) return known->second;
  const PicturePtr& drawn = person.drawn_id_photo;
  const Picture real = draw("T" + person.number, person.id_photo ? person.id_photo : drawn);
  const Picture shown = draw("T" + mask_number(person.number), drawn);
  Marks marks{cut(real, *photo_at_), cut(shown, *photo_at_), cut(real, *number_at_),
              cut(shown, *number_at_)};
  return marks_.emplace(person.id, std::move(marks)).first->second;
}

std::vector<const PersonFixture*> DrawnCards::in_order(const std::string& likely) const {
  std::vector<const PersonFixture*> order;
  for (const auto& person : people_) order.push_back(&person);
  std::stable_partition(order.begin(), order.end(),
                        [&](const auto* person) { return person->id == likely; });
  return order;
}

PicturePtr DrawnCards::make_presentable(const PicturePtr& face, const std::string& likely) {
  if (!face || face->width_px != certificate::kCardWidth_px ||
      face->height_px != certificate::kCardHeight_px || face->channels != 3) {
    return nullptr;
  }
  find_areas();
  const auto printed = printed_channels(*face);
  const Picture photo = cut(*face, *photo_at_);
  const Picture number = cut(*face, *number_at_);
  const Marks* photo_of = distance(photo, nobody_.photo, printed) == 0 ? &nobody_ : nullptr;
  const Marks* number_of = distance(number, nobody_.number, printed) == 0 ? &nobody_ : nullptr;
  for (const auto* person : in_order(likely)) {
    if (photo_of != nullptr && number_of != nullptr) break;
    const Marks& marks = marks_of(*person);
    if (photo_of == nullptr && distance(photo, marks.photo, printed) < kSamePhoto) {
      photo_of = &marks;
    }
    if (number_of == nullptr && distance(number, marks.number, printed) == 0) number_of = &marks;
  }
  auto copy = std::make_shared<Picture>(*face);
  paste(*copy, (photo_of != nullptr ? *photo_of : nobody_).shown_photo, *photo_at_, printed);
  paste(*copy, (number_of != nullptr ? *number_of : nobody_).shown_number, *number_at_, printed);
  return copy;
}

}  // namespace cardrig::scenario
