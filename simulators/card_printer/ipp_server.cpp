// IPP operations of the simulated printer.
#include "simulators/card_printer/ipp_server.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include "simulators/card_printer/faults.h"
#include "simulators/card_printer/pictures.h"

namespace cardrig::sim {

namespace protocol = card_printer::protocol;
using ipp::Attribute;
using ipp::Bytes;
using ipp::Group;
using ipp::integer_value;
using ipp::IppMessage;
using ipp::one;
using ipp::text_value;
using ipp::texts;

namespace {

// Operations and status codes (RFC 8011, 5.4.15 and appendix B).
constexpr std::uint16_t kPrintJob = 0x0002;
constexpr std::uint16_t kValidateJob = 0x0004;
constexpr std::uint16_t kCancelJob = 0x0008;
constexpr std::uint16_t kGetJobAttributes = 0x0009;
constexpr std::uint16_t kGetJobs = 0x000A;
constexpr std::uint16_t kGetPrinterAttributes = 0x000B;

constexpr std::uint16_t kOk = 0x0000;
constexpr std::uint16_t kBadRequest = 0x0400;
constexpr std::uint16_t kNotPossible = 0x0404;
constexpr std::uint16_t kNotFound = 0x0406;
constexpr std::uint16_t kFormatNotSupported = 0x040A;
constexpr std::uint16_t kAttributesNotSupported = 0x040B;
constexpr std::uint16_t kCharsetNotSupported = 0x040D;
constexpr std::uint16_t kFormatError = 0x0411;
constexpr std::uint16_t kOperationNotSupported = 0x0501;
constexpr std::uint16_t kVersionNotSupported = 0x0503;
constexpr std::uint16_t kNotAcceptingJobs = 0x0506;
constexpr std::uint16_t kBusy = 0x0507;

constexpr int kStateIdle = 3;
constexpr int kStateProcessing = 4;
constexpr int kStateStopped = 5;

// A status is answered from memory; a job when its picture has been read.
constexpr Nanos kAnswerDelay = std::chrono::milliseconds(5);
constexpr Nanos kJobDelay = std::chrono::milliseconds(200);

/// Of requests that came behind the one that is being answered.
constexpr std::size_t kAheadMax_bytes = 64U << 10U;

constexpr int kNoFinishings = 3;  // enums of RFC 8011, 5.2
constexpr int kLandscape = 4;
constexpr int kNormalQuality = 4;
constexpr int kCardsPerMinute = 2;

constexpr const char* kPrinterUri = "ipp://localhost/ipp/print";

IppMessage response(const IppMessage& request, std::uint16_t status) {
  IppMessage message;
  // RFC 8011, 4.1.8: the version of the answer is the request's, as far as we know it.
  message.major = request.major == 1 ? 1 : 2;
  message.minor = request.major == 1 ? 1 : 0;
  message.code = status;
  message.request_id = request.request_id;
  Group operation{ipp::kGroupOperation, {}};
  operation.attributes.push_back(one("attributes-charset", text_value(ipp::kTagCharset, "utf-8")));
  operation.attributes.push_back(
      one("attributes-natural-language", text_value(ipp::kTagLanguage, "en")));
  message.groups.push_back(std::move(operation));
  return message;
}

std::string text_of(const Group* group, std::string_view name) {
  const Attribute* attribute = group == nullptr ? nullptr : group->find(name);
  if (attribute == nullptr || attribute->values.empty()) return "";
  return attribute->values.front().text();
}

std::optional<std::int32_t> integer_of(const Group* group, std::string_view name) {
  const Attribute* attribute = group == nullptr ? nullptr : group->find(name);
  if (attribute == nullptr || attribute->values.empty()) return std::nullopt;
  return attribute->values.front().integer();
}

/// RFC 8011, 4.1.4: charset and language come first, in this order.
std::uint16_t check(const IppMessage& request) {
  if (request.major != 1 && request.major != 2) return kVersionNotSupported;
  if (request.request_id <= 0 || request.groups.empty()) return kBadRequest;
  const Group& operation = request.groups.front();
  if (operation.tag != ipp::kGroupOperation || operation.attributes.size() < 2 ||
      operation.attributes[0].name != "attributes-charset" ||
      operation.attributes[1].name != "attributes-natural-language") {
    return kBadRequest;
  }
  const std::string charset = text_of(&operation, "attributes-charset");
  if (charset != "utf-8" && charset != "us-ascii") return kCharsetNotSupported;
  const bool has_target =
      operation.find("printer-uri") != nullptr || operation.find("job-uri") != nullptr;
  return has_target ? kOk : kBadRequest;
}

bool is_card(const ipp::IppValue& media_col) {
  const auto member = [](const std::vector<Attribute>& members, std::string_view name) {
    const auto it = std::find_if(members.begin(), members.end(),
                                 [name](const auto& a) { return a.name == name; });
    return it == members.end() || it->values.empty() ? nullptr : &it->values.front();
  };
  const ipp::IppValue* size = member(media_col.members, "media-size");
  if (size == nullptr) return false;
  const ipp::IppValue* x = member(size->members, "x-dimension");
  const ipp::IppValue* y = member(size->members, "y-dimension");
  return x != nullptr && y != nullptr && x->integer() == protocol::kMediaX_hundredths_mm &&
         y->integer() == protocol::kMediaY_hundredths_mm;
}

/// The job attributes that this printer cannot honour.
Group unsupported(const Group* job) {
  Group group{ipp::kGroupUnsupported, {}};
  if (job == nullptr) return group;
  for (const auto& attribute : job->attributes) {
    if (attribute.values.empty()) continue;
    const auto& value = attribute.values.front();
    const bool wrong = (attribute.name == "media" && value.text() != protocol::kMediaName) ||
                       (attribute.name == "media-col" && !is_card(value)) ||
                       (attribute.name == "copies" && value.integer() != 1) ||
                       (attribute.name == "sides" && value.text() != "one-sided");
    if (wrong) group.attributes.push_back(attribute);
  }
  return group;
}

bool is_wanted(const Group& operation, const Attribute& attribute, const char* all_of_kind,
               const std::vector<std::string>& by_default) {
  const Attribute* wanted = operation.find("requested-attributes");
  if (wanted == nullptr) {
    return by_default.empty() ||
           std::find(by_default.begin(), by_default.end(), attribute.name) != by_default.end();
  }
  return std::any_of(wanted->values.begin(), wanted->values.end(), [&](const auto& value) {
    const std::string name = value.text();
    return name == "all" || name == all_of_kind || name == attribute.name;
  });
}

Group filtered(std::uint8_t tag, std::vector<Attribute> attributes, const Group& operation,
               const char* all_of_kind, const std::vector<std::string>& by_default = {}) {
  Group group{tag, {}};
  for (auto& attribute : attributes) {
    if (is_wanted(operation, attribute, all_of_kind, by_default)) {
      group.attributes.push_back(std::move(attribute));
    }
  }
  return group;
}

Attribute media_size(const char* name) {
  std::vector<Attribute> size;
  size.push_back(one("x-dimension", integer_value(protocol::kMediaX_hundredths_mm)));
  size.push_back(one("y-dimension", integer_value(protocol::kMediaY_hundredths_mm)));
  return one(name, ipp::collection_value(std::move(size)));
}

Attribute media_col(const char* name) {
  std::vector<Attribute> members;
  members.push_back(media_size("media-size"));
  return one(name, ipp::collection_value(std::move(members)));
}

/// What a job may ask for (RFC 8011, 5.2; IPP/2.0 wants all of it: PWG 5100.12, 6.2).
std::vector<Attribute> job_template() {
  std::vector<Attribute> all;
  const auto keyword = [&all](const char* name, const char* value) {
    all.push_back(one(name, text_value(ipp::kTagKeyword, value)));
  };
  const auto number = [&all](const char* name, int value) {
    all.push_back(one(name, integer_value(value, ipp::kTagEnum)));
  };
  all.push_back(one("copies-default", integer_value(1)));
  all.push_back(one("copies-supported", ipp::range_value(1, 1)));
  number("finishings-default", kNoFinishings);
  number("finishings-supported", kNoFinishings);
  keyword("media-default", protocol::kMediaName);
  keyword("media-supported", protocol::kMediaName);
  keyword("media-ready", protocol::kMediaName);
  all.push_back(media_size("media-size-supported"));
  all.push_back(media_col("media-col-default"));
  keyword("media-col-supported", "media-size");
  number("orientation-requested-default", kLandscape);
  number("orientation-requested-supported", kLandscape);
  keyword("output-bin-default", "face-up");
  keyword("output-bin-supported", "face-up");
  number("print-quality-default", kNormalQuality);
  number("print-quality-supported", kNormalQuality);
  all.push_back(one("printer-resolution-default", ipp::resolution_value(300)));
  Attribute resolutions = one("printer-resolution-supported", ipp::resolution_value(300));
  resolutions.values.push_back(ipp::resolution_value(600));
  all.push_back(std::move(resolutions));
  keyword("sides-default", "one-sided");
  keyword("sides-supported", "one-sided");
  return all;
}

/// "job-id" of the operation group, or the last part of job-uri.
int job_number(const IppMessage& request) {
  const Group& operation = request.groups.front();
  if (const auto id = integer_of(&operation, "job-id")) return *id;
  const std::string uri = text_of(&operation, "job-uri");
  const auto slash = uri.rfind('/');
  if (slash == std::string::npos) return 0;
  int number = 0;
  for (const char c : uri.substr(slash + 1)) {
    if (c < '0' || c > '9' || number > 100'000'000) return 0;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

IppServer::IppServer(Loop& loop, PrinterMechanics& mechanics, FaultCatalogue& faults)
    : loop_(loop), mechanics_(mechanics), faults_(faults) {}

// --- connections ---

void IppServer::accept(std::shared_ptr<ByteStream> stream) {
  auto client = std::make_shared<Client>();
  client->stream = std::make_shared<ServedStream>(std::move(stream));
  make_room(clients_);
  clients_.push_back(client);
  client->stream->start(
      [this, weak = std::weak_ptr<Client>(client)](std::span<const std::uint8_t> bytes) {
        const auto c = weak.lock();
        if (!c) return;
        c->reader.feed(bytes);
        serve(c);
        regulate(c);
      },
      [this, weak = std::weak_ptr<Client>(client)] {
        std::erase_if(clients_, [&weak](const auto& c) { return c == weak.lock(); });
      });
}

/// One request at a time is answered; whoever sends more meanwhile waits.
void IppServer::regulate(const std::shared_ptr<Client>& client) {
  const bool full = client->answering && client->reader.waiting_bytes() > kAheadMax_bytes;
  if (full) {
    client->stream->pause();
  } else {
    client->stream->resume();
  }
}

void IppServer::drop_all() {
  for (const auto& client : std::exchange(clients_, {})) client->stream->close();
}

void IppServer::reply(const std::shared_ptr<Client>& client, int status, const Bytes& body,
                      bool close, Nanos delay) {
  client->answering = true;
  auto bytes = http_response(status, body.empty() ? "" : protocol::kIppContentType, body, close);
  loop_.after(delay,
              [this, weak = std::weak_ptr<Client>(client), close, b = std::move(bytes)]() mutable {
                const auto c = weak.lock();
                if (!c || !c->stream->is_open()) return;
                c->stream->send(std::move(b));
                c->answering = false;
                if (close) return c->stream->finish();
                serve(c);
                regulate(c);
              });
}

void IppServer::serve(const std::shared_ptr<Client>& client) {
  if (client->answering) return;
  auto request = client->reader.next();
  if (client->reader.take_expect_continue() && !request) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    client->stream->send({kContinue.begin(), kContinue.end()});
  }
  if (client->reader.error() != 0) {
    return reply(client, client->reader.error(), {}, true, kAnswerDelay);
  }
  if (!request) return;
  const bool close = request->wants_close();
  int status = 200;
  if (request->method != "POST")
    status = 405;
  else if (request->target != protocol::kIppPath)
    status = 404;
  else if (request->header("content-type") != protocol::kIppContentType)
    status = 415;
  if (status != 200) return reply(client, status, {}, close, kAnswerDelay);
  const bool is_job = request->body.size() > 4 && request->body[3] == kPrintJob;
  const auto body = answer(request->body);
  if (!body) return reply(client, 400, {}, true, kAnswerDelay);
  reply(client, 200, *body, close, is_job ? kJobDelay : kAnswerDelay);
}

// --- operations ---

std::optional<Bytes> IppServer::answer(std::span<const std::uint8_t> request) {
  const auto decoded = ipp::decode_ipp(request);
  if (!decoded) return std::nullopt;
  const std::uint16_t bad = check(decoded->message);
  if (bad != kOk) return ipp::encode_ipp(response(decoded->message, bad));
  return ipp::encode_ipp(dispatch(decoded->message, request.subspan(decoded->size)));
}

IppMessage IppServer::dispatch(const IppMessage& request, std::span<const std::uint8_t> document) {
  switch (request.code) {
    case kPrintJob:
      return print_job(request, document, false);
    case kValidateJob:
      return print_job(request, document, true);
    case kCancelJob:
      return cancel_job(request);
    case kGetJobAttributes:
      return job_attributes(request);
    case kGetJobs:
      return get_jobs(request);
    case kGetPrinterAttributes:
      return printer_attributes(request);
    default:
      return response(request, kOperationNotSupported);
  }
}

IppMessage IppServer::print_job(const IppMessage& request, std::span<const std::uint8_t> document,
                                bool validate_only) {
  const Group& operation = request.groups.front();
  const std::string format = text_of(&operation, "document-format");
  if (!format.empty() && format != protocol::kDocumentFormat) {
    return response(request, kFormatNotSupported);
  }
  Group wrong = unsupported(request.group(ipp::kGroupJob));
  if (!wrong.attributes.empty()) {
    IppMessage refused = response(request, kAttributesNotSupported);
    refused.groups.push_back(std::move(wrong));
    return refused;
  }
  if (validate_only) return response(request, kOk);
  if (faults_.is_active(printer_fault::kBusy)) {
    const int limit = static_cast<int>(faults_.param(printer_fault::kBusy, "jobs"));
    faults_.took_effect(printer_fault::kBusy);
    if (++busy_answers_ >= limit) {
      busy_answers_ = 0;
      static_cast<void>(faults_.clear(printer_fault::kBusy));
    }
    return response(request, kBusy);
  }
  const PngSize size = png_size(document);
  const auto fits = [&size](unsigned scale) {
    return size.width_px == scale * protocol::kCardWidth_px &&
           size.height_px == scale * protocol::kCardHeight_px;
  };
  PrinterJob job;
  // Decoded only if its size is that of a card: a small file can claim a huge picture.
  if (fits(1) || fits(2)) job.face = decode_png(document);
  if (!job.face) return response(request, kFormatError);
  job.png.assign(document.begin(), document.end());
  job.name = text_of(&operation, "job-name");
  job.user = text_of(&operation, "requesting-user-name");
  const auto id = mechanics_.submit(std::move(job));
  if (!id) {
    return response(request, id.error().reason == JobRefusal::kBusy ? kBusy : kNotAcceptingJobs);
  }
  IppMessage accepted = response(request, kOk);
  static const std::vector<std::string> kAnswered{"job-id", "job-uri", "job-state",
                                                  "job-state-reasons"};
  accepted.groups.push_back(
      filtered(ipp::kGroupJob, describe(mechanics_.jobs().at(*id)), Group{}, "", kAnswered));
  return accepted;
}

IppMessage IppServer::cancel_job(const IppMessage& request) {
  const int id = job_number(request);
  if (!mechanics_.jobs().contains(id)) return response(request, kNotFound);
  return response(request, mechanics_.cancel(id) ? kOk : kNotPossible);
}

IppMessage IppServer::job_attributes(const IppMessage& request) {
  const auto job = mechanics_.jobs().find(job_number(request));
  if (job == mechanics_.jobs().end()) return response(request, kNotFound);
  IppMessage found = response(request, kOk);
  found.groups.push_back(
      filtered(ipp::kGroupJob, describe(job->second), request.groups.front(), "job-description"));
  return found;
}

IppMessage IppServer::get_jobs(const IppMessage& request) {
  const Group& operation = request.groups.front();
  const bool completed = text_of(&operation, "which-jobs") == "completed";
  const Attribute* mine = operation.find("my-jobs");
  const bool only_mine =
      mine != nullptr && !mine->values.empty() && mine->values.front().bytes == Bytes{1};
  const std::string user = text_of(&operation, "requesting-user-name");
  IppMessage found = response(request, kOk);
  for (const auto& [id, job] : mechanics_.jobs()) {
    if (job.is_finished() != completed || (only_mine && job.user != user)) continue;
    found.groups.push_back(filtered(ipp::kGroupJob, describe(job), operation, "job-description",
                                    {"job-id", "job-uri"}));
  }
  return found;
}

std::vector<Attribute> IppServer::describe(const PrinterJob& job) const {
  std::string reason = "job-printing";
  switch (job.phase) {
    case JobPhase::kPending:
      reason = "job-queued";
      break;
    case JobPhase::kProcessingStopped:
      reason = "printer-stopped";
      break;
    case JobPhase::kCanceled:
      reason = "job-canceled-by-user";
      break;
    case JobPhase::kAborted:
      reason = "aborted-by-system";
      break;
    case JobPhase::kCompleted:
      reason = "job-completed-successfully";
      break;
    case JobPhase::kProcessing:
      if (mechanics_.waits_for_cards()) reason = "resources-are-not-ready";
      break;
  }
  const std::string uri = std::string(kPrinterUri) + "/" + std::to_string(job.id);
  std::vector<Attribute> all;
  all.push_back(one("job-id", integer_value(job.id)));
  all.push_back(one("job-uri", text_value(ipp::kTagUri, uri)));
  all.push_back(one("job-printer-uri", text_value(ipp::kTagUri, kPrinterUri)));
  all.push_back(one("job-name", text_value(ipp::kTagName, job.name)));
  all.push_back(one("job-originating-user-name", text_value(ipp::kTagName, job.user)));
  all.push_back(one("job-state", integer_value(static_cast<int>(job.phase), ipp::kTagEnum)));
  all.push_back(one("job-state-reasons", text_value(ipp::kTagKeyword, reason)));
  all.push_back(one("job-impressions-completed", integer_value(job.impressions)));
  // RFC 8011, 5.3.14: in seconds of printer-up-time; no-value before it has happened.
  const auto moment = [this, &all](const char* name, const std::optional<Nanos>& at) {
    all.push_back(one(name, at ? integer_value(seconds(*at)) : ipp::no_value()));
  };
  moment("time-at-creation", job.created_at);
  moment("time-at-processing", job.processing_at);
  moment("time-at-completed", job.completed_at);
  moment("job-printer-up-time", loop_.now());
  return all;
}

/// printer-up-time at `time`: RFC 8011, 5.4.29 has it begin with 1.
std::int32_t IppServer::seconds(Nanos time) const {
  return static_cast<std::int32_t>(time / std::chrono::seconds(1)) + 1;
}

int IppServer::printer_state(const PrinterView& view) const {
  if (view.state == protocol::kStateError || view.state == protocol::kStateWarning) {
    return kStateStopped;
  }
  const PrinterJob* job = mechanics_.current_job();
  if (job != nullptr && job->phase == JobPhase::kProcessingStopped) return kStateStopped;
  return view.job || mechanics_.is_moving() ? kStateProcessing : kStateIdle;
}

std::vector<std::string> IppServer::reasons(const PrinterView& view) {
  std::vector<std::string> base;
  switch (view.fault) {
    case protocol::kFaultCoverOpen:
      base.emplace_back("cover-open");
      break;
    case protocol::kFaultFeederJam:
    case protocol::kFaultHeadJam:
    case protocol::kFaultExitJam:
      base.emplace_back("media-jam");
      break;
    case protocol::kFaultDoubleFeed:
    case protocol::kFaultHeadTemperature:
    case protocol::kFaultCardInPath:
      base.emplace_back("other");
      break;
    default:
      break;
  }
  if (view.hopper == protocol::kSupplyEmpty) base.emplace_back("media-empty");
  if (view.hopper == protocol::kSupplyLow) base.emplace_back("media-low");
  if (mechanics_.waits_for_cards()) base.emplace_back("media-needed");
  if (view.ribbon == protocol::kSupplyEmpty) base.emplace_back("marker-supply-empty");
  if (view.ribbon == protocol::kSupplyLow) base.emplace_back("marker-supply-low");
  if (view.ribbon == protocol::kSupplyMissing) base.emplace_back("marker-supply-missing");
  if (view.reject_full) base.emplace_back("marker-waste-full");
  if (view.position == protocol::kAtExit) base.emplace_back("output-area-full");
  const bool jam = std::find(base.begin(), base.end(), "media-jam") != base.end();
  if (!jam && faults_.strikes(printer_fault::kStaleReason)) base.emplace_back("media-jam");
  if (base.empty()) return {"none"};
  const int state = printer_state(view);
  const char* suffix = state == kStateIdle         ? "-report"
                       : state == kStateProcessing ? "-warning"
                                                   : "-error";
  for (auto& keyword : base) keyword += suffix;
  return base;
}

std::vector<Attribute> IppServer::describe_printer(const PrinterView& view) const {
  Attribute operations;
  operations.name = "operations-supported";
  for (const int operation : {int{kPrintJob}, int{kValidateJob}, int{kCancelJob},
                              int{kGetJobAttributes}, int{kGetJobs}, int{kGetPrinterAttributes}}) {
    operations.values.push_back(integer_value(operation, ipp::kTagEnum));
  }
  const int level =
      view.ribbon == protocol::kSupplyMissing ? 0 : view.panels_left * 100 / view.panels_capacity;
  std::vector<Attribute> all;
  const auto text = [&all](const char* name, std::uint8_t tag, const char* value) {
    all.push_back(one(name, text_value(tag, value)));
  };
  text("printer-uri-supported", ipp::kTagUri, kPrinterUri);
  text("uri-authentication-supported", ipp::kTagKeyword, "none");
  text("uri-security-supported", ipp::kTagKeyword, "none");
  text("printer-name", ipp::kTagName, "cardrig-kp-1");
  text("printer-info", ipp::kTagText, "Card printer of a kiosk");
  text("printer-location", ipp::kTagText, "");
  text("printer-more-info", ipp::kTagUri, "http://localhost/");
  text("printer-make-and-model", ipp::kTagText, "CARDRIG KP-1 (simulated)");
  all.push_back(one("color-supported", ipp::boolean_value(true)));
  all.push_back(one("pages-per-minute", integer_value(kCardsPerMinute)));
  all.push_back(one("pages-per-minute-color", integer_value(kCardsPerMinute)));
  all.push_back(texts("ipp-versions-supported", ipp::kTagKeyword, {"1.1", "2.0"}));
  all.push_back(std::move(operations));
  text("charset-configured", ipp::kTagCharset, "utf-8");
  all.push_back(texts("charset-supported", ipp::kTagCharset, {"utf-8", "us-ascii"}));
  text("natural-language-configured", ipp::kTagLanguage, "en");
  text("generated-natural-language-supported", ipp::kTagLanguage, "en");
  text("document-format-default", ipp::kTagMimeType, protocol::kDocumentFormat);
  text("document-format-supported", ipp::kTagMimeType, protocol::kDocumentFormat);
  text("compression-supported", ipp::kTagKeyword, "none");
  text("pdl-override-supported", ipp::kTagKeyword, "not-attempted");
  all.push_back(one("printer-up-time", integer_value(seconds(loop_.now()))));
  all.push_back(one("queued-job-count", integer_value(view.job ? 1 : 0)));
  all.push_back(one("printer-is-accepting-jobs",
                    ipp::boolean_value(!view.job && view.state != protocol::kStateError)));
  text("marker-names", ipp::kTagName, "YMCKO ribbon");
  text("marker-types", ipp::kTagKeyword, "ribbon-wax");
  text("marker-colors", ipp::kTagName, "#FFFF00#FF00FF#00FFFF#000000");
  all.push_back(one("marker-levels", integer_value(level)));
  all.push_back(one("marker-low-levels", integer_value(5)));
  return all;
}

IppMessage IppServer::printer_attributes(const IppMessage& request) {
  const PrinterView view = mechanics_.shown_view();
  std::vector<Attribute> all = describe_printer(view);
  all.push_back(one("printer-state", integer_value(printer_state(view), ipp::kTagEnum)));
  all.push_back(texts("printer-state-reasons", ipp::kTagKeyword, reasons(view)));
  IppMessage found = response(request, kOk);
  const Group& operation = request.groups.front();
  Group group = filtered(ipp::kGroupPrinter, std::move(all), operation, "printer-description");
  Group of_jobs = filtered(ipp::kGroupPrinter, job_template(), operation, "job-template");
  std::move(of_jobs.attributes.begin(), of_jobs.attributes.end(),
            std::back_inserter(group.attributes));
  found.groups.push_back(std::move(group));
  return found;
}

}  // namespace cardrig::sim
