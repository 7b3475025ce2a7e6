// A file of one test, removed with it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace cardrig::test {

class OwnFile {
 public:
  explicit OwnFile(const std::string& text)
      : path_((std::filesystem::temp_directory_path() / "cardrig-config-XXXXXX").string()) {
    const int file = ::mkstemp(path_.data());
    if (file < 0 || ::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      std::abort();
    }
    ::close(file);
  }
  ~OwnFile() { ::unlink(path_.c_str()); }
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace cardrig::test
