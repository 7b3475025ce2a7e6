// Calls of terminals, and faults.
#include "mock-platform/service.h"

#include <algorithm>
#include <charconv>

#include "kiosk/certificate/qr_payload.h"
#include "kiosk/runtime/check.h"
#include "mock-platform/json_codec.h"
#include "mock-platform/routes.h"

namespace cardrig::mock_platform {

namespace {

/// Which call of a terminal it is; kAny: none.
Call call_of(Act act) {
  switch (act) {
    case Act::kHealth:
      return Call::kHealth;
    case Act::kQuery:
      return Call::kQuery;
    case Act::kLookup:
      return Call::kLookup;
    case Act::kClaim:
      return Call::kClaim;
    case Act::kState:
      return Call::kState;
    case Act::kRelease:
      return Call::kRelease;
    case Act::kReport:
      return Call::kReport;
    default:
      return Call::kAny;
  }
}

bool is_nonce(std::string_view nonce) {
  return nonce.size() >= 16 && nonce.size() <= 64 && std::ranges::all_of(nonce, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto done = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || done.ec != std::errc() || done.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

std::string text_of(const nlohmann::json& json, const char* key) {
  const auto it = json.find(key);
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

Answer bad_request(const char* message) { return error_answer(400, "BAD_REQUEST", message); }

HttpReply plain_reply(const Answer& answer) { return {answer.status, answer.body.dump(), {}}; }

}  // namespace

struct Service::Work {
  explicit Work(const HttpRequest& r) : request(r) {}

  const HttpRequest& request;
  const Terminal* terminal = nullptr;
  Signature signature;
  std::string nonce;
  Call call = Call::kAny;  // kAny: no such call
  Json body;
  std::string attempt_id, permit_id;
  std::string session, number;  // of a look-up
  std::optional<Person> person;
  std::optional<Answer> refused;  // not understood, or not authenticated
  std::vector<std::string> concerned;  // permits whose faults strike
  std::vector<std::pair<std::string, FaultKind>> effects;
};

Service::Service(MockPlatformConfig config, const CivilClock& clock, Tracer tracer)
    : config_(std::move(config)),
      clock_(clock),
      tracer_(std::move(tracer)),
      store_(config_.database),
      desk_(store_, clock_, tracer_) {
  for (const auto& terminal : config_.terminals) CARDRIG_CHECK(is_id(terminal.id));
}

HttpReply Service::handle(const HttpRequest& request) {
  if (request.target.starts_with("/admin/")) return handle_admin(request);
  Work work(request);
  HttpReply reply = handle_terminal(work);
  for (const auto& [permit, kind] : work.effects) {
    if (on_fault_effect) on_fault_effect(permit, kind);
  }
  return reply;
}

HttpReply Service::handle_terminal(Work& work) {
  if (!authenticate(work)) {
    trace_request(work);
    HttpReply reply = plain_reply(*work.refused);
    reply.delay = config_.processing_time;
    trace_answer(work, *work.refused, reply);
    return reply;
  }
  understand(work);
  concern(work);
  trace_request(work);
  Answer answer;
  HttpReply reply;
  if (strikes(work, FaultKind::kDown)) {
    answer = error_answer(503, "DOWN", "down");
    reply.lost = true;
    reply.status = answer.status;
  } else if (strikes(work, FaultKind::kServerError)) {
    answer = error_answer(500, "INTERNAL", "an internal error");
    reply = plain_reply(answer);
  } else {
    answer = work.refused ? *work.refused : execute(work);
    lie(work, answer);
    reply = signed_reply(work, answer);
    spoil(work, reply);
  }
  reply.delay += config_.processing_time;
  trace_answer(work, answer, reply);
  return reply;
}

bool Service::authenticate(Work& work) {
  const auto& request = work.request;
  const auto now_ms = clock_.now().unix_ms;
  const auto refuse = [&work, now_ms](const char* code, const char* message) {
    work.refused = error_answer(401, code, message);
    work.refused->body["time_ms"] = now_ms;
    return false;
  };
  const std::string terminal = request.header("X-Cardrig-Terminal");
  for (const auto& known : config_.terminals) {
    if (known.id == terminal) work.terminal = &known;
  }
  if (work.terminal == nullptr) return refuse("UNKNOWN_TERMINAL", "this terminal is not known");
  const auto signature = parse_signature(request.header("X-Cardrig-Signature"));
  const std::string time = request.header("X-Cardrig-Time");
  work.nonce = request.header("X-Cardrig-Nonce");
  const bool right =
      signature && is_nonce(work.nonce) &&
      equal_secret(signature->hex, sign_request(signature->algorithm, work.terminal->key,
                                                {request.method, request.target, terminal, time,
                                                 work.nonce, request.body}));
  if (!right) return refuse("BAD_SIGNATURE", "the signature is wrong");
  work.signature = *signature;
  const auto at_ms = whole_number(time);
  const auto window_ms = config_.signature_window_ms;
  if (!at_ms || *at_ms < now_ms - window_ms || *at_ms > now_ms + window_ms) {
    return refuse("CLOCK_OUT_OF_WINDOW", "the terminal's clock is wrong");
  }
  if (!store_.remember_nonce(work.nonce, now_ms + 2 * window_ms, now_ms)) {
    return refuse("NONCE_REPLAYED", "this request was sent before");
  }
  return true;
}

/// Finds out which call it is and takes its fields.
void Service::understand(Work& work) {
  const auto found = match(work.request.method, work.request.target);
  work.call = found ? call_of(found->act) : Call::kAny;
  if (work.call == Call::kAny) {
    work.refused = error_answer(404, "NOT_FOUND", "there is no such path");
    return;
  }
  work.attempt_id = found->id;
  if (work.request.method != "POST") return;
  work.body = Json::parse(work.request.body, nullptr, false);
  if (!work.body.is_object()) {
    work.refused = bad_request("the body is no JSON object");
    return;
  }
  if (work.call == Call::kRelease) return;
  if (work.call == Call::kQuery || work.call == Call::kLookup || work.call == Call::kClaim) {
    const auto it = work.body.find("person");
    if (it != work.body.end()) work.person = person_from_json(*it);
    if (!work.person) work.refused = bad_request("person is missing or incomplete");
  }
  if (work.call == Call::kQuery) return;
  if (work.call == Call::kLookup) return understand_lookup(work);
  work.attempt_id = text_of(work.body, "attempt_id");
  work.permit_id = text_of(work.body, "permit_id");
  if (!is_id(work.attempt_id, false) || !is_id(work.permit_id)) {
    work.attempt_id.clear();
    work.permit_id.clear();
    work.refused = bad_request("attempt_id or permit_id is missing or no id");
  }
}

void Service::understand_lookup(Work& work) {
  const auto session = text_of(work.body, "session");
  const auto number = text_of(work.body, "number");
  if (!is_id(session) || !is_record_number(number)) {
    work.refused = bad_request("session or number is missing or has another form");
    return;
  }
  work.session = session;
  work.number = number;
}

/// The permits that the call is about.
void Service::concern(Work& work) {
  if ((work.call == Call::kQuery || work.call == Call::kLookup) && work.person) {
    work.concerned = store_.permits_of(work.person->id_number);
    return;
  }
  if (work.permit_id.empty() && !work.attempt_id.empty()) {
    if (const auto claim = store_.claim(work.attempt_id)) work.permit_id = claim->permit_id;
  }
  if (!work.permit_id.empty()) work.concerned.push_back(work.permit_id);
}

Answer Service::execute(Work& work) {
  const auto& terminal = work.terminal->id;
  switch (work.call) {
    case Call::kHealth:
      return {200, {{"status", "ok"}, {"time_ms", clock_.now().unix_ms}}};
    case Call::kQuery:
      return desk_.query(*work.person);
    case Call::kLookup:
      return desk_.lookup(terminal, work.session, *work.person, work.number);
    case Call::kClaim:
      if (strikes(work, FaultKind::kRevokedBeforeClaim)) {
        set_state(work.permit_id, PermitState::kRevoked);
      }
      return desk_.claim(terminal, work.attempt_id, work.permit_id, *work.person);
    case Call::kState:
      return desk_.state(terminal, work.attempt_id);
    case Call::kRelease:
      return desk_.release(terminal, work.attempt_id);
    case Call::kReport: {
      const auto found = outcome(text_of(work.body, "outcome"));
      const auto card = work.body.find("card_number");
      const auto at = work.body.find("settled_at_ms");
      const auto key = text_of(work.body, "idempotency_key");
      const bool whole = found && is_id(key) && card != work.body.end() &&
                         card->is_number_integer() && at != work.body.end() &&
                         at->is_number_integer();
      if (!whole) return bad_request("a field of the report is missing or of another type");
      if (*card != 1 && *card != 2) return bad_request("card_number is 1 or 2");
      return desk_.report(terminal,
                          {key, work.attempt_id, work.permit_id, *found, card->get<int>()});
    }
    case Call::kAny:
      break;
  }
  return error_answer(404, "NOT_FOUND", "there is no such path");
}

HttpReply Service::signed_reply(Work& work, const Answer& answer) {
  HttpReply reply{answer.status, answer.body.dump(), {}};
  if (answer.status == 200 && strikes(work, FaultKind::kBadJson)) {
    reply.body.resize(reply.body.size() / 2);
  }
  const std::string time = std::to_string(clock_.now().unix_ms);
  const auto algorithm = work.signature.algorithm;
  reply.headers = {
      {"X-Cardrig-Time", time},
      {"X-Cardrig-Signature",
       std::string(to_string(algorithm)) + " " +
           sign_answer(algorithm, work.terminal->key, reply.status, work.nonce, time, reply.body)}};
  return reply;
}

/// Faults that come after the signature.
void Service::spoil(Work& work, HttpReply& reply) {
  for (const auto& permit : work.concerned) {
    const auto last = last_answers_.find({permit, work.call});
    if (last != last_answers_.end() && strikes(work, FaultKind::kReplayedAnswer)) {
      reply = last->second;
      break;
    }
  }
  for (const auto& permit : work.concerned) last_answers_[{permit, work.call}] = reply;
  if (strikes(work, FaultKind::kTamperedAnswer)) {
    const auto digit = std::ranges::find_if(
        reply.body, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); });
    if (digit != reply.body.end()) *digit = *digit == '7' ? '8' : '7';
  }
  std::int64_t delay_ms = 0;
  if (strikes(work, FaultKind::kSlow, &delay_ms)) reply.delay = std::chrono::milliseconds(delay_ms);
  if (strikes(work, FaultKind::kReplyLost)) reply.lost = true;
}

/// True if a permit that the call concerns has the fault for this call; it is then spent once.
bool Service::strikes(Work& work, FaultKind kind, std::int64_t* delay_ms) {
  for (const auto& permit : work.concerned) {
    const auto it = faults_.find({permit, kind});
    if (it == faults_.end()) continue;
    if (it->second.call != Call::kAny && it->second.call != work.call) continue;
    if (delay_ms != nullptr) *delay_ms = it->second.delay_ms;
    if (it->second.times > 0 && --it->second.times == 0) faults_.erase(it);
    work.effects.emplace_back(permit, kind);
    return true;
  }
  return false;
}

void Service::lie(Work& work, Answer& answer) {
  if (answer.status != 200) return;
  if (work.call == Call::kClaim) lie_about_claim(work, answer.body);
}

void Service::lie_about_claim(Work& work, Json& body) {
  Json& certificate = body["certificate"];
  if (strikes(work, FaultKind::kLiesAboutName)) certificate["name"] = "王冒名";
  if (strikes(work, FaultKind::kLiesAboutNumber)) certificate["number"] = "T110105194912310038";
  if (strikes(work, FaultKind::kLiesAboutPermit)) {
    body["permit_id"] = work.permit_id + "-other";
    certificate["permit_id"] = work.permit_id + "-other";
  }
  if (strikes(work, FaultKind::kLiesAboutItem)) {
    const bool welding = certificate["item_code"] == "2.1";
    certificate["category_code"] = welding ? "1" : "2";
    certificate["category"] = welding ? "电工作业" : "焊接与热切割作业";
    certificate["item_code"] = welding ? "1.1" : "2.1";
    certificate["item"] = welding ? "高压电工作业" : "熔化焊接与热切割作业";
  }
  if (strikes(work, FaultKind::kLiesAboutPhoto)) {
    certificate["photo"]["base64"] = base64(somebody_elses_jpeg());
  }
}

void Service::trace_request(const Work& work) const {
  std::vector<Field> fields{
      {"call", to_string(work.call)},
      {"method", work.request.method},
      {"path", work.call == Call::kAny ? std::string("?") : work.request.target},
      {"terminal", work.terminal ? work.terminal->id : std::string("?")}};
  if (!work.permit_id.empty()) fields.emplace_back("permit", work.permit_id);
  if (!work.attempt_id.empty()) fields.emplace_back("attempt", work.attempt_id);
  if (work.person) {
    fields.emplace_back("id_number", Personal{Personal::Kind::kIdNumber, work.person->id_number});
    fields.emplace_back("name", Personal{Personal::Kind::kName, work.person->name});
  }
  if (!work.number.empty()) {
    fields.emplace_back("number", Personal{Personal::Kind::kOther, work.number});
  }
  tracer_.emit("platform.request", std::move(fields));
}

void Service::trace_answer(const Work& work, const Answer& answer, const HttpReply& reply) const {
  std::vector<Field> fields{
      {"call", to_string(work.call)},
      {"path", work.call == Call::kAny ? std::string("?") : work.request.target},
      {"status", reply.status},
      {"code", answer.code()},
      {"delay_ms", static_cast<std::int64_t>(reply.delay.count() / 1'000'000)},
      {"lost", reply.lost}};
  if (!work.permit_id.empty()) fields.emplace_back("permit", work.permit_id);
  if (!work.attempt_id.empty()) fields.emplace_back("attempt", work.attempt_id);
  tracer_.emit("platform.answer", std::move(fields));
}

void Service::add_permit(const Permit& permit, std::vector<std::uint8_t> photo_jpeg) {
  CARDRIG_CHECK(is_id(permit.permit_id));
  Permit whole = permit;
  auto& c = whole.certificate;
  c.permit_id = permit.permit_id;
  if (c.number.empty()) c.number = "T" + permit.person.id_number;
  if (c.qr_payload.empty()) c.qr_payload = certificate::make_qr_payload(c);
  store_.put_permit(whole, photo_jpeg);
  tracer_.emit("platform.permit",
               {{"permit", permit.permit_id}, {"state", to_string(permit.state)}});
  if (on_permit_added) on_permit_added(permit.permit_id);
}

bool Service::set_state(const std::string& permit_id, PermitState state) {
  if (!desk_.set_state(permit_id, state)) return false;
  tracer_.emit("platform.permit", {{"permit", permit_id}, {"state", to_string(state)}});
  return true;
}

bool Service::free(const std::string& permit_id) { return desk_.free(permit_id); }

bool Service::withdraw(const std::string& attempt_id) { return desk_.withdraw(attempt_id); }

std::vector<std::string> Service::permit_ids() { return store_.permit_ids(); }

std::optional<PermitView> Service::find_permit(const std::string& permit_id) {
  return desk_.view(permit_id);
}

std::optional<ClaimView> Service::find_claim(const std::string& attempt_id) {
  const auto claim = store_.claim(attempt_id);
  if (!claim) return std::nullopt;
  return ClaimView{claim->permit_id, claim->state, claim->spoilt};
}

bool Service::set_fault(const std::string& permit_id, const PermitFault& fault) {
  if (!store_.permit(permit_id)) return false;
  faults_[{permit_id, fault.kind}] = fault;
  return true;
}

void Service::clear_fault(const std::string& permit_id, FaultKind kind) {
  faults_.erase({permit_id, kind});
}

}  // namespace cardrig::mock_platform
