// One table: the catalogue's entry and the mock platform's fault of each kind.
#include "mock-platform/rig/platform_faults.h"

#include <utility>
#include <vector>

namespace cardrig::mock_platform {

namespace {

struct Entry {
  FaultKind kind;
  Call call;
  sim::FaultSpec spec;
};

sim::FaultSpec spec(const char* name, const char* reference, const char* title,
                    const char* wire_shows, const char* kiosk_must) {
  sim::FaultSpec s;
  s.name = name;
  s.reference = reference;
  s.title = title;
  s.wire_shows = wire_shows;
  s.kiosk_must = kiosk_must;
  return s;
}

std::vector<Entry> make_entries() {
  std::vector<Entry> entries{
      {FaultKind::kDown, Call::kAny,
       spec("platform.down", "H11", "The platform closes every connection",
            "the connection ends without an answer",
            "print nothing, say that the service is unavailable, report later")},
      {FaultKind::kSlow, Call::kAny,
       spec("platform.slow", "H13", "The platform answers late", "the answer comes after delay_ms",
            "wait within its limit, discard what comes later")},
      {FaultKind::kReplyLost, Call::kReport,
       spec("platform.reply_lost", "H12", "A report is accepted and its answer lost",
            "the connection ends after the report was counted",
            "repeat the report under the same key until it is acknowledged")},
      {FaultKind::kServerError, Call::kAny,
       spec("platform.server_error", "", "The platform answers 500", "HTTP status 500",
            "print nothing, say that the service is unavailable")},
      {FaultKind::kBadJson, Call::kAny,
       spec("platform.bad_json", "H21", "The platform answers what is no JSON",
            "HTTP status 200 with a signed body that does not parse",
            "print nothing, treat the answer as wrong")},
      {FaultKind::kTamperedAnswer, Call::kAny,
       spec("platform.tampered_answer", "H19", "An answer was changed on its way",
            "the signature does not fit the body", "print nothing, treat the answer as wrong")},
      {FaultKind::kReplayedAnswer, Call::kAny,
       spec("platform.replayed_answer", "H19", "An old answer is played again",
            "the signature is tied to another request's nonce",
            "print nothing, treat the answer as wrong")},
      {FaultKind::kLiesAboutName, Call::kClaim,
       spec("platform.lies_about_name", "H15", "The certificate names somebody else",
            "the claim's name is not the document's", "print nothing, give the claim back")},
      {FaultKind::kLiesAboutPermit, Call::kClaim,
       spec("platform.lies_about_permit", "H15", "The claim is of another permit",
            "the answer's permit id is not the one asked for",
            "print nothing, give the claim back")},
      {FaultKind::kRevokedBeforeClaim, Call::kClaim,
       spec("platform.revoked_before_claim", "", "The permit is revoked between query and claim",
            "the claim is refused as revoked", "refuse with the reason, print nothing")},
  };
  for (auto& e : entries) {
    if (e.kind == FaultKind::kReplayedAnswer) {
      e.spec.precondition = "the same call about the permit was answered before";
    }
    if (e.kind == FaultKind::kSlow) {
      e.spec.params = {{"delay_ms", 1, 120000, 3000, "how late the answer is"}};
    }
    if (e.kind == FaultKind::kReplyLost) {
      e.spec.params = {{"times", 0, 20, 1, "how often; 0: until cleared"}};
    }
  }
  return entries;
}

const std::vector<Entry>& entries() {
  static const auto list = make_entries();
  return list;
}

}  // namespace

void declare_platform_faults(sim::FaultCatalogue& catalogue) {
  for (const auto& e : entries()) catalogue.declare(e.spec);
}

PlatformFaults::PlatformFaults(sim::FaultCatalogue& catalogue, MockPlatform& platform)
    : catalogue_(catalogue), platform_(platform) {
  catalogue_.on_change([this](const std::string& fault, bool active) {
    for (const auto& id : platform_.permit_ids()) apply(fault, active, id);
  });
  platform_.on_permit_added([this](const std::string& id) {
    for (const auto& fault : catalogue_.active()) apply(fault, true, id);
  });
  platform_.on_fault_effect([this](const std::string&, FaultKind kind) {
    for (const auto& e : entries()) {
      if (e.kind == kind && catalogue_.is_active(e.spec.name)) {
        catalogue_.took_effect(e.spec.name);
      }
    }
  });
}

void PlatformFaults::apply(const std::string& fault, bool active, const std::string& permit_id) {
  for (const auto& e : entries()) {
    if (e.spec.name != fault) continue;
    if (!active) return platform_.clear_fault(permit_id, e.kind);
    PermitFault made;
    made.kind = e.kind;
    made.call = e.call;
    if (e.kind == FaultKind::kSlow) {
      made.delay_ms = static_cast<std::int64_t>(catalogue_.param(fault, "delay_ms"));
    }
    if (e.kind == FaultKind::kReplyLost) {
      made.times = static_cast<int>(catalogue_.param(fault, "times"));
    }
    platform_.set_fault(permit_id, made);
  }
}

}  // namespace cardrig::mock_platform
