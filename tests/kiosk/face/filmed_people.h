// The simulated people as tests of faces need them: filmed, and with their photos off the chip.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "fixtures/people/people.h"
#include "kiosk/devices/id_reader/photo_decoder.h"
#include "simulators/camera/scene.h"
#include "simulators/id_reader/stand_in_photo_encoder.h"

namespace cardrig::test {

inline const std::vector<fixtures::PersonFixture>& people() {
  static const std::vector<fixtures::PersonFixture> loaded = [] {
    auto result = fixtures::load_people();
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().detail);
    return result ? std::move(*result) : std::vector<fixtures::PersonFixture>();
  }();
  return loaded;
}

inline sim::CameraSubject person(const std::string& id, double distance_m = 0.6,
                                 double offset_m = 0) {
  return sim::CameraSubject{sim::SubjectKind::kPerson, id, distance_m, offset_m};
}

inline Picture film(const sim::CameraScene& scene, int width_px = 640, int height_px = 480) {
  const sim::ScenePainter painter(sim::PainterConfig{width_px, height_px, 65, 1},
                                  fixtures::portrait_source(people()));
  return painter.draw(scene, sim::Portraits::kPhotographs, 1);
}

inline Picture film(const std::vector<sim::CameraSubject>& subjects) {
  sim::CameraScene scene;
  scene.subjects = subjects;
  return film(scene);
}

/// The photo as the kiosk gets it: coded for the chip and decoded.
inline Picture chip_photo(const fixtures::PersonFixture& person) {
  const auto photo = id_reader::decode_stand_in(sim::encode_stand_in_photo(*person.id_photo));
  EXPECT_TRUE(photo.has_value());
  return photo ? *photo : Picture();
}

}  // namespace cardrig::test
