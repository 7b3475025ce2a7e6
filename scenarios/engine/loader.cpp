#include "scenarios/engine/loader.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "kiosk/runtime/nearest.h"
#include "scenarios/engine/acts.h"
#include "scenarios/engine/reading.h"

namespace cardrig::scenario {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".scenario.json";

using Values = std::map<std::string, Node>;

std::vector<std::string> names_of(const Values& values) {
  std::vector<std::string> names;
  for (const auto& [name, value] : values) names.push_back(name);
  return names;
}

// --- ${name}: values of "let" and of a row of examples ---

/// The text with every ${name} replaced; complains about unknown names.
void fill_text(Reading& reading, Node& node, const Values& values) {
  std::string filled;
  std::string_view rest = node.text;
  while (true) {
    const auto from = rest.find("${");
    const auto to = from == std::string_view::npos ? from : rest.find('}', from);
    if (to == std::string_view::npos) break;
    const std::string name(rest.substr(from + 2, to - from - 2));
    const auto value = values.find(name);
    if (value == values.end()) {
      reading.complain(node.line, "Nothing gives a value to ${" + name + "}" +
                                      did_you_mean(name, names_of(values)));
      return;
    }
    if (from == 0 && to + 1 == node.text.size()) {  // the value itself, with its type
      const int line = node.line;
      node = value->second;
      node.line = line;
      return;
    }
    filled += rest.substr(0, from);
    filled +=
        value->second.is(Node::Kind::kString) ? value->second.text : value->second.to_json().dump();
    rest.remove_prefix(to + 1);
  }
  node.text = filled + std::string(rest);
}

void fill(Reading& reading, Node& node, const Values& values) {
  if (node.is(Node::Kind::kString)) return fill_text(reading, node, values);
  for (Node& item : node.items) fill(reading, item, values);
  for (Member& member : node.members) {
    Node key;
    key.kind = Node::Kind::kString;
    key.line = member.line;
    key.text = member.key;
    fill_text(reading, key, values);
    if (key.is(Node::Kind::kString)) member.key = key.text;
    fill(reading, member.value, values);
  }
}

// --- steps ---

std::optional<Trigger> read_trigger(Reading& reading, const Node& value) {
  if (!want(reading, value, Node::Kind::kObject, "at")) return std::nullopt;
  check_keys(reading, value, "\"at\"", {"event", "count", "after"});
  const Node* event = value.find("event");
  if (event == nullptr && (value.find("after") == nullptr || value.find("count") != nullptr)) {
    reading.complain(value.line, "\"at\" needs the \"event\" that it waits for.");
    return std::nullopt;
  }
  Trigger trigger;
  if (event != nullptr) {
    const auto pattern = read_event(reading, *event);
    if (!pattern) return std::nullopt;
    trigger.event = *pattern;
  }
  if (const Node* count = value.find("count")) {
    const auto n = read_integer(reading, *count, "count", 1, 100'000);
    if (!n) return std::nullopt;
    trigger.count = static_cast<int>(*n);
  }
  if (const Node* after = value.find("after")) {
    const auto length = read_duration(reading, *after, "after");
    if (!length) return std::nullopt;
    trigger.after = *length;
  }
  return trigger;
}

struct StepWord {
  std::string_view key;
  Step::Kind kind;
  std::vector<std::string> others;  // keys that may stand beside it
};

const std::vector<StepWord>& step_words() {
  static const std::vector<StepWord> words = {
      {"wait", Step::Kind::kWait, {"note"}},
      {"expect", Step::Kind::kExpect, {"within", "note"}},
      {"never", Step::Kind::kNever, {"for", "note"}},
      {"eventually", Step::Kind::kEventually, {"note"}},
  };
  return words;
}

/// The member that says what the step does; complains if there is none, or a second one.
const Member* main_member(Reading& reading, const Node& value) {
  std::vector<std::string> known;
  for (const StepWord& word : step_words()) known.emplace_back(word.key);
  for (const ActSpec& act : acts()) known.emplace_back(act.key);
  known.emplace_back("use");  // handled before; named here for "did you mean"
  const Member* found = nullptr;
  for (const Member& member : value.members) {
    if (std::find(known.begin(), known.end(), member.key) == known.end()) continue;
    if (found != nullptr) {
      reading.complain(member.line, "A step does one thing, but this one has \"" + found->key +
                                        "\" and \"" + member.key + "\".");
      return nullptr;
    }
    found = &member;
  }
  if (found != nullptr) return found;
  static const std::vector<std::string> beside = {"at", "note", "refused", "within", "for"};
  for (const Member& member : value.members) {
    if (std::find(beside.begin(), beside.end(), member.key) != beside.end()) continue;
    reading.complain(member.line, "There is no act or expectation \"" + member.key + "\"" +
                                      did_you_mean(member.key, known));
    return nullptr;
  }
  reading.complain(value.line, "This step does nothing and expects nothing.");
  return nullptr;
}

std::optional<Step> read_act_step(Reading& reading, const Node& value, const Member& main,
                                  Step step) {
  check_keys(reading, value, "The act \"" + main.key + "\"", {main.key, "at", "refused", "note"});
  if (const Node* refused = value.find("refused")) {
    const auto flag = read_bool(reading, *refused, "refused");
    if (!flag) return std::nullopt;
    step.refused = *flag;
  }
  if (const Node* at = value.find("at")) {
    step.at = read_trigger(reading, *at);
    if (!step.at) return std::nullopt;
  }
  auto message = read_act(reading, main.key, main.value);
  if (!message) return std::nullopt;
  step.kind = Step::Kind::kAct;
  step.act = std::move(*message);
  return step;
}

std::optional<Step> read_expectation_step(Reading& reading, const Node& value, const Member& main,
                                          const StepWord& word, Step step) {
  auto allowed = word.others;
  allowed.push_back(main.key);
  check_keys(reading, value, "\"" + main.key + "\"", allowed);
  step.kind = word.kind;
  if (word.kind == Step::Kind::kWait) {
    const auto length = read_duration(reading, main.value, main.key);
    if (!length) return std::nullopt;
    step.time = *length;
    return step;
  }
  if (word.kind == Step::Kind::kExpect) step.time = kDefaultWithin;
  for (const char* key : {"within", "for"}) {
    const Node* length_node = value.find(key);
    if (length_node == nullptr) continue;
    const auto length = read_duration(reading, *length_node, key);
    if (!length) return std::nullopt;
    step.time = *length;
  }
  auto condition = read_condition(reading, main.value, main.key);
  if (!condition) return std::nullopt;
  step.condition = std::move(*condition);
  return step;
}

}  // namespace

std::optional<Step> read_step(Reading& reading, const Node& value) {
  if (!want(reading, value, Node::Kind::kObject, "step")) return std::nullopt;
  const Member* main = main_member(reading, value);
  if (main == nullptr) return std::nullopt;
  if (main->key == "use") {
    reading.complain(main->line, "Steps that a scenario uses cannot use others.");
    return std::nullopt;
  }
  Step step;
  step.line = main->line;
  step.text = source_text(value);
  if (const Node* note = value.find("note")) {
    const auto text = read_text(reading, *note, "note");
    if (text) step.note = *text;
  }
  const auto word = std::find_if(step_words().begin(), step_words().end(),
                                 [&](const StepWord& w) { return w.key == main->key; });
  if (word == step_words().end()) return read_act_step(reading, value, *main, std::move(step));
  return read_expectation_step(reading, value, *main, *word, std::move(step));
}

namespace {

// --- given ---

/// Keys of "given" that hold a list, and the act that each item becomes.
struct GivenList {
  std::string_view key;
  std::string_view act;
};
constexpr GivenList kGivenLists[] = {{"permits", "permit"}, {"faults", "inject"}};
/// Keys of "given" that are acts of their own, under another name or the same.
struct GivenOne {
  std::string_view key;
  std::string_view act;
};
constexpr GivenOne kGivenOnes[] = {{"document", "place_document"},
                                   {"before_camera", "before_camera"},
                                   {"light", "light"},
                                   {"mains", "mains"},
                                   {"network", "network"},
                                   {"clock_offset", "clock_offset"}};

void add_given(Reading& reading, std::string_view act, const Node& value, int line,
               Scenario& scenario) {
  auto message = read_act(reading, act, value);
  if (!message) return;
  Step step;
  step.line = line;
  step.text = std::string(act) + ": " + source_text(value);
  step.act = std::move(*message);
  scenario.given.push_back(std::move(step));
}

void read_given(Reading& reading, const Node& value, Scenario& scenario) {
  if (!want(reading, value, Node::Kind::kObject, "given")) return;
  std::vector<std::string> keys;
  for (const auto& one : kGivenOnes) keys.emplace_back(one.key);
  for (const auto& list : kGivenLists) keys.emplace_back(list.key);
  check_keys(reading, value, "\"given\"", keys);
  for (const auto& one : kGivenOnes) {
    if (const Node* node = value.find(one.key)) {
      add_given(reading, one.act, *node, node->line, scenario);
    }
  }
  for (const auto& list : kGivenLists) {
    const Node* node = value.find(list.key);
    if (node == nullptr || !want(reading, *node, Node::Kind::kList, list.key)) continue;
    for (const Node& item : node->items) add_given(reading, list.act, item, item.line, scenario);
  }
}

// --- the whole scenario ---

/// The steps of a file that several scenarios share, in the place of the step that uses it. What
/// happens in them is shown at that step's line.
void use_steps(Reading& reading, const Node& use, Scenario& scenario) {
  check_keys(reading, use, "A step that uses others", {"use", "note"});
  const Node& name = *use.find("use");
  const auto text = read_text(reading, name, "use");
  if (!text) return;
  const fs::path path = fs::path(reading.file).parent_path() / *text;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    reading.complain(name.line,
                     "There is no file \"" + *text + "\" with steps, seen from this one.");
    return;
  }
  Node list;
  if (!parse_located_file(path.string(), list, reading.complaints)) return;
  Reading inner{
      {path.string(), reading.complaints}, reading.vocabulary, reading.permits, reading.values};
  if (!want(inner, list, Node::Kind::kList, "the file")) return;
  for (Node& item : list.items) {
    fill(inner, item, inner.values);
    auto step = read_step(inner, item);
    if (!step) continue;
    step->text += "  [" + path.filename().string() + ":" + std::to_string(step->line) + "]";
    step->line = name.line;
    scenario.steps.push_back(std::move(*step));
  }
  reading.permits = inner.permits;
}

void read_steps(Reading& reading, const Node& root, Scenario& scenario) {
  const Node* steps = root.find("steps");
  if (steps == nullptr) {
    reading.complain(root.line, "A scenario needs \"steps\".");
    return;
  }
  if (!want(reading, *steps, Node::Kind::kList, "steps")) return;
  if (steps->items.empty()) reading.complain(steps->line, "\"steps\" must not be empty.");
  for (const Node& item : steps->items) {
    if (item.find("use") != nullptr) {
      use_steps(reading, item, scenario);
      continue;
    }
    auto step = read_step(reading, item);
    if (step) scenario.steps.push_back(std::move(*step));
  }
}

void read_heading(Reading& reading, const Node& root, Scenario& scenario) {
  if (const Node* name = root.find("name")) {
    scenario.name = read_text(reading, *name, "name").value_or("");
  } else {
    reading.complain(root.line, "A scenario needs a \"name\".");
  }
  if (const Node* purpose = root.find("purpose")) {
    scenario.purpose = read_text(reading, *purpose, "purpose").value_or("");
  }
  if (const Node* seed = root.find("seed")) {
    const auto value = read_integer(reading, *seed, "seed", 0, INT64_MAX);
    if (value) scenario.seed = static_cast<std::uint64_t>(*value);
  }
  if (const Node* limit = root.find("limit")) {
    scenario.limit = read_duration(reading, *limit, "limit").value_or(kDefaultLimit);
  }
  if (const Node* heal = root.find("heal")) {
    scenario.heal = read_bool(reading, *heal, "heal").value_or(true);
  }
  const Node* tags = root.find("tags");
  if (tags == nullptr || !want(reading, *tags, Node::Kind::kList, "tags")) return;
  for (const Node& tag : tags->items) {
    const auto text = read_text(reading, tag, "tag");
    if (text) scenario.tags.push_back(*text);
  }
}

Scenario read_scenario(Reading& reading, const Node& root) {
  Scenario scenario;
  scenario.file = reading.file;
  scenario.line = root.line;
  scenario.limit = kDefaultLimit;
  check_keys(reading, root, "A scenario",
             {"$schema", "name", "title", "purpose", "tags", "seed", "limit", "heal", "let",
              "examples", "given", "steps", "finally"});
  read_heading(reading, root, scenario);
  if (const Node* given = root.find("given")) read_given(reading, *given, scenario);
  read_steps(reading, root, scenario);
  if (const Node* last = root.find("finally")) {
    scenario.finally = read_condition(reading, *last, "finally");
  }
  return scenario;
}

/// The row's values, and those of "let" that it does not give. A value of "let" may be made of the
/// row's values, and of earlier ones.
Values read_values(Reading& reading, const Node& root, const Node& row) {
  Values values;
  for (const Member& member : row.members) values[member.key] = member.value;
  const Node* let = root.find("let");
  if (let == nullptr || !want(reading, *let, Node::Kind::kObject, "let")) return values;
  for (const Member& member : let->members) {
    if (values.contains(member.key)) continue;
    Node value = member.value;
    fill(reading, value, values);
    values[member.key] = std::move(value);
  }
  return values;
}

/// The rows of examples; one empty row where there are none.
std::vector<Node> read_rows(Reading& reading, const Node& root) {
  const Node* examples = root.find("examples");
  if (examples == nullptr) return {Node{}};
  Node from_file;
  if (examples->is(Node::Kind::kString)) {
    const fs::path path = fs::path(reading.file).parent_path() / examples->text;
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
      reading.complain(examples->line, "There is no file \"" + examples->text +
                                           "\" with examples beside this one.");
      return {};
    }
    if (!parse_located_file(path.string(), from_file, reading.complaints)) return {};
    examples = &from_file;
  }
  if (!want(reading, *examples, Node::Kind::kList, "examples")) return {};
  if (examples->items.empty()) reading.complain(examples->line, "\"examples\" has no row.");
  std::vector<Node> rows;
  for (const Node& row : examples->items) {
    if (!want(reading, row, Node::Kind::kObject, "row of examples")) continue;
    const Node* name = row.find("name");
    if (name == nullptr || !name->is(Node::Kind::kString) || name->text.empty()) {
      reading.complain(row.line, "A row of examples needs a \"name\".");
      continue;
    }
    rows.push_back(row);
  }
  return rows;
}

void read_row(Reading& reading, const Node& root, const Node& row, const std::string& id,
              Loaded& loaded) {
  Values values = read_values(reading, root, row);
  Node filled = root;
  std::erase_if(filled.members,
                [](const Member& m) { return m.key == "let" || m.key == "examples"; });
  fill(reading, filled, values);
  reading.values = std::move(values);
  reading.permits.clear();
  Scenario scenario = read_scenario(reading, filled);
  scenario.id = id;
  if (const Node* name = row.find("name")) {
    scenario.id += "#" + name->text;
    scenario.name += " (" + name->text + ")";
  }
  const auto same_id = [&](const Scenario& other) { return other.id == scenario.id; };
  if (std::any_of(loaded.scenarios.begin(), loaded.scenarios.end(), same_id)) {
    reading.complain(row.line, "Two rows of examples have the same \"name\".");
  }
  loaded.scenarios.push_back(std::move(scenario));
}

void sort_by_line(std::vector<Complaint>& complaints) {
  std::stable_sort(complaints.begin(), complaints.end(),
                   [](const auto& a, const auto& b) { return a.line < b.line; });
}

Loaded load_root(const Node& root, const std::string& file, const std::string& id,
                 const Vocabulary& vocabulary) {
  Loaded loaded;
  Reading reading{{file, loaded.complaints}, vocabulary, {}, {}};
  if (!root.is(Node::Kind::kObject)) {
    reading.complain(root.line,
                     "A scenario file holds one object, but this is " + root.describe() + ".");
    return loaded;
  }
  for (const Node& row : read_rows(reading, root)) {
    read_row(reading, root, row, id, loaded);
  }
  if (!loaded.complaints.empty()) loaded.scenarios.clear();
  sort_by_line(loaded.complaints);
  return loaded;
}

void append(Loaded& all, Loaded more) {
  for (auto& scenario : more.scenarios) all.scenarios.push_back(std::move(scenario));
  for (auto& complaint : more.complaints) all.complaints.push_back(std::move(complaint));
}

bool is_scenario_file(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.size() > kSuffix.size() && name.ends_with(kSuffix);
}

void load_folder(const fs::path& folder, const Vocabulary& vocabulary, Loaded& all) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error) && is_scenario_file(entry.path())) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    all.complaints.push_back(
        Complaint{folder.string(), 0, "This folder holds no *.scenario.json file."});
  }
  for (const fs::path& file : files) {
    append(all, load_file(file.string(), file.lexically_relative(folder).string(), vocabulary));
  }
}

/// The scenario file beside `path` whose name is nearest to what was asked for.
std::string nearest_file(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code error;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (is_scenario_file(entry.path())) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return did_you_mean(path.filename().string(), names);
}

}  // namespace

Loaded load_text(std::string_view text, const std::string& file, const std::string& id,
                 const Vocabulary& vocabulary) {
  Loaded loaded;
  Node root;
  if (!parse_located(text, file, root, loaded.complaints)) return loaded;
  return load_root(root, file, id, vocabulary);
}

Loaded load_file(const std::string& file, const std::string& id, const Vocabulary& vocabulary) {
  Loaded loaded;
  Node root;
  if (!parse_located_file(file, root, loaded.complaints)) return loaded;
  return load_root(root, file, id, vocabulary);
}

Loaded load_paths(const std::vector<std::string>& paths, const Vocabulary& vocabulary) {
  Loaded all;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      load_folder(path, vocabulary, all);
    } else if (fs::exists(path, error)) {
      append(all, load_file(path, fs::path(path).filename().string(), vocabulary));
    } else {
      all.complaints.push_back(Complaint{path, 0, "There is no such file" + nearest_file(path)});
    }
  }
  return all;
}

}  // namespace cardrig::scenario
