// What the panel records is what a file says: every act there and back.
#include "scenarios/engine/write_act.h"

#include <gtest/gtest.h>

#include <set>

#include "scenarios/engine/acts.h"

namespace cardrig::scenario {
namespace {

using nlohmann::json;

struct Pair {
  RigMessage message;
  const char* act;
};

const std::vector<Pair>& pairs() {
  static const std::vector<Pair> all = {
      {{"world.place_document", {{"document", "p01.resident"}}},
       R"({"place_document":"p01.resident"})"},
      {{"world.lift_document", json::object()}, R"({"lift_document":true})"},
      {{"world.subjects", {{"subjects", json::array()}}}, R"({"before_camera":[]})"},
      {{"world.subjects", {{"subjects", {{{"kind", "person"}, {"person", "p01"}}}}}},
       R"({"before_camera":"p01"})"},
      {{"world.subjects",
        {{"subjects",
          {{{"kind", "person"}, {"person", "p01"}},
           {{"kind", "screen"}, {"person", "p02"}, {"offset_m", 0.5}}}}}},
       R"({"before_camera":["p01",{"kind":"screen","person":"p02","offset_m":0.5}]})"},
      {{"world.light", {{"level", 0.25}}}, R"({"light":0.25})"},
      {{"world.take_card", {{"person", "p01"}}}, R"({"take_card":"p01"})"},
      {{"world.load_hopper", {{"cards", 20}}}, R"({"load_hopper":20})"},
      {{"world.empty_reject_bin", json::object()}, R"({"empty_reject_bin":true})"},
      {{"world.mains", {{"on", false}}}, R"({"mains":false})"},
      {{"world.network", {{"up", true}}}, R"({"network":true})"},
      {{"world.service_key", {{"on", true}}}, R"({"service_key":true})"},
      {{"fault.inject", {{"name", "camera.gone"}}}, R"({"inject":"camera.gone"})"},
      {{"fault.inject", {{"name", "camera.blurred"}, {"params", {{"sigma_px", 4.5}}}}},
       R"({"inject":{"fault":"camera.blurred","sigma_px":4.5}})"},
      {{"fault.clear", {{"name", "camera.gone"}}}, R"({"clear":"camera.gone"})"},
      {{"platform.permit",
        {{"id", "m"}, {"person", "p01"}, {"item", "2.1"}, {"state", "pending"}, {"photo", true}}},
       R"({"permit":{"id":"m","person":"p01","item":"2.1","state":"pending"}})"},
      {{"platform.permit",
        {{"id", "n"},
         {"person", "p01"},
         {"item", "2.1"},
         {"state", "approved"},
         {"photo", true},
         {"number", "P2026000001"},
         {"listed", false}}},
       R"({"permit":{"id":"n","person":"p01","item":"2.1","state":"approved","number":"P2026000001","listed":false}})"},
      {{"platform.approve", {{"permit", "m"}}}, R"({"approve":"m"})"},
      {{"platform.revoke", {{"permit", "m"}}}, R"({"revoke":"m"})"},
      {{"platform.withdraw", {{"permit", "m"}}}, R"({"withdraw":"m"})"},
      {{"platform.free", {{"permit", "m"}}}, R"({"free":"m"})"},
      {{"kiosk.touch", {{"button", "print"}}}, R"({"touch":"print"})"},
      {{"kiosk.power_cut", json::object()}, R"({"power_cut":true})"},
      {{"kiosk.power_cut", {{"disk_operation", 3}}}, R"({"power_cut":{"disk_operation":3}})"},
      {{"kiosk.power_on", json::object()}, R"({"power_on":true})"},
      {{"staff.found", {{"outcome", "none"}}}, R"({"staff_found":"none"})"},
      {{"clock.set_offset", {{"seconds", -30}}}, R"({"clock_offset":"-30 s"})"},
  };
  return all;
}

TEST(WriteAct, SaysWhatAFileSays) {
  for (const Pair& pair : pairs()) {
    const auto act = act_of(pair.message);
    ASSERT_TRUE(act.has_value()) << pair.act;
    EXPECT_EQ(act->dump(), pair.act);
    const auto back = as_a_file_says(pair.message);
    ASSERT_TRUE(back.has_value()) << pair.act;
    EXPECT_EQ(back->verb, pair.message.verb);
    EXPECT_EQ(back->args, pair.message.args) << pair.act;
  }
}

TEST(WriteAct, KnowsEveryActOfTheLoader) {
  std::set<std::string> verbs;
  for (const Pair& pair : pairs()) verbs.insert(pair.message.verb);
  for (const ActSpec& act : acts()) EXPECT_TRUE(verbs.contains(std::string(act.verb))) << act.key;
}

TEST(WriteAct, FillsInWhatAFileLeavesOut) {
  const auto permit = as_a_file_says({"platform.permit", {{"id", "m"}, {"person", "p01"}}});
  ASSERT_TRUE(permit.has_value());
  EXPECT_EQ(permit->args.dump(),
            R"({"id":"m","item":"2.1","person":"p01","photo":true,"state":"approved"})");
}

TEST(WriteAct, RefusesWhatNoFileCanSay) {
  EXPECT_FALSE(act_of({"trace.follow", json::object()}));
  EXPECT_FALSE(as_a_file_says({"kiosk.touch", json::object()}));
  EXPECT_FALSE(as_a_file_says({"world.light", {{"level", 9}}}));
  EXPECT_FALSE(as_a_file_says({"clock.set_offset", {{"seconds", "late"}}}));
}

}  // namespace
}  // namespace cardrig::scenario
