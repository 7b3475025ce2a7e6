// The reader of files that people write: lines, kinds, ranges, near names.
#include "kiosk/runtime/located_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kiosk/runtime/nearest.h"

namespace cardrig::located {
namespace {

using ::testing::ElementsAre;

struct File {
  Node root;
  std::vector<Complaint> complaints;
  Reading reading{"a.json", complaints};

  explicit File(std::string_view text) { parse_located(text, "a.json", root, complaints); }
  std::vector<std::string> said() const {
    std::vector<std::string> sentences;
    for (const Complaint& complaint : complaints) sentences.push_back(to_string(complaint));
    return sentences;
  }
};

TEST(LocatedJson, LinesAreThoseOfTheValues) {
  Node root;
  std::vector<Complaint> complaints;
  ASSERT_TRUE(parse_located("{ // one\n \"a\": 1\n, \"b\": [\n2,\n3\n], /* x\ny */ \"c\": \"t\"}",
                            "f", root, complaints));
  EXPECT_EQ(root.line, 1);
  EXPECT_EQ(root.find("a")->line, 2);
  EXPECT_EQ(root.find("b")->line, 3);
  EXPECT_EQ(root.find("b")->items[0].line, 4);
  EXPECT_EQ(root.find("b")->items[1].line, 5);
  EXPECT_EQ(root.find("c")->line, 7);
}

TEST(LocatedJson, SaysWhereItIsNoJson) {
  EXPECT_THAT(File("{\n\"a\": 1,\n}").said(),
              ElementsAre(::testing::StartsWith("a.json:3: This is not JSON: unexpected '}'")));
  EXPECT_THAT(File("{\"a\": 1,\n\"a\": 2}").said(),
              ElementsAre("a.json:2: The key \"a\" stands here a second time (first in line 1)."));
}

TEST(LocatedReading, SaysWhatWasExpected) {
  File file("{\"port\": \"x\",\n\"speed\": 70000,\n\"wait\": \"5 sec\",\n\"mide\": true}");
  check_keys(file.reading, file.root, "This file", {"port", "speed", "wait", "mode"});
  EXPECT_FALSE(read_integer(file.reading, *file.root.find("port"), "port", 0, 9));
  EXPECT_FALSE(read_integer(file.reading, *file.root.find("speed"), "speed", 1, 65535));
  EXPECT_FALSE(read_duration(file.reading, *file.root.find("wait"), "wait"));
  EXPECT_FALSE(read_text(file.reading, *file.root.find("mide"), "mide"));
  EXPECT_THAT(file.said(),
              ElementsAre("a.json:4: This file knows no \"mide\"; did you mean \"mode\"?",
                          "a.json:1: \"port\" must be a whole number, but is the text \"x\".",
                          "a.json:2: \"speed\" must lie between 1 and 65535, but is 70000.",
                          "a.json:3: \"wait\" must be a duration such as \"5 s\", \"300 ms\" or "
                          "\"2 min\", but is the text \"5 sec\".",
                          "a.json:4: \"mide\" must be a text, but is true."));
}

TEST(LocatedReading, ReadsDurations) {
  using namespace std::chrono_literals;
  EXPECT_EQ(parse_duration("1.5 s"), Nanos(1500ms));
  EXPECT_EQ(parse_duration("2 min"), Nanos(120s));
  EXPECT_EQ(parse_duration("86399.123456789 s"), Nanos(86'399'123'456'789));
  EXPECT_EQ(parse_duration("-3 ms"), Nanos(-3ms));
  EXPECT_FALSE(parse_duration("3"));
  EXPECT_FALSE(parse_duration("s"));
}

TEST(Nearest, FindsSwappedAndMissingLetters) {
  const std::vector<std::string> known{"touch", "take_card", "take_document"};
  EXPECT_EQ(nearest_name("toch", known), "touch");
  EXPECT_EQ(nearest_name("otuch", known), "touch");
  EXPECT_EQ(nearest_name("take_crad", known), "take_card");
  EXPECT_EQ(nearest_name("xyz", known), "");
  EXPECT_EQ(nearest_name("", known), "");
}

}  // namespace
}  // namespace cardrig::located
