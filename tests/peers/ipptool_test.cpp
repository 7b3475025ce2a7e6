// ipptool of CUPS asks our printer simulator what it asks every printer: the conformance tests of
// IPP/1.1 and IPP/2.0 as the package ships them, and a short file of ours for card media and the
// life of a job.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/kiosk/runtime/local_socket.h"
#include "tests/peers/peer_program.h"
#include "tests/peers/served_printer.h"

namespace cardrig::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kCard = "fixtures/golden/card/front.png";
constexpr const char* kSuite = "/usr/share/cups/ipptool/ipp-2.0.test";

struct Outcome {
  std::string name;
  std::string verdict;  ///< "PASS", "FAIL", "SKIP"
  std::string details;  ///< what ipptool says under it
};

/// ipptool's report: a line "    NAME   [PASS]" for each test, details below those that failed.
std::vector<Outcome> read_report(const std::string& text) {
  std::vector<Outcome> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t end = line.size();
    const bool is_verdict = line.starts_with("    ") && end > 10 && line[4] != ' ' &&
                            line[end - 6] == '[' && line.back() == ']';
    if (is_verdict) {
      std::string name = line.substr(4, end - 10);
      name.erase(name.find_last_not_of(' ') + 1);
      all.push_back({name, line.substr(end - 5, 4), ""});
    } else if (!all.empty()) {
      all.back().details += line + "\n";
    }
  }
  return all;
}

class IppTool : public ::testing::Test {
 protected:
  /// `more`: how the requests are sent, an option of ipptool; "": its choice.
  std::vector<Outcome> run(const std::string& file, const std::string& more = "") {
    std::vector<std::string> args{"-t", "-I", "-h", "-V", "2.0", "-T", "20", "-f", kCard};
    if (!more.empty()) args.push_back(more);
    args.push_back(printer.uri());
    args.push_back(file);
    const auto tool = start_program(find_program("ipptool", "cups-ipp-utils"), args,
                                    folder.file("ipptool"), {"LC_ALL=C", "HOME=" + folder.path()});
    EXPECT_TRUE(printer.run_until([&] { return !tool->alive(); }));
    report = contents_of(folder.file("ipptool.out"));
    return read_report(report);
  }

  OwnFolder folder;
  ServedPrinter printer;
  std::string report;
};

/// The exempted tests of a suite: "FAIL" or "SKIP" lines of a file, each with its reason.
std::map<std::string, int> read_exemptions(const std::string& path) {
  std::map<std::string, int> counts;
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const auto bar = line.find(" | ");
    const bool is_entry = (line.starts_with("FAIL ") || line.starts_with("SKIP ")) &&
                          bar != std::string::npos && bar + 3 < line.size();
    EXPECT_TRUE(is_entry) << path << ":" << number
                          << ": expected 'FAIL NAME | REASON' or 'SKIP NAME | REASON'";
    if (is_entry) ++counts[line.substr(0, bar)];
  }
  return counts;
}

/// Chunked, and with a length as in HTTP/1.0: every printer must take both (RFC 8010, 4).
class IppToolSends : public IppTool, public ::testing::WithParamInterface<const char*> {};

TEST_P(IppToolSends, AndFindsOurPrinterConformingButForTheListedExemptions) {
  const auto outcomes = run(kSuite, GetParam());
  auto exempt = read_exemptions("tests/peers/ipp_exemptions.txt");
  int passed = 0;
  for (const auto& each : outcomes) {
    if (each.verdict == "PASS") {
      ++passed;
      continue;
    }
    if (--exempt[each.verdict + " " + each.name] < 0) {
      ADD_FAILURE() << each.name << ": " << each.verdict << " and not exempted\n" << each.details;
    }
  }
  for (const auto& [entry, left] : exempt) {
    EXPECT_LE(left, 0) << "exempted and not so any more: " << entry;
  }
  EXPECT_GE(passed, 20) << report;
}

INSTANTIATE_TEST_SUITE_P(Requests, IppToolSends, ::testing::Values("", "-C", "-L"),
                         [](const auto& option) {
                           const std::string name = option.param;
                           return name.empty()   ? "ByItsChoice"
                                  : name == "-C" ? "Chunked"
                                                 : "WithLength";
                         });

TEST_F(IppTool, FollowsACardThroughItsJob) {
  const auto outcomes = run("tests/peers/card_job.test");
  EXPECT_GE(outcomes.size(), 8U) << report;
  for (const auto& each : outcomes) {
    EXPECT_EQ(each.verdict, "PASS") << each.name << "\n" << each.details;
  }
}

}  // namespace
}  // namespace cardrig::test
