// One contract for every wire, simulated or real: what drivers and simulated devices rely on.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kiosk/runtime/async.h"
#include "tests/simulators/plugs/wires.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using test::Wire;
using test::WireKind;

using Stream = std::shared_ptr<ByteStream>;

/// Long enough for anything that is going to happen.
constexpr Nanos kLong = 60s;
/// Long enough to notice what must not happen.
constexpr Nanos kAWhile = 100ms;
/// More than what has to happen takes, also on a busy machine.
constexpr Nanos kSurely = 30s;

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 7 + i / 251) & 0xFF);
  return bytes;
}

Async<void> until(Loop& loop, std::function<bool()> condition) {
  while (!condition()) co_await sleep_for(loop, 1ms);
}

Async<Stream> open(Wire& wire) {
  auto opened = co_await wire.source().open();
  if (!opened) throw std::runtime_error("cannot open: " + opened.error().detail);
  co_return Stream(std::move(*opened));
}

/// Nothing if it opened.
Async<std::optional<OpenReason>> open_fails(Wire& wire) {
  auto opened = co_await wire.source().open();
  if (opened) co_return std::nullopt;
  EXPECT_NE(opened.error().detail, "");
  co_return opened.error().reason;
}

Async<ErrorCode> send(ByteStream& stream, std::string bytes) {
  ErrorCode error;
  co_await asio::async_write(stream, asio::buffer(bytes), catch_error(error));
  co_return error;
}

struct Received {
  std::string bytes;
  ErrorCode error;
};

Async<Received> receive(ByteStream& stream, std::size_t size) {
  Received r{std::string(size, '\0'), {}};
  const std::size_t got =
      co_await asio::async_read(stream, asio::buffer(r.bytes), catch_error(r.error));
  r.bytes.resize(got);
  co_return r;
}

Async<ErrorCode> read_to_the_end(ByteStream& stream) {
  std::array<char, 512> buffer{};
  ErrorCode error;
  while (!error) co_await stream.async_read_some(asio::buffer(buffer), catch_error(error));
  co_return error;
}

Async<void> echo(Stream stream) {
  std::array<char, 1024> buffer{};
  for (;;) {
    ErrorCode error;
    const auto n = co_await stream->async_read_some(asio::buffer(buffer), catch_error(error));
    if (error) co_return;
    co_await asio::async_write(*stream, asio::buffer(buffer.data(), n), catch_error(error));
    if (error) co_return;
  }
}

struct WireContract : ::testing::TestWithParam<WireKind> {
  void SetUp() override {
    wire = GetParam().make();
    wire->plug().on_accept([this](Stream stream) {
      if (echoes) {
        spawn(wire->device(), echo(std::move(stream)));
      } else {
        accepted.push_back(std::move(stream));
      }
    });
  }
  void run(Async<void> test) { EXPECT_TRUE(wire->run(std::move(test))) << "came to no end"; }

  /// Both ends of a new connection.
  Async<std::pair<Stream, Stream>> connect() {
    const std::size_t before = accepted.size();
    auto host = co_await open(*wire);
    co_await until(wire->host(), [this, before] { return accepted.size() > before; });
    co_return std::pair<Stream, Stream>{host, accepted.back()};
  }
  Async<void> expect_echo(ByteStream& stream, std::string message);

  struct Told {
    std::string sent;  // as the sender's blobs have it
    std::size_t received = 0;
    std::map<std::int64_t, int> conns;
  };
  /// What the trace says about one direction; fails the test if offsets have gaps.
  Told told(const std::string& dir);
  std::vector<Event> told_of(const std::string& kind, const std::string& party);

  bool echoes = false;
  std::unique_ptr<Wire> wire;
  std::deque<Stream> accepted;
};

Async<void> WireContract::expect_echo(ByteStream& stream, std::string message) {
  EXPECT_FALSE(co_await send(stream, message));
  const auto answer = co_await receive(stream, message.size());
  EXPECT_FALSE(answer.error) << answer.error.message();
  EXPECT_EQ(answer.bytes, message);
}

WireContract::Told WireContract::told(const std::string& dir) {
  Told told;
  for (const auto& e : wire->trace().events()) {
    if (e.text("dir") != dir) continue;
    EXPECT_EQ(e.text("line"), "wire");
    const auto offset = static_cast<std::size_t>(e.number("offset"));
    ++told.conns[e.number("conn")];
    if (e.kind == "wire.sent") {
      EXPECT_EQ(e.party, dir == "to_device" ? "kiosk" : "device");
      EXPECT_EQ(offset, told.sent.size());
      told.sent.append(e.blobs.at(0).data->begin(), e.blobs.at(0).data->end());
      EXPECT_EQ(told.sent.size(), offset + static_cast<std::size_t>(e.number("size")));
    } else {
      EXPECT_EQ(e.kind, "wire.received");
      EXPECT_EQ(e.party, dir == "to_device" ? "device" : "kiosk");
      EXPECT_EQ(offset, told.received);
      told.received += static_cast<std::size_t>(e.number("size"));
      EXPECT_LE(told.received, told.sent.size()) << "received before it was sent";
    }
  }
  return told;
}

std::vector<Event> WireContract::told_of(const std::string& kind, const std::string& party) {
  std::vector<Event> found;
  for (const auto& e : wire->trace().events()) {
    if (e.kind == kind && e.party == party) found.push_back(e);
  }
  return found;
}

TEST_P(WireContract, EchoesAndBothEndsTellIt) {
  echoes = true;
  run([](WireContract& t) -> Async<void> {
    const auto stream = co_await open(*t.wire);
    EXPECT_TRUE(stream->is_open());
    co_await t.expect_echo(*stream, "good morning");
    stream->close();
    EXPECT_FALSE(stream->is_open());
  }(*this));
  const auto opened = told_of("wire.opened", "kiosk");
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(told_of("wire.closed", "kiosk").size(), 1U);
  const std::map<std::int64_t, int> only{{opened[0].number("conn"), 2}};
  if (GetParam().device_is_traced) {
    for (const std::string dir : {"to_device", "to_host"}) {
      const auto one_way = told(dir);
      EXPECT_EQ(one_way.sent, "good morning");
      EXPECT_EQ(one_way.received, 12U);
      EXPECT_EQ(one_way.conns, only) << "both ends give the connection the same number";
    }
  } else {
    EXPECT_EQ(told_of("wire.sent", "kiosk").size(), 1U);
    EXPECT_EQ(told_of("wire.received", "kiosk").size(), 1U);
  }
}

TEST_P(WireContract, CarriesMuchBothWaysAtOnce) {
  echoes = true;
  run([](WireContract& t) -> Async<void> {
    const auto stream = co_await open(*t.wire);
    const std::string much = pattern(100'000);
    auto [error, answer] = co_await (send(*stream, much) && receive(*stream, much.size()));
    EXPECT_FALSE(error);
    EXPECT_FALSE(answer.error);
    EXPECT_TRUE(answer.bytes == much);
  }(*this));
}

TEST_P(WireContract, CarriesByteByByte) {
  echoes = true;
  run([](WireContract& t) -> Async<void> {
    const auto stream = co_await open(*t.wire);
    for (int i = 0; i < 256; ++i) {
      co_await t.expect_echo(*stream, std::string(1, static_cast<char>(i)));
    }
  }(*this));
}

TEST_P(WireContract, TheHostClosesAndTheDeviceReadsEndOfFile) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    EXPECT_FALSE(co_await send(*host, "last words"));
    host->close();
    const auto words = co_await receive(*device, 10);
    EXPECT_EQ(words.bytes, "last words");
    EXPECT_EQ(co_await read_to_the_end(*device), asio::error::eof);
    EXPECT_EQ((co_await receive(*host, 1)).error, asio::error::operation_aborted);
    EXPECT_EQ(co_await send(*host, "x"), asio::error::operation_aborted);
  }(*this));
}

TEST_P(WireContract, TheDeviceClosesAndTheHostReadsToTheEnd) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    EXPECT_FALSE(co_await send(*device, "last words"));
    device->close();
    const auto words = co_await receive(*host, 10);
    EXPECT_EQ(words.bytes, "last words");
    EXPECT_TRUE((co_await receive(*host, 1)).error);
    EXPECT_EQ((co_await receive(*device, 1)).error, asio::error::operation_aborted);
    EXPECT_EQ(co_await send(*device, "x"), asio::error::operation_aborted);
    // The next opening finds the device again.
    host->close();
    t.echoes = true;
    const auto next = co_await open(*t.wire);
    co_await t.expect_echo(*next, "again");
  }(*this));
}

TEST_P(WireContract, ClosingAbortsWhatIsPending) {
  run([](WireContract& t) -> Async<void> {
    for (int end = 0; end < 2; ++end) {
      auto [host, device] = co_await t.connect();
      const Stream stream = end == 0 ? host : device;
      std::string log;
      std::array<char, 8> buffer{};
      stream->async_read_some(asio::buffer(buffer), [&log](ErrorCode error, std::size_t) {
        log += error == asio::error::operation_aborted ? "aborted" : "?";
      });
      stream->close();
      EXPECT_EQ(log, "") << "handlers never run inline";
      co_await until(t.wire->host(), [&log] { return !log.empty(); });
      EXPECT_EQ(log, "aborted");
    }
  }(*this));
}

TEST_P(WireContract, GoingAwayAbortsWhatIsPending) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    std::string log;
    std::array<char, 8> buffer{};
    host->async_read_some(asio::buffer(buffer), [&log](ErrorCode error, std::size_t) {
      log += error == asio::error::operation_aborted ? "aborted" : "?";
    });
    host.reset();
    co_await until(t.wire->host(), [&log] { return !log.empty(); });
    EXPECT_EQ(log, "aborted");
    EXPECT_EQ(co_await read_to_the_end(*device), asio::error::eof);
  }(*this));
}

TEST_P(WireContract, ACancelledReadLosesNothing) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    for (int round = 0; round < 5; ++round) {
      // Both ends wait in vain, then are served.
      EXPECT_FALSE(co_await with_timeout(t.wire->host(), 5ms, receive(*host, 4)));
      EXPECT_FALSE(co_await with_timeout(t.wire->device(), 5ms, receive(*device, 4)));
      EXPECT_FALSE(co_await send(*device, "to h"));
      EXPECT_FALSE(co_await send(*host, "to d"));
      EXPECT_EQ((co_await receive(*host, 4)).bytes, "to h");
      EXPECT_EQ((co_await receive(*device, 4)).bytes, "to d");
    }
  }(*this));
}

TEST_P(WireContract, APeerThatGoesEndsAFlood) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    t.accepted.clear();
    EXPECT_FALSE(co_await send(*host, "the first of many"));
    EXPECT_EQ((co_await receive(*device, 9)).bytes, "the first");
    device.reset();
    const std::string flood = pattern(4096);
    const Nanos start = t.wire->host().now();
    ErrorCode error;
    while (!error && t.wire->host().now() - start < kLong) {
      error = co_await send(*host, flood);
      co_await sleep_for(t.wire->host(), 100us);
    }
    EXPECT_TRUE(error);
  }(*this));
}

TEST_P(WireContract, AFloodWaitsForTheReader) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    const std::string flood = pattern(8 << 20);
    for (int end = 0; end < 2 && t.GetParam().is_bounded; ++end) {
      const Stream from = end == 0 ? host : device;
      EXPECT_FALSE(co_await with_timeout(t.wire->host(), 2 * kAWhile, send(*from, flood)))
          << "nobody reads, so most of it can only have been piled up";
      EXPECT_TRUE(from->is_open());
    }
  }(*this));
}

TEST_P(WireContract, UnpluggedAndPluggedInAgain) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    t.wire->device().after(5ms, [&t] { t.wire->plug().set_reach(Plug::Reach::kUnplugged); });
    const auto at_host = co_await receive(*host, 1);
    EXPECT_TRUE(at_host.error);
    EXPECT_NE(at_host.error, asio::error::operation_aborted) << "nobody cancelled it";
    EXPECT_EQ((co_await receive(*device, 1)).error, asio::error::bad_descriptor);
    EXPECT_EQ(co_await send(*device, "x"), asio::error::bad_descriptor);
    EXPECT_FALSE(device->is_open());
    EXPECT_EQ(co_await open_fails(*t.wire), t.GetParam().when_unplugged);
    EXPECT_EQ(t.wire->plug().reach(), Plug::Reach::kUnplugged);

    t.wire->plug().set_reach(Plug::Reach::kOpen);
    t.echoes = true;
    const auto again = co_await open(*t.wire);
    co_await t.expect_echo(*again, "back");
  }(*this));
  if (GetParam().device_is_traced) {
    EXPECT_EQ(told_of("wire.unplugged", "device").size(), 1U);
    EXPECT_EQ(told_of("wire.plugged", "device").size(), 1U);
  }
}

TEST_P(WireContract, RefusedAndOpenAgain) {
  run([](WireContract& t) -> Async<void> {
    t.echoes = true;
    for (int round = 0; round < 3; ++round) {
      t.wire->plug().set_reach(Plug::Reach::kRefused);
      EXPECT_EQ(co_await open_fails(*t.wire), OpenReason::kRefused);
      t.wire->plug().set_reach(Plug::Reach::kOpen);
      const auto stream = co_await open(*t.wire);
      co_await t.expect_echo(*stream, "hello");
    }
  }(*this));
}

TEST_P(WireContract, ABlackHoleIsSilentBothWays) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    t.wire->plug().set_reach(Plug::Reach::kBlackHole);
    // Writing may succeed or hang, as into a network that has gone.
    co_await with_timeout(t.wire->host(), kAWhile, send(*host, "anybody?"));
    co_await with_timeout(t.wire->host(), kAWhile, send(*device, "anybody?"));
    EXPECT_FALSE(co_await with_timeout(t.wire->host(), kAWhile, receive(*device, 1)));
    EXPECT_FALSE(co_await with_timeout(t.wire->host(), kAWhile, receive(*host, 1)));
    EXPECT_TRUE(host->is_open());
    EXPECT_TRUE(device->is_open());
    host->close();

    // A new connection hangs, or nobody answers on it.
    t.echoes = true;
    const bool opens = t.GetParam().opens_into_black_hole;
    auto opened = co_await with_timeout(t.wire->host(), opens ? kSurely : kAWhile, open(*t.wire));
    EXPECT_EQ(opened.has_value(), opens);
    if (opened) {
      EXPECT_FALSE(co_await send(**opened, "anybody?"));
      EXPECT_FALSE(co_await with_timeout(t.wire->host(), kAWhile, receive(**opened, 1)));
      (*opened)->close();
    }
    t.wire->plug().set_reach(Plug::Reach::kOpen);
    const auto after = co_await open(*t.wire);
    co_await t.expect_echo(*after, "there you are");
  }(*this));
}

TEST_P(WireContract, AHostThatClosesInABlackHoleLeavesTheDeviceHalfOpen) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    t.wire->plug().set_reach(Plug::Reach::kBlackHole);
    host->close();
    EXPECT_FALSE(co_await with_timeout(t.wire->device(), kAWhile, read_to_the_end(*device)));
    EXPECT_TRUE(device->is_open());
    t.wire->plug().set_reach(Plug::Reach::kOpen);
    // The device serves the next connection, whatever has become of the old one.
    auto [next, served] = co_await t.connect();
    EXPECT_FALSE(co_await send(*next, "hello"));
    EXPECT_EQ((co_await receive(*served, 5)).bytes, "hello");
  }(*this));
}

TEST_P(WireContract, ADeviceThatClosesInABlackHoleLeavesTheHostHalfOpen) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    t.wire->plug().set_reach(Plug::Reach::kBlackHole);
    device->close();
    EXPECT_FALSE(co_await with_timeout(t.wire->host(), kAWhile, receive(*host, 1)));
    EXPECT_TRUE(host->is_open());
    host->close();
    t.wire->plug().set_reach(Plug::Reach::kOpen);
    t.echoes = true;
    const auto next = co_await open(*t.wire);
    co_await t.expect_echo(*next, "hello");
  }(*this));
}

TEST_P(WireContract, OpensManyTimesAndLeaksNoDescriptor) {
  run([](WireContract& t) -> Async<void> {
    std::size_t before = 0;
    for (int i = 0; i < 60; ++i) {
      {
        auto [host, device] = co_await t.connect();
        t.accepted.clear();
        EXPECT_FALSE(co_await send(*host, "x"));
        EXPECT_EQ((co_await receive(*device, 1)).bytes, "x");
        if (i % 3 == 0) device->close();
        if (i % 3 == 1) host->close();
      }
      if (i == 9) before = test::open_descriptors();
    }
    // Ends that linger take a moment to go.
    co_await until(t.wire->host(), [before] { return test::open_descriptors() <= before; });
  }(*this));
  if (!GetParam().device_is_traced) return;
  std::vector<std::int64_t> opened;
  std::vector<std::int64_t> received;
  for (const auto& e : told_of("wire.opened", "kiosk")) opened.push_back(e.number("conn"));
  for (const auto& e : told_of("wire.received", "device")) received.push_back(e.number("conn"));
  EXPECT_EQ(opened.size(), 60U);
  EXPECT_EQ(opened, received);
}

TEST_P(WireContract, OpensAgainBeforeTheDeviceHasNoticed) {
  run([](WireContract& t) -> Async<void> {
    auto [first, served_first] = co_await t.connect();
    first->close();
    const auto second = co_await open(*t.wire);
    EXPECT_EQ(co_await read_to_the_end(*served_first), asio::error::eof);
    co_await until(t.wire->host(), [&t] { return t.accepted.size() > 1; });
    EXPECT_FALSE(co_await send(*second, "second"));
    EXPECT_EQ((co_await receive(*t.accepted.back(), 6)).bytes, "second");
    EXPECT_FALSE(co_await send(*t.accepted.back(), "served"));
    EXPECT_EQ((co_await receive(*second, 6)).bytes, "served");
  }(*this));
}

TEST_P(WireContract, NobodyToAcceptIsEndOfFile) {
  wire->plug().on_accept(nullptr);
  run([](WireContract& t) -> Async<void> {
    const auto stream = co_await open(*t.wire);
    EXPECT_TRUE((co_await receive(*stream, 1)).error);
  }(*this));
}

TEST_P(WireContract, IsTakenDownWithEverythingPending) {
  run([](WireContract& t) -> Async<void> {
    auto [host, device] = co_await t.connect();
    const auto read_and_write = [](Stream s) -> Async<void> {
      co_await (receive(*s, 1) && send(*s, pattern(1 << 20)));
    };
    spawn(t.wire->host(), read_and_write(host));
    spawn(t.wire->device(), read_and_write(device));
    co_await sleep_for(t.wire->host(), 1ms);
  }(*this));
  accepted.clear();
  wire.reset();
}

INSTANTIATE_TEST_SUITE_P(Wires, WireContract,
                         ::testing::Values(test::memory_wire(), test::pty_wire(), test::tcp_wire()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace cardrig
