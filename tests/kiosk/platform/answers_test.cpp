// Answers, field by field: what is missing, of another type or contradicts is refused; what is new
// is passed over.
#include "kiosk/platform/answers.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock-platform/json_codec.h"
#include "tests/mock-platform/bench.h"

namespace cardrig::platform {
namespace {

using nlohmann::json;

ClaimAsked asked() {
  PermitEntry entry;
  entry.permit_id = "permit-0001";
  entry.category = "焊接与热切割作业";
  entry.item_code = "2.1";
  entry.item = "熔化焊接与热切割作业";
  return {"a1", "permit-0001", tests::sample_person(), entry};
}

json good_claim() {
  auto certificate = tests::sample_permit().certificate;
  certificate.number = "T11010519491231002X";
  certificate.qr_payload = "CARDRIG-SIMULATION/1;x";
  json body{{"attempt_id", "a1"}, {"permit_id", "permit-0001"},
            {"state", "granted"}, {"granted_at_ms", 1795226400000},
            {"repeated", false},  {"certificate", mock_platform::certificate_to_json(certificate)}};
  body["certificate"]["photo"] = {
      {"format", "jpeg"},
      {"base64", mock_platform::base64(mock_platform::encode_jpeg(certificate.photo))}};
  return body;
}

TEST(Answers, AGoodClaimIsRead) {
  json body = good_claim();
  body["new_field"] = {{"any", "thing"}};
  body["certificate"]["colour"] = 5;
  const auto claim = read_claim(body.dump(), asked());
  ASSERT_TRUE(claim.has_value()) << claim.error().detail;
  EXPECT_EQ(claim->claim.certificate.item, "熔化焊接与热切割作业");
  EXPECT_EQ(claim->claim.granted_at.unix_ms, 1795226400000);
  EXPECT_TRUE(decode_photo(claim->photo_jpeg).has_value());
}

TEST(Answers, AClaimLackingAnyFieldIsRefused) {
  const json good = good_claim();
  for (const char* key : {"attempt_id", "permit_id", "state", "granted_at_ms", "certificate"}) {
    json body = good;
    body.erase(key);
    EXPECT_FALSE(read_claim(body.dump(), asked()).has_value()) << key;
    body[key] = json::array();
    EXPECT_FALSE(read_claim(body.dump(), asked()).has_value()) << key;
  }
  for (const auto& [key, value] : good["certificate"].items()) {
    json body = good;
    body["certificate"].erase(key);
    const auto answer = read_claim(body.dump(), asked());
    ASSERT_FALSE(answer.has_value()) << key;
    EXPECT_EQ(answer.error().reason, PlatformReason::kBadAnswer);
    body["certificate"][key] = nullptr;
    EXPECT_FALSE(read_claim(body.dump(), asked()).has_value()) << key;
    body["certificate"][key] = "";
    EXPECT_FALSE(read_claim(body.dump(), asked()).has_value()) << key;
  }
}

TEST(Answers, AClaimThatContradictsIsRefused) {
  const std::pair<const char*, json> lies[] = {{"/attempt_id", "a2"},
                                               {"/permit_id", "permit-0002"},
                                               {"/state", "withdrawn"},
                                               {"/certificate/permit_id", "permit-0002"},
                                               {"/certificate/number", "11010519491231002X"},
                                               {"/certificate/number", "T110105194912310038"},
                                               {"/certificate/name", "张晓"},
                                               {"/certificate/sex", "F"},
                                               {"/certificate/item_code", "2.2"},
                                               {"/certificate/item", "压力焊作业"},
                                               {"/certificate/category", "电工作业"},
                                               {"/certificate/first_issued", "2026-11-21"},
                                               {"/certificate/valid_to", "2026-11-20"},
                                               {"/certificate/valid_to", "2032-11-31"},
                                               {"/certificate/valid_from", "20261120"},
                                               {"/certificate/review_due", "2033-01-01"},
                                               {"/certificate/authority", "a\nb"},
                                               {"/certificate/qr_payload", std::string(301, 'x')},
                                               {"/certificate/photo/format", "png"},
                                               {"/certificate/photo/base64", "AAA"},
                                               {"/certificate/photo/base64", "A*=="}};
  for (const auto& [where, lie] : lies) {
    json body = good_claim();
    body[json::json_pointer(where)] = lie;
    const auto answer = read_claim(body.dump(), asked());
    EXPECT_FALSE(answer.has_value()) << where << " " << lie;
  }
}

TEST(Answers, WithoutAQueryTheItemIsTaken) {
  json body = good_claim();
  body["certificate"]["item_code"] = "2.2";
  auto question = asked();
  question.entry.reset();
  EXPECT_TRUE(read_claim(body.dump(), question).has_value());
}

TEST(Answers, PermitsAreReadAndListsOfNonsenseRefused) {
  const json entry{{"permit_id", "p"},   {"category_code", "2"}, {"category", "c"},
                   {"item_code", "2.1"}, {"item", "i"},          {"refusal", "revoked"},
                   {"more", 1}};
  const auto permits = read_permits(json{{"permits", {entry}}}.dump());
  ASSERT_TRUE(permits.has_value());
  EXPECT_EQ(permits->at(0).refusal, Refusal::kRevoked);
  EXPECT_TRUE(read_permits(R"({"permits":[]})")->empty());
  json unknown = entry;
  unknown["refusal"] = "lazy";
  for (const json& bad :
       {json{{"permits", {entry, entry}}}, json{{"permits", {unknown}}}, json{{"permits", {1}}},
        json{{"permits", json::object()}}, json{{"permit", {entry}}}, json::array({entry})}) {
    EXPECT_FALSE(read_permits(bad.dump()).has_value()) << bad;
  }
  EXPECT_FALSE(read_permits("").has_value());
  EXPECT_FALSE(read_permits("{\"permits\":[").has_value());
  EXPECT_FALSE(read_permits(std::string(100'000, '[')).has_value());
}

TEST(Answers, ARecordIsOnePermit) {
  const json entry{{"permit_id", "p"},   {"category_code", "2"}, {"category", "c"},
                   {"item_code", "2.1"}, {"item", "i"},          {"refusal", "claimed"}};
  const auto record = read_record(json{{"permit", entry}}.dump());
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->refusal, Refusal::kClaimed);
  json halved = entry;
  halved.erase("item_code");
  for (const json& bad : {json{{"permit", halved}}, json{{"permit", {entry}}}, json{{"permit", 1}},
                          json{{"permits", {entry}}}, json::array({entry})}) {
    EXPECT_FALSE(read_record(bad.dump()).has_value()) << bad;
  }
  EXPECT_FALSE(read_record("{\"permit\":").has_value());
}

TEST(Answers, LookupRefusalsHaveWords) {
  for (const auto refusal : {LookupRefusal::kOtherPerson, LookupRefusal::kTooManyTries}) {
    EXPECT_EQ(lookup_refusal_from(to_string(refusal)), refusal);
  }
  EXPECT_EQ(lookup_refusal_from("person_mismatch"), LookupRefusal::kNone);
}

TEST(Answers, StatesAndReports) {
  EXPECT_EQ(read_state(R"({"attempt_id":"a","state":"captured"})", "a").value(),
            ClaimState::kCaptured);
  EXPECT_FALSE(read_state(R"({"attempt_id":"b","state":"captured"})", "a").has_value());
  EXPECT_FALSE(read_state(R"({"attempt_id":"a","state":"fine"})", "a").has_value());
  EXPECT_TRUE(read_report(R"({"duplicate":true,"may_print_again":false})")->duplicate);
  EXPECT_FALSE(read_report(R"({"duplicate":1,"may_print_again":false})").has_value());
  EXPECT_FALSE(read_report(R"({"duplicate":true})").has_value());
  EXPECT_FALSE(read_health(R"({"status":"ill"})").has_value());
}

TEST(Answers, ErrorsAreTranslated) {
  const auto read = [](int status, const char* code) {
    return read_error(status, json{{"code", code}, {"message", "m"}}.dump());
  };
  EXPECT_EQ(read(401, "CLOCK_OUT_OF_WINDOW").reason, PlatformReason::kUnauthorised);
  EXPECT_EQ(read(404, "NOT_FOUND").reason, PlatformReason::kNotFound);
  EXPECT_EQ(read(409, "CLAIMED").reason, PlatformReason::kConflict);
  EXPECT_EQ(refusal_from(read(409, "CLAIMED").detail), Refusal::kClaimed);
  EXPECT_EQ(refusal_from(read(422, "PHOTO_MISSING").detail), Refusal::kPhotoMissing);
  EXPECT_EQ(read(422, "PERSON_MISMATCH").detail, "person_mismatch");
  EXPECT_EQ(read(413, "TOO_LARGE").reason, PlatformReason::kBadAnswer);
  EXPECT_EQ(read(503, "X").reason, PlatformReason::kServerError);
  EXPECT_EQ(read_error(500, "<html>").reason, PlatformReason::kServerError);
  EXPECT_EQ(read_error(422, "<html>").reason, PlatformReason::kRefused);
}

TEST(Answers, PhotosOfForbiddenSizesAreNotDecoded) {
  const auto picture = [](int width, int height) {
    Picture p{width, height, 1, {}};
    p.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 90);
    return mock_platform::encode_jpeg(std::make_shared<const Picture>(std::move(p)));
  };
  EXPECT_TRUE(decode_photo(picture(1200, 1600)).has_value());
  EXPECT_FALSE(decode_photo(picture(1201, 10)).has_value());
  EXPECT_FALSE(decode_photo(picture(10, 1601)).has_value());
  EXPECT_FALSE(decode_photo({}).has_value());
  auto cut = picture(100, 100);
  cut.resize(30);
  EXPECT_FALSE(decode_photo(cut).has_value());
  EXPECT_FALSE(decode_photo({0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xFF}).has_value());
}

}  // namespace
}  // namespace cardrig::platform
