// The rules of the platform: who may have which card, who holds a claim, what a report changes.
// docs/protocols/platform.md in code; it knows no HTTP.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/trace.h"
#include "mock-platform/store.h"
#include "mock-platform/types.h"

namespace cardrig::mock_platform {

struct Answer {
  int status = 200;
  nlohmann::json body;

  /// "OK", or the code of the error.
  [[nodiscard]] std::string code() const;
};
[[nodiscard]] Answer error_answer(int status, const char* code, const char* message);

struct ReportBody {
  std::string idempotency_key, attempt_id, permit_id;
  Outcome outcome = Outcome::kUnknown;
  int card_number = 1;
};

/// Emits platform.suspicion {what, terminal, permit} when a person looks up somebody else's number;
/// platform.claim {attempt, permit, state} at every change of a claim; and
/// platform.report {key, attempt, permit, outcome, card_number, duplicate, corrects} for every
/// report that is accepted. Each call is one transaction of the store.
class Desk {
 public:
  Desk(Store& store, const CivilClock& clock, const Tracer& tracer)
      : store_(store), clock_(clock), tracer_(tracer) {}

  // Calls of a terminal.
  Answer query(const Person& person);
  Answer lookup(const std::string& terminal, const std::string& session, const Person& person,
                const std::string& number);
  Answer claim(const std::string& terminal, const std::string& attempt_id,
               const std::string& permit_id, const Person& person);
  Answer state(const std::string& terminal, const std::string& attempt_id);
  Answer release(const std::string& terminal, const std::string& attempt_id);
  Answer report(const std::string& terminal, const ReportBody& report);

  // Acts of the authority. False: there is no such permit or claim, or not in a state for it.
  bool set_state(const std::string& permit_id, PermitState state);  ///< revoking withdraws
  bool free(const std::string& permit_id);
  bool withdraw(const std::string& attempt_id);
  [[nodiscard]] std::optional<PermitView> view(const std::string& permit_id);

 private:
  /// What the answer to a query or look-up says of a permit.
  nlohmann::json offer(const Permit& permit);
  /// "none", or why the permit cannot be printed now.
  std::string refusal(const Permit& permit);
  /// Withdrawn, and its terminal has not yet said what became of the card.
  bool is_in_doubt(const ClaimRow& claim);
  Answer granted(const ClaimRow& claim, const Permit& permit, bool repeated);
  Answer refuse(const std::string& refusal);
  void change(ClaimRow claim, ClaimState state);
  Answer first_report(const ClaimRow& claim, const ReportBody& report, bool after_spoilt);
  Answer correction(const ClaimRow& claim, const ReportRow& earlier, const ReportBody& report);
  Answer record(ClaimRow claim, const ReportBody& report, ClaimState state, bool may_print_again,
                const char* corrects);
  void settle_permit(const ClaimRow& claim, const ReportBody& report, ClaimState state);

  Store& store_;
  const CivilClock& clock_;
  const Tracer& tracer_;
};

}  // namespace cardrig::mock_platform
