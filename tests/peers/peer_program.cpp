// Starting through the engine's own process class: a peer dies with the test, however that ends.
#include "tests/peers/peer_program.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace cardrig::test {

HeldPort::HeldPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int yes = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool found = ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                     ::bind(socket_, generic, size) == 0 &&
                     ::getsockname(socket_, generic, &size) == 0;
  if (!found) {
    ::close(socket_);
    throw std::runtime_error("no free port");
  }
  number_ = ntohs(address.sin_port);
}

HeldPort::~HeldPort() { ::close(socket_); }

std::string find_program(const std::string& name, const std::string& package) {
  const char* path = std::getenv("PATH");
  std::stringstream folders(std::string(path == nullptr ? "" : path) + ":/usr/sbin:/usr/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string file = folder + "/" + name;
    if (!folder.empty() && ::access(file.c_str(), X_OK) == 0) return file;
  }
  throw std::runtime_error(name + " is not there: install the Debian package " + package);
}

std::unique_ptr<scenario::Process> start_program(const std::string& path,
                                                 std::vector<std::string> args,
                                                 const std::string& output,
                                                 std::vector<std::string> environment) {
  auto process =
      scenario::Process::start({path, path, std::move(args), output, std::move(environment)});
  if (!process) throw std::runtime_error(process.error().detail);
  return std::move(*process);
}

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

int orphans_left() {
  int living = 0;
  for (;;) {
    const pid_t found = ::waitpid(-1, nullptr, WNOHANG);
    if (found < 0) break;  // no children at all
    if (found == 0) {
      ++living;
      break;
    }
  }
  return living;
}

}  // namespace cardrig::test
