// A socket that is waited on with poll(): reading never stops while something is written, because
// the port stops reading when its answers and events are not taken.
#include "kiosk/runtime/rig_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/rig_lines.h"
#include "kiosk/runtime/trace_json.h"

namespace cardrig {

using nlohmann::json;
using Answer = Result<json, RigReason>;

namespace {

using namespace std::chrono_literals;

constexpr Nanos kLookAgain = 2ms;  // for a socket that is not there yet
constexpr std::size_t kPollMax_bytes = 16 << 20;  // at once, from a program that never stops

int to_poll_ms(Nanos wait) {
  const auto ms = (wait + 999'999ns) / 1'000'000ns;
  return static_cast<int>(std::clamp<std::int64_t>(ms, 0, 60'000));
}

}  // namespace

struct RigClient::State {
  enum class Readiness { kRead, kWrite, kTimeout };

  ~State() {
    if (socket >= 0) ::close(socket);
  }
  Result<Unit, RigClientReason> give_up(RigClientReason reason, std::string detail);
  bool try_connect(const std::string& path);
  Result<Readiness, RigClientReason> wait(bool to_write, Nanos deadline);
  Result<std::size_t, RigClientReason> receive();
  Result<Unit, RigClientReason> take_lines();
  Result<Unit, RigClientReason> take(const json& line);
  Result<Unit, RigClientReason> last_words();
  Result<Unit, RigClientReason> write(const std::string& line, Nanos deadline);

  int socket = -1;
  std::string in;
  std::size_t searched = 0;  // of `in`, without finding a line's end
  std::uint64_t last_id = 0;
  std::optional<Answer> answer;  // to last_id
  std::deque<Event> events;
  Nanos mark{0};
  std::optional<Error<RigClientReason>> dead;
};

/// Nothing can be said to or heard from the program any more.
Result<Unit, RigClientReason> RigClient::State::give_up(RigClientReason reason,
                                                        std::string detail) {
  dead = Error<RigClientReason>{reason, std::move(detail)};
  return tl::unexpected(*dead);
}

bool RigClient::State::try_connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return true;
  }
  ::close(std::exchange(socket, -1));
  return false;
}

Result<RigClient::State::Readiness, RigClientReason> RigClient::State::wait(bool to_write,
                                                                            Nanos deadline) {
  pollfd watched{socket, static_cast<short>(to_write ? POLLIN | POLLOUT : POLLIN), 0};
  // A program that never stops talking must not hold us beyond the limit: the time is looked at
  // first.
  for (Nanos now = monotonic_now(); now < deadline; now = monotonic_now()) {
    const int ready = ::poll(&watched, 1, to_poll_ms(deadline - now));
    if (ready > 0) return watched.revents == POLLOUT ? Readiness::kWrite : Readiness::kRead;
    if (ready < 0 && errno != EINTR) {
      return tl::unexpected(give_up(RigClientReason::kGone, std::strerror(errno)).error());
    }
  }
  return Readiness::kTimeout;
}

/// What is there, up to a buffer's size; 0: nothing at present.
Result<std::size_t, RigClientReason> RigClient::State::receive() {
  std::array<char, 64 << 10> buffer;  // NOLINT(*-member-init): filled by recv()
  const ssize_t size = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size > 0) {
    in.append(buffer.data(), static_cast<std::size_t>(size));
    return static_cast<std::size_t>(size);
  }
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::size_t{0};
  const char* how = in.empty() ? "the program has closed the socket"
                               : "the program went away in the middle of a line";
  return tl::unexpected(give_up(RigClientReason::kGone, how).error());
}

Result<Unit, RigClientReason> RigClient::State::take_lines() {
  std::size_t taken = 0;
  for (;;) {
    const std::size_t end = in.find('\n', std::max(taken, searched));
    if (end == std::string::npos) break;
    const json line = json::parse(in.begin() + static_cast<std::ptrdiff_t>(taken),
                                  in.begin() + static_cast<std::ptrdiff_t>(end), nullptr,
                                  /*allow_exceptions=*/false);
    taken = end + 1;
    if (auto result = take(line); !result) return result;
  }
  in.erase(0, taken);
  searched = in.size();
  if (in.size() > kRigLineMax_bytes) {
    return give_up(RigClientReason::kNonsense, "a line of the program has no end");
  }
  return ok();
}

Result<Unit, RigClientReason> RigClient::State::take(const json& line) {
  if (!line.is_object()) {
    return give_up(RigClientReason::kNonsense, "the program said what is no JSON object");
  }
  try {
    if (line.contains("error") && !line.contains("id")) {
      return give_up(RigClientReason::kNonsense,
                     "the program says: " + line.at("error").at("detail").get<std::string>());
    }
    if (line.contains("event")) {
      events.push_back(event_from_json(line.at("event")));
    } else if (line.contains("mark")) {
      mark = Nanos(line.at("mark").get<std::int64_t>());
    } else if (!line.at("id").is_number_integer() || line.at("id") != last_id) {
      return ok();  // an answer that nobody waits for any more
    } else if (line.contains("ok")) {
      answer.emplace(line.at("ok"));
    } else {
      const json& error = line.at("error");
      const auto reason = rig_reason(error.at("reason").get<std::string>());
      if (!reason) return give_up(RigClientReason::kNonsense, "an unknown reason of failure");
      answer.emplace(fail(*reason, error.at("detail").get<std::string>()));
    }
    return ok();
  } catch (const std::exception& e) {
    return give_up(RigClientReason::kNonsense, e.what());
  }
}

/// The program has closed its end; it may have said why.
Result<Unit, RigClientReason> RigClient::State::last_words() {
  for (;;) {
    const auto size = receive();
    if (!size) return tl::unexpected(size.error());
    if (auto taken = take_lines(); !taken) return taken;
    if (*size == 0) return give_up(RigClientReason::kGone, "the program takes no messages");
  }
}

Result<Unit, RigClientReason> RigClient::State::write(const std::string& line, Nanos deadline) {
  for (std::size_t sent = 0; sent < line.size();) {
    const auto ready = wait(true, deadline);
    if (!ready) return tl::unexpected(ready.error());
    if (*ready == Readiness::kTimeout) {
      if (sent == 0) return fail(RigClientReason::kTimeout, "the program does not read");
      return give_up(RigClientReason::kTimeout, "the program stopped reading inside a request");
    }
    if (const auto size = receive(); !size) return tl::unexpected(size.error());
    if (auto taken = take_lines(); !taken) return taken;
    const ssize_t size =
        ::send(socket, line.data() + sent, line.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0) sent += static_cast<std::size_t>(size);
    if (size < 0 && errno != EAGAIN && errno != EINTR) return last_words();
  }
  return ok();
}

Result<std::unique_ptr<RigClient>, RigClientReason> RigClient::connect(const std::string& path,
                                                                       Nanos limit) {
  const Nanos deadline = monotonic_now() + limit;
  auto state = std::make_unique<State>();
  while (!state->try_connect(path)) {
    const Nanos left = deadline - monotonic_now();
    if (left <= 0ns) {
      return fail(RigClientReason::kNotThere, "nobody listens on " + path);
    }
    ::poll(nullptr, 0, to_poll_ms(std::min(left, kLookAgain)));
  }
  return std::unique_ptr<RigClient>(new RigClient(std::move(state)));
}

RigClient::RigClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
RigClient::~RigClient() = default;

Result<Answer, RigClientReason> RigClient::send(const RigMessage& message, Nanos limit) {
  State& s = *state_;
  if (s.dead) return tl::unexpected(*s.dead);
  const Nanos deadline = monotonic_now() + limit;
  ++s.last_id;
  s.answer.reset();
  if (const auto written = s.write(rig_request_line(s.last_id, message), deadline); !written) {
    return tl::unexpected(written.error());
  }
  while (!s.answer) {
    const auto ready = s.wait(false, deadline);
    if (!ready) return tl::unexpected(ready.error());
    if (*ready == State::Readiness::kTimeout) {
      return fail(RigClientReason::kTimeout, "no answer to \"" + message.verb + "\" in time");
    }
    if (const auto size = s.receive(); !size) return tl::unexpected(size.error());
    if (const auto taken = s.take_lines(); !taken) return tl::unexpected(taken.error());
  }
  return std::move(*s.answer);
}

Result<Unit, RigClientReason> RigClient::poll() {
  State& s = *state_;
  if (s.dead) return tl::unexpected(*s.dead);
  for (std::size_t received = 0; received < kPollMax_bytes;) {
    const auto size = s.receive();
    if (!size) return tl::unexpected(size.error());
    if (auto taken = s.take_lines(); !taken) return taken;
    if (*size == 0) break;
    received += *size;
  }
  return ok();
}

std::deque<Event>& RigClient::events() { return state_->events; }
Nanos RigClient::mark() const { return state_->mark; }
int RigClient::file_descriptor() const { return state_->socket; }

}  // namespace cardrig
