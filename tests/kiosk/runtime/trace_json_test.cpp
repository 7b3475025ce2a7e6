// Events through JSON and back, and what is no event.
#include "kiosk/runtime/trace_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace cardrig {
namespace {

using nlohmann::json;

std::string base64_of(const std::string& bytes) {
  Event event;
  event.blobs.push_back(make_blob("b", "t", {bytes.begin(), bytes.end()}));
  return event_to_json(event)["blobs"][0]["data"];
}

Event through_text(const Event& event) {
  return event_from_json(json::parse(event_to_json(event).dump()));
}

TEST(TraceJson, EveryKindOfValueComesBack) {
  using Kind = Personal::Kind;
  Event event;
  event.id = 18'000'000'000'000'000'000U;
  event.time = Nanos(-5);
  event.party = "kiosk";
  event.kind = "reader.read";
  event.cause = 41;
  event.fields = {{"yes", true},
                  {"least", std::numeric_limits<std::int64_t>::min()},
                  {"most", std::numeric_limits<std::int64_t>::max()},
                  {"whole", 3.0},
                  {"tenth", 0.1},
                  {"tiny", std::numeric_limits<double>::denorm_min()},
                  {"endless", -std::numeric_limits<double>::infinity()},
                  {"text", "line\nbreak \"𠮷\""},
                  {"text", "a key may come twice"},
                  {"name", Personal{Kind::kName, "欧阳明月"}},
                  {"number", Personal{Kind::kIdNumber, "31000019881130004X"}},
                  {"birth", Personal{Kind::kDate, "1988-11-30"}},
                  {"home", Personal{Kind::kAddress, "上海市"}},
                  {"more", Personal{Kind::kOther, ""}}};
  event.blobs = {make_blob("bytes", "application/octet-stream", {0, 255, 10}),
                 make_blob("empty", "image/png", {})};
  const Event back = through_text(event);
  EXPECT_EQ(back.id, event.id);
  EXPECT_EQ(back.time, event.time);
  EXPECT_EQ(back.party, event.party);
  EXPECT_EQ(back.kind, event.kind);
  EXPECT_EQ(back.cause, event.cause);
  ASSERT_EQ(back.fields.size(), event.fields.size());
  for (std::size_t i = 0; i < event.fields.size(); ++i) {
    EXPECT_EQ(back.fields[i].key, event.fields[i].key);
    EXPECT_EQ(back.fields[i].value, event.fields[i].value) << event.fields[i].key;
  }
  ASSERT_EQ(back.blobs.size(), 2U);
  EXPECT_EQ(back.blobs[0].name, "bytes");
  EXPECT_EQ(back.blobs[0].media_type, "application/octet-stream");
  EXPECT_EQ(*back.blobs[0].data, *event.blobs[0].data);
  EXPECT_TRUE(back.blobs[1].data->empty());
}

TEST(TraceJson, NoNumberIsStillADouble) {
  Event event;
  event.fields = {{"nothing", std::numeric_limits<double>::quiet_NaN()}};
  const Event back = through_text(event);
  EXPECT_TRUE(std::isnan(std::get<double>(back.fields.at(0).value)));
}

TEST(TraceJson, BlobsAreBase64OfTheStandard) {
  // RFC 4648, section 10.
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("fo"), "Zm8=");
  EXPECT_EQ(base64_of("foo"), "Zm9v");
  EXPECT_EQ(base64_of("foob"), "Zm9vYg==");
  EXPECT_EQ(base64_of("\xFB\xFF"), "+/8=");
}

TEST(TraceJson, WhatIsNoEventIsRefused) {
  const json good = event_to_json([] {
    Event event;
    event.fields = {{"who", Personal{Personal::Kind::kName, "x"}}, {"n", 1}};
    event.blobs = {make_blob("b", "t", {1, 2})};
    return event;
  }());
  ASSERT_NO_THROW(static_cast<void>(event_from_json(good)));
  const std::vector<std::function<void(json&)>> spoil = {
      [](json& j) { j = 7; },
      [](json& j) { j = nullptr; },
      [](json& j) { j.erase("id"); },
      [](json& j) { j["id"] = -1; },
      [](json& j) { j["id"] = 1.5; },
      [](json& j) { j["t"] = "soon"; },
      [](json& j) { j["t"] = std::numeric_limits<std::uint64_t>::max(); },
      [](json& j) { j["party"] = 1; },
      [](json& j) { j.erase("kind"); },
      [](json& j) { j["cause"] = nullptr; },
      [](json& j) { j["fields"] = json::object(); },
      [](json& j) { j["fields"][0] = "who"; },
      [](json& j) { j["fields"][0] = {"who"}; },
      [](json& j) { j["fields"][1][0] = 1; },
      [](json& j) { j["fields"][1][1] = nullptr; },
      [](json& j) { j["fields"][1][1] = json::array(); },
      [](json& j) { j["fields"][1][1] = json::object(); },
      [](json& j) {
        j["fields"][1][1] = {{"double", "many"}};
      },
      [](json& j) { j["fields"][1][1] = std::numeric_limits<std::uint64_t>::max(); },
      [](json& j) { j["fields"][0][1]["personal"] = "shoe_size"; },
      [](json& j) { j["fields"][0][1].erase("raw"); },
      [](json& j) { j["blobs"][0].erase("data"); },
      [](json& j) { j["blobs"][0]["data"] = "AQI"; },
      [](json& j) { j["blobs"][0]["data"] = "AQ I="; },
      [](json& j) { j["blobs"][0]["data"] = "AQ-="; },
      [](json& j) { j["blobs"][0]["data"] = "A==="; },
      [](json& j) { j["blobs"][0]["data"] = "AQ=I"; },
      [](json& j) { j["blobs"][0]["data"] = "AR=="; },
  };
  for (std::size_t i = 0; i < spoil.size(); ++i) {
    json bad = good;
    spoil[i](bad);
    try {
      static_cast<void>(event_from_json(bad));
      ADD_FAILURE() << "accepted number " << i << ": " << bad;
    } catch (const json::exception&) {
    } catch (const std::invalid_argument&) {
    }
  }
}

}  // namespace
}  // namespace cardrig
