// IPP requests and answers through libcups' encoder and decoder, in memory.
#include "kiosk/devices/card_printer/ipp_driver_codec.h"

#include <cups/ipp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

#include "kiosk/devices/card_printer/protocol.h"
#include "kiosk/runtime/check.h"

namespace cardrig::card_printer::ipp {

namespace {

struct Deleter {
  void operator()(ipp_t* message) const { ippDelete(message); }
};
using Message = std::unique_ptr<ipp_t, Deleter>;

struct Reader {
  std::span<const std::uint8_t> left;
};

ssize_t append(void* context, ipp_uchar_t* buffer, std::size_t size) {
  auto& bytes = *static_cast<Bytes*>(context);
  bytes.insert(bytes.end(), buffer, buffer + size);
  return static_cast<ssize_t>(size);
}

ssize_t take(void* context, ipp_uchar_t* buffer, std::size_t size) {
  auto& reader = *static_cast<Reader*>(context);
  const std::size_t n = std::min(size, reader.left.size());
  if (n > 0) std::memcpy(buffer, reader.left.data(), n);
  reader.left = reader.left.subspan(n);
  return static_cast<ssize_t>(n);
}

void add(const Message& message, ipp_tag_t group, ipp_tag_t type, const char* name,
         const char* value) {
  ippAddString(message.get(), group, type, name, nullptr, value);
}

// ippNewRequest() would take the language and the request number from the process: the first
// depends on the environment, the second on what ran before.
Message new_request(const Target& target, ipp_op_t operation, int request_id) {
  Message message(ippNew());
  CARDRIG_CHECK(message != nullptr);
  ippSetVersion(message.get(), 2, 0);
  ippSetOperation(message.get(), operation);
  ippSetRequestId(message.get(), request_id);
  add(message, IPP_TAG_OPERATION, IPP_TAG_CHARSET, "attributes-charset", "utf-8");
  add(message, IPP_TAG_OPERATION, IPP_TAG_LANGUAGE, "attributes-natural-language", "en");
  add(message, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", target.printer_uri.c_str());
  return message;
}

void add_user(const Message& message, const Target& target) {
  add(message, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", target.user.c_str());
}

template <std::size_t kCount>
void add_requested(const Message& message, const std::array<const char*, kCount>& names) {
  ippAddStrings(message.get(), IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                static_cast<int>(kCount), nullptr, names.data());
}

Bytes encode(const Message& message) {
  Bytes bytes;
  ippSetState(message.get(), IPP_STATE_IDLE);
  const ipp_state_t state = ippWriteIO(&bytes, append, 1, nullptr, message.get());
  CARDRIG_CHECK(state == IPP_STATE_DATA && "our own requests can be encoded");
  return bytes;
}

PrintReason reason_of(ipp_status_t status) {
  switch (status) {
    case IPP_STATUS_ERROR_BUSY:
      return PrintReason::kBusy;
    case IPP_STATUS_ERROR_NOT_FOUND:
      return PrintReason::kNoSuchJob;
    default:
      return PrintReason::kRefused;
  }
}

/// The decoded answer, or why it is none or a refusal.
Result<Message, PrintReason> decode(std::span<const std::uint8_t> answer, int request_id) {
  Message message(ippNew());
  CARDRIG_CHECK(message != nullptr);
  Reader reader{answer};
  if (ippReadIO(&reader, take, 1, nullptr, message.get()) != IPP_STATE_DATA) {
    return fail(PrintReason::kBadAnswer, "the answer is no IPP message");
  }
  int minor = 0;
  const int major = ippGetVersion(message.get(), &minor);
  if ((major != 1 && major != 2) || ippGetRequestId(message.get()) != request_id) {
    return fail(PrintReason::kBadAnswer, "the answer belongs to another request or version");
  }
  const ipp_status_t status = ippGetStatusCode(message.get());
  // 0000..00FF are the successful ones (RFC 8011, 4.1.6 and appendix B).
  if (status < 0 || status > 0x00FF) return fail(reason_of(status), ippErrorString(status));
  return message;
}

ipp_attribute_t* find(const Message& message, const char* name, ipp_tag_t type) {
  return ippFindAttribute(message.get(), name, type);
}

std::vector<std::string> keywords(const Message& message, const char* name) {
  std::vector<std::string> found;
  ipp_attribute_t* attribute = find(message, name, IPP_TAG_KEYWORD);
  for (int i = 0; i < ippGetCount(attribute); ++i) {
    const char* text = ippGetString(attribute, i, nullptr);
    if (text == nullptr || std::string_view(text) == "none") continue;
    std::string base = base_keyword(text);
    if (std::find(found.begin(), found.end(), base) == found.end()) {
      found.push_back(std::move(base));
    }
  }
  return found;
}

std::vector<Marker> markers(const Message& message) {
  std::vector<Marker> found;
  ipp_attribute_t* names = find(message, "marker-names", IPP_TAG_NAME);
  ipp_attribute_t* levels = find(message, "marker-levels", IPP_TAG_INTEGER);
  for (int i = 0; i < ippGetCount(names); ++i) {
    const char* name = ippGetString(names, i, nullptr);
    const int level = i < ippGetCount(levels) ? ippGetInteger(levels, i) : -1;
    found.push_back(Marker{name == nullptr ? "" : name, level >= 0 && level <= 100 ? level : -1});
  }
  return found;
}

}  // namespace

std::string base_keyword(const std::string& reason) {
  for (const std::string_view suffix : {"-report", "-warning", "-error"}) {
    if (reason.size() > suffix.size() && reason.ends_with(suffix)) {
      return reason.substr(0, reason.size() - suffix.size());
    }
  }
  return reason;
}

Bytes encode_get_printer_attributes(const Target& target, int request_id) {
  static constexpr std::array<const char*, 5> kWanted{"printer-state", "printer-state-reasons",
                                                      "marker-names", "marker-levels",
                                                      "queued-job-count"};
  const Message message = new_request(target, IPP_OP_GET_PRINTER_ATTRIBUTES, request_id);
  add_user(message, target);
  add_requested(message, kWanted);
  return encode(message);
}

Bytes encode_print_job(const Target& target, int request_id, const PrintTicket& ticket) {
  const Message message = new_request(target, IPP_OP_PRINT_JOB, request_id);
  add_user(message, target);
  add(message, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", ticket.attempt_id.c_str());
  add(message, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", protocol::kDocumentFormat);
  const Message size(ippNew());
  ippAddInteger(size.get(), IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension",
                protocol::kMediaX_hundredths_mm);
  ippAddInteger(size.get(), IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension",
                protocol::kMediaY_hundredths_mm);
  const Message media(ippNew());
  // A collection that is added is shared by reference count: both keep their own.
  ippAddCollection(media.get(), IPP_TAG_ZERO, "media-size", size.get());
  ippAddCollection(message.get(), IPP_TAG_JOB, "media-col", media.get());
  return encode(message);
}

Bytes encode_get_job_attributes(const Target& target, int request_id, int job_id) {
  static constexpr std::array<const char*, 4> kWanted{"job-id", "job-state", "job-state-reasons",
                                                      "job-impressions-completed"};
  const Message message = new_request(target, IPP_OP_GET_JOB_ATTRIBUTES, request_id);
  ippAddInteger(message.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job_id);
  add_user(message, target);
  add_requested(message, kWanted);
  return encode(message);
}

Bytes encode_get_jobs(const Target& target, int request_id) {
  static constexpr std::array<const char*, 3> kWanted{"job-id", "job-name", "job-state"};
  const Message message = new_request(target, IPP_OP_GET_JOBS, request_id);
  add_user(message, target);
  add(message, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", "not-completed");
  ippAddBoolean(message.get(), IPP_TAG_OPERATION, "my-jobs", 0);
  add_requested(message, kWanted);
  return encode(message);
}

Bytes encode_cancel_job(const Target& target, int request_id, int job_id) {
  const Message message = new_request(target, IPP_OP_CANCEL_JOB, request_id);
  ippAddInteger(message.get(), IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job_id);
  add_user(message, target);
  return encode(message);
}

Result<PrinterStatus, PrintReason> decode_printer_status(std::span<const std::uint8_t> answer,
                                                         int request_id) {
  const auto message = decode(answer, request_id);
  if (!message) return tl::unexpected(message.error());
  ipp_attribute_t* state = find(*message, "printer-state", IPP_TAG_ENUM);
  ipp_attribute_t* reasons = find(*message, "printer-state-reasons", IPP_TAG_KEYWORD);
  const int value = state == nullptr ? 0 : ippGetInteger(state, 0);
  if (value < 3 || value > 5 || reasons == nullptr) {
    return fail(PrintReason::kBadAnswer, "no valid printer-state and reasons");
  }
  PrinterStatus status;
  status.state = static_cast<PrinterState>(value);
  status.reasons = keywords(*message, "printer-state-reasons");
  status.markers = markers(*message);
  ipp_attribute_t* queued = find(*message, "queued-job-count", IPP_TAG_INTEGER);
  status.queued_jobs = queued == nullptr ? 0 : std::max(0, ippGetInteger(queued, 0));
  return status;
}

Result<int, PrintReason> decode_job_id(std::span<const std::uint8_t> answer, int request_id) {
  const auto message = decode(answer, request_id);
  if (!message) return tl::unexpected(message.error());
  ipp_attribute_t* id = find(*message, "job-id", IPP_TAG_INTEGER);
  if (id == nullptr || ippGetInteger(id, 0) <= 0) {
    return fail(PrintReason::kBadAnswer, "the job was accepted without a job-id");
  }
  return ippGetInteger(id, 0);
}

Result<JobStatus, PrintReason> decode_job_status(std::span<const std::uint8_t> answer,
                                                 int request_id) {
  const auto message = decode(answer, request_id);
  if (!message) return tl::unexpected(message.error());
  ipp_attribute_t* state = find(*message, "job-state", IPP_TAG_ENUM);
  const int value = state == nullptr ? 0 : ippGetInteger(state, 0);
  if (value < 3 || value > 9) return fail(PrintReason::kBadAnswer, "no valid job-state");
  JobStatus status;
  status.state = static_cast<JobState>(value);
  status.reasons = keywords(*message, "job-state-reasons");
  ipp_attribute_t* done = find(*message, "job-impressions-completed", IPP_TAG_INTEGER);
  status.impressions_completed = done == nullptr ? 0 : std::max(0, ippGetInteger(done, 0));
  return status;
}

Result<std::vector<int>, PrintReason> decode_jobs_named(std::span<const std::uint8_t> answer,
                                                        int request_id,
                                                        const std::string& job_name) {
  const auto message = decode(answer, request_id);
  if (!message) return tl::unexpected(message.error());
  std::vector<int> found;
  int id = 0;
  std::string name;
  const auto end_of_job = [&] {
    if (id > 0 && name == job_name) found.push_back(id);
    id = 0;
    name.clear();
  };
  // One group a job; groups are parted by an attribute without a name.
  for (ipp_attribute_t* a = ippFirstAttribute(message->get()); a != nullptr;
       a = ippNextAttribute(message->get())) {
    const char* attribute = ippGetName(a);
    if (attribute == nullptr || ippGetGroupTag(a) != IPP_TAG_JOB) {
      end_of_job();
      continue;
    }
    const ipp_tag_t type = ippGetValueTag(a);
    if (std::string_view(attribute) == "job-id" && type == IPP_TAG_INTEGER) {
      id = ippGetInteger(a, 0);
    } else if (std::string_view(attribute) == "job-name" &&
               (type == IPP_TAG_NAME || type == IPP_TAG_NAMELANG)) {
      const char* text = ippGetString(a, 0, nullptr);
      name = text == nullptr ? "" : text;
    }
  }
  end_of_job();
  return found;
}

Result<Unit, PrintReason> decode_done(std::span<const std::uint8_t> answer, int request_id) {
  const auto message = decode(answer, request_id);
  if (!message) return tl::unexpected(message.error());
  return ok();
}

}  // namespace cardrig::card_printer::ipp
