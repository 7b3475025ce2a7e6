// The commands of `cardrig`, each a function that gets what the command line said and returns the
// exit code: 0 passed, 1 a scenario failed, 2 bad input or usage.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "scenarios/cardrig/recorded.h"

namespace cardrig::cli {

inline constexpr int kPassed = 0;
inline constexpr int kFailed = 1;
inline constexpr int kBadInput = 2;

enum class Colour { kAuto, kAlways, kNever };

struct RunArgs {
  std::vector<std::string> what;  ///< files, folders and tags; empty: the whole suite
  std::string rung = "virtual";
  std::string engine = "fast";  ///< face engine
  std::uint64_t seed = 1;
  int jobs = 0;  ///< 0: as many as there are processors
  std::string report;  ///< folder; "": none
  std::string trace;  ///< folder for the traces; "": none
  bool twice = false;
  bool compare = false;  ///< wire: on the virtual rung too, with the same verdict and story
  std::string timing = "fast";  ///< wire: of the simulated devices
  std::string display = "none";  ///< wire: "window": the kiosk's touches go through its window
  double limit_factor = 2;  ///< wire: every limit times this
  bool json = false;
  bool list = false;
  Colour colour = Colour::kAuto;
  std::vector<RecordedRun> recorded;  ///< only these, with their seeds, to give the same traces
};

/// `of`: a seed, or what an earlier run left (recorded.h).
int replay(const std::string& of, RunArgs args, std::ostream& out, std::ostream& err);
int run(const RunArgs& args, std::ostream& out, std::ostream& err);
int validate(const std::vector<std::string>& what, bool json, std::ostream& out, std::ostream& err);

enum class Format { kTable, kJson, kMarkdown };
int list_faults(Format format, std::ostream& out, std::ostream& err);
int list_devices(Format format, std::ostream& out, std::ostream& err);

/// Parses the command line and does what it says.
int command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace cardrig::cli
