// Offsets are counted here: each direction of a connection from 0.
#include "kiosk/runtime/wire_events.h"

#include <utility>
#include <vector>

namespace cardrig {

WireEvents::WireEvents(const Tracer& tracer, std::string line, std::int64_t conn, End end)
    : tracer_(&tracer), line_(std::move(line)), conn_(conn), end_(end) {}

void WireEvents::opened() const {
  tracer_->emit("wire.opened", {{"line", line_}, {"conn", conn_}});
}

void WireEvents::sent(std::span<const std::uint8_t> bytes) {
  tracer_->emit("wire.sent",
                {{"line", line_},
                 {"conn", conn_},
                 {"dir", end_ == End::kHost ? "to_device" : "to_host"},
                 {"offset", sent_},
                 {"size", bytes.size()}},
                {make_blob("bytes", "application/octet-stream", {bytes.begin(), bytes.end()})});
  sent_ += bytes.size();
}

void WireEvents::received(std::size_t size) {
  tracer_->emit("wire.received", {{"line", line_},
                                  {"conn", conn_},
                                  {"dir", end_ == End::kHost ? "to_host" : "to_device"},
                                  {"offset", received_},
                                  {"size", size}});
  received_ += size;
}

void WireEvents::closed() const {
  tracer_->emit("wire.closed", {{"line", line_}, {"conn", conn_}});
}

}  // namespace cardrig
