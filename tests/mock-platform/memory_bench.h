// The bench in memory, with everything inside open to a test.
#pragma once

#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/virtual_clock.h"
#include "kiosk/runtime/virtual_time.h"
#include "tests/mock-platform/bench.h"

namespace cardrig::tests {

class MemoryBench final : public Bench {
 public:
  MemoryBench();
  ~MemoryBench() override;

  mock_platform::MockPlatform& authority() override { return platform_; }
  platform::ExamPlatform& terminal() override { return first_; }
  platform::ExamPlatform& other_terminal() override { return second_; }
  void drive(Async<void> coroutine) override;

  /// Sends bytes to the platform on a connection of their own; what comes back until it closes or
  /// `limit` has passed.
  std::string raw(const std::string& bytes, Nanos limit = std::chrono::seconds(5));
  /// A client of terminal 1 with this configuration changed by `change`.
  std::unique_ptr<platform::HttpExamPlatform> client(
      const std::function<void(platform::HttpPlatformConfig&)>& change);
  /// Events of a kind so far.
  [[nodiscard]] std::vector<const Event*> events(std::string_view kind) const;

  VirtualTime time;
  Trace trace;
  std::unique_ptr<VirtualLoop> platform_loop, kiosk_loop;
  VirtualCivilClock platform_clock, kiosk_clock;
  Tracer platform_tracer, kiosk_tracer;
  SeededEntropy entropy{7};
  MemoryLine line;

 private:
  mock_platform::MockPlatform platform_;
  platform::HttpExamPlatform first_, second_;
};

}  // namespace cardrig::tests
