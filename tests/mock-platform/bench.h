// A platform, two terminals and what joins them: in memory on virtual time, over TCP, or under TLS.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kiosk/platform/http_exam_platform.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/trace.h"
#include "mock-platform/mock_platform.h"

namespace cardrig::tests {

/// 2026-11-21T10:00:00+08:00
inline constexpr CivilTime kBenchStart{1795226400000};
inline constexpr const char* kAdminToken = "admin-token";

[[nodiscard]] std::vector<std::uint8_t> key_of(int terminal);
/// An approved welding permit of 张晓龘, with the drawn portrait.
[[nodiscard]] mock_platform::Permit sample_permit(const std::string& permit_id = "permit-0001");
[[nodiscard]] platform::Person sample_person();
[[nodiscard]] mock_platform::MockPlatformConfig bench_config();

class Bench {
 public:
  virtual ~Bench() = default;
  [[nodiscard]] virtual mock_platform::MockPlatform& authority() = 0;
  [[nodiscard]] virtual platform::ExamPlatform& terminal() = 0;
  [[nodiscard]] virtual platform::ExamPlatform& other_terminal() = 0;
  /// Runs until the coroutine has ended.
  virtual void drive(Async<void> coroutine) = 0;

  template <class T>
  T run(Async<T> operation) {
    std::optional<T> result;
    drive(store(std::move(operation), result));
    return std::move(*result);
  }

 private:
  template <class T>
  static Async<void> store(Async<T> operation, std::optional<T>& into) {
    into.emplace(co_await std::move(operation));
  }
};

[[nodiscard]] std::unique_ptr<Bench> make_memory_bench();
[[nodiscard]] std::unique_ptr<Bench> make_tcp_bench();
/// With mutual authentication.
[[nodiscard]] std::unique_ptr<Bench> make_tls_bench();

}  // namespace cardrig::tests
