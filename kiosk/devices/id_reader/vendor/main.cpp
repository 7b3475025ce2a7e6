// photo-decoder PARENT MEMORY_MB LIBRARY: loads a vendor's photo decoder (photo_library.h) where it
// can hurt nobody, and decodes what comes over standard input. The kiosk starts it and ends it.
//
// What the library could do: write beyond the picture (it ends at a page that nobody may touch),
// print (standard streams lead nowhere), take all memory, fill the disk, leave a core file with a
// face in it, outlive the kiosk. A library that hangs is the kiosk's affair: it kills this process.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "kiosk/devices/id_reader/vendor/decoder_protocol.h"
#include "kiosk/devices/id_reader/vendor/photo_library.h"

namespace {

namespace vendor = cardrig::id_reader::vendor;

constexpr int kSocket = 3;
constexpr rlim_t kMostWritten_bytes = 1 << 20;  // of any file; a BMP takes 38862
constexpr rlim_t kMostOpenFiles = 32;

using DecodePhoto = decltype(&cardrig_decode_photo);
using PhotoInterface = decltype(&cardrig_photo_interface);

bool send_all(const void* data, std::size_t size) {
  const auto* next = static_cast<const unsigned char*>(data);
  while (size > 0) {
    const ssize_t n = ::write(kSocket, next, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    next += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool receive_all(void* data, std::size_t size) {
  auto* next = static_cast<unsigned char*>(data);
  while (size > 0) {
    const ssize_t n = ::read(kSocket, next, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    next += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool answer(std::int32_t result, const void* content, std::size_t size) {
  const vendor::Answer head{vendor::kAnswerMagic, result, static_cast<std::uint32_t>(size)};
  return send_all(&head, sizeof head) && send_all(content, size);
}

bool limit(int resource, rlim_t most) {
  const rlimit both{most, most};
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0;
}

/// False: the system refused something, and nothing may be loaded.
bool shut_in(pid_t parent, rlim_t memory_mb) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) return false;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0) {
    return false;
  }
  // The socket came as standard input; the library gets none of it.
  if (::dup2(STDIN_FILENO, kSocket) < 0) return false;
  const int nowhere = ::open("/dev/null", O_RDWR);
  if (nowhere < 0) return false;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(nowhere, fd) < 0) return false;
  }
  if (::close_range(kSocket + 1, ~0U, 0) != 0) return false;
  if (::fcntl(kSocket, F_SETFD, FD_CLOEXEC) != 0) return false;
  if (memory_mb > 0 && !limit(RLIMIT_AS, memory_mb << 20)) return false;
  return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, kMostWritten_bytes) &&
         limit(RLIMIT_NOFILE, kMostOpenFiles);
}

/// Room for the picture that ends where nobody may write.
unsigned char* make_room() {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t pages = (vendor::kPicture_bytes + page - 1) / page;
  void* all = ::mmap(nullptr, (pages + 1) * page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return nullptr;
  auto* first = static_cast<unsigned char*>(all);
  if (::mprotect(first + pages * page, page, PROT_NONE) != 0) return nullptr;
  return first + pages * page - vendor::kPicture_bytes;
}

struct Library {
  DecodePhoto decode = nullptr;
  std::int32_t result = CARDRIG_PHOTO_OK;
  const char* trouble = "";
};

Library load(const char* path) {
  void* library = ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {nullptr, vendor::kNoLibrary, ::dlerror()};
  const auto version =
      reinterpret_cast<PhotoInterface>(::dlsym(library, "cardrig_photo_interface"));
  const auto decode = reinterpret_cast<DecodePhoto>(::dlsym(library, "cardrig_decode_photo"));
  if (version == nullptr || decode == nullptr || version() != CARDRIG_PHOTO_INTERFACE) {
    return {nullptr, vendor::kNoInterface, "it does not have the interface of photo_library.h"};
  }
  return {decode, CARDRIG_PHOTO_OK, ""};
}

bool serve_one(DecodePhoto decode, unsigned char* picture) {
  std::array<unsigned char, vendor::kCoded_bytes> coded{};
  if (!receive_all(coded.data(), coded.size())) return false;
  std::memset(picture, 0, vendor::kPicture_bytes);
  std::size_t size = vendor::kPicture_bytes;
  const int result = decode(coded.data(), coded.size(), picture, &size);
  explicit_bzero(coded.data(), coded.size());
  // A size that it cannot have is told, and no byte of it sent.
  const bool whole = result == CARDRIG_PHOTO_OK && size == vendor::kPicture_bytes;
  const bool sent = answer(result, picture, whole ? size : 0);
  explicit_bzero(picture, vendor::kPicture_bytes);
  return sent;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("photo-decoder PARENT MEMORY_MB LIBRARY: started by the kiosk only\n", stderr);
    return 2;
  }
  const auto parent = static_cast<pid_t>(std::atol(argv[1]));
  if (!shut_in(parent, static_cast<rlim_t>(std::atol(argv[2])))) return 1;
  unsigned char* picture = make_room();
  if (picture == nullptr) return 1;
  const Library library = load(argv[3]);
  const std::size_t size = std::min(std::strlen(library.trouble), vendor::kMostTrouble_bytes);
  if (!answer(library.result, library.trouble, size) || library.decode == nullptr) return 1;
  while (serve_one(library.decode, picture)) {
  }
  return 0;
}
