// Every path and method that the platform answers, as one table. What mock-platform/openapi.yaml
// describes is the same, and a test compares the two.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cardrig::mock_platform {

enum class Act {
  kHealth,
  kQuery,
  kLookup,
  kClaim,
  kState,
  kRelease,
  kReport,
  kPutPermit,
  kGetPermit,
  kApprove,
  kSuspend,
  kRevoke,
  kIssued,
  kFree,
  kSetFault,
  kMendFault,
  kGetClaim,
  kWithdraw,
};

/// `path` may hold one {attempt_id} or {permit_id}, and {fault} behind it. A permit's id may hold
/// slashes, an attempt's may not.
struct Route {
  const char* method;
  const char* path;
  Act act;
};
[[nodiscard]] std::span<const Route> routes();

struct Match {
  Act act = Act::kHealth;
  std::string id;  ///< the attempt's or the permit's; keeps the rule for ids
  std::string fault;
};
/// Nothing: there is no such path, or it does not take this method.
[[nodiscard]] std::optional<Match> match(std::string_view method, std::string_view target);

}  // namespace cardrig::mock_platform
