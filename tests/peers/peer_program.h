// A program that nobody here wrote, started by a test: found by its name, on a free port, ended
// with everything that it started.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/engine/process.h"

namespace cardrig::test {

/// A TCP port of 127.0.0.1 for a program that is told where to listen (and sets SO_REUSEADDR, as
/// servers do): bound here all the time, so that nobody else is given its number, not even while
/// the program is down. Whoever connects then is refused.
class HeldPort {
 public:
  /// Throws std::runtime_error.
  HeldPort();
  ~HeldPort();
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;
  [[nodiscard]] unsigned short number() const { return number_; }

 private:
  int socket_;
  unsigned short number_ = 0;
};

/// The program's path: in PATH, or where Debian puts what only root uses.
/// Throws std::runtime_error, with the package to install.
[[nodiscard]] std::string find_program(const std::string& name, const std::string& package);

/// Starts it; what it says goes to `output`.out and .err. Throws std::runtime_error.
[[nodiscard]] std::unique_ptr<scenario::Process> start_program(
    const std::string& path, std::vector<std::string> args, const std::string& output,
    std::vector<std::string> environment = {});

/// The whole file; "" if there is none.
[[nodiscard]] std::string contents_of(const std::string& path);

/// Processes that have become ours because what started them has ended: none may stay behind.
/// Call adopt_orphans() before anything is started.
void adopt_orphans();
[[nodiscard]] int orphans_left();

}  // namespace cardrig::test
