// Programs that are started, watched and stopped: good ones, and every kind of bad one.
#include "scenarios/engine/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "kiosk/runtime/real_loop.h"

namespace cardrig::scenario {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

class ProcessTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Process>, ProcessReason> shell(const std::string& script) {
    return Process::start({"the kiosk", "/bin/sh", {"-c", script}, folder_.path() + "/kiosk", {}});
  }
  std::unique_ptr<Process> running(const std::string& script) {
    auto process = shell(script);
    if (!process) throw std::runtime_error(process.error().detail);
    if (const auto ready = (*process)->wait_ready(10s); !ready) {
      throw std::runtime_error(ready.error().detail);
    }
    return std::move(*process);
  }
  static bool is_there(pid_t pid) { return ::kill(pid, 0) == 0; }

  InstanceFolder folder_;
};

constexpr const char* kReady = R"(echo '{"ready": true, "rig": "x.sock"}'; )";

TEST_F(ProcessTest, TellsWhatTheReadyLineSays) {
  auto process = shell("echo hello; echo '{\"ready\": true, \"speed\": 4}'; read line");
  ASSERT_TRUE(process);
  const auto ready = (*process)->wait_ready(10s);
  ASSERT_TRUE(ready) << ready.error().detail;
  EXPECT_EQ((*ready)["speed"], 4);
}

TEST_F(ProcessTest, TellsTheFirstLineOfAProgramOfOthers) {
  auto process = shell("echo 17; exec >&-; read line");
  ASSERT_TRUE(process);
  const auto line = (*process)->wait_line(10s);
  ASSERT_TRUE(line) << line.error().detail;
  EXPECT_EQ(*line, "17");
}

TEST_F(ProcessTest, ItsEndIsWaitedForAlsoWhenItHasClosedItsOutput) {
  auto process = shell("exec >&-; exec sleep 100");
  ASSERT_TRUE(process);
  EXPECT_FALSE((*process)->wait_end(50ms));
  EXPECT_FALSE((*process)->ended_well());
  ::kill((*process)->pid(), SIGTERM);
  EXPECT_TRUE((*process)->wait_end(10s));
  EXPECT_FALSE((*process)->ended_well());
  auto good = shell("exit 0");
  ASSERT_TRUE(good);
  EXPECT_TRUE((*good)->wait_end(10s));
  EXPECT_TRUE((*good)->ended_well());
}

TEST_F(ProcessTest, AProgramThatIsNotThereIsNamed) {
  const auto process = Process::start({"the kiosk", "/nonexistent/kiosk", {}, "/dev/null", {}});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().reason, ProcessReason::kCannotStart);
  EXPECT_THAT(process.error().detail, HasSubstr("/nonexistent/kiosk: No such file"));
}

TEST_F(ProcessTest, AProgramThatDiesAtOnceIsTold) {
  auto process = shell("echo 'profile.json:3: \"devices\" is missing' >&2; exit 2");
  ASSERT_TRUE(process);
  const auto ready = (*process)->wait_ready(10s);
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().reason, ProcessReason::kDied);
  EXPECT_EQ(ready.error().detail,
            "The kiosk ended with exit code 2. Its last words: profile.json:3: \"devices\" is "
            "missing");
}

TEST_F(ProcessTest, AProgramThatIsNeverReadyIsTold) {
  auto process = shell("echo not yet; exec sleep 100");
  ASSERT_TRUE(process);
  const pid_t pid = (*process)->pid();
  const auto ready = (*process)->wait_ready(200ms);
  ASSERT_FALSE(ready);
  EXPECT_EQ(ready.error().reason, ProcessReason::kNotReady);
  EXPECT_EQ(ready.error().detail, "The kiosk was not ready within 0.2 s.");
  process->reset();
  EXPECT_FALSE(is_there(pid));
}

TEST_F(ProcessTest, ADeathInMidRunIsSeenAndNamed) {
  const auto process = running(std::string(kReady) + "exec sleep 100");
  EXPECT_TRUE(process->alive());
  EXPECT_EQ(process->death(), "");
  ::kill(process->pid(), SIGSEGV);
  pollfd gone{process->descriptor(), POLLIN, 0};
  ASSERT_EQ(::poll(&gone, 1, 10'000), 1);
  EXPECT_FALSE(process->alive());
  EXPECT_EQ(process->death(), "The kiosk died by signal 11 (Segmentation fault).");
}

TEST_F(ProcessTest, ItIsAskedFirst) {
  const std::string flag = folder_.path() + "/asked";
  ASSERT_EQ(::mkfifo(flag.c_str(), 0600), 0);
  const auto process = running(std::string(kReady) + "read line < " + flag);
  EXPECT_EQ(process->stop([&] { std::ofstream(flag) << "stop\n"; }), "");
}

TEST_F(ProcessTest, AnEndWithAnErrorIsTold) {
  const std::string flag = folder_.path() + "/asked";
  ASSERT_EQ(::mkfifo(flag.c_str(), 0600), 0);
  const auto process = running(std::string(kReady) + "read line < " + flag + "; exit 3");
  EXPECT_EQ(process->stop([&] { std::ofstream(flag) << "stop\n"; }),
            "The kiosk ended with exit code 3.");
}

TEST_F(ProcessTest, ThenItGetsASignal) {
  const auto process =
      running("trap 'exit 0' TERM; " + std::string(kReady) + "while :; do sleep 0.01; done");
  EXPECT_EQ(process->stop([] {}, {50ms, 10s}), "The kiosk ended only when it got SIGTERM.");
}

TEST_F(ProcessTest, ThenItIsKilledWithAllThatItStarted) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const auto process = running("trap '' TERM; sleep 100 & " + std::string(kReady) + "wait; wait");
  const pid_t pid = process->pid();
  EXPECT_EQ(process->stop([] {}, {50ms, 50ms}),
            "The kiosk did not end when asked and had to be killed.");
  EXPECT_FALSE(is_there(pid));
  int status = 0;
  ASSERT_GT(::waitpid(-pid, &status, 0), 0) << "the sleep is ours now";
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  EXPECT_FALSE(is_there(-pid)) << "nothing is left of its group";
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_F(ProcessTest, MuchOutputDoesNotBlockIt) {
  const std::string flag = folder_.path() + "/go";
  ASSERT_EQ(::mkfifo(flag.c_str(), 0600), 0);
  const auto process = running(std::string(kReady) + "read line < " + flag +
                               "; i=0; while [ $i -lt 5000 ]; do echo a line of forty bytes or so, "
                               "for the pipe; i=$((i+1)); done; echo end >&2");
  EXPECT_EQ(process->stop([&] { std::ofstream(flag) << "go\n"; }, {20s, 0s}), "");
  EXPECT_GT(fs::file_size(folder_.path() + "/kiosk.out"), 200'000u);
}

/// An engine of a few lines, which is killed while its program runs.
TEST_F(ProcessTest, AProgramNeverOutlivesItsEngine) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t engine = ::fork();
  ASSERT_GE(engine, 0);
  if (engine == 0) {
    const auto process = running(std::string(kReady) + "exec sleep 100");
    const pid_t pid = process->pid();
    if (::write(ends[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
    ::pause();
    ::_exit(0);
  }
  pid_t program = 0;
  ASSERT_EQ(::read(ends[0], &program, sizeof program), ssize_t{sizeof program});
  EXPECT_TRUE(is_there(program));
  ::kill(engine, SIGKILL);
  ASSERT_EQ(::waitpid(engine, nullptr, 0), engine);
  // Its death follows at once; as its new parent we can wait for it.
  int status = 0;
  ASSERT_EQ(::waitpid(program, &status, 0), program);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(ProcessTest, NothingIsLeftOfManyRuns) {
  const auto open_files = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = open_files();
  for (int i = 0; i < 10; ++i) {
    InstanceFolder folder;
    const std::string path = folder.path();
    EXPECT_TRUE(fs::exists(path));
    running(std::string(kReady) + "exec sleep 100");
  }
  EXPECT_EQ(open_files(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

TEST(InstanceFolderTest, IsRemovedWithEverythingInIt) {
  std::string path;
  {
    const InstanceFolder folder;
    path = folder.path();
    std::ofstream(path + "/file") << "x";
  }
  EXPECT_FALSE(fs::exists(path));
}

/// Where no other engine of this machine sweeps too.
class OwnTempFolder {
 public:
  OwnTempFolder() : path_(::testing::TempDir() + "sweep_" + std::to_string(::getpid())) {
    fs::create_directory(path_);
    ::setenv("TMPDIR", path_.c_str(), 1);
  }
  ~OwnTempFolder() {
    ::unsetenv("TMPDIR");
    fs::remove_all(path_);
  }
  OwnTempFolder(const OwnTempFolder&) = delete;
  OwnTempFolder& operator=(const OwnTempFolder&) = delete;

 private:
  std::string path_;
};

TEST(InstanceFolderTest, FoldersOfKilledEnginesAreSweptLivingOnesAreNot) {
  const OwnTempFolder own;
  const InstanceFolder living;
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const pid_t engine = ::fork();
  ASSERT_GE(engine, 0);
  if (engine == 0) {
    const InstanceFolder folder;
    const std::string& path = folder.path();
    const bool told = ::write(ends[1], path.data(), path.size()) > 0;
    ::_exit(told ? 0 : 1);  // without destructors, as if killed
  }
  char path[200] = {};
  ASSERT_GT(::read(ends[0], path, sizeof path - 1), 0);
  ASSERT_EQ(::waitpid(engine, nullptr, 0), engine);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_TRUE(fs::exists(path));
  const InstanceFolder next;
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::exists(living.path()));
}

}  // namespace
}  // namespace cardrig::scenario
