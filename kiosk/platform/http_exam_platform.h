// The client of the exam platform: HTTP over any byte stream, as docs/protocols/platform.md
// defines.
//
// Every call has a limit and ends. A call whose connection is lost is repeated once (all calls are
// idempotent); one that runs out of time is not, because a person waits: the caller decides.
// Emits platform.call {call, ok, reason, detail, tries, ms[, permit][, attempt][, state][, outcome]
// [, duplicate][, card_number][, item_code]} when a call has ended: what the kiosk has accepted as
// the platform's word.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/platform/answers.h"
#include "kiosk/platform/exam_platform.h"
#include "kiosk/platform/signature.h"
#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/entropy.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::platform {

struct HttpPlatformConfig {
  std::string host = "platform.local";  ///< for the Host header
  std::string terminal_id;
  std::vector<std::uint8_t> key;  ///< of the terminal, shared with the platform
  SignatureAlgorithm algorithm = SignatureAlgorithm::kHmacSm3;
  Nanos connect_limit{std::chrono::seconds(5)};
  Nanos answer_limit{
      std::chrono::seconds(10)};  ///< from the request's first byte to the answer's last
  Nanos repeat_pause{std::chrono::milliseconds(500)};
  Nanos idle_limit{std::chrono::seconds(20)};  ///< an older connection is not used any more
  Nanos modelled_photo_decode{std::chrono::milliseconds(3)};
};

class HttpExamPlatform final : public ExamPlatform {
 public:
  /// The references must outlive this object, and no call may be under way when it is destroyed.
  HttpExamPlatform(HttpPlatformConfig config, Loop& loop, const CivilClock& clock, Entropy& entropy,
                   std::unique_ptr<StreamSource> source, Tracer& tracer);
  ~HttpExamPlatform() override;

  Async<Result<std::vector<PermitEntry>, PlatformReason>> permits_of(const Person& person) override;
  Async<Result<PermitEntry, PlatformReason>> lookup(const std::string& session,
                                                    const Person& person,
                                                    const std::string& number) override;
  Async<Result<Claim, PlatformReason>> claim(const std::string& attempt_id,
                                             const std::string& permit_id,
                                             const Person& person) override;
  Async<Result<ClaimState, PlatformReason>> claim_state(const std::string& attempt_id) override;
  Async<Result<Unit, PlatformReason>> release(const std::string& attempt_id) override;
  Async<Result<ReportAnswer, PlatformReason>> report(const Report& report) override;
  Async<Result<Unit, PlatformReason>> health() override;

 private:
  struct Ask;  // one call: what is asked, and how often it was tried
  struct Received;  // one answer
  struct Attempt;  // one try
  using Body = Result<std::string, PlatformReason>;

  // The calls themselves, with arguments of their own: a coroutine starts when it is awaited, and
  // what the caller's references pointed to may be gone by then.
  Async<Result<std::vector<PermitEntry>, PlatformReason>> call_query(Person person);
  Async<Result<PermitEntry, PlatformReason>> call_lookup(std::string session, Person person,
                                                         std::string number);
  Async<Result<Claim, PlatformReason>> call_claim(ClaimAsked asked);
  Async<Result<ClaimState, PlatformReason>> call_state(std::string attempt_id);
  Async<Result<Unit, PlatformReason>> call_release(std::string attempt_id);
  Async<Result<ReportAnswer, PlatformReason>> call_report(Report report);
  Async<Result<Unit, PlatformReason>> call_health();

  /// The body of a genuine answer of status 200, or why there is none.
  Async<Body> call(Ask& ask);
  Async<void> try_once(Ask& ask, Attempt& attempt);
  Async<bool> connect(Attempt& attempt);
  Async<bool> exchange(Ask& ask, Attempt& attempt);
  Body judge(const Attempt& attempt) const;
  void keep(std::unique_ptr<ByteStream> stream);
  template <class T>
  void trace(const Ask& ask, const Result<T, PlatformReason>& result,
             std::vector<Field> more = {}) const;

  HttpPlatformConfig config_;
  Loop& loop_;
  const CivilClock& clock_;
  Entropy& entropy_;
  std::unique_ptr<StreamSource> source_;
  Tracer& tracer_;
  Signer signer_;
  std::unique_ptr<ByteStream> idle_;  // the connection between two calls
  Nanos idle_since_{0};
  /// What the last query and the look-ups after it said, so that a claim can be held against it.
  /// Holds no personal data.
  std::map<std::string, PermitEntry> offered_;
};

}  // namespace cardrig::platform
