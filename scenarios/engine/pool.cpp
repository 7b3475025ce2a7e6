#include "scenarios/engine/pool.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <system_error>
#include <vector>

#include "kiosk/runtime/check.h"

namespace cardrig::scenario {
namespace {

std::string& death() {
  static std::string text;
  return text;
}

bool write_all(int fd, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = ::write(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool read_all(int fd, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t n = ::read(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

struct Worker {
  pid_t pid = -1;
  int fd = -1;
  int item = -1;  // -1: idle
};

/// The child: answers numbers until the parent closes the socket.
[[noreturn]] void serve(int fd, const std::function<std::string(int)>& work) {
  std::int32_t item = 0;
  while (read_all(fd, &item, sizeof item)) {
    const std::string answer = work(item);
    const std::uint64_t size = answer.size();
    if (!write_all(fd, &size, sizeof size) || !write_all(fd, answer.data(), answer.size())) break;
  }
  // Without static destructors and atexit handlers: they belong to the parent.
  std::fflush(nullptr);
  ::_exit(0);
}

class Pool {
 public:
  Pool(int count, const std::function<std::string(int)>& work,
       const std::function<void(int, std::optional<std::string>)>& done)
      : count_(count), work_(work), done_(done) {}

  void run(int jobs) {
    for (int i = 0; i < jobs; ++i) {
      workers_.push_back(start());
      give(workers_.back());
    }
    while (busy() > 0) wait_for_one();
    for (Worker& worker : workers_) stop(worker);
  }

 private:
  Worker start() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      throw std::system_error(errno, std::generic_category(), "socketpair");
    }
    std::fflush(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) {
      // However the parent dies, nothing goes on for it: not even in the midst of an item.
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(1);
      ::close(ends[0]);
      for (const Worker& other : workers_) {
        if (other.fd >= 0) ::close(other.fd);  // else a sibling would never see its parent's end
      }
      serve(ends[1], work_);
    }
    ::close(ends[1]);
    return Worker{pid, ends[0], -1};
  }

  void give(Worker& worker) {
    worker.item = -1;
    if (next_ >= count_) return;
    const std::int32_t item = next_++;
    worker.item = item;
    static_cast<void>(write_all(worker.fd, &item, sizeof item));  // a death shows when reading
  }

  int busy() const {
    int n = 0;
    for (const Worker& worker : workers_) n += worker.item >= 0 ? 1 : 0;
    return n;
  }

  void wait_for_one() {
    std::vector<pollfd> fds;
    for (const Worker& worker : workers_) {
      fds.push_back(pollfd{worker.item >= 0 ? worker.fd : -1, POLLIN, 0});
    }
    if (::poll(fds.data(), fds.size(), -1) < 0) return;  // EINTR: again
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (fds[i].revents != 0) take_answer(workers_[i]);
    }
  }

  void take_answer(Worker& worker) {
    const int item = worker.item;
    std::uint64_t size = 0;
    std::string answer;
    bool whole = read_all(worker.fd, &size, sizeof size);
    if (whole) {
      answer.resize(size);
      whole = read_all(worker.fd, answer.data(), size);
    }
    if (whole) {
      give(worker);
      done_(item, std::move(answer));
      return;
    }
    stop(worker);
    done_(item, std::nullopt);
    if (next_ >= count_) return;
    worker = start();
    give(worker);
  }

  static void stop(Worker& worker) {
    if (worker.fd < 0) return;
    ::close(worker.fd);
    worker.fd = -1;
    worker.item = -1;
    int status = 0;
    while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) death() = "signal " + std::to_string(WTERMSIG(status));
    if (WIFEXITED(status)) death() = "exit code " + std::to_string(WEXITSTATUS(status));
  }

  int count_;
  const std::function<std::string(int)>& work_;
  const std::function<void(int, std::optional<std::string>)>& done_;
  std::vector<Worker> workers_;
  int next_ = 0;
};

}  // namespace

std::string last_death() { return death(); }

void run_in_processes(int count, int jobs, const std::function<std::string(int)>& work,
                      const std::function<void(int, std::optional<std::string>)>& done) {
  CARDRIG_CHECK(count >= 0 && jobs >= 1);
  if (jobs == 1 || count <= 1) {
    for (int i = 0; i < count; ++i) done(i, work(i));
    return;
  }
  // A worker that dies while it is given a number must not take this process with it.
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &before);
  Pool(count, work, done).run(std::min(jobs, count));
  ::sigaction(SIGPIPE, &before, nullptr);
}

}  // namespace cardrig::scenario
