// The admin interface by HTTP.
#include "mock-platform/json_codec.h"
#include "mock-platform/routes.h"
#include "mock-platform/service.h"

namespace cardrig::mock_platform {

namespace {

Answer no_such_thing() { return error_answer(404, "NOT_FOUND", "there is no such thing"); }
Answer done() { return {200, {{"status", "ok"}}}; }
Answer done_if(bool ok) { return ok ? done() : no_such_thing(); }
Answer bad_request(const char* message) { return error_answer(400, "BAD_REQUEST", message); }

nlohmann::json to_json(const std::string& permit_id, const PermitView& view) {
  return {{"permit_id", permit_id},         {"state", to_string(view.state)},
          {"claim", to_string(view.claim)}, {"attempt_id", view.attempt_id},
          {"delivered", view.delivered},    {"captured", view.captured},
          {"spoilt", view.spoilt},          {"no_card", view.no_card},
          {"unknown", view.unknown},        {"foreign_lookups", view.foreign_lookups}};
}

}  // namespace

HttpReply Service::handle_admin(const HttpRequest& request) {
  const Answer answer = admin(request);
  return {answer.status, answer.body.dump(), {}};
}

Answer Service::admin(const HttpRequest& request) {
  const std::string expected = "Bearer " + config_.admin_token;
  if (config_.admin_token.empty() || !equal_secret(request.header("Authorization"), expected)) {
    return error_answer(401, "UNAUTHORISED", "the admin token is wrong");
  }
  const auto found = match(request.method, request.target);
  if (!found) return no_such_thing();
  const std::string& id = found->id;
  switch (found->act) {
    case Act::kPutPermit:
      return admin_put_permit(id, request.body);
    case Act::kGetPermit:
      return admin_permit(id);
    case Act::kApprove:
      return done_if(set_state(id, PermitState::kApproved));
    case Act::kSuspend:
      return done_if(set_state(id, PermitState::kPending));
    case Act::kRevoke:
      return done_if(set_state(id, PermitState::kRevoked));
    case Act::kIssued:
      return done_if(set_state(id, PermitState::kIssued));
    case Act::kFree:
      return done_if(free(id));
    case Act::kSetFault:
      return admin_set_fault(id, found->fault, request.body);
    case Act::kMendFault:
      return admin_mend_fault(id, found->fault);
    case Act::kGetClaim:
      return admin_claim(id);
    case Act::kWithdraw:
      return done_if(withdraw(id));
    default:
      return no_such_thing();
  }
}

Answer Service::admin_permit(const std::string& permit_id) {
  const auto view = find_permit(permit_id);
  if (!view) return no_such_thing();
  return {200, to_json(permit_id, *view)};
}

Answer Service::admin_put_permit(const std::string& permit_id, const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return bad_request("the body is no JSON object");
  Permit permit;
  permit.permit_id = permit_id;
  const auto person = person_from_json(json.value("person", Json()));
  const Json certificate = json.value("certificate", Json());
  const auto parsed = certificate_from_json(certificate);
  const auto state_field = json.find("state");
  const auto state = state_field != json.end() && state_field->is_string()
                         ? permit_state(state_field->get<std::string>())
                         : std::nullopt;
  if (!person || !parsed || !state) {
    return bad_request("person, certificate or state is missing or incomplete");
  }
  if (!take_record(json, permit)) return bad_request("record_number or listed has another form");
  permit.person = *person;
  permit.certificate = *parsed;
  permit.state = *state;
  std::vector<std::uint8_t> photo;
  if (const auto it = certificate.find("photo"); it != certificate.end()) {
    const auto coded = it->is_object() ? it->find("base64") : it->end();
    if (!it->is_object() || coded == it->end() || !coded->is_string()) {
      return bad_request("the photo has no base64");
    }
    const auto bytes = from_base64(coded->get<std::string>());
    if (!bytes) return bad_request("the photo is no base64");
    photo = *bytes;
  }
  add_permit(permit, std::move(photo));
  return done();
}

Answer Service::admin_mend_fault(const std::string& permit_id, const std::string& fault) {
  const auto kind = fault_kind(fault);
  if (!kind) return no_such_thing();
  clear_fault(permit_id, *kind);
  return done();
}

Answer Service::admin_set_fault(const std::string& permit_id, const std::string& fault,
                                const std::string& body) {
  const auto kind = fault_kind(fault);
  if (!kind) return no_such_thing();
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) return bad_request("the body is no JSON object");
  PermitFault set{*kind};
  const Json name = json.value("call", Json("any"));
  const Json delay = json.value("delay_ms", Json(0U));
  const Json times = json.value("times", Json(0U));
  const auto which = name.is_string() ? call(name.get<std::string>()) : std::nullopt;
  if (!which || *which == Call::kHealth || !delay.is_number_unsigned() ||
      !times.is_number_unsigned() || delay.get<std::uint64_t>() > 3'600'000 ||
      times.get<std::uint64_t>() > 1'000'000) {
    return bad_request("call, delay_ms or times is out of range");
  }
  set.call = *which;
  set.delay_ms = delay.get<std::int64_t>();
  set.times = times.get<int>();
  return done_if(set_fault(permit_id, set));
}

Answer Service::admin_claim(const std::string& attempt_id) {
  const auto claim = find_claim(attempt_id);
  if (!claim) return no_such_thing();
  return {200,
          {{"attempt_id", attempt_id},
           {"permit_id", claim->permit_id},
           {"state", to_string(claim->state)},
           {"spoilt", claim->spoilt}}};
}

}  // namespace cardrig::mock_platform
