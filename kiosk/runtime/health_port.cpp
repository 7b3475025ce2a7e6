// Beast's HTTP on Asio's sockets: one request and one answer a connection.
#include "kiosk/runtime/health_port.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

namespace cardrig {

namespace http = boost::beast::http;
using asio::ip::tcp;
using nlohmann::json;

namespace {

constexpr std::size_t kConnectionsMax = 16;
constexpr std::size_t kRequestMax_bytes = 8 << 10;
constexpr Nanos kPatience = std::chrono::seconds(5);
constexpr Nanos kAcceptPause = std::chrono::milliseconds(100);

/// "HOST:PORT", the host numeric; in brackets if it is of IPv6.
tcp::endpoint endpoint_of(const std::string& address) {
  const auto colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  ErrorCode error;
  const auto parsed = asio::ip::make_address(host, error);
  const bool is_port = !port.empty() && port.size() <= 5 &&
                       port.find_first_not_of("0123456789") == std::string::npos &&
                       std::stoi(port) <= 65535;
  if (error || !is_port) {
    throw std::runtime_error("\"" + address + "\" is no address; \"127.0.0.1:0\" would be one");
  }
  return {parsed, static_cast<unsigned short>(std::stoi(port))};
}

std::string to_text(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port());
}

http::response<http::string_body> answer_to(const http::request<http::empty_body>& request,
                                            const HealthPort::Health& health) {
  http::response<http::string_body> answer;
  answer.version(request.version());
  answer.keep_alive(false);
  answer.set(http::field::content_type, "application/json");
  answer.set(http::field::cache_control, "no-store");
  const auto path = request.target().substr(0, request.target().find('?'));
  json body;
  if (path != "/health") {
    answer.result(http::status::not_found);
    body = {{"error", "there is only /health"}};
  } else if (request.method() != http::verb::get && request.method() != http::verb::head) {
    answer.result(http::status::method_not_allowed);
    answer.set(http::field::allow, "GET, HEAD");
    body = {{"error", "/health can only be asked for"}};
  } else {
    body = health();
    const auto ok = body.find("ok");
    const bool is_ill = ok != body.end() && ok->is_boolean() && !ok->get<bool>();
    answer.result(is_ill ? http::status::service_unavailable : http::status::ok);
  }
  answer.body() = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  answer.prepare_payload();
  if (request.method() == http::verb::head) answer.body().clear();
  return answer;
}

}  // namespace

struct HealthPort::State : std::enable_shared_from_this<HealthPort::State> {
  struct Connection {
    explicit Connection(tcp::socket s) : socket(std::move(s)) {
      parser.header_limit(kRequestMax_bytes);
      parser.body_limit(kRequestMax_bytes);
    }
    tcp::socket socket;
    boost::beast::flat_buffer buffer{kRequestMax_bytes};
    http::request_parser<http::empty_body> parser;
    http::response<http::string_body> answer;
    TimerId limit = 0;
  };
  using ConnectionPtr = std::shared_ptr<Connection>;

  State(RealLoop& l, Health h) : loop(l), health(std::move(h)), acceptor(l.context()) {}

  void listen(const std::string& wanted);
  void accept();
  void serve(const ConnectionPtr& c);
  void answer(const ConnectionPtr& c);
  void end(const ConnectionPtr& c);
  void close();

  RealLoop& loop;
  Health health;
  tcp::acceptor acceptor;
  std::string address;
  TimerId accept_again = 0;
  std::vector<ConnectionPtr> connections;
  bool closed = false;
};

void HealthPort::State::listen(const std::string& wanted) {
  const tcp::endpoint endpoint = endpoint_of(wanted);
  ErrorCode error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    throw std::runtime_error("cannot serve the health page on " + wanted + ": " + error.message());
  }
  address = to_text(acceptor.local_endpoint());
  accept();
}

void HealthPort::State::accept() {
  acceptor.async_accept([self = shared_from_this()](const ErrorCode& error, tcp::socket socket) {
    if (self->closed) return;
    if (error) {  // too many open files: they may be closed again
      self->accept_again = self->loop.after(kAcceptPause, [self] { self->accept(); });
      return;
    }
    if (self->connections.size() < kConnectionsMax) {
      self->serve(std::make_shared<Connection>(std::move(socket)));
    }
    self->accept();
  });
}

void HealthPort::State::serve(const ConnectionPtr& c) {
  connections.push_back(c);
  c->limit = loop.after(kPatience, [self = shared_from_this(), c] { self->end(c); });
  http::async_read_header(c->socket, c->buffer, c->parser,
                          [self = shared_from_this(), c](const ErrorCode& error, std::size_t) {
                            if (self->closed) return;
                            error ? self->end(c) : self->answer(c);
                          });
}

void HealthPort::State::answer(const ConnectionPtr& c) {
  c->answer = answer_to(c->parser.get(), health);
  http::async_write(c->socket, c->answer,
                    [self = shared_from_this(), c](const ErrorCode&, std::size_t) {
                      if (!self->closed) self->end(c);
                    });
}

void HealthPort::State::end(const ConnectionPtr& c) {
  loop.cancel(c->limit);
  ErrorCode ignored;
  c->socket.shutdown(tcp::socket::shutdown_both, ignored);
  c->socket.close(ignored);
  std::erase(connections, c);
}

void HealthPort::State::close() {
  closed = true;
  loop.cancel(accept_again);
  ErrorCode ignored;
  acceptor.close(ignored);
  for (const auto& c : std::vector(connections)) end(c);
}

HealthPort::HealthPort(RealLoop& loop, const std::string& address, Health health)
    : state_(std::make_shared<State>(loop, std::move(health))) {
  state_->listen(address);
}

HealthPort::~HealthPort() { state_->close(); }

const std::string& HealthPort::address() const { return state_->address; }

}  // namespace cardrig
