// cpp-httplib with a stream of our own. Its own socket loop is replaced: answers must be able to
// come late or never, and the bytes take the same way in memory and over TCP.
#include "mock-platform/http_front.h"

#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>

#include "mock-platform/request_collector.h"

namespace cardrig::mock_platform {

namespace {

constexpr int kIdleLimit_ms = 30'000;
constexpr int kPollSlice_ms = 100;  // how soon a stop is noticed
constexpr std::size_t kTargetLimit = 512;

/// The answer in the making: process_request() and the handler run on one thread and share nothing
/// else.
thread_local HttpFront::Sent* serving = nullptr;

class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(const std::string& in) : in_(in) {}

  bool is_readable() const override { return at_ < in_.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* into, size_t size) override {
    const std::size_t n = std::min(size, in_.size() - at_);
    std::memcpy(into, in_.data() + at_, n);
    at_ += n;
    return static_cast<ssize_t>(n);
  }
  ssize_t write(const char* bytes, size_t size) override {
    out.append(bytes, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return -1; }

  std::string out;

 private:
  const std::string& in_;
  std::size_t at_ = 0;
};

bool send_all(int socket, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto n = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

class HttpFront::Server final : public httplib::Server {
 public:
  explicit Server(HttpFront::Handler handler) : handler_(std::move(handler)) {
    const auto route = [this](const httplib::Request& request, httplib::Response& response) {
      handle(request, response);
    };
    Get(".*", route);
    Post(".*", route);
    Put(".*", route);
    Delete(".*", route);
    set_payload_max_length(RequestCollector::kBodyLimit);
    set_tcp_nodelay(true);
    // Not the library's SO_REUSEPORT, with which two platforms would share a port unnoticed.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    // The routes are regular expressions, which recurse over their subject.
    set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
      if (request.target.size() <= kTargetLimit) return HandlerResponse::Unhandled;
      response.status = 414;
      return HandlerResponse::Handled;
    });
    set_exception_handler([](const httplib::Request&, httplib::Response& response,
                             std::exception_ptr) { response.status = 500; });
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      const char* code = response.status >= 500 ? "INTERNAL" : "BAD_REQUEST";
      response.set_content(
          std::string(R"({"code":")") + code + R"(","message":"the request cannot be served"})",
          "application/json");
    });
  }

  Sent answer(const std::string& request) {
    MemoryStream stream(request);
    Sent sent;
    serving = &sent;
    bool closed = false;
    const bool served = process_request(stream, false, closed, [](httplib::Request&) {});
    serving = nullptr;
    sent.bytes = std::move(stream.out);
    sent.close = closed || !served;
    return sent;
  }

  void stop_serving() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    woken_.notify_all();
    // Not stop(): that does nothing while listen() is still on its way.
    const auto listening = svr_sock_.exchange(INVALID_SOCKET);
    if (listening == INVALID_SOCKET) return;
    ::shutdown(listening, SHUT_RDWR);
    ::close(listening);
  }

 private:
  void handle(const httplib::Request& request, httplib::Response& response) {
    const HttpRequest plain{
        request.method, request.target, request.body,
        [&request](const char* name) { return request.get_header_value(name); }};
    const HttpReply reply = handler_(plain);
    response.status = reply.status;
    for (const auto& [name, value] : reply.headers) response.set_header(name, value);
    response.set_content(reply.body, "application/json");
    serving->delay = reply.delay;
    serving->lost = reply.lost;
  }

  bool process_and_close_socket(socket_t socket) override {
    RequestCollector collector;
    while (receive(socket, collector)) {
      const bool fits = collector.state() == RequestCollector::State::kComplete;
      const Sent sent = fits ? answer(collector.take()) : too_large();
      if (!wait(sent.delay) || sent.lost) break;
      if (!send_all(socket, sent.bytes) || sent.close) break;
    }
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  /// False: the peer is gone, idle for too long, or the server stops.
  bool receive(socket_t socket, RequestCollector& collector) {
    std::array<char, 16 * 1024> buffer;
    int idle_ms = 0;
    while (collector.state() == RequestCollector::State::kNeedsMore) {
      pollfd ready{socket, POLLIN, 0};
      const int events = ::poll(&ready, 1, kPollSlice_ms);
      if (stopping_ || events < 0) return false;
      if (events == 0) {
        idle_ms += kPollSlice_ms;
        if (idle_ms >= kIdleLimit_ms) return false;
        continue;
      }
      idle_ms = 0;
      const auto n = ::recv(socket, buffer.data(), buffer.size(), 0);
      if (n <= 0) return false;
      collector.add({buffer.data(), static_cast<std::size_t>(n)});
    }
    return true;
  }

  /// False: the server stops.
  bool wait(Nanos delay) {
    std::unique_lock lock(mutex_);
    return !woken_.wait_for(lock, delay, [this] { return stopping_.load(); });
  }

  HttpFront::Handler handler_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::atomic<bool> stopping_ = false;
};

HttpFront::HttpFront(Handler handler) : server_(std::make_unique<Server>(std::move(handler))) {}
HttpFront::~HttpFront() = default;

HttpFront::Sent HttpFront::answer(const std::string& request) { return server_->answer(request); }

HttpFront::Sent HttpFront::too_large() {
  const std::string body = R"({"code":"TOO_LARGE","message":"the request is too large"})";
  return {
      "HTTP/1.1 413 Payload Too Large\r\nContent-Type: application/json\r\nConnection: close\r\n"
      "Content-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body,
      Nanos(0), false, true};
}

int HttpFront::bind(const std::string& host, int port) {
  if (port == 0) return server_->bind_to_any_port(host);
  return server_->bind_to_port(host, port) ? port : -1;
}
bool HttpFront::listen() { return server_->listen_after_bind(); }
void HttpFront::stop() { server_->stop_serving(); }

}  // namespace cardrig::mock_platform
