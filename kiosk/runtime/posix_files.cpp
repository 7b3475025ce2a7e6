// Files by POSIX calls, with the syncs that a journal needs.
#include "kiosk/runtime/posix_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cardrig {
namespace {

constexpr mode_t kOwnerOnly = 0600;

tl::unexpected<Error<FileReason>> failed(int error) {
  switch (error) {
    case ENOENT:
      return fail(FileReason::kNotFound, std::strerror(error));
    case ENOSPC:
    case EDQUOT:
      return fail(FileReason::kNoSpace, std::strerror(error));
    case EROFS:
      return fail(FileReason::kReadOnly, std::strerror(error));
    default:
      return fail(FileReason::kIo, std::strerror(error));
  }
}

/// Makes the creation or removal of an entry survive a power cut.
Result<Unit, FileReason> sync_directory_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed(errno);
  const int outcome = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  if (outcome != 0) return failed(error);
  return ok();
}

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path, bool is_new)
      : fd_(fd), path_(std::move(path)), directory_dirty_(is_new) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override { ::close(fd_); }

  Result<std::size_t, FileReason> read(std::uint64_t offset,
                                       std::span<std::uint8_t> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const auto n =
          ::pread(fd_, &into[done], into.size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed(errno);
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }

  Result<Unit, FileReason> write(std::uint64_t offset,
                                 std::span<const std::uint8_t> bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto n =
          ::pwrite(fd_, &bytes[done], bytes.size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed(errno);
      done += static_cast<std::size_t>(n);
    }
    return ok();
  }

  Result<Unit, FileReason> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return failed(errno);
    return ok();
  }

  Result<std::uint64_t, FileReason> size() override {
    struct stat info {};
    if (::fstat(fd_, &info) != 0) return failed(errno);
    return static_cast<std::uint64_t>(info.st_size);
  }

  Result<Unit, FileReason> sync() override {
    if (::fdatasync(fd_) != 0) return failed(errno);
    if (directory_dirty_) {
      if (auto synced = sync_directory_of(path_); !synced) return synced;
      directory_dirty_ = false;
    }
    return ok();
  }

 private:
  int fd_;
  std::string path_;
  bool directory_dirty_;
};

}  // namespace

Result<std::unique_ptr<File>, FileReason> PosixFiles::open(const std::string& path, bool create) {
  int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  const bool is_new = fd < 0 && errno == ENOENT && create;
  if (is_new) fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
  if (fd < 0) return failed(errno);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return fail(FileReason::kIo, path + " is in use by another process");
  }
  return std::make_unique<PosixFile>(fd, path, is_new);
}

Result<Unit, FileReason> PosixFiles::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return failed(errno);
  return sync_directory_of(path);
}

bool PosixFiles::exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace cardrig
