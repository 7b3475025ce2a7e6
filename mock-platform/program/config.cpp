// One function a member; every slip is complained of, not only the first.
#include "mock-platform/program/config.h"

#include <algorithm>
#include <chrono>

#include "kiosk/runtime/located_reading.h"

namespace cardrig::mock_platform {

namespace {

using located::Node;
using located::Reading;

/// A key of fewer bytes protects nothing.
constexpr std::size_t kKeyMin_bytes = 16;

void take_text(Reading& reading, const Node& object, const char* key, std::string& into) {
  const Node* node = object.find(key);
  if (node == nullptr) return;
  if (auto text = located::read_text(reading, *node, key)) into = std::move(*text);
}

void need_text(Reading& reading, const Node& object, const std::string& what, const char* key,
               std::string& into) {
  if (object.find(key) == nullptr) {
    return reading.complain(object.line, what + " needs " + located::in_quotes(key) + ".");
  }
  take_text(reading, object, key, into);
}

/// "127.0.0.1:8440", "[::1]:0"
bool is_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const std::string port = text.substr(colon + 1);
  return !port.empty() && port.size() <= 5 &&
         port.find_first_not_of("0123456789") == std::string::npos && std::stoi(port) <= 65535;
}

void take_address(Reading& reading, const Node& object, const char* key, std::string& into) {
  const Node* node = object.find(key);
  if (node == nullptr) return;
  const auto text = located::read_text(reading, *node, key);
  if (!text) return;
  if (!is_address(*text)) {
    return reading.complain(node->line, located::in_quotes(key) +
                                            " must be HOST:PORT such as \"127.0.0.1:0\", but is " +
                                            node->describe() + ".");
  }
  into = *text;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Complains without showing the text: it is meant to be a secret.
void take_key(Reading& reading, const Node& node, std::vector<std::uint8_t>& into) {
  const auto hex = located::read_text(reading, node, "key");
  if (!hex) return;
  const bool is_hex =
      hex->size() % 2 == 0 && std::ranges::all_of(*hex, [](char c) { return digit(c) >= 0; });
  if (!is_hex || hex->size() / 2 < kKeyMin_bytes) {
    return reading.complain(node.line, "\"key\" must be hexadecimal digits for at least " +
                                           std::to_string(kKeyMin_bytes) + " bytes.");
  }
  for (std::size_t i = 0; i < hex->size(); i += 2) {
    into.push_back(static_cast<std::uint8_t>(digit((*hex)[i]) * 16 + digit((*hex)[i + 1])));
  }
}

void take_terminal(Reading& reading, const Node& node, std::vector<Terminal>& into) {
  if (!located::want(reading, node, Node::Kind::kObject, "terminals")) return;
  located::check_keys(reading, node, "A terminal", {"id", "key"});
  Terminal terminal;
  need_text(reading, node, "A terminal", "id", terminal.id);
  const Node* id = node.find("id");
  if (id != nullptr && !terminal.id.empty()) {
    if (!is_id(terminal.id)) {
      reading.complain(id->line,
                       "\"id\" must be 1 to 80 characters of A-Z a-z 0-9 . _ : / -, but is " +
                           id->describe() + ".");
    }
    const bool twice =
        std::ranges::any_of(into, [&](const auto& t) { return t.id == terminal.id; });
    if (twice)
      reading.complain(id->line,
                       "There are two terminals " + located::in_quotes(terminal.id) + ".");
  }
  if (const Node* key = node.find("key")) {
    take_key(reading, *key, terminal.key);
  } else {
    reading.complain(node.line, "A terminal needs \"key\".");
  }
  into.push_back(std::move(terminal));
}

void take_terminals(Reading& reading, const Node& root, std::vector<Terminal>& into) {
  const Node* list = root.find("terminals");
  if (list == nullptr) return reading.complain(root.line, "The configuration needs \"terminals\".");
  if (!located::want(reading, *list, Node::Kind::kList, "terminals")) return;
  if (list->items.empty()) {
    reading.complain(list->line, "\"terminals\" must name at least one terminal.");
  }
  for (const Node& each : list->items) take_terminal(reading, each, into);
}

void take_tls(Reading& reading, const Node& root, std::optional<TlsSetup>& into) {
  const Node* node = root.find("tls");
  if (node == nullptr || !located::want(reading, *node, Node::Kind::kObject, "tls")) return;
  located::check_keys(reading, *node, "\"tls\"", {"certificate", "key", "client_ca"});
  TlsSetup setup;
  need_text(reading, *node, "\"tls\"", "certificate", setup.certificate_file);
  need_text(reading, *node, "\"tls\"", "key", setup.key_file);
  take_text(reading, *node, "client_ca", setup.client_ca_file);
  into = std::move(setup);
}

void take_all(Reading& reading, const Node& root, ProgramConfig& config) {
  located::check_keys(
      reading, root, "The configuration",
      {"rig", "health", "listen", "database", "admin_token", "processing_ms", "terminals", "tls"});
  take_text(reading, root, "rig", config.rig);
  take_address(reading, root, "health", config.health);
  if (root.find("listen") == nullptr) {
    reading.complain(root.line, "The configuration needs \"listen\".");
  }
  take_address(reading, root, "listen", config.listen);
  take_text(reading, root, "database", config.platform.database);
  // An empty token is the way to say that the admin interface stays closed.
  const Node* token = root.find("admin_token");
  if (token != nullptr && located::want(reading, *token, Node::Kind::kString, "admin_token")) {
    config.platform.admin_token = token->text;
  }
  if (const Node* cost = root.find("processing_ms")) {
    const auto value = located::read_integer(reading, *cost, "processing_ms", 0, 60'000);
    if (value) config.platform.processing_time = std::chrono::milliseconds(*value);
  }
  take_terminals(reading, root, config.platform.terminals);
  take_tls(reading, root, config.tls);
}

}  // namespace

std::optional<ProgramConfig> read_config(const std::string& path,
                                         std::vector<located::Complaint>& complaints) {
  Node root;
  if (!located::parse_located_file(path, root, complaints)) return std::nullopt;
  Reading reading{path, complaints};
  ProgramConfig config;
  if (located::want(reading, root, Node::Kind::kObject, "The configuration")) {
    take_all(reading, root, config);
  }
  if (!complaints.empty()) return std::nullopt;
  return config;
}

}  // namespace cardrig::mock_platform
