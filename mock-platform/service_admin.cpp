// The admin interface by HTTP.
#include "mock-platform/json_codec.h"
#include "mock-platform/service.h"

namespace cardrig::mock_platform {

namespace {

constexpr std::string_view kPermits = "/admin/v1/permits/";
constexpr std::string_view kClaims = "/admin/v1/claims/";
constexpr std::string_view kFaults = "/faults/";

Answer no_such_thing() { return error_answer(404, "NOT_FOUND", "there is no such thing"); }
Answer done() { return {200, {{"status", "ok"}}}; }
Answer done_if(bool ok) { return ok ? done() : no_such_thing(); }
Answer bad_request(const char* message) { return error_answer(400, "BAD_REQUEST", message); }

nlohmann::json to_json(const std::string& permit_id, const PermitView& view) {
  return {{"permit_id", permit_id},         {"state", to_string(view.state)},
          {"claim", to_string(view.claim)}, {"attempt_id", view.attempt_id},
          {"delivered", view.delivered},    {"captured", view.captured},
          {"spoilt", view.spoilt},          {"no_card", view.no_card},
          {"unknown", view.unknown}};
}

/// A permit's id may hold slashes: the act is what follows the last one, if it is a known word.
std::pair<std::string, std::string> split_act(std::string_view rest) {
  const auto slash = rest.rfind('/');
  if (slash != std::string_view::npos) {
    const auto act = rest.substr(slash + 1);
    for (const char* known : {"approve", "suspend", "revoke", "issued", "free", "withdraw"}) {
      if (act == known) return {std::string(rest.substr(0, slash)), known};
    }
  }
  return {std::string(rest), ""};
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
  std::string_view path = request.target;
  if (path.starts_with(kPermits)) {
    path.remove_prefix(kPermits.size());
    const auto at = path.rfind(kFaults);
    if (at != std::string_view::npos) {
      return admin_fault(request, std::string(path.substr(0, at)),
                         std::string(path.substr(at + kFaults.size())));
    }
    const auto [permit_id, act] = split_act(path);
    return admin_permit(request, permit_id, act);
  }
  if (path.starts_with(kClaims)) {
    path.remove_prefix(kClaims.size());
    const auto [attempt_id, act] = split_act(path);
    return admin_claim(request, attempt_id, act);
  }
  return no_such_thing();
}

Answer Service::admin_permit(const HttpRequest& request, const std::string& permit_id,
                             const std::string& act) {
  if (!is_id(permit_id)) return no_such_thing();
  if (request.method == "PUT" && act.empty()) return admin_put_permit(permit_id, request.body);
  if (request.method == "GET" && act.empty()) {
    const auto view = find_permit(permit_id);
    if (!view) return no_such_thing();
    return {200, to_json(permit_id, *view)};
  }
  if (request.method != "POST") return no_such_thing();
  if (act == "approve") return done_if(set_state(permit_id, PermitState::kApproved));
  if (act == "suspend") return done_if(set_state(permit_id, PermitState::kPending));
  if (act == "revoke") return done_if(set_state(permit_id, PermitState::kRevoked));
  if (act == "issued") return done_if(set_state(permit_id, PermitState::kIssued));
  if (act == "free") return done_if(free(permit_id));
  return no_such_thing();
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

Answer Service::admin_fault(const HttpRequest& request, const std::string& permit_id,
                            const std::string& fault) {
  const auto kind = fault_kind(fault);
  if (!kind) return no_such_thing();
  if (request.method == "DELETE") {
    clear_fault(permit_id, *kind);
    return done();
  }
  if (request.method != "PUT") return no_such_thing();
  const Json json = Json::parse(request.body, nullptr, false);
  if (!json.is_object()) return bad_request("the body is no JSON object");
  PermitFault set{*kind};
  const Json name = json.value("call", Json("any"));
  const Json delay = json.value("delay_ms", Json(0U));
  const Json times = json.value("times", Json(0U));
  const auto which = name.is_string() ? call(name.get<std::string>()) : std::nullopt;
  if (!which || !delay.is_number_unsigned() || !times.is_number_unsigned() ||
      delay.get<std::uint64_t>() > 3'600'000 || times.get<std::uint64_t>() > 1'000'000) {
    return bad_request("call, delay_ms or times is out of range");
  }
  set.call = *which;
  set.delay_ms = delay.get<std::int64_t>();
  set.times = times.get<int>();
  return done_if(set_fault(permit_id, set));
}

Answer Service::admin_claim(const HttpRequest& request, const std::string& attempt_id,
                            const std::string& act) {
  if (!is_id(attempt_id, false)) return no_such_thing();
  if (request.method == "POST" && act == "withdraw") return done_if(withdraw(attempt_id));
  if (request.method != "GET" || !act.empty()) return no_such_thing();
  const auto claim = find_claim(attempt_id);
  if (!claim) return no_such_thing();
  return {200,
          {{"attempt_id", attempt_id},
           {"permit_id", claim->permit_id},
           {"state", to_string(claim->state)},
           {"spoilt", claim->spoilt}}};
}

}  // namespace cardrig::mock_platform
