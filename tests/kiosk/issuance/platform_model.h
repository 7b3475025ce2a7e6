// The exam platform as a strict model of docs/protocols/platform.md: claims, releases and reports
// of permits, and a count of what was reported. Anything that the page forbids fails the test.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kiosk/platform/exam_platform.h"
#include "kiosk/runtime/async.h"

namespace cardrig::issuance {

class PlatformModel {
 public:
  struct Claim {
    std::string permit;
    platform::ClaimState state = platform::ClaimState::kGranted;
    std::map<int, platform::Outcome> cards;  ///< by card number, as counted
  };

  // What a test sets up.
  std::map<std::string, std::string> permits;  ///< permit → "approved", "claimed", "issued"…
  certificate::Certificate certificate;  ///< what every claim is answered with
  bool down = false;
  int lost_replies = 0;  ///< accepted, then the connection breaks
  int lost_report_replies = 0;
  bool refuses_retry = false;
  bool withdraws_after_spoilt = false;  ///< granted one more card, then thought better of it
  platform::Refusal refusal = platform::Refusal::kNone;
  std::optional<platform::PlatformReason> claim_fails;

  // What a test looks at.
  std::map<std::string, Claim> claims;  ///< by attempt
  std::vector<platform::Report> accepted;  ///< counted, in order
  std::vector<std::string> violations;
  int claim_calls = 0;
  [[nodiscard]] int delivered(const std::string& permit) const;
  void withdraw_all();

  Result<platform::Claim, platform::PlatformReason> claim(const std::string& attempt,
                                                          const std::string& permit);
  Result<platform::ClaimState, platform::PlatformReason> claim_state(const std::string& attempt);
  Result<Unit, platform::PlatformReason> release(const std::string& attempt);
  Result<platform::ReportAnswer, platform::PlatformReason> report(const platform::Report& report);

 private:
  Result<platform::ReportAnswer, platform::PlatformReason> count(const platform::Report& report);

  std::map<std::string, platform::Report> by_key_;
};

/// The platform as one kiosk sees it: 30 ms there, 30 ms back.
class ModelPlatform final : public platform::ExamPlatform {
 public:
  ModelPlatform(Loop& loop, PlatformModel& model, const bool& kiosk_power)
      : loop_(loop), model_(model), kiosk_power_(kiosk_power) {}

  Async<Result<std::vector<platform::PermitEntry>, platform::PlatformReason>> permits_of(
      const platform::Person& person) override;
  /// Issuance never looks anything up.
  Async<Result<platform::PermitEntry, platform::PlatformReason>> lookup(
      const std::string& session, const platform::Person& person,
      const std::string& number) override;
  Async<Result<platform::Claim, platform::PlatformReason>> claim(
      const std::string& attempt_id, const std::string& permit_id,
      const platform::Person& person) override;
  Async<Result<platform::ClaimState, platform::PlatformReason>> claim_state(
      const std::string& attempt_id) override;
  Async<Result<Unit, platform::PlatformReason>> release(const std::string& attempt_id) override;
  Async<Result<platform::ReportAnswer, platform::PlatformReason>> report(
      const platform::Report& report) override;
  Async<Result<Unit, platform::PlatformReason>> health() override;

 private:
  Async<bool> reaches();
  Async<bool> comes_back();
  Loop& loop_;
  PlatformModel& model_;
  const bool& kiosk_power_;
};

}  // namespace cardrig::issuance
