// One contract for the SDT driver over every framing and wire: UART in memory and over a
// pseudo-terminal, USB-HID in memory and over hidraw's reports. There is no USB device here: a
// socket that keeps the bounds of packets stands for /dev/hidrawN, with what the kernel does to
// numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "kiosk/devices/id_reader/sdt_driver.h"
#include "kiosk/runtime/hid_stream.h"
#include "kiosk/runtime/hidraw.h"
#include "kiosk/runtime/io_stream.h"
#include "kiosk/runtime/memory_hid.h"
#include "simulators/id_reader/chip.h"
#include "simulators/id_reader/faults.h"
#include "simulators/id_reader/reader.h"
#include "tests/simulators/plugs/real_wire.h"
#include "tests/simulators/plugs/wires.h"

namespace cardrig::id_reader {
namespace {

using namespace std::chrono_literals;

struct Hid {
  HidFraming host;
  sim::HidLayout device;
};

Hid hid(std::uint8_t number, bool says_length, std::size_t bytes = 64) {
  Hid both;
  both.host.report_bytes = both.device.report_bytes = bytes;
  both.host.report_number = both.device.number = number;
  both.device.says_length = says_length;
  if (says_length) both.host.length = HidFraming::Length::kFirstByte;
  return both;
}

/// A way from the driver to the simulated reader.
struct Way {
  virtual ~Way() = default;
  virtual Loop& loop() = 0;
  virtual Loop& device_loop() { return loop(); }
  virtual std::unique_ptr<StreamSource> source() = 0;
  virtual void attach(sim::ReaderSimulator& reader) = 0;
  virtual bool run(Async<void> test) = 0;
  bool has_baud = false;
  bool is_real = false;  ///< time passes while the machine does something else
  /// Pieces in which an answer can come. What fills a report up without saying so fills it in the
  /// middle of an answer too: such a device sends whole reports only.
  std::vector<int> pieces{7, 64, 500};
};

/// Lends a source that lives elsewhere.
struct Borrowed final : StreamSource {
  explicit Borrowed(StreamSource& s) : inner(s) {}
  Async<Result<std::unique_ptr<ByteStream>, OpenReason>> open() override { return inner.open(); }
  std::string name() const override { return inner.name(); }
  StreamSource& inner;
};

struct WireWay final : Way {
  WireWay(const test::WireKind& kind, std::optional<Hid> h) : wire(kind.make()), framing(h) {
    has_baud = !h;
    is_real = kind.name == "Pty";
    if (h && !h->device.says_length) pieces = {64, 128};
  }
  Loop& loop() override { return wire->host(); }
  Loop& device_loop() override { return wire->device(); }
  std::unique_ptr<StreamSource> source() override {
    auto plain = std::make_unique<Borrowed>(wire->source());
    if (!framing) return plain;
    auto reports = memory_hid_source(std::move(plain), framing->host.report_bytes,
                                     framing->host.report_number != 0);
    return hid_stream_source(wire->host(), std::move(reports), framing->host);
  }
  void attach(sim::ReaderSimulator& reader) override {
    if (framing) {
      reader.attach_hid(wire->plug(), framing->device);
    } else {
      reader.attach(wire->plug());
    }
  }
  bool run(Async<void> test) override { return wire->run(std::move(test)); }

  std::unique_ptr<test::Wire> wire;
  std::optional<Hid> framing;
};

using Descriptor = asio::posix::stream_descriptor;

/// What usbhid and hidraw do between the two sockets: whole reports, and the number of those that
/// have none comes off.
Async<void> kernel(std::shared_ptr<Descriptor> from, std::shared_ptr<Descriptor> to,
                   bool takes_number_off) {
  std::array<std::uint8_t, 512> report{};
  for (;;) {
    ErrorCode error;
    const auto size = co_await from->async_read_some(asio::buffer(report), catch_error(error));
    if (error || size == 0) break;
    if (takes_number_off) {
      EXPECT_EQ(report[0], 0);
    }
    const std::size_t first = takes_number_off ? 1 : 0;
    const auto rest = asio::buffer(report.data() + first, size - first);
    co_await to->async_write_some(rest, catch_error(error));
    if (error) break;
  }
  ErrorCode ignored;
  to->close(ignored);
}

struct HidrawWay final : Way {
  explicit HidrawWay(Hid h) : framing(h) {
    is_real = true;
    if (!h.device.says_length) pieces = {64, 128};
  }
  ~HidrawWay() override { real.poll(); }
  Loop& loop() override { return real; }

  struct Source final : HidSource {
    explicit Source(HidrawWay& w) : way(w) {}
    Async<Result<std::unique_ptr<HidDevice>, OpenReason>> open() override {
      co_return hidraw_device(way.real, way.tracer, "id_reader", ++way.opened, way.connect());
    }
    std::string name() const override { return "a socket in place of /dev/hidraw0"; }
    HidrawWay& way;
  };
  std::unique_ptr<StreamSource> source() override {
    return hid_stream_source(real, std::make_unique<Source>(*this), framing.host);
  }
  void attach(sim::ReaderSimulator& r) override { reader = &r; }

  /// The host's descriptor.
  int connect() {
    const auto [host, near] = pair();
    const auto [far, device] = pair();
    auto a = std::make_shared<Descriptor>(real.context(), near);
    auto b = std::make_shared<Descriptor>(real.context(), far);
    spawn(real, kernel(a, b, framing.host.report_number == 0));
    spawn(real, kernel(b, a, false));
    auto stream = std::make_shared<IoStream<Descriptor>>(
        real, Descriptor(real.context(), device),
        WireEvents(device_tracer, "id_reader", opened, WireEvents::End::kDevice));
    reader->accept(sim::hid_device_end(real, std::move(stream), framing.device));
    return host;
  }
  static std::pair<int, int> pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw std::runtime_error("no socketpair");
    }
    return {ends[0], ends[1]};
  }
  bool run(Async<void> test) override {
    bool done = false;
    spawn(real, test::then(std::move(test), [&done] { done = true; }));
    const Nanos end = real.now() + test::kGivesUp;
    real.context().restart();
    while (!done && real.now() < end) real.context().run_one_for(1s);
    return done;
  }

  Hid framing;
  RealLoop real;
  Trace trace{[this] { return real.now(); }};
  Tracer tracer{trace, "kiosk"};
  Tracer device_tracer{trace, "id_reader"};
  sim::ReaderSimulator* reader = nullptr;
  std::int64_t opened = 0;
};

struct Kind {
  std::string name;
  std::function<std::unique_ptr<Way>()> make;
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

Kind over(std::string name, test::WireKind wire, std::optional<Hid> h = std::nullopt) {
  return {std::move(name), [wire, h] { return std::make_unique<WireWay>(wire, h); }};
}
Kind over_hidraw(std::string name, Hid h) {
  return {std::move(name), [h] { return std::make_unique<HidrawWay>(h); }};
}

sim::DocumentThing card(const std::string& id, std::uint8_t fill) {
  sim::DocumentThing thing;
  thing.id = id;
  thing.kind = "resident";
  sim::ChipData chip;
  chip.name = "测试";
  chip.birth = chip.valid_from = {2000, 1, 1};
  thing.text = sim::build_chip_text(chip);
  // Preambles in the photo, and zeros, which look like what fills a report up.
  const auto inner = encode_request(sdt::kFindCard);
  for (std::size_t i = 0; i < 1024; ++i) {
    thing.photo.push_back(i % 3 == 0 ? fill : i % 200 < 70 ? 0 : inner[i % inner.size()]);
  }
  thing.new_address = sim::build_chip_address("上海市测试区仿真路88弄");
  return thing;
}

struct Framing : testing::TestWithParam<Kind> {
  Framing() : way(GetParam().make()) {
    if (way->is_real) be_patient(settings.times);
    sim::declare_id_reader_faults(faults);
    sim::ReaderOptions options;  // real time: as fast as the wire
    options.find = options.select = options.read = options.read_fingers = options.read_address =
        options.reset = options.housekeeping = 1ms;
    simulator.emplace(way->device_loop(), world_tracer, world, faults, Random(1), options);
    way->attach(*simulator);
    settings.reads_fingers = settings.reads_new_address = true;
    settings.times.error_pause = 20ms;
    reader.emplace(way->loop(), kiosk_tracer, way->source(), settings);
    world.add_document(card("one", 1));
    world.add_document(card("two", 2));
  }

  /// For a machine that has no time for us just now. What the tests want to see run out stays
  /// short.
  static void be_patient(SdtTimes& times) {
    times.open = times.status = times.find = times.select = times.read = times.reset = 40s;
    times.probe = times.inter_byte = 2s;
  }
  void run(Async<void> test) { EXPECT_TRUE(way->run(std::move(test))) << "came to no end"; }
  Async<void> start() {
    const auto started = co_await reader->start();
    EXPECT_TRUE(started.has_value()) << (started ? "" : started.error().detail);
  }
  Async<void> expect_reads(std::string id) {
    world.place_document(id);
    const auto record = co_await reader->read_card();
    world.lift_document();
    if (!record) {
      ADD_FAILURE() << to_string(record.error().reason) << ": " << record.error().detail;
      co_return;
    }
    const auto& truth = *world.find_document(id);
    EXPECT_TRUE(std::equal(record->text.begin(), record->text.end(), truth.text.begin()));
    EXPECT_TRUE(std::equal(record->photo.begin(), record->photo.end(), truth.photo.begin()));
    EXPECT_TRUE(record->has_new_address);
    EXPECT_TRUE(std::equal(record->new_address.begin(), record->new_address.end(),
                           truth.new_address.begin()));
    EXPECT_EQ(record->fingers_size, 1024U);
  }
  [[nodiscard]] static const char* reason(const Result<ChipRecord, ReaderReason>& result) {
    return result ? "" : to_string(result.error().reason);
  }

  std::unique_ptr<Way> way;
  Trace trace{[this] { return way->loop().now(); }};
  Tracer kiosk_tracer{trace, "kiosk"};
  Tracer world_tracer{trace, "world"};
  sim::World world{world_tracer, way->device_loop()};
  sim::FaultCatalogue faults{world_tracer};
  std::optional<sim::ReaderSimulator> simulator;
  SdtSettings settings;
  std::optional<SdtReader> reader;
};

TEST_P(Framing, ReadsEverythingOfOneCardAfterTheOther) {
  auto test = [](Framing& t) -> Async<void> {
    co_await t.start();
    EXPECT_EQ(t.reader->status().sam_id, "05.01-20201231-0123456789-0123456789");
    for (int i = 0; i < 3; ++i) {
      co_await t.expect_reads("one");
      const auto empty = co_await t.reader->read_card();
      EXPECT_STREQ(reason(empty), "no_card");
      co_await t.expect_reads("two");
    }
    const auto checked = co_await t.reader->check();
    EXPECT_TRUE(checked.has_value());
    const auto reset = co_await t.reader->reset();
    EXPECT_TRUE(reset.has_value());
  };
  run(test(*this));
}

TEST_P(Framing, DamagedAndShortAnswersAreNoticedAndTheLineIsUsableAfterThem) {
  auto test = [](Framing& t) -> Async<void> {
    co_await t.start();
    for (const auto* fault : {sim::reader_fault::kChecksumError, sim::reader_fault::kLengthLies}) {
      EXPECT_TRUE(t.faults.inject(fault).has_value());
      t.world.place_document("one");
      const auto damaged = co_await t.reader->read_card();
      EXPECT_FALSE(damaged.has_value());
      t.world.lift_document();
      co_await t.expect_reads("two");
    }
    EXPECT_THAT(t.faults.inert(), testing::IsEmpty());
  };
  run(test(*this));
}

TEST_P(Framing, AnswersInPiecesAreOne) {
  auto test = [](Framing& t) -> Async<void> {
    co_await t.start();
    for (const int chunk : t.way->pieces) {
      const nlohmann::json pieces{{"chunk_bytes", chunk}, {"gap_ms", 1}};
      EXPECT_TRUE(t.faults.inject(sim::reader_fault::kSplitDelivery, pieces).has_value());
      co_await t.expect_reads(chunk == 64 ? "one" : "two");
      EXPECT_TRUE(t.faults.clear(sim::reader_fault::kSplitDelivery).has_value());
    }
  };
  run(test(*this));
}

TEST_P(Framing, ALateAnswerIsNotTheNextOnes) {
  settings.times.read = way->is_real ? 1s : 200ms;
  reader.emplace(way->loop(), kiosk_tracer, way->source(), settings);
  auto test = [](Framing& t) -> Async<void> {
    co_await t.start();
    const nlohmann::json late{{"delay_ms", t.way->is_real ? 3000 : 900}, {"command", 3}};
    EXPECT_TRUE(t.faults.inject(sim::reader_fault::kStaleAnswer, late).has_value());
    for (int tries = 0; tries < 30 && !t.faults.inert().empty(); ++tries) {
      t.world.place_document("one");
      const auto timed_out = co_await t.reader->read_card();
      EXPECT_STREQ(reason(timed_out), "timeout");
      t.world.lift_document();
    }
    // A busy machine may be too slow for the short limit again: then once more, but never wrong.
    bool was_read = false;
    for (int tries = 0; tries < 30 && !was_read; ++tries) {
      t.world.place_document("two");
      const auto record = co_await t.reader->read_card();
      t.world.lift_document();
      was_read = record.has_value();
      EXPECT_TRUE(!record || record->photo[0] == 2) << "the card before";
    }
    EXPECT_TRUE(was_read);
    EXPECT_THAT(t.faults.inert(), testing::IsEmpty());
  };
  run(test(*this));
}

TEST_P(Framing, RequestsThatArriveDamagedAreSentAgain) {
  auto test = [](Framing& t) -> Async<void> {
    co_await t.start();
    const nlohmann::json once{{"in_a_row", 1}};
    EXPECT_TRUE(t.faults.inject(sim::reader_fault::kRequestGarbled, once).has_value());
    co_await t.expect_reads("one");
  };
  run(test(*this));
}

TEST_P(Framing, AReaderThatStandsAtAnotherRateIsFoundWhereThereAreRates) {
  if (!way->has_baud) GTEST_SKIP() << "reports have no rate";
  auto test = [](Framing& t) -> Async<void> {
    EXPECT_TRUE(t.faults.inject(sim::reader_fault::kBaudLeftAt9600).has_value());
    co_await t.start();
    EXPECT_EQ(t.reader->baud(), 115200U);
    EXPECT_EQ(t.simulator->baud(), 115200U);
    EXPECT_THAT(t.faults.inert(), testing::IsEmpty());
    co_await t.expect_reads("one");
  };
  run(test(*this));
}

INSTANTIATE_TEST_SUITE_P(All, Framing,
                         testing::Values(over("Uart", test::memory_wire()),
                                         over("UartPty", test::pty_wire()),
                                         over("Hid", test::memory_wire(), hid(0, false)),
                                         over("HidNumbered", test::memory_wire(), hid(5, false)),
                                         over("HidWithLength", test::memory_wire(), hid(0, true)),
                                         over("HidSmall", test::memory_wire(), hid(1, true, 8)),
                                         over_hidraw("Hidraw", hid(0, false)),
                                         over_hidraw("HidrawNumbered", hid(2, true))),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace cardrig::id_reader
