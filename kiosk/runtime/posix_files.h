// Files on the machine's own disk (wire and hardware rungs).
#pragma once

#include <memory>
#include <string>

#include "kiosk/runtime/files.h"

namespace cardrig {

/// Paths are those of the operating system. A file is locked while it is open: a second process
/// that opens it gets kIo, so that two kiosks never write one journal. New files are readable by
/// their owner only. The first sync() of a new file and every remove() also sync the directory.
class PosixFiles final : public Files {
 public:
  Result<std::unique_ptr<File>, FileReason> open(const std::string& path, bool create) override;
  Result<Unit, FileReason> remove(const std::string& path) override;
  [[nodiscard]] bool exists(const std::string& path) override;
};

}  // namespace cardrig
