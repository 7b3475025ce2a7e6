// File access behind a seam: the real disk, or a simulated one whose unsynced writes can be lost or
// torn and whose power can fail at the n-th operation. SQLite reaches it through sqlite_vfs.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kiosk/runtime/result.h"

namespace cardrig {

enum class FileReason { kNotFound, kNoSpace, kReadOnly, kIo, kPowerLost };
[[nodiscard]] const char* to_string(FileReason reason);

class File {
 public:
  virtual ~File() = default;
  /// Bytes read; fewer than asked for only at the end of the file.
  virtual Result<std::size_t, FileReason> read(std::uint64_t offset,
                                               std::span<std::uint8_t> into) = 0;
  virtual Result<Unit, FileReason> write(std::uint64_t offset,
                                         std::span<const std::uint8_t> bytes) = 0;
  virtual Result<Unit, FileReason> truncate(std::uint64_t size) = 0;
  virtual Result<std::uint64_t, FileReason> size() = 0;
  /// Everything written before this survives a power cut.
  virtual Result<Unit, FileReason> sync() = 0;
};

class Files {
 public:
  virtual ~Files() = default;
  virtual Result<std::unique_ptr<File>, FileReason> open(const std::string& path, bool create) = 0;
  virtual Result<Unit, FileReason> remove(const std::string& path) = 0;
  [[nodiscard]] virtual bool exists(const std::string& path) = 0;
};

}  // namespace cardrig
