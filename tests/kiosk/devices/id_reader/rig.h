// A driver on one side of a simulated plug, in virtual time. The other side is the simulated
// reader, or a script of raw bytes.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>

#include "kiosk/devices/id_reader/sdt_driver.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/trace.h"
#include "kiosk/runtime/virtual_time.h"

namespace cardrig::id_reader {

struct LineRig {
  explicit LineRig(LineTiming timing = {115200, std::chrono::microseconds(500), 64})
      : line("id_reader", *device_loop, device_tracer, timing) {
    make_reader({});
  }
  virtual ~LineRig() { stop(); }
  LineRig(const LineRig&) = delete;
  LineRig& operator=(const LineRig&) = delete;

  void make_reader(SdtSettings settings) {
    reader.emplace(*kiosk_loop, kiosk_tracer, line.source(*kiosk_loop, kiosk_tracer),
                   std::move(settings));
  }

  /// Runs until `operation` has its result; every operation ends within two minutes.
  template <class T>
  T await(Async<T> operation) {
    auto out = std::make_shared<std::optional<T>>();
    spawn(*kiosk_loop, keep(std::move(operation), out));
    const Nanos limit = time.now() + std::chrono::minutes(2);
    while (!*out && time.now() < limit && time.step()) {
    }
    CARDRIG_CHECK(out->has_value() && "the operation ended");
    return std::move(**out);
  }
  void pass(Nanos duration) { time.run_until(time.now() + duration); }

  [[nodiscard]] int count(const std::string& kind, const std::string& key = "",
                          const std::string& value = "") const {
    int found = 0;
    for (const auto& e : trace.events()) {
      if (e.kind == kind && (key.empty() || e.text(key) == value)) ++found;
    }
    return found;
  }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> kiosk_loop = time.make_loop("kiosk");
  std::unique_ptr<VirtualLoop> device_loop = time.make_loop("devices");
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer kiosk_tracer{trace, "kiosk"};
  Tracer device_tracer{trace, "id_reader"};
  Tracer world_tracer{trace, "world"};
  MemoryLine line;
  std::optional<SdtReader> reader;

 protected:
  /// Drops what still runs while everything that it uses is alive.
  void stop() {
    kiosk_loop->drop_everything();
    reader.reset();
    device_loop->drop_everything();
  }

 private:
  template <class T>
  static Async<void> keep(Async<T> operation, std::shared_ptr<std::optional<T>> out) {
    out->emplace(co_await std::move(operation));
  }
};

/// The device's side says what the script says: one entry for each burst of bytes from the driver.
struct ScriptRig : LineRig {
  struct Piece {
    Nanos after{0};  ///< since the piece before it, the first since the request
    std::vector<std::uint8_t> bytes;
  };
  using Reply = std::vector<Piece>;

  ScriptRig() {
    line.on_accept([this](std::shared_ptr<ByteStream> s) {
      stream = std::move(s);
      spawn(*device_loop, serve());
    });
  }
  ~ScriptRig() override {
    if (stream) stream->close();
    stop();
  }

  void reply(std::vector<std::uint8_t> bytes) { script.push_back({{Nanos(0), std::move(bytes)}}); }
  void reply(Reply pieces) { script.push_back(std::move(pieces)); }
  void silence() { script.emplace_back(); }

  std::shared_ptr<ByteStream> stream;
  std::deque<Reply> script;
  std::vector<std::vector<std::uint8_t>> requests;

 private:
  Async<void> serve();
  Async<bool> write(std::vector<std::uint8_t> bytes);
};

}  // namespace cardrig::id_reader
