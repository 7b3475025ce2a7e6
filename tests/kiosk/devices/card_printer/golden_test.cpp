// Golden frames of the card path, decoded and encoded by both sides; IPP requests and answers read
// by the codec of the other side and by libcups.
#include <cups/ipp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>

#include "kiosk/devices/card_printer/ipp_driver_codec.h"
#include "kiosk/devices/card_printer/path_driver_codec.h"
#include "kiosk/devices/card_printer/protocol.h"
#include "simulators/card_printer/ipp_codec.h"
#include "simulators/card_printer/path_codec.h"
#include "tests/golden_frames.h"
#include "tests/simulators/card_printer/printer_stand.h"

namespace cardrig::test {
namespace {

namespace protocol = card_printer::protocol;
using Bytes = std::vector<std::uint8_t>;

const GoldenFrames& frames() {
  static const GoldenFrames all("fixtures/golden/card_path/frames.txt");
  return all;
}

// --- card path ---

TEST(GoldenCardPath, DriverEncodesRequests) {
  const std::map<std::string, std::pair<std::uint8_t, std::uint8_t>> requests{
      {"get_info_request", {1, protocol::kOpGetInfo}},
      {"get_status_request", {2, protocol::kOpGetStatus}},
      {"present_request", {5, protocol::kOpPresent}},
      {"retract_request", {6, protocol::kOpRetract}},
      {"reject_request", {7, protocol::kOpReject}},
      {"clear_error_request", {8, protocol::kOpClearError}}};
  for (const auto& [name, request] : requests) {
    EXPECT_EQ(card_printer::encode_path_request(request.first, request.second), frames().at(name))
        << name;
    sim::PathRequestReader reader;
    reader.feed(frames().at(name));
    const auto read = reader.next();
    ASSERT_TRUE(read.has_value()) << name;
    EXPECT_EQ(read->sequence, request.first);
    EXPECT_EQ(read->operation, request.second);
    EXPECT_TRUE(read->payload.empty());
    EXPECT_FALSE(reader.next().has_value());
  }
}

struct GoldenStatus {
  const char* name;
  std::uint8_t sequence;
  sim::PrinterView view;
};

std::vector<GoldenStatus> golden_states() {
  sim::PrinterView ready;
  ready.panels_left = 1000;
  ready.fed = ready.printed = 7;
  ready.rejected = 1;
  ready.starts = 3;
  sim::PrinterView printing = ready;
  printing.state = protocol::kStateBusy;
  printing.position = protocol::kAtHead;
  printing.job = true;
  printing.hopper = protocol::kSupplyLow;
  printing.panels_left = 63;
  printing.fed = 100000;
  printing.printed = 99999;
  printing.rejected = 12;
  sim::PrinterView jam = ready;
  jam.state = protocol::kStateError;
  jam.position = protocol::kAtHead;
  jam.fault = protocol::kFaultHeadJam;
  jam.after_feed = true;
  jam.ribbon = protocol::kSupplyLow;
  jam.panels_left = 47;
  jam.fed = 8;
  return {{"get_status_ready", 2, ready},
          {"get_status_printing", 3, printing},
          {"get_status_head_jam", 4, jam}};
}

TEST(GoldenCardPath, PrinterEncodesAndDriverDecodesStatus) {
  for (const auto& [name, sequence, view] : golden_states()) {
    EXPECT_EQ(sim::encode_path_response(sequence, protocol::kOpGetStatus, protocol::kCodeDone,
                                        sim::status_record(view)),
              frames().at(name))
        << name;
  }
  card_printer::PathFrameReader reader;
  reader.feed(frames().at("get_status_head_jam"));
  const auto frame = reader.next();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->type, protocol::kTypeResponse);
  EXPECT_EQ(frame->sequence, 4);
  ASSERT_EQ(frame->payload.front(), 0);
  const auto status = card_printer::decode_path_status(std::span(frame->payload).subspan(1));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->device, DeviceState::kFault);
  EXPECT_EQ(status->position, card_printer::CardPosition::kHead);
  EXPECT_EQ(status->fault, card_printer::PathFault::kHeadJam);
  EXPECT_TRUE(status->fault_after_feed);
  EXPECT_EQ(status->ribbon, SupplyState::kLow);
  EXPECT_EQ(status->ribbon_panels_left, 47);
  EXPECT_EQ(status->cards_fed_total, 8U);
  EXPECT_EQ(status->cards_printed_total, 7U);
  EXPECT_EQ(status->cards_rejected_total, 1U);
  EXPECT_EQ(status->starts_total, 3);
}

TEST(GoldenCardPath, BigCountersKeepTheirBytes) {
  card_printer::PathFrameReader reader;
  reader.feed(frames().at("get_status_printing"));
  const auto frame = reader.next();
  ASSERT_TRUE(frame.has_value());
  const auto status = card_printer::decode_path_status(std::span(frame->payload).subspan(1));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->cards_fed_total, 100000U);
  EXPECT_EQ(status->cards_printed_total, 99999U);
}

TEST(GoldenCardPath, CodesAndInfo) {
  EXPECT_EQ(sim::encode_path_response(5, protocol::kOpPresent, protocol::kCodeDone),
            frames().at("present_done"));
  EXPECT_EQ(sim::encode_path_response(6, protocol::kOpRetract, protocol::kCodeRejectFull),
            frames().at("retract_reject_full"));
  EXPECT_EQ(sim::encode_path_response(7, protocol::kOpReject, protocol::kCodeMechanical),
            frames().at("reject_mechanical"));
  EXPECT_EQ(sim::encode_path_response(8, protocol::kOpClearError, protocol::kCodeDone),
            frames().at("clear_error_done"));
  EXPECT_EQ(sim::encode_path_response(1, protocol::kOpGetInfo, 0, sim::info_record()),
            frames().at("get_info_response"));
  card_printer::PathFrameReader reader;
  for (const auto& [name, code] :
       std::map<std::string, int>{{"present_done", protocol::kCodeDone},
                                  {"retract_reject_full", protocol::kCodeRejectFull},
                                  {"reject_mechanical", protocol::kCodeMechanical}}) {
    reader.feed(frames().at(name));
    const auto frame = reader.next();
    ASSERT_TRUE(frame.has_value()) << name;
    EXPECT_EQ(static_cast<std::int8_t>(frame->payload.front()), code) << name;
  }
  reader.feed(frames().at("get_info_response"));
  const auto frame = reader.next();
  ASSERT_TRUE(frame.has_value());
  const auto info = card_printer::decode_path_info(std::span(frame->payload).subspan(1));
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->model, "CARDRIG KP-1");
  EXPECT_EQ(info->firmware, "1.0.0");
  EXPECT_EQ(info->serial, "SIM-0000001");
}

TEST(GoldenCardPath, Event) {
  sim::PrinterView view;
  view.position = protocol::kAtExit;
  view.finished = true;
  view.panels_left = 995;
  view.fed = view.printed = 8;
  view.rejected = 1;
  view.starts = 3;
  EXPECT_EQ(sim::encode_path_event(0, protocol::kOpStatusChanged, sim::status_record(view)),
            frames().at("event_card_at_exit"));
  card_printer::PathFrameReader reader;
  reader.feed(frames().at("event_card_at_exit"));
  const auto frame = reader.next();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->type, protocol::kTypeEvent);
  const auto status = card_printer::decode_path_status(frame->payload);
  ASSERT_TRUE(status.has_value());
  EXPECT_TRUE(status->card_finished);
}

TEST(GoldenCardPath, FramesInPiecesAndTogether) {
  Bytes stream;
  for (const char* name : {"present_done", "event_card_at_exit", "get_status_ready"}) {
    const auto& frame = frames().at(name);
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    card_printer::PathFrameReader reader;
    int found = 0;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.feed(std::span(stream).subspan(at, std::min(piece, stream.size() - at)));
      while (reader.next()) ++found;
    }
    EXPECT_EQ(found, 3) << piece;
  }
}

TEST(GoldenCardPath, EveryDamagedBitIsFound) {
  for (const char* name : {"get_status_ready", "get_status_request"}) {
    const Bytes good = frames().at(name);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      Bytes bad = good;
      bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << bit % 8));
      card_printer::PathFrameReader host;
      host.feed(bad);
      EXPECT_FALSE(host.next().has_value()) << name << " bit " << bit;
      sim::PathRequestReader device;
      device.feed(bad);
      EXPECT_FALSE(device.next().has_value()) << name << " bit " << bit;
    }
  }
}

TEST(GoldenCardPath, CrcOfTheReferenceVectors) {
  const GoldenFrames modbus("fixtures/golden/modbus/frames.txt");
  int checked = 0;
  for (const auto& [name, bytes] : modbus.all()) {
    if (!name.starts_with("crc_")) continue;
    const auto body = std::span(bytes).first(bytes.size() - 2);
    const unsigned crc = card_printer::path_crc(body);
    EXPECT_EQ(crc & 0xFFU, bytes[bytes.size() - 2]) << name;
    EXPECT_EQ(crc >> 8U, bytes.back()) << name;
    ++checked;
  }
  EXPECT_EQ(checked, 5);
}

// --- IPP ---

struct Deleter {
  void operator()(ipp_t* message) const { ippDelete(message); }
};
using CupsMessage = std::unique_ptr<ipp_t, Deleter>;

/// What libcups, which nobody here wrote, makes of the bytes; null if it rejects them.
CupsMessage read_by_cups(std::span<const std::uint8_t> bytes) {
  CupsMessage message(ippNew());
  auto left = bytes;
  const auto take = [](void* context, ipp_uchar_t* buffer, std::size_t size) -> ssize_t {
    auto& rest = *static_cast<std::span<const std::uint8_t>*>(context);
    const std::size_t n = std::min(size, rest.size());
    std::memcpy(buffer, rest.data(), n);
    rest = rest.subspan(n);
    return static_cast<ssize_t>(n);
  };
  if (ippReadIO(&left, take, 1, nullptr, message.get()) != IPP_STATE_DATA) return nullptr;
  EXPECT_TRUE(left.empty()) << "bytes behind the message";
  return message;
}

const card_printer::ipp::Target kTarget{"ipp://localhost/ipp/print"};

card_printer::PrintTicket sample_ticket() {
  card_printer::PrintTicket ticket;
  ticket.attempt_id = "0123456789abcdef0123456789abcdef";
  return ticket;
}

std::map<std::string, Bytes> requests() {
  namespace ipp = card_printer::ipp;
  return {{"print_job", ipp::encode_print_job(kTarget, 2, sample_ticket())},
          {"get_printer_attributes", ipp::encode_get_printer_attributes(kTarget, 1)},
          {"get_job_attributes", ipp::encode_get_job_attributes(kTarget, 3, 1)},
          {"get_jobs", ipp::encode_get_jobs(kTarget, 4)},
          {"cancel_job", ipp::encode_cancel_job(kTarget, 5, 1)}};
}

TEST(Ipp, PrintJobOnTheWire) {
  const auto decoded = sim::ipp::decode_ipp(requests().at("print_job"));
  ASSERT_TRUE(decoded.has_value());
  const auto& message = decoded->message;
  EXPECT_EQ(message.major, 2);
  EXPECT_EQ(message.code, 0x0002);
  EXPECT_EQ(message.request_id, 2);
  const auto* operation = message.group(sim::ipp::kGroupOperation);
  ASSERT_NE(operation, nullptr);
  EXPECT_EQ(operation->attributes[0].name, "attributes-charset");
  EXPECT_EQ(operation->attributes[1].name, "attributes-natural-language");
  EXPECT_EQ(operation->find("printer-uri")->values[0].text(), "ipp://localhost/ipp/print");
  EXPECT_EQ(operation->find("job-name")->values[0].text(), sample_ticket().attempt_id);
  EXPECT_EQ(operation->find("document-format")->values[0].text(), "image/png");
  const auto* job = message.group(sim::ipp::kGroupJob);
  ASSERT_NE(job, nullptr);
  const auto& size = job->find("media-col")->values.at(0).members.at(0);
  EXPECT_EQ(size.name, "media-size");
  EXPECT_EQ(size.values.at(0).members.at(0).name, "x-dimension");
  EXPECT_EQ(size.values.at(0).members.at(0).values.at(0).integer(), 5400);
  EXPECT_EQ(size.values.at(0).members.at(1).values.at(0).integer(), 8600);
}

TEST(Ipp, OurRequestsAreTheSameToEverybody) {
  for (const auto& [name, bytes] : requests()) {
    const auto cups = read_by_cups(bytes);
    ASSERT_NE(cups, nullptr) << name;
    const auto own = sim::ipp::decode_ipp(bytes);
    ASSERT_TRUE(own.has_value()) << name;
    EXPECT_EQ(own->size, bytes.size()) << name;
    EXPECT_EQ(own->message.code, static_cast<int>(ippGetOperation(cups.get()))) << name;
    EXPECT_EQ(own->message.request_id, ippGetRequestId(cups.get())) << name;
    // The simulator's encoder writes back what libcups wrote, byte for byte.
    EXPECT_EQ(sim::ipp::encode_ipp(own->message), bytes) << name;
  }
}

TEST(Ipp, RequestsEqualTheGoldenBytes) {
  const GoldenFrames golden("fixtures/golden/ipp/requests.txt");
  for (const auto& [name, bytes] : requests()) EXPECT_EQ(golden.at(name), bytes) << name;
}

TEST(Ipp, SimulatedAnswersAreReadByCups) {
  PrinterStand stand;
  auto& server = stand.sim->ipp();
  auto job = requests().at("print_job");
  job.insert(job.end(), sample_png().begin(), sample_png().end());
  const auto accepted = server.answer(job);
  ASSERT_TRUE(accepted.has_value());
  EXPECT_EQ(card_printer::ipp::decode_job_id(*accepted, 2), 1);
  for (const auto& [name, request] : requests()) {
    const auto answer = server.answer(request);
    ASSERT_TRUE(answer.has_value()) << name;
    const auto message = read_by_cups(*answer);
    ASSERT_NE(message, nullptr) << name;
    const auto own = sim::ipp::decode_ipp(*answer);
    ASSERT_TRUE(own.has_value()) << name;
    EXPECT_EQ(own->message.code, static_cast<int>(ippGetStatusCode(message.get()))) << name;
  }
  auto all = requests().at("get_printer_attributes");
  auto everything = sim::ipp::decode_ipp(all)->message;
  std::erase_if(everything.groups[0].attributes,
                [](const auto& a) { return a.name == "requested-attributes"; });
  const auto answer = server.answer(sim::ipp::encode_ipp(everything));
  ASSERT_TRUE(answer.has_value());
  const auto message = read_by_cups(*answer);
  ASSERT_NE(message, nullptr);
  for (ipp_attribute_t* a = ippFirstAttribute(message.get()); a != nullptr;
       a = ippNextAttribute(message.get())) {
    if (ippGetName(a) == nullptr) continue;
    EXPECT_EQ(ippValidateAttribute(a), 1) << ippGetName(a);
  }
  EXPECT_NE(ippFindAttribute(message.get(), "media-col-default", IPP_TAG_BEGIN_COLLECTION),
            nullptr);
}

TEST(Ipp, SimulatorRefusesWhatTheStandardForbids) {
  PrinterStand stand;
  auto& server = stand.sim->ipp();
  const auto code_of = [&server](const sim::ipp::IppMessage& request) {
    const auto answer = server.answer(sim::ipp::encode_ipp(request));
    return answer ? int{sim::ipp::decode_ipp(*answer)->message.code} : -1;
  };
  const auto good = sim::ipp::decode_ipp(requests().at("print_job"))->message;
  auto bad = good;
  bad.major = 3;
  EXPECT_EQ(code_of(bad), 0x0503);
  bad = good;
  bad.request_id = 0;
  EXPECT_EQ(code_of(bad), 0x0400);
  bad = good;
  std::swap(bad.groups[0].attributes[0], bad.groups[0].attributes[1]);
  EXPECT_EQ(code_of(bad), 0x0400);
  bad = good;
  bad.groups[0].attributes[0].values[0] = sim::ipp::text_value(sim::ipp::kTagCharset, "gb2312");
  EXPECT_EQ(code_of(bad), 0x040D);
  bad = good;
  bad.code = 0x4001;
  EXPECT_EQ(code_of(bad), 0x0501);
  bad = good;
  auto& x = bad.groups[1].attributes[0].values[0].members[0].values[0].members[0].values[0];
  x = sim::ipp::integer_value(21590);  // letter: the card would be cropped
  EXPECT_EQ(code_of(bad), 0x040B);
  EXPECT_EQ(code_of(good), 0x0411) << "no document";
  EXPECT_FALSE(server.answer({}).has_value());
}

TEST(Ipp, CutOffMessagesAreNone) {
  for (const auto& [name, bytes] : requests()) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(sim::ipp::decode_ipp(std::span(bytes).first(size)).has_value()) << name << size;
    }
  }
}

TEST(Ipp, SuffixesAreTakenOff) {
  using card_printer::ipp::base_keyword;
  EXPECT_EQ(base_keyword("media-jam-warning"), "media-jam");
  EXPECT_EQ(base_keyword("media-empty-report"), "media-empty");
  EXPECT_EQ(base_keyword("cover-open-error"), "cover-open");
  EXPECT_EQ(base_keyword("other"), "other");
  EXPECT_EQ(base_keyword("-error"), "-error");
}

}  // namespace
}  // namespace cardrig::test
