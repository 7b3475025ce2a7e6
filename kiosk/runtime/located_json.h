// JSON with comments, read so that every value knows its line: what lets a complaint about a file
// that people write (profile, configuration, scenario) name the place.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardrig::located {

/// What is wrong with a file, in one sentence. `line` counts from 1; 0: the file as a whole.
struct Complaint {
  std::string file;
  int line = 0;
  std::string sentence;

  bool operator==(const Complaint&) const = default;
};

/// `suite/a.scenario.json:12: There is no act "tuch"; did you mean "touch"?`
[[nodiscard]] std::string to_string(const Complaint& complaint);

struct Node;

struct Member;

/// A value and where it stands.
struct Node {
  enum class Kind { kNull, kBool, kInteger, kNumber, kString, kList, kObject };

  Kind kind = Kind::kNull;
  int line = 0;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;  ///< also set for integers
  std::string text;
  std::vector<Node> items;
  std::vector<Member> members;  ///< in the order of the file

  [[nodiscard]] bool is(Kind k) const { return kind == k; }
  [[nodiscard]] bool is_number() const { return kind == Kind::kInteger || kind == Kind::kNumber; }
  /// The member's value, or null.
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] nlohmann::json to_json() const;
  /// For complaints: `the text "abc"`, `the number 5`, `a list`, `nothing (null)`.
  [[nodiscard]] std::string describe() const;
};

struct Member {
  std::string key;
  int line = 0;
  Node value;
};

/// Files larger or nested deeper than this are refused: no file of ours needs it.
inline constexpr std::size_t kMaxFileSize_bytes = 1 << 20;
inline constexpr int kMaxDepth = 64;

/// Parses one JSON text (comments allowed). False: `complaints` says why.
bool parse_located(std::string_view text, const std::string& file, Node& root,
                   std::vector<Complaint>& complaints);

/// Reads and parses a file. False: it is missing, unreadable, or not JSON.
bool parse_located_file(const std::string& path, Node& root, std::vector<Complaint>& complaints);

}  // namespace cardrig::located
