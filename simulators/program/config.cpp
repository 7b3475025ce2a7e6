#include "simulators/program/config.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <limits>
#include <map>

#include "kiosk/runtime/located_reading.h"

namespace cardrig::sim {

using located::Complaint;
using located::Node;
using located::Reading;

namespace {

/// The digits of `text` from `at` on, `count` of them; -1: there are none.
int digits(const std::string& text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = 10 * value + (text[i] - '0');
  }
  return value;
}

bool is_within(int value, int low, int high) { return value >= low && value <= high; }

/// "HOST:PORT", the host numeric and, if it is of IPv6, in brackets.
std::optional<ServedAt> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string host = text.substr(0, colon);
  const std::string port = text.substr(colon + 1);
  const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (has_brackets) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  constexpr std::size_t kDigits = 5;
  if (error || address.is_v6() != has_brackets || port.empty() || port.size() > kDigits) {
    return std::nullopt;
  }
  const int number = digits(port, 0, port.size());
  if (!is_within(number, 0, std::numeric_limits<unsigned short>::max())) return std::nullopt;
  return ServedAt{ServedAt::Kind::kTcp, "", host, static_cast<unsigned short>(number)};
}

std::optional<ServedAt> read_address(Reading& reading, const Node& node, const std::string& what,
                                     int port_min) {
  const auto text = located::read_text(reading, node, what);
  if (!text) return std::nullopt;
  auto address = parse_address(*text);
  if (address && address->port >= port_min) return address;
  const char* example = port_min == 0 ? R"("127.0.0.1:0")" : R"("127.0.0.1:8440")";
  reading.complain(node.line, located::in_quotes(what) +
                                  " must be a numeric host and a port, such as " + example +
                                  ", but is " + node.describe() + ".");
  return std::nullopt;
}

/// `{"pty": PATH}` or `{"tcp": "HOST:PORT"}`.
std::optional<ServedAt> read_place(Reading& reading, const Node& node, const std::string& device) {
  if (!located::want(reading, node, Node::Kind::kObject, device)) return std::nullopt;
  located::check_keys(reading, node, device, {"pty", "tcp"});
  const Node* pty = node.find("pty");
  const Node* tcp = node.find("tcp");
  if ((pty == nullptr) == (tcp == nullptr)) {
    reading.complain(node.line, located::in_quotes(device) +
                                    R"( must be {"pty": PATH} or {"tcp": "HOST:PORT"}.)");
    return std::nullopt;
  }
  if (tcp != nullptr) return read_address(reading, *tcp, "tcp", 0);
  const auto path = located::read_text(reading, *pty, "pty");
  if (!path) return std::nullopt;
  return ServedAt{ServedAt::Kind::kPty, *path, "", 0};
}

std::optional<ServedAt> read_camera(Reading& reading, const Node& node) {
  if (!located::want(reading, node, Node::Kind::kObject, "camera")) return std::nullopt;
  located::check_keys(reading, node, "camera", {"tcp"});
  const Node* tcp = node.find("tcp");
  if (tcp != nullptr) return read_address(reading, *tcp, "tcp", 0);
  reading.complain(node.line, R"("camera" must be {"tcp": "HOST:PORT"}.)");
  return std::nullopt;
}

std::optional<NetworkAt> read_network(Reading& reading, const Node& node) {
  if (!located::want(reading, node, Node::Kind::kObject, "network")) return std::nullopt;
  located::check_keys(reading, node, "network", {"tcp", "to"});
  const Node* tcp = node.find("tcp");
  const Node* to = node.find("to");
  if (tcp == nullptr || to == nullptr) {
    reading.complain(node.line, R"("network" must be {"tcp": "HOST:PORT", "to": "HOST:PORT"}.)");
    return std::nullopt;
  }
  const auto at = read_address(reading, *tcp, "tcp", 0);
  const auto target = read_address(reading, *to, "to", 1);
  if (!at || !target) return std::nullopt;
  return NetworkAt{*at, *target};
}

void read_serve(Reading& reading, const Node& node, ProgramConfig& config) {
  if (!located::want(reading, node, Node::Kind::kObject, "serve")) return;
  const std::map<std::string, std::optional<ServedAt>*> wires{
      {"id_reader", &config.id_reader},
      {"card_path", &config.card_path},
      {"print_jobs", &config.print_jobs},
      {"control_board", &config.control_board}};
  std::vector<std::string> known{"camera", "network"};
  for (const auto& [name, place] : wires) known.push_back(name);
  located::check_keys(reading, node, "\"serve\"", known);
  for (const auto& [name, place] : wires) {
    if (const Node* wire = node.find(name)) *place = read_place(reading, *wire, name);
  }
  if (const Node* camera = node.find("camera")) config.camera = read_camera(reading, *camera);
  if (const Node* network = node.find("network")) config.network = read_network(reading, *network);
  if ((node.find("card_path") == nullptr) != (node.find("print_jobs") == nullptr)) {
    reading.complain(node.line,
                     R"("serve" must name both of "card_path" and "print_jobs" or neither: )"
                     "one printer has them.");
  }
}

/// No two of ours at the same path.
void check_paths(Reading& reading, int line, const ProgramConfig& config) {
  std::vector<std::string> paths;
  if (!config.rig.empty()) paths.push_back(config.rig);
  for (const auto* place :
       {&config.id_reader, &config.card_path, &config.print_jobs, &config.control_board}) {
    if (*place && (*place)->kind == ServedAt::Kind::kPty) paths.push_back((*place)->path);
  }
  std::sort(paths.begin(), paths.end());
  const auto twice = std::adjacent_find(paths.begin(), paths.end());
  if (twice == paths.end()) return;
  reading.complain(line, "The path " + located::in_quotes(*twice) + " is used twice.");
}

}  // namespace

std::optional<CivilTime> parse_civil_time(const std::string& text) {
  // 2026-06-15T10:00:00+08:00
  constexpr std::size_t kSize = 25;
  if (text.size() != kSize) return std::nullopt;
  const char sign = text[19];
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      (sign != '+' && sign != '-') || text[22] != ':') {
    return std::nullopt;
  }
  const Date date{digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)};
  const int hours = digits(text, 11, 2), minutes = digits(text, 14, 2),
            seconds = digits(text, 17, 2);
  const int zone_hours = digits(text, 20, 2), zone_minutes = digits(text, 23, 2);
  if (!is_valid(date) || !is_within(hours, 0, 23) || !is_within(minutes, 0, 59) ||
      !is_within(seconds, 0, 59) || !is_within(zone_hours, 0, 14) ||
      !is_within(zone_minutes, 0, 59)) {
    return std::nullopt;
  }
  constexpr std::int64_t kMinute_ms = 60'000;
  const std::int64_t zone_ms =
      (sign == '+' ? 1 : -1) * (60 * zone_hours + zone_minutes) * kMinute_ms;
  // to_civil() gives midnight in China.
  return CivilTime{to_civil(date).unix_ms + kChinaOffset_ms + (60 * hours + minutes) * kMinute_ms +
                   1000 * seconds - zone_ms};
}

ProgramConfig read_program_config(const std::string& file, std::vector<Complaint>& complaints) {
  ProgramConfig config;
  Node root;
  if (!located::parse_located_file(file, root, complaints)) return config;
  Reading reading{file, complaints};
  if (!located::want(reading, root, Node::Kind::kObject, "the configuration")) return config;
  located::check_keys(reading, root, "The configuration",
                      {"rig", "health", "seed", "starts_at", "timing", "people", "serve"});
  if (const Node* rig = root.find("rig")) {
    config.rig = located::read_text(reading, *rig, "rig").value_or("");
  }
  if (const Node* health = root.find("health")) {
    if (read_address(reading, *health, "health", 0)) config.health = health->text;
  }
  if (const Node* seed = root.find("seed")) {
    config.seed = static_cast<std::uint64_t>(
        located::read_integer(reading, *seed, "seed", 0, std::numeric_limits<std::int64_t>::max())
            .value_or(1));
  }
  if (const Node* time = root.find("starts_at")) {
    const auto text = located::read_text(reading, *time, "starts_at");
    if (text) config.starts_at = parse_civil_time(*text);
    if (text && !config.starts_at) {
      reading.complain(time->line, R"("starts_at" must be a time such as )"
                                   R"("2026-06-15T10:00:00+08:00", but is )" +
                                       time->describe() + ".");
    }
  }
  if (const Node* timing = root.find("timing")) {
    config.fast = located::read_name(reading, *timing, "timing", {"honest", "fast"}) == "fast";
  }
  if (const Node* people = root.find("people")) {
    if (located::want(reading, *people, Node::Kind::kString, "people"))
      config.people = people->text;
  }
  const Node* serve = root.find("serve");
  if (serve == nullptr) {
    reading.complain(root.line, R"(The configuration lacks "serve", the devices to play.)");
    return config;
  }
  read_serve(reading, *serve, config);
  check_paths(reading, serve->line, config);
  return config;
}

}  // namespace cardrig::sim
