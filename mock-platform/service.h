// From an HTTP request to a signed answer: authentication, the calls of terminals and of the admin
// interface, and faults.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mock-platform/desk.h"
#include "mock-platform/http_front.h"
#include "mock-platform/mock_platform.h"
#include "mock-platform/signature.h"
#include "mock-platform/store.h"

namespace cardrig::mock_platform {

class Service {
 public:
  Service(MockPlatformConfig config, const CivilClock& clock, Tracer tracer);

  HttpReply handle(const HttpRequest& request);

  // What MockPlatform offers; see there.
  void add_permit(const Permit& permit, std::vector<std::uint8_t> photo_jpeg);
  bool set_state(const std::string& permit_id, PermitState state);
  bool free(const std::string& permit_id);
  bool withdraw(const std::string& attempt_id);
  std::vector<std::string> permit_ids();
  std::optional<PermitView> find_permit(const std::string& permit_id);
  std::optional<ClaimView> find_claim(const std::string& attempt_id);
  bool set_fault(const std::string& permit_id, const PermitFault& fault);
  void clear_fault(const std::string& permit_id, FaultKind kind);

  std::function<void(const std::string&, FaultKind)> on_fault_effect;
  std::function<void(const std::string&)> on_permit_added;

 private:
  using Json = nlohmann::json;
  struct Work;  // one request on its way through

  HttpReply handle_terminal(Work& work);
  bool authenticate(Work& work);
  void understand(Work& work);
  void understand_lookup(Work& work);
  void concern(Work& work);
  Answer execute(Work& work);
  HttpReply signed_reply(Work& work, const Answer& answer);
  void trace_request(const Work& work) const;
  void trace_answer(const Work& work, const Answer& answer, const HttpReply& reply) const;

  bool strikes(Work& work, FaultKind kind, std::int64_t* delay_ms = nullptr);
  void lie(Work& work, Answer& answer);
  void lie_about_claim(Work& work, Json& body);
  void spoil(Work& work, HttpReply& reply);

  HttpReply handle_admin(const HttpRequest& request);
  Answer admin(const HttpRequest& request);
  Answer admin_permit(const std::string& permit_id);
  Answer admin_put_permit(const std::string& permit_id, const std::string& body);
  Answer admin_set_fault(const std::string& permit_id, const std::string& fault,
                         const std::string& body);
  Answer admin_mend_fault(const std::string& permit_id, const std::string& fault);
  Answer admin_claim(const std::string& attempt_id);

  MockPlatformConfig config_;
  const CivilClock& clock_;
  Tracer tracer_;
  Store store_;
  Desk desk_;
  std::map<std::pair<std::string, FaultKind>, PermitFault> faults_;
  /// The last signed answer to a call about a permit, for kReplayedAnswer.
  std::map<std::pair<std::string, Call>, HttpReply> last_answers_;
};

}  // namespace cardrig::mock_platform
