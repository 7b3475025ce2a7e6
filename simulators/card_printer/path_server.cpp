// Requests of the card path, passed on to the mechanics.
#include "simulators/card_printer/path_server.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cardrig::sim {

namespace protocol = card_printer::protocol;

namespace {
constexpr Nanos kAnswerDelay = std::chrono::milliseconds(5);
constexpr int kUnansweredMax = 16;  // of one connection, before the printer stops listening to it
}  // namespace

void PathServer::accept(std::shared_ptr<ByteStream> stream) {
  auto client = std::make_shared<Client>();
  client->stream = std::make_shared<ServedStream>(std::move(stream));
  make_room(clients_);
  clients_.push_back(client);
  client->stream->start(
      [this, weak = std::weak_ptr<Client>(client)](std::span<const std::uint8_t> bytes) {
        const auto c = weak.lock();
        if (!c) return;
        c->reader.feed(bytes);
        while (auto request = c->reader.next()) serve(c, *request);
      },
      [this, weak = std::weak_ptr<Client>(client)] {
        std::erase_if(clients_, [&weak](const auto& c) { return c == weak.lock(); });
      });
}

void PathServer::drop_all() {
  for (const auto& client : std::exchange(clients_, {})) client->stream->close();
}

void PathServer::answer(const std::shared_ptr<Client>& client, const PathRequest& request,
                        std::int8_t code, std::vector<std::uint8_t> record) {
  auto bytes = encode_path_response(request.sequence, request.operation, code, record);
  if (++client->unanswered >= kUnansweredMax) client->stream->pause();
  loop_.after(kAnswerDelay, [client, b = std::move(bytes)]() mutable {
    client->stream->send(std::move(b));
    if (--client->unanswered < kUnansweredMax) client->stream->resume();
  });
}

void PathServer::serve(const std::shared_ptr<Client>& client, const PathRequest& request) {
  if (!request.payload.empty()) return answer(client, request, protocol::kCodeBadParameter);
  const auto done = [this, client, request](std::int8_t code) { answer(client, request, code); };
  switch (request.operation) {
    case protocol::kOpGetInfo:
      return answer(client, request, protocol::kCodeDone, info_record());
    case protocol::kOpGetStatus:
      return answer(client, request, protocol::kCodeDone, status_record(mechanics_.shown_view()));
    case protocol::kOpPresent:
      return mechanics_.present(done);
    case protocol::kOpRetract:
      return mechanics_.retract(done);
    case protocol::kOpReject:
      return mechanics_.reject(done);
    case protocol::kOpClearError:
      return answer(client, request, mechanics_.clear_error());
    default:
      return answer(client, request, protocol::kCodeUnsupported);
  }
}

void PathServer::status_changed() {
  auto record = status_record(mechanics_.view());
  const auto end = record.begin() + protocol::kStatusPanelsLeft;
  std::vector<std::uint8_t> axes(record.begin(), end);
  if (axes == std::exchange(last_told_, axes)) return;
  for (const auto& client : clients_) {
    client->stream->send(
        encode_path_event(client->next_event++, protocol::kOpStatusChanged, record));
  }
}

}  // namespace cardrig::sim
