// PanelView: draws the panel on a canvas and turns clicks into rig messages.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kiosk/screen/canvas.h"
#include "kiosk/screen/screen_renderer.h"
#include "simulators/panel/run.h"
#include "simulators/panel/theme.h"

namespace cardrig::panel {

/// Something that can be typed in the command palette: a rig message or a control of the run.
struct Command {
  std::string name;  ///< "world.place_document p01.resident"
  std::string verb;  ///< "" for a control of the panel itself
  nlohmann::json args;
};

struct PanelViewOptions {
  bool drawn_portraits = false;  ///< never a photograph (screenshots)
  bool kiosk_only = false;  ///< the kiosk's screen and the world to act in, nothing else
};

class PanelView {
 public:
  PanelView(screen::Canvas& canvas, Run& run, PanelViewOptions options);

  /// One frame; `now` is real time. Lets the run play meanwhile.
  void frame(Nanos now);

  // --- for tests, which click where a person would ---
  struct Area {
    float x = 0, y = 0, width = 0, height = 0;
  };
  /// Where the control of this name was drawn in the last frame, if it was.
  [[nodiscard]] std::optional<Area> area(const std::string& name) const;
  /// Where the kiosk's button with this key is on the panel.
  [[nodiscard]] std::optional<Area> kiosk_button(const std::string& key) const;
  [[nodiscard]] const std::vector<Command>& commands() const { return commands_; }

 private:
  struct Lane {
    std::string party;
    float y = 0;
  };

  void read_trace();
  void begin_again();
  void collect_commands();

  void lay_out_panel();
  void lay_out_kiosk();
  void transport();
  void kiosk_screen();
  void draw_kiosk_texture(int width_px, int height_px);
  void devices();
  /// One card of two columns; `place` counts from 0.
  void device_card(int place, const char* icon, const char* name,
                   const std::vector<std::string>& truth, const std::string& says,
                   const std::string& fault_prefix, bool differs);
  [[nodiscard]] std::vector<std::string> differences();
  [[nodiscard]] std::string last(const std::string& kind, const std::string& field) const;
  void world();
  void world_person();
  void world_documents();
  void world_cards();
  void world_site();
  void world_permits();
  void world_kiosk();
  void faults();
  void fault_row(const sim::FaultSpec& spec, bool active);
  void timeline();
  void time_axis(ImVec2 from, ImVec2 to, double start_s);
  void lanes(ImVec2 from, ImVec2 to, double start_s);
  void event_details();
  void palette();
  void run_command(const Command& command);

  bool button(const std::string& name, const char* label, float width = 0);
  void mark(const std::string& name);
  void heading(const char* text);
  void muted(const std::string& text);
  [[nodiscard]] bool is_active_fault(const std::string& name) const;

  screen::Canvas& canvas_;
  Run& run_;
  PanelViewOptions options_;
  PanelFonts fonts_;
  Nanos last_frame_{0};
  bool has_frame_ = false;

  // The kiosk's screen.
  std::unique_ptr<screen::ScreenRenderer> renderer_;
  screen::CanvasTexture kiosk_texture_;
  std::string kiosk_signature_;
  Area kiosk_area_;

  // What the trace told so far.
  std::size_t events_read_ = 0;
  std::map<std::string, std::size_t> last_of_kind_;  // kind → index into the trace
  std::set<std::string> parties_;

  // Choices of the person at the panel.
  std::string person_ = "p01";
  std::string document_;
  std::string item_ = "2.1";
  int cards_to_load_ = 20;
  float light_ = 1;
  int seed_ = 1;
  int clock_offset_s_ = 0;
  std::map<std::string, std::map<std::string, double>> fault_params_;
  std::array<char, 64> fault_filter_{};
  std::vector<std::string> permits_;  ///< registered in this run, in order

  // Timeline.
  double span_s_ = 60;
  bool follow_ = true;
  double end_s_ = 0;
  EventId selected_ = 0;

  // Command palette.
  bool palette_open_ = false;
  bool palette_focus_ = false;
  std::array<char, 128> palette_text_{};
  std::vector<Command> commands_;
  std::size_t palette_at_ = 0;

  std::map<std::string, Area> areas_;
};

}  // namespace cardrig::panel
