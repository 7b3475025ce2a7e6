// Loading people and nets, once a process.
#include "scenarios/engine/rig_assets.h"

namespace cardrig::scenario {

Result<std::unique_ptr<RigAssets>, AssetsReason> load_rig_assets(const std::string& root,
                                                                 const std::string& engine) {
  auto assets = std::make_unique<RigAssets>();
  auto people = fixtures::load_people(root + "/" + fixtures::kPeopleFolder);
  if (!people) return fail(AssetsReason::kPeopleMissing, people.error().detail);
  assets->people = std::move(*people);
  auto made = face::make_engine(engine, root + "/.cache/models");
  if (!made) return fail(AssetsReason::kModelMissing, made.error().detail);
  assets->engine = std::move(*made);
  return assets;
}

}  // namespace cardrig::scenario
