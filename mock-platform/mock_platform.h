// The mock exam platform: the house-defined interface of docs/protocols/platform.md, over bytes in
// memory, over TCP or under TLS (port.h), with an admin interface by HTTP and by function calls.
//
// Trace events (party: the tracer's, "platform"):
//   platform.request  call, method, path, terminal[, permit][, attempt][, id_number][, name]
//                     [, number]
//   platform.suspicion what, terminal, permit                     somebody else's number was tried
//   platform.answer   call, path, status, code, delay_ms, lost[, permit][, attempt]
//   platform.claim    attempt, permit, state                      every change of a claim
//   platform.report   key, attempt, permit, outcome, card_number, duplicate, corrects
//   platform.permit   permit, state                               every change by the authority
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/trace.h"
#include "mock-platform/types.h"

namespace cardrig::mock_platform {

struct MockPlatformConfig {
  std::string database = ":memory:";  ///< or a path
  std::vector<Terminal> terminals;
  std::string admin_token;  ///< "": the admin interface by HTTP is closed
  Nanos processing_time{std::chrono::milliseconds(30)};
  std::int64_t signature_window_ms = 5 * 60 * 1000;
  Nanos idle_limit{std::chrono::seconds(30)};  ///< between two requests of a connection
  /// From the first byte of a request to its last, however slowly they drip; and for its answer.
  Nanos transfer_limit{std::chrono::seconds(10)};
};

class MockPlatform {
 public:
  /// `loop` serves connections given to serve(). `clock` and `loop` must outlive this object, and
  /// the tracer's trace too. Throws std::runtime_error if the database cannot be opened.
  MockPlatform(MockPlatformConfig config, Loop& loop, const CivilClock& clock, Tracer tracer);
  ~MockPlatform();
  MockPlatform(const MockPlatform&) = delete;
  MockPlatform& operator=(const MockPlatform&) = delete;

  // --- serving ---

  /// Serves one connection until it ends (MemoryLine::on_accept, PlatformPort), 64 at most: a
  /// further one takes the place of the one that has been idle for longest.
  void serve(std::shared_ptr<ByteStream> stream);
  [[nodiscard]] std::size_t connections() const;  ///< that are served now

  // --- setting up, and acts of the authority. False: no such thing, or not possible now. ---

  /// Also replaces. Empty number and QR payload are filled in.
  void add_permit(const Permit& permit);
  bool approve(const std::string& permit_id);
  bool suspend(const std::string& permit_id);  ///< approval pending again
  bool revoke(const std::string& permit_id);  ///< withdraws a granted claim
  bool mark_issued(const std::string& permit_id);
  bool free(const std::string& permit_id);  ///< ends a captured or unknown claim
  bool withdraw(const std::string& attempt_id);  ///< a granted claim, whose permit stays approved

  // --- looking ---

  [[nodiscard]] std::vector<std::string> permit_ids();  ///< sorted
  [[nodiscard]] std::optional<PermitView> find_permit(const std::string& permit_id);
  [[nodiscard]] std::optional<ClaimView> find_claim(const std::string& attempt_id);

  // --- faults, always of one permit ---

  /// Replaces a fault of the same kind on that permit. False: there is no such permit.
  bool set_fault(const std::string& permit_id, const PermitFault& fault);
  void clear_fault(const std::string& permit_id, FaultKind kind);
  /// Called when a fault has struck, after the request was dealt with.
  void on_fault_effect(std::function<void(const std::string& permit_id, FaultKind kind)> f);
  /// Called when a permit was added or replaced.
  void on_permit_added(std::function<void(const std::string& permit_id)> f);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cardrig::mock_platform
