// cpp-httplib with a stream of our own. Its sockets and threads are not used: answers must be able
// to come late or never, and the bytes take the same way in memory, over TCP and under TLS.
#include "mock-platform/http_front.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>

#include "mock-platform/request_collector.h"

namespace cardrig::mock_platform {

namespace {

constexpr std::size_t kTargetLimit = 512;

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

std::string closing_answer(const char* status, const char* code, const char* message) {
  const std::string body =
      std::string(R"({"code":")") + code + R"(","message":")" + message + R"("})";
  return std::string("HTTP/1.1 ") + status +
         "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
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
    serving_ = &sent;
    bool closed = false;
    const bool served = process_request(stream, false, closed, [](httplib::Request&) {});
    serving_ = nullptr;
    sent.bytes = std::move(stream.out);
    sent.close = closed || !served;
    return sent;
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
    serving_->delay = reply.delay;
    serving_->lost = reply.lost;
  }

  HttpFront::Handler handler_;
  Sent* serving_ = nullptr;  // the answer in the making
};

HttpFront::HttpFront(Handler handler) : server_(std::make_unique<Server>(std::move(handler))) {}
HttpFront::~HttpFront() = default;

HttpFront::Sent HttpFront::answer(const std::string& request) { return server_->answer(request); }

HttpFront::Sent HttpFront::too_large() {
  return {closing_answer("413 Payload Too Large", "TOO_LARGE", "the request is too large"),
          Nanos(0), false, true};
}

HttpFront::Sent HttpFront::no_http() {
  return {closing_answer("400 Bad Request", "BAD_REQUEST", "this is no HTTP"), Nanos(0), false,
          true};
}

std::string HttpFront::tls_is_spoken_here() {
  return closing_answer("400 Bad Request", "BAD_REQUEST",
                        "this port speaks TLS, and plain HTTP came");
}

}  // namespace cardrig::mock_platform
