// Work shared out to processes: what `--jobs` means. Never threads: a run on virtual time is one
// thread, and a process that dies takes only its own scenario with it.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace cardrig::scenario {

/// Runs `work(0)` … `work(count - 1)` in up to `jobs` child processes, each taking the next number
/// when it is free, and calls `done` here with each answer as it comes. No answer: the process that
/// had this number died. With one job everything runs in this process.
void run_in_processes(int count, int jobs, const std::function<std::string(int)>& work,
                      const std::function<void(int, std::optional<std::string>)>& done);

/// What a process was stopped by, for the message about it: "signal 6", "exit code 3".
[[nodiscard]] std::string last_death();

}  // namespace cardrig::scenario
