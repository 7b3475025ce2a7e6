// Plug: the device's end of a wire, whatever the wire is: a simulated plug in memory, a
// pseudo-terminal, a TCP port. A simulated device accepts what the kiosk's driver opens, and can
// show the faults of its cable.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kiosk/runtime/byte_stream.h"

namespace cardrig {

class Plug {
 public:
  using Acceptor = std::function<void(std::shared_ptr<ByteStream>)>;
  enum class Reach { kOpen, kRefused, kBlackHole, kUnplugged };

  virtual ~Plug() = default;
  /// Called on the device's loop for every opened connection.
  virtual void on_accept(Acceptor acceptor) = 0;
  /// Unplugged: open connections fail, new ones find nothing. Refused: nobody listens.
  /// Black hole: open connections go silent, new ones hang.
  virtual void set_reach(Reach reach) = 0;
  [[nodiscard]] virtual Reach reach() const = 0;
  [[nodiscard]] virtual const std::string& name() const = 0;
};

}  // namespace cardrig
