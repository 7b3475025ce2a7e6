// The HTTP server (cpp-httplib), the same for bytes in memory, over TCP and under TLS: whoever has
// collected a whole request asks answer() for the bytes to send back, and when. No threads.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kiosk/runtime/clock.h"

namespace cardrig::mock_platform {

struct HttpRequest {
  std::string method;
  std::string target;  ///< path and query as in the request line
  std::string body;
  std::function<std::string(const char* name)> header;  ///< "" if absent; valid during the call
};

struct HttpReply {
  int status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  Nanos delay{0};  ///< until the answer leaves
  bool lost = false;  ///< the connection closes instead
};

class HttpFront {
 public:
  using Handler = std::function<HttpReply(const HttpRequest&)>;
  explicit HttpFront(Handler handler);
  ~HttpFront();

  struct Sent {
    std::string bytes;
    Nanos delay{0};
    bool lost = false;
    bool close = false;  ///< no further request on this connection
  };
  /// `request`: the bytes of one whole request. Any bytes are allowed.
  [[nodiscard]] Sent answer(const std::string& request);
  /// What is sent when a request grows beyond all limits.
  [[nodiscard]] static Sent too_large();

  /// What is sent to whoever does not speak HTTP.
  [[nodiscard]] static Sent no_http();
  /// What a client is told that speaks plain HTTP where TLS is spoken.
  [[nodiscard]] static std::string tls_is_spoken_here();

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace cardrig::mock_platform
