// A page over HTTP that says how a program is, for whoever watches a site.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "kiosk/runtime/real_loop.h"

namespace cardrig {

/// Answers GET (and HEAD) /health with what `health` says, as JSON: status 200, or 503 if its
/// member "ok" is false. Every other path is 404, every other method 405. A connection gets one
/// answer and five seconds; requests of more than 8 KiB and connections over 16 are dropped.
class HealthPort {
 public:
  using Health = std::function<nlohmann::json()>;

  /// `address` is "HOST:PORT" with a numeric host ("127.0.0.1:0", "[::1]:8080"); port 0: any free
  /// one. Throws std::runtime_error, in one sentence, if it cannot be had. `health` runs on `loop`.
  HealthPort(RealLoop& loop, const std::string& address, Health health);
  ~HealthPort();
  HealthPort(const HealthPort&) = delete;
  HealthPort& operator=(const HealthPort&) = delete;

  /// With the port that was found: "127.0.0.1:40213".
  [[nodiscard]] const std::string& address() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cardrig
