// The plain ends of a local socket, for tests of what stands at the other end. Every wait has a
// limit, so that a test fails instead of hanging.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kiosk/runtime/clock.h"

namespace cardrig::test {

/// A folder of this process alone, removed with what is in it.
class OwnFolder {
 public:
  OwnFolder();
  ~OwnFolder();
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A connected socket.
class LocalSocket {
 public:
  explicit LocalSocket(int descriptor) : descriptor_(descriptor) {}
  ~LocalSocket() { close(); }
  LocalSocket(LocalSocket&& other) noexcept;
  LocalSocket& operator=(LocalSocket&&) = delete;

  /// False: the other end has closed, or took nothing for five seconds.
  bool write(std::string_view bytes);
  /// How much the other end takes without reading.
  std::size_t write_without_wait(std::string_view bytes);
  /// Without its newline; nothing: the end, or nothing came for five seconds.
  std::optional<std::string> read_line();
  /// Whatever comes until the other end closes; nothing: it did not.
  std::optional<std::string> read_to_end();
  void end_writing();
  void close();

 private:
  bool read_some();
  int descriptor_;
  std::string in_;
  bool ended_ = false;
};

/// Aborts the test if nobody listens.
[[nodiscard]] LocalSocket connect_local(const std::string& path);

class LocalListener {
 public:
  explicit LocalListener(const std::string& path);
  ~LocalListener();
  LocalListener(const LocalListener&) = delete;
  LocalListener& operator=(const LocalListener&) = delete;
  [[nodiscard]] LocalSocket accept() const;

 private:
  int descriptor_;
};

}  // namespace cardrig::test
