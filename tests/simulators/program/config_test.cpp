// The configuration: what it means, and the exact sentence for each mistake.
#include "simulators/program/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <tuple>

#include "tests/simulators/program/own_file.h"

namespace cardrig::sim {
namespace {

using located::Complaint;
using test::OwnFile;

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Config, TheExampleMeansWhatItSays) {
  std::vector<Complaint> complaints;
  const auto config = read_program_config("simulators/program/example.json", complaints);
  ASSERT_TRUE(complaints.empty()) << to_string(complaints.front());
  EXPECT_EQ(config.rig, "build/site/simulators.sock");
  EXPECT_EQ(config.health, "127.0.0.1:0");
  EXPECT_EQ(config.seed, 1U);
  // 2026-06-15 10:00 in China, as every run of the virtual rung begins.
  EXPECT_EQ(config.starts_at, CivilTime{1781488800000});
  EXPECT_FALSE(config.fast);
  EXPECT_EQ(config.people, "");
  ASSERT_TRUE(config.id_reader && config.card_path && config.print_jobs && config.control_board &&
              config.camera && config.network);
  EXPECT_EQ(config.id_reader->kind, ServedAt::Kind::kPty);
  EXPECT_EQ(config.id_reader->path, "build/site/id_reader");
  EXPECT_EQ(config.print_jobs->kind, ServedAt::Kind::kTcp);
  EXPECT_EQ(config.network->to.host, "127.0.0.1");
  EXPECT_EQ(config.network->to.port, 8440);
}

TEST(Config, ThePageShowsTheExample) {
  const std::string page = text_of("docs/programs.md");
  const auto chapter = page.find("\n## simulators\n");
  ASSERT_NE(chapter, std::string::npos);
  const std::string fence = "```json5\n";
  const auto from = page.find(fence, chapter) + fence.size();
  EXPECT_EQ(page.substr(from, page.find("```", from) - from),
            text_of("simulators/program/example.json"));
}

TEST(Config, LittleIsNeeded) {
  const OwnFile file(R"({"serve": {"camera": {"tcp": "[::1]:99"}}, "timing": "fast"} // enough)");
  std::vector<Complaint> complaints;
  const auto config = read_program_config(file.path(), complaints);
  ASSERT_TRUE(complaints.empty()) << to_string(complaints.front());
  EXPECT_EQ(config.rig, "");
  EXPECT_TRUE(config.fast);
  EXPECT_FALSE(config.starts_at);
  EXPECT_FALSE(config.id_reader);
  EXPECT_EQ(config.camera->host, "::1");
  EXPECT_EQ(config.camera->port, 99);
}

class Mistake : public ::testing::TestWithParam<std::tuple<std::string, int, std::string>> {};

TEST_P(Mistake, IsOneSentence) {
  const auto& [text, line, sentence] = GetParam();
  const OwnFile file(text);
  std::vector<Complaint> complaints;
  static_cast<void>(read_program_config(file.path(), complaints));
  ASSERT_EQ(complaints.size(), 1U);
  EXPECT_EQ(complaints.front(), (Complaint{file.path(), line, sentence}));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Mistake,
    ::testing::Values(
        std::tuple("[]", 1, "\"the configuration\" must be an object, but is a list."),
        std::tuple("{}", 1, "The configuration lacks \"serve\", the devices to play."),
        std::tuple("{\"serve\": {},\n\"sed\": 1}", 2,
                   "The configuration knows no \"sed\"; did you mean \"seed\"?"),
        std::tuple("{\"serve\": {},\n\"seed\": -1}", 2,
                   "\"seed\" must lie between 0 and 9223372036854775807, but is -1."),
        std::tuple("{\"serve\": {},\n\"timing\": \"quick\"}", 2, "There is no timing \"quick\"."),
        std::tuple("{\"serve\": {},\n\"starts_at\": \"2026-02-30T10:00:00+08:00\"}", 2,
                   "\"starts_at\" must be a time such as \"2026-06-15T10:00:00+08:00\", but is the "
                   "text \"2026-02-30T10:00:00+08:00\"."),
        std::tuple("{\"serve\": {},\n\"health\": \"localhost:0\"}", 2,
                   "\"health\" must be a numeric host and a port, such as \"127.0.0.1:0\", but is "
                   "the text \"localhost:0\"."),
        std::tuple("{\"serve\": {\n\"camra\": {\"tcp\": \"127.0.0.1:0\"}}}", 2,
                   "\"serve\" knows no \"camra\"; did you mean \"camera\"?"),
        std::tuple("{\"serve\": {\n\"camera\": {}}}", 2,
                   "\"camera\" must be {\"tcp\": \"HOST:PORT\"}."),
        std::tuple("{\"serve\": {\n\"id_reader\": {\"pty\": \"a\", \"tcp\": \"127.0.0.1:0\"}}}", 2,
                   "\"id_reader\" must be {\"pty\": PATH} or {\"tcp\": \"HOST:PORT\"}."),
        std::tuple("{\"serve\": {\n\"control_board\": {\"tcp\": \"127.0.0.1:65536\"}}}", 2,
                   "\"tcp\" must be a numeric host and a port, such as \"127.0.0.1:0\", but is the "
                   "text \"127.0.0.1:65536\"."),
        std::tuple("{\"serve\": {\n\"network\": {\"tcp\": \"127.0.0.1:0\"}}}", 2,
                   "\"network\" must be {\"tcp\": \"HOST:PORT\", \"to\": \"HOST:PORT\"}."),
        std::tuple("{\"serve\": {\"network\": {\"tcp\": \"127.0.0.1:0\",\n\"to\": "
                   "\"127.0.0.1:0\"}}}",
                   2,
                   "\"to\" must be a numeric host and a port, such as \"127.0.0.1:8440\", but is "
                   "the text \"127.0.0.1:0\"."),
        std::tuple("{\"serve\":\n{\"card_path\": {\"pty\": \"a\"}}}", 2,
                   "\"serve\" must name both of \"card_path\" and \"print_jobs\" or neither: one "
                   "printer has them."),
        std::tuple(
            "{\"rig\": \"build/site/x\", \"serve\":\n{\"id_reader\": {\"pty\": \"build/site/x\"}}}",
            2, "The path \"build/site/x\" is used twice.")));

TEST(Config, TimesOfOtherZonesAreTheSameTimes) {
  EXPECT_EQ(parse_civil_time("2026-06-15T02:00:00+00:00"), CivilTime{1781488800000});
  EXPECT_EQ(parse_civil_time("2026-06-14T21:30:00-04:30"), CivilTime{1781488800000});
  for (const char* wrong : {"", "2026-06-15", "2026-06-15T10:00:00", "2026-06-15 10:00:00+08:00",
                            "2026-06-15T24:00:00+08:00", "2026-06-15T10:00:0x+08:00"}) {
    EXPECT_FALSE(parse_civil_time(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace cardrig::sim
