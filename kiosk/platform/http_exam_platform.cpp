// Boost.Beast over a ByteStream.
#include "kiosk/platform/http_exam_platform.h"

#include <openssl/crypto.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <nlohmann/json.hpp>

#include "kiosk/platform/answers.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/check.h"

namespace cardrig::platform {

namespace {

namespace http = boost::beast::http;
using nlohmann::json;

constexpr std::size_t kHeaderLimit = 16 * 1024;
constexpr int kRepetitions = 1;

/// Bodies hold personal data: they are not left behind in freed memory.
void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

json to_json(const Person& person) {
  return {{"document_type", person.document_type},
          {"id_number", person.id_number},
          {"name", person.name}};
}

/// The connection broke, as against: the answer is no HTTP.
bool is_lost(const ErrorCode& error) {
  return error.category() != http::make_error_code(http::error::bad_version).category() ||
         error == http::error::end_of_stream || error == http::error::partial_message;
}

}  // namespace

struct HttpExamPlatform::Ask {
  Ask(const char* c, const char* m, std::string t, std::string b = {})
      : call(c), method(m), target(std::move(t)), body(std::move(b)) {}
  ~Ask() { wipe(body); }
  Ask(const Ask&) = delete;
  Ask& operator=(const Ask&) = delete;

  const char* call;
  const char* method;
  std::string target;
  std::string body;
  std::string permit_id, attempt_id;
  int tries = 0;
  Nanos started{0};
};

struct HttpExamPlatform::Received {
  int status = 0;
  std::string body, time, signature;
};

/// What one try came to: `received`, or one of the other four.
struct HttpExamPlatform::Attempt {
  std::unique_ptr<ByteStream> stream;
  bool reused = false;
  std::string nonce;
  bool sent = false;  // at least one byte may have left
  bool timed_out = false;
  bool garbled = false;  // the answer is no HTTP
  std::string open_failure;
  std::optional<Received> received;
};

HttpExamPlatform::HttpExamPlatform(HttpPlatformConfig config, Loop& loop, const CivilClock& clock,
                                   Entropy& entropy, std::unique_ptr<StreamSource> source,
                                   Tracer& tracer)
    : config_(std::move(config)),
      loop_(loop),
      clock_(clock),
      entropy_(entropy),
      source_(std::move(source)),
      tracer_(tracer),
      signer_(config_.algorithm, config_.terminal_id, std::move(config_.key)) {}

HttpExamPlatform::~HttpExamPlatform() = default;

void HttpExamPlatform::keep(std::unique_ptr<ByteStream> stream) {
  idle_ = std::move(stream);
  idle_since_ = loop_.now();
}

/// False: there is no connection; `attempt` says why.
Async<bool> HttpExamPlatform::connect(Attempt& attempt) {
  auto idle = std::exchange(idle_, nullptr);
  if (idle && idle->is_open() && loop_.now() - idle_since_ < config_.idle_limit) {
    attempt.stream = std::move(idle);
    attempt.reused = true;
    co_return true;
  }
  idle = nullptr;
  auto opened = co_await with_timeout(loop_, config_.connect_limit, source_->open());
  if (!opened) {
    attempt.timed_out = true;
    attempt.open_failure = "no connection in time";
    co_return false;
  }
  if (!*opened) {
    attempt.open_failure = to_string(opened->error().reason);
    co_return false;
  }
  attempt.stream = std::move(**opened);
  co_return true;
}

/// Sends the request and receives the answer. False: the connection broke, or it is no HTTP.
Async<bool> HttpExamPlatform::exchange(Ask& ask, Attempt& attempt) {
  const std::string time = std::to_string(clock_.now().unix_ms);
  attempt.nonce = random_id(entropy_);
  http::request<http::string_body> request(http::string_to_verb(ask.method), ask.target, 11);
  request.set(http::field::host, config_.host);
  request.set("X-Cardrig-Terminal", signer_.terminal_id());
  request.set("X-Cardrig-Time", time);
  request.set("X-Cardrig-Nonce", attempt.nonce);
  request.set("X-Cardrig-Signature",
              signer_.request(ask.method, ask.target, time, attempt.nonce, ask.body));
  if (!ask.body.empty()) request.set(http::field::content_type, "application/json");
  request.body() = ask.body;
  request.prepare_payload();
  ErrorCode error;
  const auto written = co_await http::async_write(*attempt.stream, request,
                                                  asio::redirect_error(asio::use_awaitable, error));
  wipe(request.body());
  attempt.sent = written > 0;
  if (error) co_return false;

  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerLimit);
  parser.header_limit(kHeaderLimit);
  co_await http::async_read(*attempt.stream, buffer, parser,
                            asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    attempt.garbled = !is_lost(error);
    co_return false;
  }
  auto& answer = parser.get();
  attempt.received =
      Received{static_cast<int>(answer.result_int()), std::move(answer.body()),
               std::string(answer["X-Cardrig-Time"]), std::string(answer["X-Cardrig-Signature"])};
  if (answer.keep_alive() && buffer.size() == 0) keep(std::move(attempt.stream));
  co_return true;
}

Async<void> HttpExamPlatform::try_once(Ask& ask, Attempt& attempt) {
  ++ask.tries;
  if (!co_await connect(attempt)) co_return;
  // Until the write has told how much left, anything may have.
  attempt.sent = true;
  const auto ended = co_await with_timeout(loop_, config_.answer_limit, exchange(ask, attempt));
  attempt.timed_out = !ended.has_value();
  attempt.stream = nullptr;
}

/// What the platform says, if it is the platform that says it.
HttpExamPlatform::Body HttpExamPlatform::judge(const Attempt& attempt) const {
  const Received& r = *attempt.received;
  const bool needs_signature = r.status != 401 && r.status < 500;
  if (needs_signature &&
      !signer_.is_genuine_answer(r.signature, r.status, attempt.nonce, r.time, r.body)) {
    return fail(PlatformReason::kBadAnswer, "the answer's signature is wrong");
  }
  if (r.status == 200) return r.body;
  if (r.status < 400) return fail(PlatformReason::kBadAnswer, "status " + std::to_string(r.status));
  return tl::unexpected(read_error(r.status, r.body));
}

Async<HttpExamPlatform::Body> HttpExamPlatform::call(Ask& ask) {
  ask.started = loop_.now();
  bool may_be_accepted = false;
  int repetitions_left = kRepetitions;
  for (;;) {
    Attempt attempt;
    co_await try_once(ask, attempt);
    if (attempt.received) {
      auto body = judge(attempt);
      wipe(attempt.received->body);
      // "Not let in" says nothing about the try before, whose answer was lost.
      if (may_be_accepted && !body && body.error().reason == PlatformReason::kUnauthorised) {
        co_return fail(PlatformReason::kTimeout, "sent, no answer; then refused entry");
      }
      co_return body;
    }
    if (attempt.garbled) co_return fail(PlatformReason::kBadAnswer, "the answer is no HTTP");
    may_be_accepted = may_be_accepted || attempt.sent;
    // A connection that the platform had closed meanwhile is no failure: go on with a new one.
    const bool stale = attempt.reused && !attempt.timed_out;
    if (!stale) {
      if (attempt.timed_out || repetitions_left == 0) {
        if (may_be_accepted) co_return fail(PlatformReason::kTimeout, "sent, no whole answer");
        co_return fail(PlatformReason::kUnreachable, attempt.open_failure);
      }
      --repetitions_left;
      co_await sleep_for(loop_, config_.repeat_pause);
    }
  }
}

template <class T>
void HttpExamPlatform::trace(const Ask& ask, const Result<T, PlatformReason>& result,
                             std::vector<Field> more) const {
  std::vector<Field> fields{
      {"call", ask.call},
      {"ok", result.has_value()},
      {"reason", result ? "" : to_string(result.error().reason)},
      {"detail", result ? std::string() : result.error().detail},
      {"tries", ask.tries},
      {"ms", static_cast<std::int64_t>((loop_.now() - ask.started).count() / 1'000'000)}};
  if (!ask.permit_id.empty()) fields.emplace_back("permit", ask.permit_id);
  if (!ask.attempt_id.empty()) fields.emplace_back("attempt", ask.attempt_id);
  for (auto& field : more) fields.push_back(std::move(field));
  tracer_.emit("platform.call", std::move(fields));
}

Async<Result<std::vector<PermitEntry>, PlatformReason>> HttpExamPlatform::call_query(
    Person person) {
  using Answer = Result<std::vector<PermitEntry>, PlatformReason>;
  const json question{{"person", to_json(person)}};
  Ask ask("query", "POST", "/api/v1/permits/query", question.dump());
  const Body body = co_await call(ask);
  Answer answer = body.and_then([](const std::string& text) { return read_permits(text); });
  offered_.clear();
  if (answer) {
    for (const auto& entry : *answer) offered_[entry.permit_id] = entry;
  }
  trace(ask, answer);
  co_return answer;
}

Async<Result<PermitEntry, PlatformReason>> HttpExamPlatform::call_lookup(std::string session,
                                                                         Person person,
                                                                         std::string number) {
  using Answer = Result<PermitEntry, PlatformReason>;
  json question{{"session", session}, {"person", to_json(person)}, {"number", number}};
  Ask ask("lookup", "POST", "/api/v1/records/lookup", question.dump());
  wipe(question["number"].get_ref<std::string&>());
  wipe(number);
  const Body body = co_await call(ask);
  Answer answer = body.and_then([](const std::string& text) { return read_record(text); });
  if (answer) {
    offered_[answer->permit_id] = *answer;
    ask.permit_id = answer->permit_id;
  }
  trace(ask, answer);
  co_return answer;
}

Async<Result<Claim, PlatformReason>> HttpExamPlatform::call_claim(ClaimAsked asked) {
  using Answer = Result<Claim, PlatformReason>;
  const json question{{"attempt_id", asked.attempt_id},
                      {"permit_id", asked.permit_id},
                      {"person", to_json(asked.person)}};
  Ask ask("claim", "POST", "/api/v1/claims", question.dump());
  ask.attempt_id = asked.attempt_id;
  ask.permit_id = asked.permit_id;
  if (const auto it = offered_.find(asked.permit_id); it != offered_.end())
    asked.entry = it->second;
  Body body = co_await call(ask);
  auto read = body.and_then([&asked](const std::string& text) { return read_claim(text, asked); });
  if (body) wipe(*body);
  Answer answer = read.map([](const ClaimAnswer& whole) { return whole.claim; });
  if (read) {
    const auto& jpeg = read->photo_jpeg;
    auto decode = [&jpeg] { return decode_photo(jpeg); };
    const auto photo = co_await offload(loop_, config_.modelled_photo_decode, std::move(decode));
    if (photo) {
      answer->certificate.photo = *photo;
    } else {
      answer = tl::unexpected(photo.error());
    }
  }
  std::vector<Field> more;
  if (answer) {
    more.emplace_back("state", to_string(ClaimState::kGranted));
    more.emplace_back("item_code", answer->certificate.item_code);
    more.emplace_back("number", Personal{Personal::Kind::kIdNumber, answer->certificate.number});
    more.emplace_back("name", Personal{Personal::Kind::kName, answer->certificate.name});
  }
  trace(ask, answer, std::move(more));
  co_return answer;
}

Async<Result<ClaimState, PlatformReason>> HttpExamPlatform::call_state(std::string attempt_id) {
  Ask ask("state", "GET", "/api/v1/claims/" + attempt_id);
  ask.attempt_id = attempt_id;
  const Body body = co_await call(ask);
  Result<ClaimState, PlatformReason> answer = body.and_then(
      [&attempt_id](const std::string& text) { return read_state(text, attempt_id); });
  std::vector<Field> more;
  if (answer) more.emplace_back("state", to_string(*answer));
  trace(ask, answer, std::move(more));
  co_return answer;
}

Async<Result<Unit, PlatformReason>> HttpExamPlatform::call_release(std::string attempt_id) {
  Ask ask("release", "POST", "/api/v1/claims/" + attempt_id + "/release", "{}");
  ask.attempt_id = attempt_id;
  const Body body = co_await call(ask);
  const Result<ClaimState, PlatformReason> state = body.and_then(
      [&attempt_id](const std::string& text) { return read_state(text, attempt_id); });
  std::vector<Field> more;
  if (state) more.emplace_back("state", to_string(*state));
  trace(ask, state, std::move(more));
  co_return state.map([](ClaimState) { return ok(); });
}

Async<Result<ReportAnswer, PlatformReason>> HttpExamPlatform::call_report(Report report) {
  const json question{{"idempotency_key", report.idempotency_key},
                      {"attempt_id", report.attempt_id},
                      {"permit_id", report.permit_id},
                      {"outcome", to_string(report.outcome)},
                      {"card_number", report.card_number},
                      {"settled_at_ms", report.settled_at.unix_ms},
                      {"detail", report.detail}};
  Ask ask("report", "POST", "/api/v1/reports", question.dump());
  ask.attempt_id = report.attempt_id;
  ask.permit_id = report.permit_id;
  std::vector<Field> more{{"outcome", to_string(report.outcome)},
                          {"card_number", report.card_number},
                          {"key", report.idempotency_key}};
  const Body body = co_await call(ask);
  Result<ReportAnswer, PlatformReason> answer =
      body.and_then([](const std::string& text) { return read_report(text); });
  if (answer) {
    more.emplace_back("duplicate", answer->duplicate);
    more.emplace_back("may_print_again", answer->may_print_again);
  }
  trace(ask, answer, std::move(more));
  co_return answer;
}

Async<Result<Unit, PlatformReason>> HttpExamPlatform::call_health() {
  Ask ask("health", "GET", "/api/v1/health");
  const Body body = co_await call(ask);
  Result<Unit, PlatformReason> answer =
      body.and_then([](const std::string& text) { return read_health(text); });
  trace(ask, answer);
  co_return answer;
}

Async<Result<std::vector<PermitEntry>, PlatformReason>> HttpExamPlatform::permits_of(
    const Person& person) {
  return call_query(person);
}
Async<Result<PermitEntry, PlatformReason>> HttpExamPlatform::lookup(const std::string& session,
                                                                    const Person& person,
                                                                    const std::string& number) {
  return call_lookup(session, person, number);
}
Async<Result<Claim, PlatformReason>> HttpExamPlatform::claim(const std::string& attempt_id,
                                                             const std::string& permit_id,
                                                             const Person& person) {
  return call_claim({attempt_id, permit_id, person, std::nullopt});
}
Async<Result<ClaimState, PlatformReason>> HttpExamPlatform::claim_state(
    const std::string& attempt_id) {
  return call_state(attempt_id);
}
Async<Result<Unit, PlatformReason>> HttpExamPlatform::release(const std::string& attempt_id) {
  return call_release(attempt_id);
}
Async<Result<ReportAnswer, PlatformReason>> HttpExamPlatform::report(const Report& report) {
  return call_report(report);
}
Async<Result<Unit, PlatformReason>> HttpExamPlatform::health() { return call_health(); }

}  // namespace cardrig::platform
