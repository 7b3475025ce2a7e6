// MaskedLog: the newest events of one party as lines of text that may leave the kiosk. It is masked
// as it is written, so that nothing personal waits in memory for somebody to take the log away.
#pragma once

#include <deque>
#include <string>

#include "kiosk/runtime/trace.h"

namespace cardrig {

/// Numbers of documents (15 digits or more, with a final X or without) become stars, but for the
/// first 3 and the last 4 characters.
[[nodiscard]] std::string mask_long_numbers(const std::string& text);

class MaskedLog {
 public:
  /// The trace must outlive this object.
  MaskedLog(Trace& trace, std::string party, std::size_t lines_at_most = 4000);
  ~MaskedLog();
  MaskedLog(const MaskedLog&) = delete;
  MaskedLog& operator=(const MaskedLog&) = delete;

  /// One JSON object a line: `t_ms`, `kind`, and the event's fields as texts. No bytes of wires, no
  /// pictures.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::size_t lines() const { return lines_.size(); }

 private:
  void add(const Event& event);

  Trace& trace_;
  std::string party_;
  std::size_t lines_at_most_;
  std::deque<std::string> lines_;
  int subscription_;
};

}  // namespace cardrig
