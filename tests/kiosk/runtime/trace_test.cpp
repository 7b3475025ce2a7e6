// The trace: masking, causes, hashing, JSON Lines.
#include "kiosk/runtime/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace cardrig {
namespace {

TEST(Personal, LeavesMemoryMaskedOnly) {
  using Kind = Personal::Kind;
  EXPECT_EQ((Personal{Kind::kIdNumber, "11010519491231002X"}).masked(), "110***********002X");
  EXPECT_EQ((Personal{Kind::kIdNumber, "1234567"}).masked(), "*******");
  EXPECT_EQ((Personal{Kind::kName, "张小三"}).masked(), "张*三");
  EXPECT_EQ((Personal{Kind::kName, "李四"}).masked(), "李*");
  EXPECT_EQ((Personal{Kind::kName, "𠮷"}).masked(), "*");
  EXPECT_EQ((Personal{Kind::kAddress, "somewhere"}).masked(), "***");
}

TEST(Trace, WritesNoPersonalValueInTheOpen) {
  Trace trace([] { return Nanos(5); });
  trace.emit("kiosk", "identity.read",
             {{"number", Personal{Personal::Kind::kIdNumber, "11010519491231002X"}}, {"n", 3}},
             {make_blob("bytes", "application/octet-stream", {1, 2, 3})});
  const std::string lines = trace.to_json_lines();
  EXPECT_EQ(lines.find("19491231"), std::string::npos);
  std::istringstream in(lines);
  std::string header;
  std::string event;
  std::getline(in, header);
  std::getline(in, event);
  EXPECT_EQ(nlohmann::json::parse(header)["sha256"], trace.hash());
  const auto json = nlohmann::json::parse(event);
  EXPECT_EQ(json["fields"]["number"], "110***********002X");
  EXPECT_EQ(json["fields"]["n"], 3);
  EXPECT_EQ(json["blobs"]["bytes"]["sha256"],
            "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
}

TEST(Trace, TheBytesOfWiresAreThereWhereThePeopleAreSimulated) {
  Trace trace([] { return Nanos(5); });
  trace.emit("kiosk", "wire.sent",
             {{"number", Personal{Personal::Kind::kIdNumber, "11010519491231002X"}}},
             {make_blob("bytes", "application/octet-stream", {0xAA, 0x00, 0x96}),
              make_blob("card", "image/png", {1, 2, 3})});
  std::istringstream in(trace.to_json_lines(Trace::Bytes::kOpen, {{"seed", 7}}));
  std::string header;
  std::string event;
  std::getline(in, header);
  std::getline(in, event);
  EXPECT_EQ(nlohmann::json::parse(header)["bytes"], "open");
  EXPECT_EQ(nlohmann::json::parse(header)["seed"], 7);
  const auto json = nlohmann::json::parse(event);
  EXPECT_EQ(json["blobs"]["bytes"]["hex"], "aa0096");
  EXPECT_FALSE(json["blobs"]["card"].contains("hex"));
  EXPECT_EQ(json["fields"]["number"], "110***********002X");
  EXPECT_EQ(trace.to_json_lines().find("aa0096"), std::string::npos);
}

TEST(Trace, TheHashSeesEveryFieldAndBlob) {
  const auto hash_of = [](int n, std::vector<std::uint8_t> bytes) {
    Trace trace([] { return Nanos(5); });
    trace.emit("a", "b", {{"n", n}}, {make_blob("x", "y", std::move(bytes))});
    return trace.hash();
  };
  EXPECT_EQ(hash_of(1, {1}), hash_of(1, {1}));
  EXPECT_NE(hash_of(1, {1}), hash_of(2, {1}));
  EXPECT_NE(hash_of(1, {1}), hash_of(1, {2}));
}

TEST(Trace, AnEventNamesTheOneBeforeItInItsContextAsCause) {
  std::uint64_t context = 0;
  Trace trace([] { return Nanos(0); }, &context);
  trace.emit("a", "first");
  trace.emit("a", "second");
  context = 0;
  trace.emit("a", "third");
  EXPECT_EQ(trace.events()[0].cause, 0U);
  EXPECT_EQ(trace.events()[1].cause, 1U);
  EXPECT_EQ(trace.events()[2].cause, 0U);
}

TEST(Trace, AListenerMayEmitAndUnsubscribe) {
  Trace trace([] { return Nanos(0); });
  int seen = 0;
  int handle = 0;
  handle = trace.subscribe([&](const Event& e) {
    ++seen;
    if (e.kind == "first") {
      trace.unsubscribe(handle);
      trace.emit("a", "nested");
    }
  });
  trace.emit("a", "first");
  trace.emit("a", "second");
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(trace.events().size(), 3U);
}

TEST(Trace, WithALimitTheOldestAreForgottenAndTheNewestStay) {
  Trace trace([] { return Nanos(5); });
  Trace whole([] { return Nanos(5); });
  const auto emit = [&](std::size_t bytes) {
    for (Trace* t : {&trace, &whole}) {
      t->emit("a", "b", {{"n", 1}}, {make_blob("x", "y", std::vector<std::uint8_t>(bytes))});
    }
  };
  for (int i = 0; i < 50; ++i) emit(1000);
  trace.keep_at_most(100'000);
  EXPECT_EQ(trace.events().size(), 50U);
  std::size_t most = 0;
  for (int i = 0; i < 5000; ++i) {
    emit(1000);
    most = std::max(most, trace.events().size());
    EXPECT_EQ(trace.events().back().id, whole.events().back().id);
    EXPECT_EQ(trace.events().back().id - trace.events().front().id + 1, trace.events().size());
  }
  EXPECT_GT(most, 60U);
  EXPECT_LT(most, 101U);
  EXPECT_EQ(trace.hash(), whole.hash()) << "the hash is of all events";
  emit(1'000'000);
  EXPECT_EQ(trace.events().size(), 1U) << "the newest stays, however large";
}

TEST(Tracer, AMutePartyWritesNothing) {
  Trace trace([] { return Nanos(0); });
  Tracer tracer(trace, "kiosk");
  tracer.emit("one");
  tracer.mute();
  EXPECT_EQ(tracer.emit("two"), 0U);
  EXPECT_EQ(trace.events().size(), 1U);
}

}  // namespace
}  // namespace cardrig
