// The table, and finding a target in it.
#include "mock-platform/routes.h"

#include <array>

#include "mock-platform/types.h"

namespace cardrig::mock_platform {

namespace {

// Where two of a method fit, the first counts: the longer ones stand before.
constexpr std::array<Route, 18> kRoutes{{
    {"GET", "/api/v1/health", Act::kHealth},
    {"POST", "/api/v1/permits/query", Act::kQuery},
    {"POST", "/api/v1/records/lookup", Act::kLookup},
    {"POST", "/api/v1/claims", Act::kClaim},
    {"GET", "/api/v1/claims/{attempt_id}", Act::kState},
    {"POST", "/api/v1/claims/{attempt_id}/release", Act::kRelease},
    {"POST", "/api/v1/reports", Act::kReport},
    {"PUT", "/admin/v1/permits/{permit_id}/faults/{fault}", Act::kSetFault},
    {"DELETE", "/admin/v1/permits/{permit_id}/faults/{fault}", Act::kMendFault},
    {"POST", "/admin/v1/permits/{permit_id}/approve", Act::kApprove},
    {"POST", "/admin/v1/permits/{permit_id}/suspend", Act::kSuspend},
    {"POST", "/admin/v1/permits/{permit_id}/revoke", Act::kRevoke},
    {"POST", "/admin/v1/permits/{permit_id}/issued", Act::kIssued},
    {"POST", "/admin/v1/permits/{permit_id}/free", Act::kFree},
    {"PUT", "/admin/v1/permits/{permit_id}", Act::kPutPermit},
    {"GET", "/admin/v1/permits/{permit_id}", Act::kGetPermit},
    {"GET", "/admin/v1/claims/{attempt_id}", Act::kGetClaim},
    {"POST", "/admin/v1/claims/{attempt_id}/withdraw", Act::kWithdraw},
}};

std::optional<Match> fit(const Route& route, std::string_view target) {
  const std::string_view path = route.path;
  const auto open = path.find('{');
  if (open == std::string_view::npos) {
    return target == path ? std::optional<Match>({route.act, "", ""}) : std::nullopt;
  }
  const auto close = path.find('}');
  const bool is_attempt = path.substr(open + 1, close - open - 1) == "attempt_id";
  std::string_view behind = path.substr(close + 1);
  if (!target.starts_with(path.substr(0, open))) return std::nullopt;
  target.remove_prefix(open);
  Match match{route.act, "", ""};
  if (const auto second = behind.find('{'); second != std::string_view::npos) {
    behind = behind.substr(0, second);
    const auto at = target.rfind(behind);
    if (at == std::string_view::npos) return std::nullopt;
    match.fault = target.substr(at + behind.size());
    target = target.substr(0, at);
  } else {
    if (!target.ends_with(behind)) return std::nullopt;
    target.remove_suffix(behind.size());
  }
  if (!is_id(target, !is_attempt)) return std::nullopt;
  match.id = target;
  return match;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

std::optional<Match> match(std::string_view method, std::string_view target) {
  for (const auto& route : kRoutes) {
    if (method != route.method) continue;
    if (auto found = fit(route, target)) return found;
  }
  return std::nullopt;
}

}  // namespace cardrig::mock_platform
