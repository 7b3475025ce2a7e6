// The devices' site: its verbs, what it tells of cards, and devices that are not played.
#include "simulators/site/device_site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <string>

#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/virtual_clock.h"
#include "kiosk/runtime/virtual_time.h"

namespace cardrig::sim {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::StartsWith;

std::vector<fixtures::PersonFixture> everybody() {
  auto people = fixtures::load_person_data();
  EXPECT_TRUE(people.has_value());
  return people ? std::move(*people) : std::vector<fixtures::PersonFixture>();
}

class DeviceSiteTest : public ::testing::Test {
 protected:
  DevicePlugs all() { return {&reader, &ipp, &path, &board, true}; }
  void make(const DevicePlugs& plugs) {
    const Party party{*loop, tracer};
    site = std::make_unique<DeviceSite>(DeviceParties{party, party, party, party}, plugs, people,
                                        clock, Random(1));
  }
  json good(const std::string& verb, const json& args = json::object()) {
    const auto answer = site->send({verb, args});
    EXPECT_TRUE(answer.has_value()) << verb << ": " << (answer ? "" : answer.error().detail);
    return answer ? *answer : json();
  }
  /// `REASON: sentence`
  std::string refusal(const std::string& verb, const json& args = json::object()) {
    const auto answer = site->send({verb, args});
    if (answer) return "";
    const std::string reason = answer.error().reason == RigReason::kBadArguments     ? "bad: "
                               : answer.error().reason == RigReason::kNotPossibleNow ? "not now: "
                                                                                     : "unknown: ";
    return reason + answer.error().detail;
  }
  [[nodiscard]] bool has_fault(const std::string& name) const {
    return site->faults.find(name) != nullptr;
  }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> loop = time.make_loop("devices");
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer tracer{trace, "devices"};
  std::vector<fixtures::PersonFixture> people = everybody();
  VirtualCivilClock clock{*loop, to_civil(Date{2026, 6, 15})};
  MemoryLine reader{"id_reader", *loop, tracer, {}};
  MemoryLine ipp{"ipp", *loop, tracer, {}};
  MemoryLine path{"card_path", *loop, tracer, {}};
  MemoryLine board{"control_board", *loop, tracer, {}};
  std::unique_ptr<DeviceSite> site;
};

TEST_F(DeviceSiteTest, TellsOfEveryCard) {
  make(all());
  const json cards = good("world.cards");
  ASSERT_EQ(cards.size(), 20U);
  EXPECT_EQ(cards[0], json::parse(R"({"number": 1, "place": "hopper", "printed": false,
    "spoilt": false, "attempt": "", "taken_by": "", "has_face": false})"));
  EXPECT_EQ(cards[19]["number"], 20);
  good("world.load_hopper", {{"cards", 3}});
  EXPECT_EQ(good("world.cards").size(), 23U);
}

TEST_F(DeviceSiteTest, GivesTheFaceOfAPrintedCard) {
  make(all());
  auto face = std::make_shared<Picture>();
  *face = Picture{4, 2, 3, std::vector<std::uint8_t>(24, 77)};
  site->world.card(2).face = face;
  EXPECT_EQ(good("world.cards")[1]["has_face"], true);
  const json answer = good("world.card_face", {{"number", 2}});
  EXPECT_EQ(answer["format"], "png");
  EXPECT_THAT(answer["base64"].get<std::string>(), StartsWith("iVBORw0KGgo"));
  EXPECT_EQ(refusal("world.card_face", {{"number", 1}}), "not now: nothing is printed on card 1");
  EXPECT_EQ(refusal("world.card_face", {{"number", 21}}), "bad: there is no card 21");
  EXPECT_EQ(refusal("world.card_face"), "bad: \"number\" must be the number of a card");
}

TEST_F(DeviceSiteTest, StaffClearPathAndOutlet) {
  make(all());
  site->world.move_card(1, CardPlace::kPath);
  site->world.move_card(1, CardPlace::kExit);
  site->world.move_card(2, CardPlace::kPath);
  good("world.clear_card_path");
  const json cards = good("world.cards");
  EXPECT_EQ(cards[0]["place"], "staff");
  EXPECT_EQ(cards[1]["place"], "staff");
  EXPECT_EQ(cards[2]["place"], "hopper");
}

TEST_F(DeviceSiteTest, LaysDocumentsDownAndTakesThemAway) {
  make(all());
  EXPECT_EQ(refusal("world.lift_document"), "not now: no document lies on the reader");
  good("world.place_document", {{"document", "p01.resident"}});
  EXPECT_EQ(refusal("world.place_document", {{"document", "p02.resident"}}),
            "not now: p01.resident lies on the reader already");
  EXPECT_EQ(refusal("world.place_document", {{"document", "p01.napkin"}}),
            "bad: there is no document \"p01.napkin\"");
  good("world.lift_document");
  EXPECT_EQ(site->world.document_on_reader(), nullptr);
}

TEST_F(DeviceSiteTest, RefusesArgumentsThatAreNone) {
  make(all());
  EXPECT_EQ(refusal("world.place_document"), "bad: \"document\" must be the name of a document");
  EXPECT_EQ(refusal("world.light", {{"level", 2}}), "bad: \"level\" must lie between 0 and 1.5");
  EXPECT_EQ(refusal("world.mains", {{"on", 1}}), "bad: \"on\" must be true or false");
  EXPECT_EQ(refusal("world.load_hopper", {{"cards", -1}}),
            "bad: \"cards\" must be a number from 0 to 1000");
  EXPECT_EQ(refusal("world.subjects"), "bad: \"subjects\" must be a list");
  EXPECT_EQ(refusal("world.subjects", {{"subjects", {1}}}), "bad: \"person\" must be a person");
  EXPECT_EQ(refusal("world.subjects", {{"subjects", {{{"person", "nobody"}}}}}),
            "bad: there is no person \"nobody\"");
  EXPECT_EQ(refusal("world.subjects", {{"subjects", {{{"person", "p01"}, {"kind", "statue"}}}}}),
            "bad: \"kind\" must be person, printed_photo or screen");
  EXPECT_EQ(refusal("world.subjects", {{"subjects", {{{"person", "p01"}, {"distance_m", "x"}}}}}),
            "bad: \"distance_m\" must be a number from -100.0 to 100.0");
  EXPECT_EQ(refusal("world.take_card", {{"person", "p01"}}), "not now: no card lies at the exit");
  EXPECT_EQ(refusal("world.unknown"), "unknown: there is no verb \"world.unknown\"");
  EXPECT_EQ(refusal("platform.permit"), "unknown: there is no verb \"platform.permit\"");
  EXPECT_EQ(refusal("world.cards", 5), "bad: the arguments must be an object");
}

TEST_F(DeviceSiteTest, FaultsAreThoseOfTheDevicesThatArePlayed) {
  make({&reader, nullptr, nullptr, nullptr, false});
  EXPECT_TRUE(has_fault("id_reader.unplugged"));
  for (const char* other : {"camera.gone", "control_board.busy", "disk.full", "platform.down"}) {
    EXPECT_FALSE(has_fault(other)) << other;
    EXPECT_EQ(refusal("fault.inject", {{"name", other}}),
              "bad: there is no fault \"" + std::string(other) + "\"");
  }
  good("fault.inject", {{"name", "id_reader.unplugged"}});
  EXPECT_THAT(good("faults.active"), Contains("id_reader.unplugged"));
  EXPECT_EQ(reader.reach(), Plug::Reach::kUnplugged);
  good("faults.clear_all");
  EXPECT_EQ(reader.reach(), Plug::Reach::kOpen);
}

TEST_F(DeviceSiteTest, AWorldWithoutDevicesIsOne) {
  make({});
  good("world.mains", {{"on", false}});
  good("world.subjects", {{"subjects", {{{"person", "p01"}}}}});
  EXPECT_EQ(good("faults.inert"), json::array());
}

TEST(DeviceTimes, FastDividesWhatMovesByTen) {
  const DeviceTimes honest;
  const DeviceTimes fast = DeviceTimes::fast();
  EXPECT_EQ(fast.card_printer.panel * 10, honest.card_printer.panel);
  EXPECT_EQ(fast.card_printer.start * 10, honest.card_printer.start);
  EXPECT_EQ(fast.id_reader.read * 10, honest.id_reader.read);
  EXPECT_EQ(fast.id_reader.housekeeping, honest.id_reader.housekeeping);
}

}  // namespace
}  // namespace cardrig::sim
