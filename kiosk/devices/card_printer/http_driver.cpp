// HTTP by Beast on a ByteStream.
#include "kiosk/devices/card_printer/http_driver.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/vector_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

namespace cardrig::card_printer {

namespace http = boost::beast::http;

namespace {
constexpr std::size_t kReplyMax_bytes = 1U << 20U;
}

Async<Result<HttpReply, ErrorCode>> http_post(ByteStream& stream, std::string host,
                                              std::string path, std::string content_type,
                                              std::vector<std::uint8_t> body) {
  http::request<http::vector_body<std::uint8_t>> request(http::verb::post, path, 11);
  request.set(http::field::host, host);
  request.set(http::field::user_agent, "cardrig");
  request.set(http::field::content_type, content_type);
  request.keep_alive(false);
  request.body() = std::move(body);
  request.prepare_payload();
  ErrorCode error;
  co_await http::async_write(stream, request, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return fail(error, error.message());
  boost::beast::flat_buffer buffer;
  http::response_parser<http::vector_body<std::uint8_t>> parser;
  parser.body_limit(kReplyMax_bytes);
  co_await http::async_read(stream, buffer, parser,
                            asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return fail(error, error.message());
  auto& response = parser.get();
  HttpReply reply;
  reply.status = response.result_int();
  const auto type = response[http::field::content_type];
  reply.content_type.assign(type.begin(), type.end());
  reply.body = std::move(response.body());
  co_return reply;
}

}  // namespace cardrig::card_printer
