// A program that the engine starts, watches and stops: in a process group of its own, and never
// longer alive than the engine, however that ends.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/result.h"

namespace cardrig::scenario {

struct ProcessSpec {
  std::string name;  ///< for people: "the kiosk"
  std::string program;  ///< path
  std::vector<std::string> args;
  /// What it writes goes to `<output>.out` and `<output>.err`; a program that starts again appends.
  std::string output;
  std::vector<std::string> environment;  ///< "NAME=value", beside what we have ourselves
};

enum class ProcessReason {
  kCannotStart,  ///< no such program, or no right to run it
  kDied,
  kNotReady,  ///< it lives, and has not said that it is ready
};

struct StopLimits {
  Nanos when_asked{std::chrono::seconds(3)};
  Nanos when_signalled{std::chrono::seconds(2)};
};

class Process {
 public:
  static Result<std::unique_ptr<Process>, ProcessReason> start(const ProcessSpec& spec);
  /// Kills what still lives.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Waits for the line of JSON with "ready": true on its standard output.
  Result<nlohmann::json, ProcessReason> wait_ready(Nanos limit);
  /// Waits for the first line on its standard output, for a program of others.
  Result<std::string, ProcessReason> wait_line(Nanos limit);
  /// Waits for its end. False: it lives still.
  bool wait_end(Nanos limit);
  /// It is gone, with exit code 0.
  [[nodiscard]] bool ended_well() const;
  /// Takes in what it wrote. False: it is gone.
  bool alive();
  /// Readable when it is gone, for poll().
  [[nodiscard]] int descriptor() const;
  /// "The kiosk died by signal 11 (Segmentation fault). Its last words: …"; "" while it lives.
  [[nodiscard]] std::string death();
  /// The last lines of its standard error.
  [[nodiscard]] std::vector<std::string> last_words() const;

  /// At once, and waits for the end.
  void kill();
  /// Has it end: `ask` (the rig's "stop"), then SIGTERM, then SIGKILL. Returns what was not as it
  /// should be, in one sentence; "": it ended when asked, with exit code 0.
  std::string stop(const std::function<void()>& ask, const StopLimits& limits = {});

  [[nodiscard]] const std::string& name() const { return spec_.name; }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  Process(ProcessSpec spec, pid_t pid, int pid_descriptor, int standard_output);
  void drain();
  bool reap();
  void wait_for_news(Nanos deadline);
  Result<std::string, ProcessReason> wait_for_line(
      Nanos limit, const std::function<bool(const std::string&)>& is_it);
  [[nodiscard]] std::string how_it_ended() const;

  ProcessSpec spec_;
  pid_t pid_;
  int pid_descriptor_;
  int standard_output_;
  bool output_ended_ = false;
  std::string said_;  // on its standard output, since the last whole line
  std::vector<std::string> lines_;  // whole ones that nobody has looked at
  bool gone_ = false;
  int status_ = 0;
};

/// A folder of its own for one instance of the rung, removed with everything in it.
class InstanceFolder {
 public:
  /// Also removes the folders that engines left which were killed. Throws std::runtime_error.
  InstanceFolder();
  ~InstanceFolder();
  InstanceFolder(const InstanceFolder&) = delete;
  InstanceFolder& operator=(const InstanceFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  int lock_ = -1;
};

/// The folder of this program, where the others lie too.
[[nodiscard]] std::string program_folder();

}  // namespace cardrig::scenario
