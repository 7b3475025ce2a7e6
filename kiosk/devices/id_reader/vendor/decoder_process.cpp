// Starting by posix_spawn, ending by SIGKILL.
#include "kiosk/devices/id_reader/vendor/decoder_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace cardrig::id_reader::vendor {

namespace {

/// 0, or the errno.
int spawn(const DecoderCommand& command, int socket, pid_t& pid) {
  std::array<std::string, 4> texts{command.program, std::to_string(::getpid()), command.memory_mb,
                                   command.library};
  std::array<char*, 5> args{texts[0].data(), texts[1].data(), texts[2].data(), texts[3].data(),
                            nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  // A group of its own, so that what the library starts can be ended with it. No signal that the
  // kiosk blocks or ignores may stay so.
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = ::posix_spawn(&pid, args[0], &actions, &attributes, args.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

}  // namespace

tl::expected<std::unique_ptr<DecoderProcess>, std::string> DecoderProcess::start(
    RealLoop& loop, const DecoderCommand& command) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return tl::unexpected(std::string("no socket: ") + std::strerror(errno));
  }
  pid_t pid = -1;
  const int error = spawn(command, ends[1], pid);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    return tl::unexpected(command.program + " cannot be started: " + std::strerror(error));
  }
  Socket socket(loop.context(), asio::local::stream_protocol(), ends[0]);
  return std::unique_ptr<DecoderProcess>(new DecoderProcess(std::move(socket), pid));
}

/// Waiting is short: nothing that is killed so goes on.
DecoderProcess::~DecoderProcess() {
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // should a library have left the group
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace cardrig::id_reader::vendor
