// One event laid open: fields, bytes, the screen or frame of that time; or the list of the latest.
#include <fmt/format.h>

#include <algorithm>

#include "fixtures/people/people.h"
#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

namespace {

constexpr std::size_t kListed = 120;
constexpr std::size_t kBytesShown = 512;
constexpr int kCausesUp = 8;
constexpr float kWideLine = 74;  // signs of a line of sixteen bytes

/// `0010  AA AA AA 96  69 …  ....i`
std::string hex_dump(const std::vector<std::uint8_t>& bytes, std::size_t bytes_a_line) {
  std::string text;
  for (std::size_t from = 0; from < std::min(bytes.size(), kBytesShown); from += bytes_a_line) {
    std::string hex, plain;
    for (std::size_t i = from; i < from + bytes_a_line; ++i) {
      if (i % 4 == 0 && i != from) hex += ' ';
      hex += i < bytes.size() ? fmt::format("{:02X} ", bytes[i]) : "   ";
      if (i >= bytes.size()) continue;
      const std::uint8_t b = bytes[i];
      plain += b >= 0x20 && b < 0x7F ? static_cast<char>(b) : '.';
    }
    text += fmt::format("{:04X}  {} {}\n", from, hex, plain);
  }
  if (bytes.size() > kBytesShown) text += fmt::format("… {} bytes in all\n", bytes.size());
  return text;
}

bool holds_bytes(const Event& event) {
  return std::any_of(event.blobs.begin(), event.blobs.end(),
                     [](const Blob& blob) { return !blob.media_type.starts_with("image/"); });
}

std::string list_line(const Event& event) {
  std::string line = fmt::format("{:9.3f} {}", seconds(event.time), event.kind);
  for (const char* field : {"id", "step", "result", "stage", "verdict", "name", "verb", "button",
                            "fault", "line", "op", "call", "card", "panel", "outcome"}) {
    const std::string value = event.text(field);
    if (!value.empty()) line += " " + value;
  }
  return line;
}

}  // namespace

void PanelView::event_details() {
  const auto& events = run_.rig().trace().events();
  if (selected_ == 0 || selected_ > events.size()) return event_list();
  const Event& event = events[selected_ - 1];
  heading(event.kind.c_str());
  muted(fmt::format("{} at {:.6f} s, event {}", event.party, seconds(event.time), event.id));
  if (button("latest", "List")) selected_ = 0;
  tip("back to the latest events");
  ImGui::SameLine(0, 4);
  if (event.id > 1 && button("previous event", "‹")) selected_ = event.id - 1;
  ImGui::SameLine(0, 4);
  if (event.id < events.size() && button("following event", "›")) selected_ = event.id + 1;
  ImGui::SameLine(0, 4);
  if (event.cause != 0 && button("cause", "Cause")) selected_ = event.cause;
  ImGui::SameLine(0, 4);
  if (!run_.is_live()) {
    if (button("go back", "Go back to here")) {
      run_.go_to_event(event.id);
      return;  // the event is of a run that is no more
    }
    tip("runs the session again from its seed up to this event; what came later is cut off");
  } else {
    ImGui::NewLine();
  }
  std::string fields;
  for (const Field& field : event.fields) {
    fields += (fields.empty() ? "" : "  ") + field.key + "=" + event.text(field.key);
  }
  ImGui::PushFont(fonts_.mono);
  if (!fields.empty()) ImGui::TextWrapped("%s", fields.c_str());
  ImGui::PopFont();
  event_picture(event);
  event_bytes(event);
}

/// Its own bytes, or those that it decodes: of the nearest cause that has some.
void PanelView::event_bytes(const Event& event) {
  const auto& events = run_.rig().trace().events();
  const Event* with = &event;
  for (int up = 0; up < kCausesUp && !holds_bytes(*with) && with->cause != 0; ++up) {
    with = &events[with->cause - 1];
  }
  if (!holds_bytes(*with)) return;
  if (with != &event) {
    muted(fmt::format("from event {}: {} {} {}", with->id, with->party, with->kind,
                      with->text("line")));
  }
  for (const Blob& blob : with->blobs) {
    if (blob.media_type.starts_with("image/")) continue;
    muted(fmt::format("{} bytes", blob.data->size()));
    ImGui::PushFont(fonts_.mono);
    const float sign = ImGui::CalcTextSize("0").x;
    const bool wide = ImGui::GetContentRegionAvail().x > kWideLine * sign;
    ImGui::TextUnformatted(hex_dump(*blob.data, wide ? 16 : 8).c_str());
    ImGui::PopFont();
    mark("bytes");
  }
}

// ---- pictures ----------------------------------------------------------------------------------

/// What stood before the camera then, as the messages up to there said.
sim::CameraScene PanelView::scene_at(const Event& event) const {
  sim::CameraScene scene;
  for (const Deed& deed : run_.deeds()) {
    if (deed.after >= event.id || deed.refused) continue;
    if (deed.message.verb == "world.light") scene.light = deed.message.args.value("level", 1.0);
    if (deed.message.verb != "world.subjects") continue;
    scene.subjects.clear();
    for (const auto& subject : deed.message.args["subjects"]) {
      const std::string kind = subject.value("kind", "person");
      scene.subjects.push_back({kind == "screen"          ? sim::SubjectKind::kScreen
                                : kind == "printed_photo" ? sim::SubjectKind::kPrintedPhoto
                                                          : sim::SubjectKind::kPerson,
                                subject.value("person", ""), subject.value("distance_m", 0.6),
                                subject.value("offset_m", 0.0)});
    }
  }
  return scene;
}

std::optional<Picture> PanelView::picture_of(const Event& event, int width_px) {
  if (event.kind == "kiosk.screen") {
    for (const auto& shown : run_.history().screens()) {
      if (shown.event != event.id) continue;
      if (!small_renderer_) {
        screen::RenderOptions small;
        small.width_px = 270;
        small.height_px = 480;
        small_renderer_ = std::make_unique<screen::ScreenRenderer>(small);
      }
      const auto language =
          event.text("language") == "en" ? flow::Language::kEnglish : flow::Language::kChinese;
      // Its instants are of the screen's clock, the event's of the run's.
      const Nanos at = event.time + run_.screen_time() - run_.rig().now();
      return small_renderer_->draw(shown.screen, language, at);
    }
  }
  if (event.kind == "camera.frame" || event.kind == "face.frame" || event.kind == "face.result") {
    if (!painter_) {
      sim::PainterConfig config;
      config.width_px = width_px;
      config.height_px = width_px * 9 / 16;
      painter_ = std::make_unique<sim::ScenePainter>(
          config, fixtures::portrait_source(run_.assets().people));
    }
    const auto portraits =
        options_.drawn_portraits ? sim::Portraits::kDrawn : sim::Portraits::kPhotographs;
    return painter_->draw(scene_at(event), portraits,
                          static_cast<std::uint64_t>(event.number("sequence")));
  }
  const auto number = static_cast<int>(event.number("card"));
  const bool shows_card = std::any_of(event.blobs.begin(), event.blobs.end(), [](const Blob& blob) {
    return blob.media_type.starts_with("image/");
  });
  for (const sim::CardThing& card : run_.truth().cards) {
    if (!shows_card || card.number != number || !(card.face || card.printed)) continue;
    // A live run keeps the photographs of faces in another process.
    const bool drawn = options_.drawn_portraits || !card.face;
    const PicturePtr face = drawn ? run_.rig().drawn_card(card) : card.face;
    if (face) return *face;
  }
  return std::nullopt;
}

void PanelView::event_picture(const Event& event) {
  const std::string of = fmt::format("{} {}", run_.generation(), event.id);
  if (of != picture_of_) {
    picture_of_ = of;
    const auto picture = picture_of(event, 400);
    picture_ = picture ? canvas_.texture(*picture) : screen::CanvasTexture();
  }
  if (!picture_) return;
  const float room = ImGui::GetContentRegionAvail().x;
  const float scale = std::min(1.0F, room / static_cast<float>(picture_.width_px()));
  ImGui::Image(picture_.id(), ImVec2(static_cast<float>(picture_.width_px()) * scale,
                                     static_cast<float>(picture_.height_px()) * scale));
  mark("picture");
}

// ---- the list ----------------------------------------------------------------------------------

void PanelView::event_list() {
  const auto& events = run_.rig().trace().events();
  heading("Latest events");
  if (events.empty()) muted("Events appear here as they happen.");
  const bool searched = search_[0] != '\0';
  ImGui::PushFont(fonts_.mono);
  std::size_t shown = 0;
  for (auto event = events.rbegin(); event != events.rend() && shown < kListed; ++event) {
    // Bytes and polling drown the rest, unless they are what is looked for.
    if (!searched && scenario::is_noise(*event)) continue;
    if (!passes_filter(*event)) continue;
    ++shown;
    const std::string line = list_line(*event) + "##" + std::to_string(event->id);
    if (ImGui::Selectable(line.c_str())) selected_ = event->id;
    mark("event " + std::to_string(event->id));
  }
  ImGui::PopFont();
  if (shown == 0 && searched) muted("No event holds this text.");
}

}  // namespace cardrig::panel
