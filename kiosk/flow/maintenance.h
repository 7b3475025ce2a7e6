// Maintenance: what staff see when they have turned the service key and nobody is served. It shows
// and asks, and changes nothing but writing the log to a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kiosk/flow/deps.h"
#include "kiosk/flow/endings.h"
#include "kiosk/flow/presenter.h"

namespace cardrig::flow {

/// Trace: kiosk.maintenance {open}, kiosk.self_test {device, ok, detail}, kiosk.log_exported {ok,
/// detail}.
class Maintenance {
 public:
  Maintenance(Deps& deps, Presenter& presenter) : deps_(deps), presenter_(presenter) {}
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;

  /// Until the key is turned back. `cause`: the kiosk is out of service.
  Async<void> run(std::optional<Cause> cause);

 private:
  Async<void> turn_to(std::string page);
  Async<void> self_test();
  Async<void> test(const char* device, Async<std::string> trouble);
  Async<std::string> reader_trouble();
  Async<std::string> camera_trouble();
  Async<std::string> printer_trouble();
  Async<std::string> board_trouble();
  Async<std::string> platform_trouble();
  Async<std::string> journal_trouble();
  Async<void> supplies();
  void counters();
  Async<void> issuances();
  Async<void> export_log();
  Async<bool> key_is_turned();

  Deps& deps_;
  Presenter& presenter_;
  std::optional<Cause> cause_;
  std::vector<Text> rows_;
  int strikes_ = 0;
};

}  // namespace cardrig::flow
