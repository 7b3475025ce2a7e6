// Takes the scene out of the world.
#include "simulators/camera/scene.h"

namespace cardrig::sim {

namespace {

SubjectKind kind_of(const std::string& word) {
  if (word == "printed_photo") return SubjectKind::kPrintedPhoto;
  if (word == "screen") return SubjectKind::kScreen;
  return SubjectKind::kPerson;
}

}  // namespace

CameraScene scene_of(const World& world) {
  CameraScene scene;
  for (const Subject& subject : world.subjects()) {
    scene.subjects.push_back(CameraSubject{kind_of(subject.kind), subject.person_id,
                                           subject.distance_m, subject.offset_m});
  }
  scene.light = world.light();
  return scene;
}

}  // namespace cardrig::sim
