// nlohmann's SAX parser reports values without their position. It is fed through an iterator that
// counts: when a value is reported, the iterator stands right behind it (one further for numbers,
// whose end is seen only by looking ahead), so the lines before that place give the value's line.
#include "kiosk/runtime/located_json.h"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

#include "kiosk/runtime/check.h"

namespace cardrig::located {
namespace {

/// How far the parser has read: the line of the last character but one, and of the last.
struct Place {
  int line = 1;  // of the next character
  int line_of_last = 1;  // of the character read last
};

class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;

  CountingIterator(const char* at, Place* place) : at_(at), place_(place) {}

  const char& operator*() const { return *at_; }
  CountingIterator& operator++() {
    place_->line_of_last = place_->line;
    if (*at_ == '\n') ++place_->line;
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  Place* place_;
};

/// "unexpected ']'; expected '}'" of nlohmann's "[json.exception…] parse error at line 3, …".
std::string reason_of(const std::string& what) {
  const auto unexpected = what.find("unexpected ");
  if (unexpected != std::string::npos) return what.substr(unexpected);
  const auto dash = what.find(" - ");
  std::string reason = dash == std::string::npos ? what : what.substr(dash + 3);
  const auto last = reason.find("; last read");
  return last == std::string::npos ? reason : reason.substr(0, last);
}

/// Builds the tree of Nodes from the parser's reports.
class Builder final : public nlohmann::json::json_sax_t {
 public:
  Builder(std::string file, const Place& place, Node& root, std::vector<Complaint>& complaints)
      : file_(std::move(file)), place_(place), root_(root), complaints_(complaints) {}

  bool null() override { return add(Node::Kind::kNull) != nullptr; }
  bool boolean(bool value) override {
    add(Node::Kind::kBool)->boolean = value;
    return true;
  }
  bool number_integer(number_integer_t value) override {
    Node* node = add(Node::Kind::kInteger);
    node->integer = value;
    node->number = static_cast<double>(value);
    return true;
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) {
      return number_float(static_cast<double>(value), {});
    }
    return number_integer(static_cast<number_integer_t>(value));
  }
  bool number_float(number_float_t value, const string_t& text) override {
    static_cast<void>(text);
    add(Node::Kind::kNumber)->number = value;
    return true;
  }
  bool string(string_t& value) override {
    add(Node::Kind::kString)->text = value;
    return true;
  }
  bool binary(binary_t& value) override {
    static_cast<void>(value);
    return false;  // text input has none
  }
  bool start_object(std::size_t elements) override {
    static_cast<void>(elements);
    return open(Node::Kind::kObject);
  }
  bool key(string_t& name) override {
    Node& object = *open_.back();
    if (const Node* first = object.find(name)) {
      complain(place_.line_of_last, "The key \"" + name +
                                        "\" stands here a second time (first in line " +
                                        std::to_string(first->line) + ").");
    }
    object.members.push_back(Member{name, place_.line_of_last, Node{}});
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t elements) override {
    static_cast<void>(elements);
    return open(Node::Kind::kList);
  }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::json::exception& error) override {
    static_cast<void>(position);
    static_cast<void>(last_token);
    std::string reason = reason_of(error.what());
    // The commonest slip, and the parser's own words do not help with it.
    if (reason.starts_with("unexpected ']'") || reason.starts_with("unexpected '}'")) {
      reason += " (is there a comma too many before it?)";
    }
    complain(place_.line_of_last, "This is not JSON: " + reason + ".");
    return false;
  }

 private:
  void complain(int line, std::string sentence) {
    complaints_.push_back(Complaint{file_, line, std::move(sentence)});
  }

  /// The new value, in the place where the parser stands.
  Node* add(Node::Kind kind) {
    Node* node = &root_;
    if (!open_.empty()) {
      Node& parent = *open_.back();
      if (parent.is(Node::Kind::kList)) {
        node = &parent.items.emplace_back();
      } else {
        node = &parent.members.back().value;
      }
    }
    node->kind = kind;
    node->line = place_.line_of_last;
    return node;
  }

  bool open(Node::Kind kind) {
    if (open_.size() >= static_cast<std::size_t>(kMaxDepth)) {
      complain(place_.line_of_last,
               "Lists and objects are nested more than " + std::to_string(kMaxDepth) + " deep.");
      return false;
    }
    open_.push_back(add(kind));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::string file_;
  const Place& place_;
  Node& root_;
  std::vector<Complaint>& complaints_;
  std::vector<Node*> open_;  // a parent's vectors do not grow while a child is open
};

}  // namespace

std::string to_string(const Complaint& complaint) {
  std::string place = complaint.file;
  if (complaint.line > 0) place += ":" + std::to_string(complaint.line);
  return place + ": " + complaint.sentence;
}

const Node* Node::find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

nlohmann::json Node::to_json() const {
  switch (kind) {
    case Kind::kNull:
      return nullptr;
    case Kind::kBool:
      return boolean;
    case Kind::kInteger:
      return integer;
    case Kind::kNumber:
      return number;
    case Kind::kString:
      return text;
    case Kind::kList: {
      auto list = nlohmann::json::array();
      for (const Node& item : items) list.push_back(item.to_json());
      return list;
    }
    case Kind::kObject: {
      auto object = nlohmann::json::object();
      for (const Member& member : members) object[member.key] = member.value.to_json();
      return object;
    }
  }
  return nullptr;
}

std::string Node::describe() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing (null)";
    case Kind::kBool:
      return boolean ? "true" : "false";
    case Kind::kInteger:
      return "the number " + std::to_string(integer);
    case Kind::kNumber: {
      std::ostringstream out;
      out << "the number " << number;
      return out.str();
    }
    case Kind::kString:
      return "the text \"" + text + "\"";
    case Kind::kList:
      return "a list";
    case Kind::kObject:
      return "an object";
  }
  return "?";
}

bool parse_located(std::string_view text, const std::string& file, Node& root,
                   std::vector<Complaint>& complaints) {
  if (text.size() > kMaxFileSize_bytes) {
    complaints.push_back(Complaint{file, 0, "The file is larger than 1 MiB."});
    return false;
  }
  root = Node{};
  Place place;
  const std::size_t before = complaints.size();
  Builder builder(file, place, root, complaints);
  const CountingIterator first(text.data(), &place);
  const CountingIterator last(text.data() + text.size(), &place);
  const bool whole = nlohmann::json::sax_parse(
      first, last, &builder, nlohmann::json::input_format_t::json, /*strict=*/true,
      /*ignore_comments=*/true);
  CARDRIG_CHECK(whole || complaints.size() > before);
  return whole && complaints.size() == before;
}

bool parse_located_file(const std::string& path, Node& root, std::vector<Complaint>& complaints) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    complaints.push_back(Complaint{path, 0, "There is no such file, or it cannot be read."});
    return false;
  }
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) {  // a directory opens and then fails to be read
    complaints.push_back(Complaint{path, 0, "This cannot be read as a file."});
    return false;
  }
  return parse_located(text, path, root, complaints);
}

}  // namespace cardrig::located
