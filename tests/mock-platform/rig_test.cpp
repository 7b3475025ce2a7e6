// The platform by messages of the rig: what a scenario does to it, and what it may ask.
#include <gtest/gtest.h>

#include "kiosk/certificate/card_face.h"
#include "mock-platform/json_codec.h"
#include "mock-platform/rig/platform_faults.h"
#include "mock-platform/rig/platform_rig.h"
#include "tests/mock-platform/memory_bench.h"

namespace cardrig::mock_platform {
namespace {

using nlohmann::json;
using tests::MemoryBench;
using tests::sample_person;

class PlatformByRig : public testing::Test {
 protected:
  PlatformByRig() { declare_platform_faults(faults); }

  Result<json, RigReason> send(const std::string& verb, const json& args = json::object()) {
    return rig.send({verb, args});
  }
  /// The reason of a message that must fail.
  RigReason refused(const std::string& verb, const json& args = json::object()) {
    const auto answer = send(verb, args);
    EXPECT_FALSE(answer.has_value()) << verb << " " << args;
    EXPECT_NE(answer.error().detail, "");
    return answer.error().reason;
  }
  static json permit(const std::string& id) {
    const auto sample = tests::sample_permit(id);
    json certificate = certificate_to_json(sample.certificate);
    certificate["photo"] = {{"format", "png"},
                            {"base64", base64(certificate::encode_png(*sample.certificate.photo))}};
    return {{"permit_id", id},
            {"person",
             {{"document_type", sample.person.document_type},
              {"id_number", sample.person.id_number},
              {"name", sample.person.name}}},
            {"certificate", certificate},
            {"state", "approved"}};
  }
  auto claim(const std::string& attempt, const std::string& permit_id) {
    return bench.run(bench.terminal().claim(attempt, permit_id, sample_person()));
  }

  MemoryBench bench;
  Tracer tracer{bench.trace, "platform"};
  sim::FaultCatalogue faults{tracer};
  PlatformFaults carrier{faults, bench.authority()};
  PlatformRig rig{bench.authority(), faults};
};

TEST_F(PlatformByRig, APermitArrivesWholeWithItsPhoto) {
  bench.authority().add_permit(tests::sample_permit("by-call"));
  ASSERT_TRUE(send("platform.add_permit", permit("by-rig")).has_value());
  const auto called = claim("a1", "by-call"), sent = claim("a2", "by-rig");
  ASSERT_TRUE(called && sent);
  EXPECT_EQ(*sent->certificate.photo, *called->certificate.photo) << "coded once, not twice";
  EXPECT_EQ(sent->certificate.number, "T11010519491231002X");
  EXPECT_EQ(sent->certificate.item, called->certificate.item);
}

TEST_F(PlatformByRig, APermitMayLackItsPhoto) {
  json bare = permit("p1");
  bare["certificate"].erase("photo");
  ASSERT_TRUE(send("platform.add_permit", bare).has_value());
  const auto listed = bench.run(bench.terminal().permits_of(sample_person()));
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ(listed->at(0).refusal, platform::Refusal::kPhotoMissing);
}

TEST_F(PlatformByRig, APermitThatIsNotWholeIsRefused) {
  for (const char* key : {"permit_id", "person", "certificate", "state"}) {
    json lacking = permit("p1"), wrong = lacking;
    lacking.erase(key);
    wrong[key] = 5;
    EXPECT_EQ(refused("platform.add_permit", lacking), RigReason::kBadArguments) << key;
    EXPECT_EQ(refused("platform.add_permit", wrong), RigReason::kBadArguments) << key;
  }
  const json pictures[] = {5,
                           {{"format", "png"}},
                           {{"format", "jpeg"}, {"base64", "AAAA"}},
                           {{"format", "png"}, {"base64", "AAAA"}},
                           {{"format", "png"}, {"base64", "***"}}};
  for (const auto& picture : pictures) {
    json wrong = permit("p1");
    wrong["certificate"]["photo"] = picture;
    EXPECT_EQ(refused("platform.add_permit", wrong), RigReason::kBadArguments) << picture;
  }
  EXPECT_EQ(refused("platform.add_permit", json::array()), RigReason::kBadArguments);
  EXPECT_TRUE(bench.authority().permit_ids().empty());
}

TEST_F(PlatformByRig, APictureThatClaimsToBeHugeIsRefused) {
  const Picture small{4, 4, 1, std::vector<std::uint8_t>(16, 9)};
  auto png = certificate::encode_png(small);
  ASSERT_NE(decode_png(png), nullptr);
  png[16] = 0x7F;  // two thousand million pixels wide
  EXPECT_EQ(decode_png(png), nullptr);
}

TEST_F(PlatformByRig, ActsOfTheAuthority) {
  ASSERT_TRUE(send("platform.add_permit", permit("p1")).has_value());
  const json id{{"permit", "p1"}};
  ASSERT_TRUE(claim("a1", "p1").has_value());
  EXPECT_EQ(*send("platform.permit", id), (json{{"state", "approved"},
                                                {"claim", "granted"},
                                                {"delivered", 0},
                                                {"captured", 0},
                                                {"spoilt", 0},
                                                {"no_card", 0},
                                                {"foreign_lookups", 0},
                                                {"unknown", 0}}));
  EXPECT_EQ(refused("platform.free", id), RigReason::kNotPossibleNow);
  EXPECT_TRUE(send("platform.withdraw", id).has_value());
  EXPECT_EQ((*send("platform.permit", id))["claim"], "withdrawn");
  EXPECT_EQ(refused("platform.withdraw", id), RigReason::kNotPossibleNow);
  EXPECT_TRUE(send("platform.revoke", id).has_value());
  EXPECT_EQ((*send("platform.permit", id))["state"], "revoked");
  EXPECT_TRUE(send("platform.approve", id).has_value());
  EXPECT_FALSE(claim("a2", "p1").has_value()) << "nobody has said yet what became of a1";
  EXPECT_TRUE(send("platform.free", id).has_value());
  ASSERT_TRUE(claim("a2", "p1").has_value());
  ASSERT_TRUE(bench.run(bench.terminal().report(
      {"a2/1", "a2", "p1", platform::Outcome::kCaptured, 1, tests::kBenchStart, ""})));
  EXPECT_TRUE(send("platform.free", id).has_value());
  EXPECT_EQ((*send("platform.permit", id))["claim"], "ended");
}

TEST_F(PlatformByRig, MessagesThatMeanNothing) {
  for (const char* verb : {"platform.permit", "platform.approve", "platform.free"}) {
    EXPECT_EQ(refused(verb), RigReason::kBadArguments);
    EXPECT_EQ(refused(verb, {{"permit", 5}}), RigReason::kBadArguments);
    EXPECT_EQ(refused(verb, {{"permit", "unknown"}}), RigReason::kBadArguments);
  }
  for (const char* verb : {"platform.explode", "platform", "fault", "faults.all", "world.light"}) {
    EXPECT_EQ(refused(verb), RigReason::kUnknownVerb) << verb;
  }
}

TEST_F(PlatformByRig, FaultsStrikeEveryPermitAndAreTold) {
  ASSERT_TRUE(send("platform.add_permit", permit("before")).has_value());
  ASSERT_TRUE(send("fault.inject", {{"name", "platform.server_error"}}).has_value());
  ASSERT_TRUE(send("fault.inject", {{"name", "platform.slow"}, {"params", {{"delay_ms", 100}}}}));
  ASSERT_TRUE(send("platform.add_permit", permit("later")).has_value());
  EXPECT_EQ(*send("faults.inert"), json({"platform.server_error", "platform.slow"}));
  for (const char* permit_id : {"before", "later"}) {
    const auto answer = claim(permit_id, permit_id);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().reason, platform::PlatformReason::kServerError);
  }
  EXPECT_EQ(*send("faults.inert"), json(std::vector{"platform.slow"}));
  EXPECT_EQ(bench.events("fault.effect").size(), 1u);
  ASSERT_TRUE(send("fault.clear", {{"name", "platform.server_error"}}).has_value());
  EXPECT_EQ(*send("faults.active"), json(std::vector{"platform.slow"}));
  ASSERT_TRUE(send("faults.clear_all").has_value());
  EXPECT_EQ(*send("faults.active"), json::array());
  EXPECT_TRUE(claim("a1", "before").has_value());
}

TEST_F(PlatformByRig, FaultsThatCannotBe) {
  EXPECT_EQ(refused("fault.inject"), RigReason::kBadArguments);
  EXPECT_EQ(refused("fault.inject", {{"name", "platform.gremlins"}}), RigReason::kBadArguments);
  EXPECT_EQ(refused("fault.inject", {{"name", "platform.slow"}, {"params", 5}}),
            RigReason::kBadArguments);
  EXPECT_EQ(refused("fault.inject", {{"name", "platform.slow"}, {"params", {{"delay_ms", -1}}}}),
            RigReason::kBadArguments);
  EXPECT_EQ(refused("fault.clear", {{"name", "platform.slow"}}), RigReason::kNotPossibleNow);
  ASSERT_TRUE(send("fault.inject", {{"name", "platform.slow"}}).has_value());
  EXPECT_EQ(refused("fault.inject", {{"name", "platform.slow"}}), RigReason::kNotPossibleNow);
}

}  // namespace
}  // namespace cardrig::mock_platform
