// Starting through cardrig-launch (scenarios/launch), waiting with pidfds, ending by degrees.
#include "scenarios/engine/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/real_loop.h"

namespace cardrig::scenario {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLastLines = 8;
constexpr std::size_t kLinesKept = 64;
constexpr const char* kFolderPrefix = "cardrig-wire-";

int ms_until(Nanos deadline) {
  const auto left = (deadline - monotonic_now()) / 1ms;
  return static_cast<int>(std::clamp<std::int64_t>(left + 1, 0, 60'000));
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> environment_with(const std::vector<std::string>& more) {
  std::vector<std::string> all = more;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('=') + 1);
    const bool ours = std::any_of(more.begin(), more.end(),
                                  [&](const auto& each) { return each.starts_with(name); });
    if (!ours) all.push_back(text);
  }
  return all;
}

/// Spawns it with the pipe's end as standard output; an errno, 0: it runs.
int spawn(const ProcessSpec& spec, int standard_output, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  const std::string errors = spec.output + ".err";
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, standard_output, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  // A group of its own: an interrupt from the terminal is the engine's affair. No signal blocked
  // or ignored by us may stay so for it.
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> args{program_folder() + "/cardrig-launch", std::to_string(::getpid()),
                                spec.program};
  args.insert(args.end(), spec.args.begin(), spec.args.end());
  auto environment = environment_with(spec.environment);
  const int error = ::posix_spawn(&pid, args[0].c_str(), &actions, &attributes,
                                  pointers(args).data(), pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

tl::unexpected<Error<ProcessReason>> cannot_start(const ProcessSpec& spec, const std::string& why) {
  return fail(ProcessReason::kCannotStart,
              fmt::format("{} cannot be started from {}: {}.", spec.name, spec.program, why));
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

}  // namespace

std::string program_folder() { return fs::read_symlink("/proc/self/exe").parent_path().string(); }

// --- starting ---

Result<std::unique_ptr<Process>, ProcessReason> Process::start(const ProcessSpec& spec) {
  if (::access(spec.program.c_str(), X_OK) != 0) return cannot_start(spec, std::strerror(errno));
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return cannot_start(spec, std::strerror(errno));
  pid_t pid = -1;
  const int error = spawn(spec, pipe[1], pid);
  ::close(pipe[1]);
  if (error != 0) {
    ::close(pipe[0]);
    return cannot_start(spec, fmt::format("cardrig-launch: {}", std::strerror(error)));
  }
  ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
  // By number: glibc 2.36 declares pidfd_open() without C linkage.
  const int pid_descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  CARDRIG_CHECK(pid_descriptor >= 0 && "a child that nobody has waited for is there");
  ::fcntl(pid_descriptor, F_SETFD, FD_CLOEXEC);
  return std::unique_ptr<Process>(new Process(spec, pid, pid_descriptor, pipe[0]));
}

Process::Process(ProcessSpec spec, pid_t pid, int pid_descriptor, int standard_output)
    : spec_(std::move(spec)),
      pid_(pid),
      pid_descriptor_(pid_descriptor),
      standard_output_(standard_output) {}

Process::~Process() {
  kill();
  ::close(pid_descriptor_);
  ::close(standard_output_);
}

Result<json, ProcessReason> Process::wait_ready(Nanos limit) {
  json said;
  const auto line = wait_for_line(limit, [&](const std::string& text) {
    said = json::parse(text, nullptr, /*allow_exceptions=*/false);
    return said.is_object() && said.value("ready", false);
  });
  if (!line) return tl::unexpected(line.error());
  return said;
}

Result<std::string, ProcessReason> Process::wait_line(Nanos limit) {
  return wait_for_line(limit, [](const std::string&) { return true; });
}

/// Lines before it are passed over.
Result<std::string, ProcessReason> Process::wait_for_line(
    Nanos limit, const std::function<bool(const std::string&)>& is_it) {
  const Nanos deadline = monotonic_now() + limit;
  for (;;) {
    const bool lives = alive();
    const auto lines = std::exchange(lines_, {});
    const auto found = std::find_if(lines.begin(), lines.end(), is_it);
    if (found != lines.end()) return *found;
    if (!lives) return fail(ProcessReason::kDied, death());
    if (monotonic_now() >= deadline) {
      return fail(ProcessReason::kNotReady,
                  fmt::format("{} was not ready within {} s.", capitalised(spec_.name),
                              std::chrono::duration<double>(limit).count()));
    }
    wait_for_news(deadline);
  }
}

// --- watching ---

/// What it writes must be taken, or it would wait for us one day.
void Process::drain() {
  std::array<char, 4096> buffer;  // NOLINT(*-member-init): filled by read()
  std::string fresh;
  ssize_t n = 0;
  while ((n = ::read(standard_output_, buffer.data(), buffer.size())) > 0) {
    fresh.append(buffer.data(), static_cast<std::size_t>(n));
  }
  output_ended_ = n == 0;
  if (fresh.empty()) return;
  std::ofstream(spec_.output + ".out", std::ios::app | std::ios::binary) << fresh;
  said_ += fresh;
  for (std::size_t end = 0; (end = said_.find('\n')) != std::string::npos;) {
    lines_.push_back(said_.substr(0, end));
    said_.erase(0, end + 1);
  }
  if (lines_.size() > kLinesKept) lines_.erase(lines_.begin(), lines_.end() - kLinesKept);
}

bool Process::reap() {
  if (gone_) return true;
  const pid_t found = ::waitpid(pid_, &status_, WNOHANG);
  gone_ = found == pid_;
  return gone_;
}

bool Process::alive() {
  const bool gone = reap();
  drain();  // after reaping: its last words are all there
  return !gone;
}

/// An output that was closed (an X server closes it when it has said its number) is always
/// readable.
void Process::wait_for_news(Nanos deadline) {
  const int output = output_ended_ ? -1 : standard_output_;
  std::array<pollfd, 2> watched{{{pid_descriptor_, POLLIN, 0}, {output, POLLIN, 0}}};
  ::poll(watched.data(), watched.size(), ms_until(deadline));
}

int Process::descriptor() const { return pid_descriptor_; }

std::string Process::how_it_ended() const {
  if (WIFSIGNALED(status_)) {
    const int signal = WTERMSIG(status_);
    return fmt::format("died by signal {} ({})", signal, ::strsignal(signal));
  }
  return fmt::format("ended with exit code {}", WEXITSTATUS(status_));
}

std::string Process::death() {
  if (alive()) return {};
  std::string sentence = fmt::format("{} {}.", capitalised(spec_.name), how_it_ended());
  const auto words = last_words();
  if (!words.empty()) sentence += " Its last words: " + words.back();
  return sentence;
}

std::vector<std::string> Process::last_words() const {
  std::ifstream errors(spec_.output + ".err");
  std::vector<std::string> lines;
  for (std::string line; std::getline(errors, line);) {
    if (!line.empty()) lines.push_back(line);
    if (lines.size() > kLastLines) lines.erase(lines.begin());
  }
  return lines;
}

// --- ending ---

bool Process::wait_end(Nanos limit) {
  const Nanos deadline = monotonic_now() + limit;
  while (alive()) {
    if (monotonic_now() >= deadline) return false;
    wait_for_news(deadline);
  }
  return true;
}

bool Process::ended_well() const {
  return gone_ && WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
}

void Process::kill() {
  if (gone_) return;
  ::kill(-pid_, SIGKILL);  // with whatever it started
  while (!gone_) {
    gone_ = ::waitpid(pid_, &status_, 0) == pid_ || errno != EINTR;
  }
  drain();
}

std::string Process::stop(const std::function<void()>& ask, const StopLimits& limits) {
  const std::string who = capitalised(spec_.name);
  if (!alive()) return death();
  if (ask) ask();
  if (ask && wait_end(limits.when_asked)) {
    return ended_well() ? std::string() : death();
  }
  ::kill(pid_, SIGTERM);
  if (wait_end(limits.when_signalled)) {
    if (ask) return fmt::format("{} ended only when it got SIGTERM.", who);
    return ended_well() ? std::string() : death();
  }
  kill();
  return fmt::format("{} did not end when asked and had to be killed.", who);
}

// --- folders ---

namespace {

/// Held locked while the engine lives that made the folder.
constexpr const char* kLock = "lock";

/// Removes the folders whose lock nobody holds any more.
void sweep(const fs::path& where) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(where, error)) {
    if (!entry.path().filename().string().starts_with(kFolderPrefix)) continue;
    const int lock = ::open((entry.path() / kLock).c_str(), O_RDWR | O_CLOEXEC);
    if (lock < 0) continue;  // another's, or being made at this moment
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) fs::remove_all(entry.path(), error);
    ::close(lock);
  }
}

}  // namespace

InstanceFolder::InstanceFolder() {
  const fs::path where = fs::temp_directory_path();
  sweep(where);
  path_ = (where / (std::string(kFolderPrefix) + "XXXXXX")).string();
  const bool made = ::mkdtemp(path_.data()) != nullptr;
  // Under its name only when it is locked: nobody may find it free meanwhile.
  const std::string young = path_ + "/lock.new";
  if (made) lock_ = ::open(young.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (lock_ < 0 || ::flock(lock_, LOCK_EX | LOCK_NB) != 0 ||
      ::rename(young.c_str(), (path_ + "/" + kLock).c_str()) != 0) {
    throw std::runtime_error("no folder can be made in " + where.string() + ": " +
                             std::strerror(errno));
  }
}

InstanceFolder::~InstanceFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  ::close(lock_);
}

}  // namespace cardrig::scenario
