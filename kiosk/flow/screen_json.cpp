// Both directions.
#include "kiosk/flow/screen_json.h"

#include <opencv2/imgcodecs.hpp>
#include <span>
#include <stdexcept>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/base64.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::flow {

using nlohmann::json;

namespace {

template <class T>
struct Name {
  T value;
  const char* name;
};

constexpr Name<Step> kSteps[] = {{Step::kNone, "none"},   {Step::kDocument, "document"},
                                 {Step::kFace, "face"},   {Step::kChoose, "choose"},
                                 {Step::kPrint, "print"}, {Step::kTake, "take"}};
constexpr Name<Tone> kTones[] = {{Tone::kNeutral, "neutral"},
                                 {Tone::kGood, "good"},
                                 {Tone::kAttention, "attention"},
                                 {Tone::kRefusal, "refusal"}};
constexpr Name<Illustration> kIllustrations[] = {
    {Illustration::kNone, "none"},         {Illustration::kPlaceCard, "place_card"},
    {Illustration::kReading, "reading"},   {Illustration::kLookAtCamera, "look_at_camera"},
    {Illustration::kPrinting, "printing"}, {Illustration::kTakeCard, "take_card"},
    {Illustration::kRefused, "refused"},   {Illustration::kOutOfService, "out_of_service"},
    {Illustration::kDone, "done"},         {Illustration::kCounter, "counter"},
    {Illustration::kClock, "clock"}};

template <class T>
const char* name_of(std::span<const Name<T>> names, T value) {
  for (const auto& n : names) {
    if (n.value == value) return n.name;
  }
  return "?";
}

template <class T>
T named(std::span<const Name<T>> names, const json& name) {
  const auto& text = name.get_ref<const std::string&>();
  for (const auto& n : names) {
    if (text == n.name) return n.value;
  }
  throw std::invalid_argument("a screen has no \"" + text + "\"");
}

json text_to_json(const Text& text) {
  json values = json::array();
  for (const auto& [name, value] : text.values) values.push_back({name, value});
  return {{"key", text.key}, {"values", std::move(values)}};
}

Text text_from_json(const json& j) {
  Text text{j.at("key").get<std::string>(), {}};
  for (const json& pair : j.at("values")) {
    text.values.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
  }
  return text;
}

json button_to_json(const Button& b) {
  return {{"key", b.key},
          {"label", text_to_json(b.label)},
          {"main", b.main},
          {"enabled", b.enabled},
          {"note", text_to_json(b.note)}};
}

Button button_from_json(const json& j) {
  return {j.at("key").get<std::string>(), text_from_json(j.at("label")), j.at("main").get<bool>(),
          j.at("enabled").get<bool>(), text_from_json(j.at("note"))};
}

json picture_to_json(const Picture& picture) {
  return {{"format", "png"}, {"base64", to_base64(certificate::encode_png(picture))}};
}

PicturePtr picture_from_json(const json& j) {
  if (j.is_null()) return nullptr;
  if (j.at("format") != "png") throw std::invalid_argument("a screen's picture is a PNG");
  const auto bytes = from_base64(j.at("base64").get_ref<const std::string&>());
  cv::Mat mat;
  try {
    if (!bytes.empty()) mat = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception&) {
    mat.release();  // said below
  }
  if (mat.empty() || mat.depth() != CV_8U) {
    throw std::invalid_argument("a screen's picture is damaged");
  }
  return std::make_shared<Picture>(picture_of(mat));
}

const json::array_t& list(const json& j) { return j.get_ref<const json::array_t&>(); }

Nanos nanos(const json& j) { return Nanos(j.get<std::int64_t>()); }

}  // namespace

const char* to_string(Step step) { return name_of<Step>(kSteps, step); }
const char* to_string(Tone tone) { return name_of<Tone>(kTones, tone); }
const char* to_string(Language language) { return language == Language::kChinese ? "zh" : "en"; }

json screen_to_json(const Screen& screen, bool with_picture) {
  json details = json::array();
  for (const Text& text : screen.details) details.push_back(text_to_json(text));
  json buttons = json::array();
  for (const Button& button : screen.buttons) buttons.push_back(button_to_json(button));
  const bool picture = with_picture && screen.picture != nullptr;
  return {{"id", screen.id},
          {"step", to_string(screen.step)},
          {"tone", to_string(screen.tone)},
          {"title", text_to_json(screen.title)},
          {"sentence", text_to_json(screen.sentence)},
          {"details", std::move(details)},
          {"illustration", name_of<Illustration>(kIllustrations, screen.illustration)},
          {"picture", picture ? picture_to_json(*screen.picture) : json()},
          {"picture_is_camera", screen.picture_is_camera},
          {"buttons", std::move(buttons)},
          {"entry", screen.entry ? json(*screen.entry) : json()},
          {"ends_at", screen.ends_at ? json(screen.ends_at->count()) : json()},
          {"total", screen.total.count()},
          {"staff_code", screen.staff_code},
          {"progress", screen.progress},
          {"progress_goal", screen.progress_goal},
          {"progress_since", screen.progress_since.count()},
          {"progress_takes", screen.progress_takes.count()},
          {"large_text", screen.large_text}};
}

Screen screen_from_json(const json& j) {
  Screen screen;
  screen.id = j.at("id").get<std::string>();
  screen.step = named<Step>(kSteps, j.at("step"));
  screen.tone = named<Tone>(kTones, j.at("tone"));
  screen.title = text_from_json(j.at("title"));
  screen.sentence = text_from_json(j.at("sentence"));
  for (const json& text : list(j.at("details"))) screen.details.push_back(text_from_json(text));
  screen.illustration = named<Illustration>(kIllustrations, j.at("illustration"));
  screen.picture = picture_from_json(j.at("picture"));
  screen.picture_is_camera = j.at("picture_is_camera").get<bool>();
  for (const json& button : list(j.at("buttons")))
    screen.buttons.push_back(button_from_json(button));
  if (const json& entry = j.at("entry"); !entry.is_null()) screen.entry = entry.get<std::string>();
  if (const json& at = j.at("ends_at"); !at.is_null()) screen.ends_at = nanos(at);
  screen.total = nanos(j.at("total"));
  screen.staff_code = j.at("staff_code").get<std::string>();
  screen.progress = j.at("progress").get<double>();
  screen.progress_goal = j.at("progress_goal").get<double>();
  screen.progress_since = nanos(j.at("progress_since"));
  screen.progress_takes = nanos(j.at("progress_takes"));
  screen.large_text = j.at("large_text").get<bool>();
  return screen;
}

}  // namespace cardrig::flow
