// What people type: exit codes, one sentence for every slip, output that programs can read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "scenarios/cardrig/commands.h"

namespace cardrig::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Typed {
  int code = 0;
  std::string out;
  std::string err;
};

Typed type(std::vector<std::string> words) {
  words.insert(words.begin(), "cardrig");
  std::vector<const char*> argv;
  argv.reserve(words.size());
  for (const auto& word : words) argv.push_back(word.c_str());
  std::ostringstream out, err;
  Typed typed;
  typed.code = command_line(static_cast<int>(argv.size()), argv.data(), out, err);
  typed.out = out.str();
  typed.err = err.str();
  return typed;
}

class CommandLine : public ::testing::Test {
 protected:
  CommandLine() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~CommandLine() override { fs::remove_all(folder_); }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  // Cases run at the same time, each in a process of its own.
  fs::path folder_ =
      fs::path(testing::TempDir()) / ("cardrig_command_line_" + std::to_string(::getpid()));
};

TEST_F(CommandLine, WhatTheRungsCannotDoIsRefused) {
  EXPECT_THAT(type({"run", "--rung", "wire", "--twice"}).err,
              HasSubstr("two runs in real time never give the same trace"));
  EXPECT_EQ(type({"run", "--compare"}).err, "cardrig: --compare is for --rung wire.\n");
  EXPECT_THAT(type({"run", "--timing", "honest"}).err, HasSubstr("--timing is for --rung wire;"));
  EXPECT_THAT(type({"run", "--limits", "5"}).err, HasSubstr("--limits is for --rung wire;"));
  const auto window = type({"run", "--display", "window"});
  EXPECT_EQ(window.code, kBadInput);
  EXPECT_EQ(window.err,
            "cardrig: --display window is for --rung wire; the virtual rung's kiosk has no "
            "window.\n");
  EXPECT_EQ(type({"run", "--rung", "wire", "--display", "hologram"}).code, kBadInput);
  EXPECT_EQ(type({"run", "good-path", "--rung", "wire", "--display", "window", "--list"}).code,
            kPassed);
  const std::string disk = "scenarios/suite/devices/disk_full.scenario.json";
  const auto named = type({"run", disk, "--rung", "wire"});
  EXPECT_EQ(named.code, kBadInput);
  EXPECT_THAT(named.err, HasSubstr("the fault disk.full cannot be produced on the wire rung"));
  // Asked for by a tag they are left out, and here nothing is left.
  EXPECT_EQ(type({"run", "disk", "--rung", "wire", "--list"}).out, "");
  const auto none = type({"run", "disk", "--rung", "wire"});
  EXPECT_EQ(none.code, kBadInput);
  EXPECT_THAT(none.err, StartsWith("cardrig: the wire rung can run none of these: "));
}

TEST_F(CommandLine, HelpHelps) {
  const auto typed = type({"--help"});
  EXPECT_EQ(typed.code, kPassed);
  EXPECT_THAT(typed.out, HasSubstr("Exit codes: 0 all passed, 1 a scenario failed, 2 bad input"));
  EXPECT_EQ(type({"run", "--help"}).code, kPassed);
}

TEST_F(CommandLine, SlipsAreBadUsage) {
  EXPECT_EQ(type({}).code, kBadInput);
  EXPECT_EQ(type({"rnu"}).code, kBadInput);
  EXPECT_EQ(type({"rnu"}).err,
            "cardrig: there is no command \"rnu\"; did you mean \"run\"? See cardrig --help.\n");
  EXPECT_EQ(type({"run", "--sed", "3"}).code, kBadInput);
  EXPECT_EQ(type({"run", "--rung", "moon"}).code, kBadInput);
  EXPECT_EQ(type({"run", "--jobs", "-1"}).code, kBadInput);
}

TEST_F(CommandLine, WhatIsNotThereRefuses) {
  const auto hardware = type({"run", "--rung", "hardware"});
  EXPECT_EQ(hardware.code, kBadInput);
  EXPECT_EQ(hardware.err,
            "cardrig: the hardware rung is not built yet; there are \"virtual\" and \"wire\".\n");
  for (const char* command : {"explore", "record", "accept"}) {
    const auto typed = type({command});
    EXPECT_EQ(typed.code, kBadInput) << command;
    EXPECT_THAT(typed.err, HasSubstr("not built")) << command;
  }
}

TEST_F(CommandLine, ATypoInAFileIsOneSentence) {
  const auto path =
      file("a.scenario.json", "{\"name\": \"x\",\n\"steps\": [\n{\"tuch\": \"start\"}\n]}");
  for (const char* command : {"run", "validate"}) {
    const auto typed = type({command, path});
    EXPECT_EQ(typed.code, kBadInput);
    EXPECT_EQ(typed.err, path +
                             ":3: There is no act or expectation \"tuch\"; did you mean "
                             "\"touch\"?\n");
    EXPECT_EQ(typed.out, "");
  }
}

TEST_F(CommandLine, AnUnknownFaultIsOneSentence) {
  const auto path =
      file("a.scenario.json",
           "{\"name\": \"x\",\n\"steps\": [{\"inject\": \"card_printer.jam_in_haed\"}]}");
  const auto typed = type({"run", path});
  EXPECT_EQ(typed.code, kBadInput);
  EXPECT_EQ(typed.err, path +
                           ":2: There is no fault \"card_printer.jam_in_haed\"; did you mean "
                           "\"card_printer.jam_in_head\"?\n");
}

TEST_F(CommandLine, AWrongTypeIsOneSentence) {
  const auto path = file("a.scenario.json", "{\"name\": \"x\",\n\"steps\": [{\"wait\": 5}]}");
  const auto typed = type({"run", path});
  EXPECT_EQ(typed.code, kBadInput);
  EXPECT_EQ(typed.err, path +
                           ":2: \"wait\" must be a duration such as \"5 s\", \"300 ms\" or \"2 "
                           "min\", but is the number 5.\n");
}

TEST_F(CommandLine, AMissingFileIsOneSentence) {
  file("right.scenario.json", "{}");
  const auto path = (folder_ / "rihgt.scenario.json").string();
  const auto typed = type({"run", path});
  EXPECT_EQ(typed.code, kBadInput);
  EXPECT_EQ(typed.err, path + ": There is no such file; did you mean \"right.scenario.json\"?\n");
}

TEST_F(CommandLine, AnUnknownTagIsOneSentence) {
  const auto typed = type({"run", "pritning"});
  EXPECT_EQ(typed.code, kBadInput);
  EXPECT_EQ(typed.err,
            "pritning: There is no such file, and no scenario has this tag; did you mean "
            "\"printing\"?\n");
}

TEST_F(CommandLine, ListsWhatItWouldRun) {
  const auto typed = type({"run", "good-path", "permit", "--list"});
  EXPECT_EQ(typed.code, kPassed);
  EXPECT_THAT(typed.out, HasSubstr("good_path/several_permits.scenario.json"));
  const auto json = nlohmann::json::parse(type({"run", "--list", "--json"}).out);
  EXPECT_GE(json.size(), 18u);
}

TEST_F(CommandLine, TheCatalogueCanBeRead) {
  const auto json = nlohmann::json::parse(type({"faults", "--json"}).out);
  EXPECT_GE(json.size(), 25u);
  EXPECT_THAT(type({"faults"}).out, HasSubstr("card_printer.jam_in_head"));
  EXPECT_THAT(type({"faults", "--markdown"}).out, StartsWith("# Faults\n"));
  EXPECT_EQ(type({"faults", "--markdown", "--json"}).code, kBadInput);
}

TEST_F(CommandLine, TheReferencePageOfTheFaultsIsUpToDate) {
  std::ifstream in("docs/faults.md");
  const std::string page{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(page, type({"faults", "--markdown"}).out)
      << "make it anew: cardrig faults --markdown > docs/faults.md";
}

TEST_F(CommandLine, DevicesAreThose) {
  EXPECT_THAT(type({"devices"}).out, HasSubstr("control board"));
  for (const auto& device : nlohmann::json::parse(type({"devices", "--json"}).out)) {
    const std::string simulator = device.at("simulator");
    EXPECT_TRUE(fs::is_directory(simulator)) << simulator;
    const std::string document = device.at("document");
    EXPECT_TRUE(fs::is_regular_file(document)) << document;
    EXPECT_EQ(device.at("rungs"), nlohmann::json({"virtual", "wire"}));
  }
}

TEST_F(CommandLine, PassesAndFails) {
  const auto good =
      file("good.scenario.json", R"({"name": "x", "steps": [{"expect": {"screen": "welcome"}}]})");
  const auto bad = file("bad.scenario.json", R"({"name": "x", "steps": [
    {"expect": {"screen": "face"}, "within": "3 s"}]})");
  EXPECT_EQ(type({"run", good}).code, kPassed);
  EXPECT_EQ(type({"replay", "7", good}).code, kPassed);
  const auto typed = type({"run", good, bad, "--report", (folder_ / "report").string()});
  EXPECT_EQ(typed.code, kFailed);
  EXPECT_THAT(typed.out, HasSubstr(bad + ":2: Expected within 3 s: screen: face."));
  EXPECT_TRUE(fs::is_regular_file(folder_ / "report" / "index.html"));
}

TEST_F(CommandLine, ReplayComparesWithAReport) {
  const auto good =
      file("good.scenario.json", R"({"name": "x", "steps": [{"expect": {"screen": "welcome"}}]})");
  const auto report = (folder_ / "report").string();
  const auto trace = (folder_ / "trace").string();
  ASSERT_EQ(type({"run", good, "--seed", "9", "--report", report, "--trace", trace}).code, kPassed);
  EXPECT_EQ(type({"replay", report}).code, kPassed);
  const auto recorded = folder_ / "trace" / "good.scenario.json.jsonl";
  EXPECT_EQ(type({"replay", recorded.string()}).code, kPassed);

  // The scenario does something else now, and the first event that differs is named.
  file("good.scenario.json",
       R"({"name": "x", "steps": [{"expect": {"screen": "welcome"}}, {"light": 0.5}]})");
  const auto changed = type({"replay", recorded.string()});
  EXPECT_EQ(changed.code, kFailed);
  EXPECT_THAT(changed.out, HasSubstr("The trace is not the recorded one"));
  EXPECT_THAT(changed.out, HasSubstr("world.light"));
  EXPECT_EQ(type({"replay", report}).code, kFailed);
}

TEST_F(CommandLine, ReplayRefusesWhatIsNoRecord) {
  EXPECT_EQ(type({"replay", "nowhere"}).err, "nowhere: There is no such report or trace.\n");
  const auto path = file("results.json", "{}");
  EXPECT_EQ(type({"replay", path}).err,
            path + ": This is neither a results.json nor a trace that cardrig wrote.\n");
  EXPECT_EQ(type({"replay", "99999999999999999999999"}).code, kBadInput);
}

TEST_F(CommandLine, AReportThatCannotBeWrittenIsSaidBeforeTheRun) {
  const auto good =
      file("good.scenario.json", R"({"name": "x", "steps": [{"expect": {"screen": "welcome"}}]})");
  const auto typed = type({"run", good, "--report", good + "/report"});
  EXPECT_EQ(typed.code, kBadInput);
  EXPECT_THAT(typed.err, HasSubstr("cannot be made or written to"));
  EXPECT_EQ(typed.out, "");
}

TEST_F(CommandLine, ResultsAreJsonAlone) {
  const auto good =
      file("good.scenario.json", R"({"name": "x", "steps": [{"expect": {"screen": "welcome"}}]})");
  const auto trace = (folder_ / "trace").string();
  const auto json =
      nlohmann::json::parse(type({"run", good, "--json", "--twice", "--trace", trace}).out);
  EXPECT_EQ(json.at("passed"), true);
  const auto& one = json.at("scenarios")[0];
  EXPECT_EQ(one.at("trace_hash"), one.at("second_hash"));
  EXPECT_TRUE(fs::is_regular_file(folder_ / "trace" / "good.scenario.json.jsonl"));
}

}  // namespace
}  // namespace cardrig::cli
