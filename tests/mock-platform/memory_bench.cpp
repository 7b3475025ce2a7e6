#include "tests/mock-platform/memory_bench.h"

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/check.h"

namespace cardrig::tests {

namespace {

platform::HttpPlatformConfig terminal_config(int terminal) {
  platform::HttpPlatformConfig config;
  config.terminal_id = terminal == 1 ? "kiosk-0001" : "kiosk-0002";
  config.key = key_of(terminal);
  return config;
}

Async<void> run_and_tell(Async<void> coroutine, bool& ended) {
  co_await std::move(coroutine);
  ended = true;
}

Async<void> send_raw(StreamSource& source, const std::string& bytes, std::string& answer) {
  auto opened = co_await source.open();
  auto stream = std::move(*opened);
  ErrorCode error;
  co_await asio::async_write(*stream, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
  std::array<char, 1024> buffer{};
  while (!error) {
    const auto n = co_await stream->async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    answer.append(buffer.data(), n);
  }
}

}  // namespace

MemoryBench::MemoryBench()
    : trace([this] { return time.now(); }, &time.cause),
      platform_loop(time.make_loop("platform")),
      kiosk_loop(time.make_loop("kiosk")),
      platform_clock(*platform_loop, kBenchStart),
      kiosk_clock(*kiosk_loop, kBenchStart),
      platform_tracer(trace, "platform"),
      kiosk_tracer(trace, "kiosk"),
      line("platform", *platform_loop, platform_tracer, LineTiming{}),
      platform_(bench_config(), *platform_loop, platform_clock, platform_tracer),
      first_(terminal_config(1), *kiosk_loop, kiosk_clock, entropy,
             line.source(*kiosk_loop, kiosk_tracer), kiosk_tracer),
      second_(terminal_config(2), *kiosk_loop, kiosk_clock, entropy,
              line.source(*kiosk_loop, kiosk_tracer), kiosk_tracer) {
  line.on_accept(
      [this](std::shared_ptr<ByteStream> stream) { platform_.serve(std::move(stream)); });
}

MemoryBench::~MemoryBench() {
  kiosk_loop->drop_everything();
  platform_loop->drop_everything();
}

void MemoryBench::drive(Async<void> coroutine) {
  bool ended = false;
  spawn(*kiosk_loop, run_and_tell(std::move(coroutine), ended));
  while (!ended) CARDRIG_CHECK(time.step() && "the coroutine waits for something that never comes");
}

std::string MemoryBench::raw(const std::string& bytes, Nanos limit) {
  const auto source = line.source(*kiosk_loop, kiosk_tracer);
  std::string answer;
  bool ended = false;
  spawn(*kiosk_loop, run_and_tell(send_raw(*source, bytes, answer), ended));
  time.run_until(time.now() + limit);
  if (!ended) time.run();  // the platform closes an idle connection
  return answer;
}

std::unique_ptr<platform::HttpExamPlatform> MemoryBench::client(
    const std::function<void(platform::HttpPlatformConfig&)>& change) {
  auto config = terminal_config(1);
  change(config);
  return std::make_unique<platform::HttpExamPlatform>(
      std::move(config), *kiosk_loop, kiosk_clock, entropy, line.source(*kiosk_loop, kiosk_tracer),
      kiosk_tracer);
}

std::vector<const Event*> MemoryBench::events(std::string_view kind) const {
  std::vector<const Event*> found;
  for (const auto& event : trace.events()) {
    if (event.kind == kind) found.push_back(&event);
  }
  return found;
}

std::unique_ptr<Bench> make_memory_bench() { return std::make_unique<MemoryBench>(); }

}  // namespace cardrig::tests
