// Accepting clients, serving their lines, and letting followers read the trace at their own pace.
#include "kiosk/runtime/rig_port.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "kiosk/runtime/rig_lines.h"

namespace cardrig {

using asio::local::stream_protocol;
using nlohmann::json;

namespace {

constexpr std::size_t kClientsMax = 16;
constexpr std::size_t kBatch_bytes = 64 << 10;  // of events that are written at once
constexpr std::size_t kUnreadAnswersMax_bytes = 256 << 10;
constexpr const char* kTooLong = "a line may have 1 MiB";
constexpr Nanos kAcceptPause = std::chrono::milliseconds(100);

std::runtime_error cannot(const std::string& path, const std::string& why) {
  return std::runtime_error("cannot open the rig's socket " + path + ": " + why);
}

/// Removes a socket that nobody listens on any more; what is alive, or no socket, stays.
void clear_the_way(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) throw cannot(path, "there is a file of that name");
  asio::io_context unused;
  stream_protocol::socket probe(unused);
  ErrorCode error;
  probe.connect(stream_protocol::endpoint(path), error);
  if (error != asio::error::connection_refused) {
    throw cannot(path, error ? error.message() : "another program listens there");
  }
  ::unlink(path.c_str());
}

}  // namespace

struct RigPort::State : std::enable_shared_from_this<RigPort::State> {
  struct Client;

  State(RealLoop& l, Trace& t, std::string p, Handle h, Health he)
      : loop(l),
        trace(t),
        path(std::move(p)),
        handle(std::move(h)),
        health(std::move(he)),
        acceptor(l.context()) {}

  void listen();
  void accept();
  void welcome(stream_protocol::socket socket);
  void close();
  Result<json, RigReason> answer(Client& client, const RigMessage& message);
  void trace_grew();
  void pump_all();

  RealLoop& loop;
  Trace& trace;
  std::string path;
  Handle handle;
  Health health;
  HandleLater handle_later;
  std::function<void()> stop;
  stream_protocol::acceptor acceptor;
  ino_t inode = 0;  // of our socket, lest we remove another's
  TimerId accept_again = 0;
  int subscription = 0;
  bool pump_is_due = false;
  bool closed = false;
  std::vector<std::shared_ptr<Client>> clients;
};

/// It keeps itself alive through its pending operations; close() ends them.
struct RigPort::State::Client : std::enable_shared_from_this<Client> {
  Client(State& p, stream_protocol::socket s) : port(&p), socket(std::move(s)) {}

  void read();
  void serve_lines();
  void serve(std::string_view line);
  bool serve_later(const RigRequest& request);
  json follow();
  void say(const std::string& line) { unsent += line; }
  void end_with(const std::string& sentence);
  void pump();
  void say_events();
  void close();
  [[nodiscard]] bool takes_its_answers() const {
    return !waits && unsent.size() + being_sent.size() < kUnreadAnswersMax_bytes;
  }

  State* port;  // null once closed
  stream_protocol::socket socket;
  std::array<char, 64 << 10> buffer{};
  std::string in;  // not served yet: the beginning of a line; lines, if the client is too slow
  bool reading = false;
  bool at_end = false;  // nothing more comes from this client, or is taken from it
  bool waits = false;  // for an answer that takes time
  std::string unsent, being_sent;
  bool follows = false;
  bool owes_mark = false;
  EventId next_event = 0;
};

// --- listening ---

void RigPort::State::listen() {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    throw cannot(path, "the path is longer than a socket's may be (107 bytes)");
  }
  clear_the_way(path);
  ErrorCode error;
  acceptor.open(stream_protocol(), error);
  // Before binding: the file must not be open to others for a moment.
  if (!error) ::fchmod(acceptor.native_handle(), 0600);
  if (!error) acceptor.bind(stream_protocol::endpoint(path), error);
  struct stat made {};
  if (!error && ::lstat(path.c_str(), &made) == 0) inode = made.st_ino;
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) throw cannot(path, error.message());
  subscription = trace.subscribe([this](const Event&) { trace_grew(); });
  accept();
}

void RigPort::State::accept() {
  acceptor.async_accept(
      [self = shared_from_this()](const ErrorCode& error, stream_protocol::socket socket) {
        if (self->closed) return;
        if (error) {  // too many open files: they may be closed again
          self->accept_again = self->loop.after(kAcceptPause, [self] { self->accept(); });
          return;
        }
        self->welcome(std::move(socket));
        self->accept();
      });
}

void RigPort::State::welcome(stream_protocol::socket socket) {
  auto client = std::make_shared<Client>(*this, std::move(socket));
  clients.push_back(client);
  if (clients.size() > kClientsMax) {
    client->end_with("this program serves " + std::to_string(kClientsMax) + " clients already");
  }
  client->read();
}

void RigPort::State::close() {
  closed = true;
  loop.cancel(accept_again);
  trace.unsubscribe(subscription);
  ErrorCode ignored;
  acceptor.close(ignored);
  for (const auto& client : std::vector(clients)) client->close();
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0 && found.st_ino == inode) ::unlink(path.c_str());
}

// --- verbs ---

Result<json, RigReason> RigPort::State::answer(Client& client, const RigMessage& message) {
  if (message.verb == "trace.follow") return client.follow();
  if (message.verb == "trace.mark") {
    if (!client.follows) return fail(RigReason::kNotPossibleNow, "\"trace.follow\" comes first");
    client.owes_mark = true;
    return json::object();
  }
  if (message.verb == "health") return health();
  if (message.verb == "stop") {
    if (!stop) return fail(RigReason::kNotPossibleNow, "this program is not ended by its rig");
    return json::object();
  }
  try {
    return handle(message);
  } catch (const json::exception& e) {  // arguments of other types than the handler expects
    return fail(RigReason::kBadArguments, e.what());
  }
}

/// One event may come with many others: they are said together, when their cause has ended.
void RigPort::State::trace_grew() {
  if (std::exchange(pump_is_due, true)) return;
  loop.post([self = shared_from_this()] { self->pump_all(); });
}

void RigPort::State::pump_all() {
  pump_is_due = false;
  if (closed) return;
  for (const auto& client : std::vector(clients)) client->pump();
}

// --- one client ---

void RigPort::State::Client::read() {
  if (port == nullptr || reading || at_end || !takes_its_answers()) return;
  reading = true;
  socket.async_read_some(asio::buffer(buffer),
                         [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
                           self->reading = false;
                           if (self->port == nullptr || self->at_end) return;
                           if (error && error != asio::error::eof) return self->close();
                           self->at_end = error == asio::error::eof;
                           self->in.append(self->buffer.data(), size);
                           self->serve_lines();
                           self->read();
                         });
}

void RigPort::State::Client::serve_lines() {
  std::size_t served = 0;
  while (port != nullptr && takes_its_answers()) {
    const std::size_t end = in.find('\n', served);
    if (end == std::string::npos) break;
    const std::string line = in.substr(served, end - served);
    served = end + 1;
    serve(line);
  }
  if (port == nullptr) return;
  in.erase(0, served);
  if (takes_its_answers() && in.size() > kRigRequestMax_bytes) end_with(kTooLong);
  pump();
}

void RigPort::State::Client::serve(std::string_view line) {
  if (line.size() > kRigRequestMax_bytes) return end_with(kTooLong);
  const auto request = read_rig_request(line);
  if (!request) return say(rig_complaint_line(request.error().detail));
  // The handler may do what it likes, also end the port.
  const auto keeps_us = shared_from_this();
  const auto state = port->shared_from_this();
  if (serve_later(*request)) return;
  const auto answer = state->answer(*this, request->message);
  if (port == nullptr) return;
  say(rig_answer_line(request->id, answer));
  if (request->message.verb != "stop" || !answer) return;
  pump();
  state->loop.post([state] {
    if (!state->closed && state->stop) state->stop();
  });
}

bool RigPort::State::Client::serve_later(const RigRequest& request) {
  if (!port->handle_later) return false;
  waits = true;
  auto answer = [&loop = port->loop, self = shared_from_this(),
                 id = request.id](Result<json, RigReason> result) {
    loop.post([self, id, answered = std::move(result)] {
      if (self->port == nullptr || !std::exchange(self->waits, false)) return;
      self->say(rig_answer_line(id, answered));
      self->serve_lines();
      self->read();
    });
  };
  if (port->handle_later(request.message, std::move(answer))) return true;
  waits = false;
  return false;
}

json RigPort::State::Client::follow() {
  if (!follows) {
    const auto& events = port->trace.events();
    next_event = events.empty() ? 1 : events.front().id;
  }
  follows = true;
  owes_mark = true;
  return {{"first_event", next_event}};
}

/// The last that this client hears.
void RigPort::State::Client::end_with(const std::string& sentence) {
  say(rig_complaint_line(sentence));
  at_end = true;
  follows = false;
  in.clear();
  pump();
}

void RigPort::State::Client::say_events() {
  const auto& events = port->trace.events();
  if (!events.empty() && next_event < events.front().id) {
    return end_with("this follower is too slow: events have been lost for it");
  }
  while (!events.empty() && next_event <= events.back().id && unsent.size() < kBatch_bytes) {
    say(rig_event_line(events[next_event - events.front().id]));
    ++next_event;
    owes_mark = true;
  }
  const bool all_said = events.empty() || next_event > events.back().id;
  if (all_said && std::exchange(owes_mark, false)) say(rig_mark_line(port->trace.now()));
}

/// Writes what there is, one write at a time.
void RigPort::State::Client::pump() {
  if (port == nullptr || !being_sent.empty()) return;
  if (follows) say_events();
  if (port == nullptr || !being_sent.empty()) return;
  if (unsent.empty()) {
    if (at_end && !waits) close();
    return;
  }
  being_sent.swap(unsent);
  asio::async_write(socket, asio::buffer(being_sent),
                    [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                      self->being_sent.clear();
                      if (self->port == nullptr) return;
                      if (error) return self->close();
                      self->serve_lines();
                      self->read();
                    });
}

void RigPort::State::Client::close() {
  State* state = std::exchange(port, nullptr);
  if (state == nullptr) return;
  ErrorCode ignored;
  socket.close(ignored);
  std::erase_if(state->clients, [this](const auto& each) { return each.get() == this; });
}

// --- the port ---

RigPort::RigPort(RealLoop& loop, Trace& trace, const std::string& path, Handle handle,
                 Health health)
    : state_(std::make_shared<State>(loop, trace, path, std::move(handle), std::move(health))) {
  state_->listen();
}

RigPort::~RigPort() { state_->close(); }

void RigPort::on_stop(std::function<void()> f) { state_->stop = std::move(f); }
void RigPort::on_slow(HandleLater f) { state_->handle_later = std::move(f); }

}  // namespace cardrig
