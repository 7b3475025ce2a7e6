// cardrig-launch PARENT PROGRAM [ARGUMENTS]: becomes PROGRAM, which the system kills when PARENT
// ends, however that happens. The engine starts its programs through it: nothing that can be asked
// of posix_spawn() does the same.
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("cardrig-launch PARENT PROGRAM [ARGUMENTS]: started by cardrig only\n", stderr);
    return 2;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have ended before it could be told from.
  if (::getppid() != static_cast<pid_t>(std::atol(argv[1]))) return 1;
  // Whatever the engine has open is not for its programs.
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  ::execv(argv[2], argv + 2);
  std::fprintf(stderr, "cardrig-launch: %s: %s\n", argv[2], std::strerror(errno));
  return 127;
}
