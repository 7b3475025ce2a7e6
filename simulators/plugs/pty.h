// One pseudo-terminal as its master sees it: who has the slave open, at which speed, what it reads.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>

#include "kiosk/runtime/real_loop.h"

namespace cardrig::sim {

class Pty {
 public:
  /// Raw, at `baud`, with nobody at the slave. Throws std::runtime_error if none can be had.
  Pty(RealLoop& loop, unsigned baud);
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;

  [[nodiscard]] const std::string& slave() const { return slave_; }
  asio::posix::stream_descriptor& master() { return master_; }

  [[nodiscard]] bool is_host_there();
  /// The speed that the slave is set to; 0: one that we do not know.
  [[nodiscard]] unsigned host_baud();
  /// Bytes read or written; 0: not now; nothing: nobody is at the slave.
  [[nodiscard]] std::optional<std::size_t> read(std::span<std::uint8_t> into);
  [[nodiscard]] std::optional<std::size_t> write(std::span<const std::uint8_t> bytes);

  /// Whether the host has read all that was written; nothing if that cannot be known.
  [[nodiscard]] std::optional<bool> is_read();
  /// When nobody is there: throws away what was not read, and the claim of the last host to be
  /// alone (TIOCEXCL outlives a host that was killed). False if that is not possible: only for an
  /// administrator is there a way past TIOCEXCL, and this pseudo-terminal is of no more use.
  [[nodiscard]] bool clean();
  /// Behaves as if another program held the port. For good.
  void block();
  void close();

 private:
  [[nodiscard]] int open_slave() const;

  std::string slave_;
  asio::posix::stream_descriptor master_;
  asio::posix::stream_descriptor blocker_;
};

/// Linux tells the master at once when nobody has the slave open any more (hang-up, EIO), and not
/// at all when somebody opens it: that is learnt from inotify, which also tells of a host that has
/// closed and opened again before anybody looked.
class SlaveWatch {
 public:
  enum class Seen { kOpened, kClosed };

  /// Throws std::runtime_error if the system has no more of them. One is for many slaves, one after
  /// the other: the system takes its time (tens of milliseconds) to end one.
  explicit SlaveWatch(RealLoop& loop);

  /// To be called when nobody has it open.
  void follow(const std::string& slave);
  void leave();
  /// Who opened and closed the slave since the last call. Equal neighbours may be one.
  [[nodiscard]] std::deque<Seen> seen();
  asio::posix::stream_descriptor& descriptor() { return descriptor_; }

 private:
  asio::posix::stream_descriptor descriptor_;
  int watched_ = -1;
};

}  // namespace cardrig::sim
