// The X server of an instance: numbers of their own, a cookie, failures in one sentence, and
// nothing left of it, however it ends.
#include "scenarios/engine/wire_display.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace cardrig::scenario {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

/// What X servers usually have, and leave, in the file system.
std::set<std::string> files_of_servers() {
  std::set<std::string> found;
  std::error_code none;
  for (const char* folder : {"/tmp", "/tmp/.X11-unix"}) {
    for (const auto& entry : fs::directory_iterator(folder, none)) {
      const std::string name = entry.path().filename();
      if (name.starts_with('X') || (name.starts_with(".X") && name.ends_with("-lock"))) {
        found.insert(entry.path());
      }
    }
  }
  return found;
}

/// The inode of the abstract socket on which a server listens for this display; 0 if none does.
/// The name alone would not do: a test beside this one may have been given the number since.
std::uint64_t listener(const std::string& display) {
  std::ifstream sockets("/proc/net/unix");
  for (std::string line; std::getline(sockets, line);) {
    std::istringstream columns(line);
    std::string number, references, protocol, flags, type, state, path;
    std::uint64_t inode = 0;
    columns >> number >> references >> protocol >> flags >> type >> state >> inode >> path;
    constexpr const char* kListening = "00010000";
    if (flags == kListening && path == "@/tmp/.X11-unix/X" + display.substr(1)) return inode;
  }
  return 0;
}

class WireDisplayTest : public ::testing::Test {
 protected:
  WireDisplaySpec spec() const {
    WireDisplaySpec spec;
    spec.folder = folder_.path();
    return spec;
  }

  /// Of what this display has in the file system: what no other server had put there before.
  bool left_behind(const std::string& display) const {
    const std::string number = display.substr(1);
    const auto now = files_of_servers();
    for (const auto& file : {"/tmp/.X11-unix/X" + number, "/tmp/.X" + number + "-lock"}) {
      if (now.contains(file) && !before_.contains(file)) return true;
    }
    return false;
  }

  InstanceFolder folder_;
  std::set<std::string> before_ = files_of_servers();
};

TEST_F(WireDisplayTest, EachHasANumberOfItsOwnAndLeavesNothing) {
  InstanceFolder other_folder;
  WireDisplaySpec other_spec;
  other_spec.folder = other_folder.path();
  std::string name;
  std::uint64_t socket = 0;
  {
    WireDisplay one(spec());
    WireDisplay other(other_spec);
    name = one.name();
    EXPECT_NE(name, other.name());
    socket = listener(name);
    EXPECT_NE(socket, 0U) << name;
    EXPECT_EQ(one.touch(540, 960), "");
    EXPECT_EQ(one.death(), "");
    EXPECT_EQ(one.stop(), "");
    EXPECT_EQ(other.touch(0, 0), "") << "the end of one is nothing to the other";
    EXPECT_FALSE(left_behind(name)) << "it is in the file system even while it lives";
  }
  EXPECT_NE(listener(name), socket);
  EXPECT_FALSE(left_behind(name));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

TEST_F(WireDisplayTest, AKillLeavesNothingAndIsNamed) {
  WireDisplay display(spec());
  const std::uint64_t socket = listener(display.name());
  EXPECT_NE(socket, 0U);
  ::kill(display.pid(), SIGKILL);
  EXPECT_EQ(display.death(10s), "The display died by signal 9 (Killed).");
  EXPECT_NE(listener(display.name()), socket);
  EXPECT_FALSE(left_behind(display.name()));
  EXPECT_THAT(display.touch(1, 1), StartsWith("The pointer ended with exit code 1."));
}

TEST_F(WireDisplayTest, WhoHasNoCookieIsNotLetIn) {
  WireDisplay display(spec());
  EXPECT_EQ(display.touch(1, 1), "");
  const std::string cookie = folder_.path() + "/display.cookie";
  struct stat of {};
  ASSERT_EQ(::stat(cookie.c_str(), &of), 0);
  EXPECT_EQ(of.st_mode & 0777U, 0600U);
  const std::string command =
      "DISPLAY=" + display.name() + " XAUTHORITY=/dev/null xdotool getmouselocation 2>/dev/null";
  EXPECT_NE(std::system(command.c_str()), 0);
}

TEST_F(WireDisplayTest, WhatIsNotInstalledIsNamed) {
  WireDisplaySpec wrong = spec();
  wrong.server = "no-such-server";
  EXPECT_THAT([&] { WireDisplay display(wrong); },
              ThrowsMessage<std::runtime_error>(
                  "The display cannot be started from no-such-server: No such file or directory."));
  wrong = spec();
  wrong.pointer = "/nonexistent/pointer";
  WireDisplay display(wrong);
  EXPECT_THAT(display.touch(1, 1),
              AllOf(StartsWith("The pointer cannot be started"), HasSubstr(wrong.pointer)));
}

TEST_F(WireDisplayTest, AServerThatNeverSaysItsNumberIsTold) {
  std::ofstream(folder_.path() + "/server") << "#!/bin/sh\nexec sleep 100\n";
  ::chmod((folder_.path() + "/server").c_str(), 0700);
  WireDisplaySpec silent = spec();
  silent.server = folder_.path() + "/server";
  silent.start = 300ms;
  EXPECT_THAT([&] { WireDisplay display(silent); },
              ThrowsMessage<std::runtime_error>("The display was not ready within 0.3 s."));
}

}  // namespace
}  // namespace cardrig::scenario
