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
#include "scenarios/engine/loader.h"
#include "simulators/camera/scene.h"
#include "simulators/panel/coverage.h"
#include "simulators/panel/devices.h"
#include "simulators/panel/player.h"
#include "simulators/panel/recorder.h"
#include "simulators/panel/run.h"
#include "simulators/panel/settings.h"
#include "simulators/panel/theme.h"
#include "simulators/panel/throughput.h"

namespace cardrig::panel {

/// Something that can be typed in the command palette: a rig message or a control of the panel.
struct Command {
  std::string name;  ///< "world.place_document p01.resident"
  std::string verb;  ///< "" for a control of the panel itself
  nlohmann::json args;
};

struct PanelViewOptions {
  bool drawn_portraits = false;  ///< never a photograph (screenshots)
  bool kiosk_only = false;  ///< the kiosk's screen and the world to act in, nothing else
  std::string settings_file;  ///< "": nothing is remembered
  std::string save_as = "recorded.scenario.json";  ///< what Save writes until another is typed
  std::string suite;  ///< folder whose scenarios are offered to be loaded; "": none
};

class PanelView {
 public:
  PanelView(screen::Canvas& canvas, Run& run, PanelViewOptions options);
  ~PanelView();

  /// One frame; `now` is real time. Lets the run play meanwhile.
  void frame(Nanos now);

  [[nodiscard]] const Settings& settings() const { return settings_; }
  /// Reads a scenario file; what is wrong with it is said in the panel.
  void load_scenario(const std::string& path);

  // --- for tests and pictures, which act where a person would ---
  struct Area {
    float x = 0, y = 0, width = 0, height = 0;
  };
  /// Where the control of this name was drawn in the last frame, if it was.
  [[nodiscard]] std::optional<Area> area(const std::string& name) const;
  /// Where the kiosk's button with this key is on the panel.
  [[nodiscard]] std::optional<Area> kiosk_button(const std::string& key) const;
  [[nodiscard]] const std::vector<Command>& commands() const { return commands_; }
  [[nodiscard]] EventId selected() const { return selected_; }
  void select(EventId event) { selected_ = event; }
  void open_device(const std::string& key) { open_device_ = key; }
  [[nodiscard]] const std::string& suite() const { return options_.suite; }
  /// What the status line says.
  [[nodiscard]] std::string status() const;
  void run_command(const Command& command);

 private:
  // panel_view.cpp: the frame
  void read_trace();
  void forget_run();
  void begin_again();
  void lay_out_panel();
  void lay_out_kiosk();
  void right_column(float x, float width, float height);
  void next_right_column();
  void splitter(const char* name, float x, float y, float width, float height, float& value,
                float per_px);
  void shortcuts();
  bool button(const std::string& name, const char* label, float width = 0);
  bool toggle(const std::string& name, const char* label, bool on);
  void mark(const std::string& name);
  void heading(const char* text);
  void muted(const std::string& text);
  void tip(const char* text);

  // panel_transport.cpp: the bar at the top, the help
  void transport();
  void play_buttons();
  void live_mark();
  void transport_time();
  void status_line();
  void help();
  void save();
  void play_or_pause();
  void step();

  // panel_kiosk.cpp
  void draw_kiosk_texture(int width_px, int height_px);
  void kiosk_screen();

  // panel_devices.cpp, panel_faults.cpp
  void device_column();
  void device_card(const Device& device, int place, float width);
  void device_text(const Device& device, float width);
  void device_wire(const Device& device, float width);
  void drop_on_device(const Device& device);
  [[nodiscard]] std::vector<std::string> truth_of(const Device& device);
  [[nodiscard]] std::string kiosk_says_of(const Device& device);
  [[nodiscard]] std::vector<std::string> faults_of(const Device& device) const;
  [[nodiscard]] std::vector<std::string> differences();
  [[nodiscard]] std::string last(const std::string& kind, const std::string& field) const;
  void device_faults(const Device& device);
  void fault_row(const sim::FaultSpec& spec, bool active);
  void fault_options(const sim::FaultSpec& spec);
  void armed_rows(const Device& device);
  [[nodiscard]] nlohmann::json fault_args(const sim::FaultSpec& spec);
  [[nodiscard]] bool is_active_fault(const std::string& name) const;

  // panel_world.cpp
  void world();
  void world_person();
  void world_documents();
  void world_cards();
  void world_site();
  void world_kiosk();
  /// The item drawn last can be dragged to where this message belongs.
  void drag(const char* what, const std::string& verb, const nlohmann::json& args);
  /// The item drawn last takes such a message.
  void drop(const char* verb);
  /// A click does it; so does dragging it onto its device.
  void thing(const std::string& name, const char* label, const std::string& verb,
             const nlohmann::json& args);

  // panel_permits.cpp
  struct PermitRow {
    std::string id, person, item;
    nlohmann::json platform;  // what it says of it
  };
  void world_permits();
  void read_permits();
  void permit_table();
  void permit_row(const PermitRow& row);

  // panel_numbers.cpp, panel_coverage.cpp
  void numbers();
  void counters();
  void lines();
  void line_row(const std::string& name);
  void coverage();
  void covered_faults();
  void covered_faults_of(const Device& device);
  void covered_fault(const sim::FaultSpec& spec, const Device& device);
  void covered_names(const char* of, const Coverage::Names& names);
  bool covered_name(const std::string& name, ImU32 colour, const char* sign);

  // panel_scenario.cpp
  void scenario_column();
  void scenario_files();
  void recorded_rows();
  void player_bar(Player& player);
  void player_rows(Player& player);

  // panel_timeline.cpp, panel_details.cpp
  void timeline();
  void timeline_bar();
  void time_axis(ImVec2 from, ImVec2 to, double start_s);
  void drag_now_line(ImVec2 from, ImVec2 to, double start_s);
  void lanes(ImVec2 from, ImVec2 to, double start_s);
  [[nodiscard]] bool passes_filter(const Event& event) const;
  void event_details();
  void event_list();
  void event_bytes(const Event& event);
  void event_picture(const Event& event);
  [[nodiscard]] std::optional<Picture> picture_of(const Event& event, int width_px);
  [[nodiscard]] sim::CameraScene scene_at(const Event& event) const;

  // panel_palette.cpp
  void collect_commands();
  void palette();

  screen::Canvas& canvas_;
  Run& run_;
  PanelViewOptions options_;
  Settings settings_;
  PanelFonts fonts_;
  Nanos last_frame_{0};
  bool has_frame_ = false;
  int generation_ = 0;
  std::string notice_;  // what the panel itself has to say
  bool help_open_ = false;

  // The kiosk's screen.
  std::unique_ptr<screen::ScreenRenderer> renderer_;
  screen::CanvasTexture kiosk_texture_;
  std::string kiosk_signature_;
  Area kiosk_area_;

  // What the trace told so far.
  std::size_t events_read_ = 0;
  std::map<std::string, std::size_t, std::less<>> last_of_kind_;  // kind → index into the trace
  std::set<std::string> parties_;
  std::vector<std::string> permits_;  // registered in this run, in order
  std::vector<PermitRow> permit_rows_;  // the newest first
  std::string permit_rows_of_;  // what permit_rows_ was made of
  Wires wires_;
  Coverage coverage_;
  Throughput throughput_;

  // Choices of the person at the panel.
  std::string person_ = "p01";
  std::string document_;
  std::string item_ = "2.1";
  int cards_to_load_ = 20;
  float light_ = 1;
  int seed_ = 1;
  int clock_offset_s_ = 0;
  std::string open_device_;  // its faults are shown
  std::string open_fault_;  // its parameters are shown
  std::map<std::string, std::map<std::string, double>> fault_params_;
  float arm_after_s_ = 2;
  std::array<char, 64> fault_filter_{};

  // Scenario files.
  std::array<char, 256> save_as_{};
  std::array<char, 256> load_from_{};
  std::vector<std::string> suite_files_;
  std::vector<scenario::Scenario> rows_;  // of the file loaded last, if it has several
  std::vector<RecordedStep> recorded_;
  std::string recorded_of_;  // what recorded_ was made of
  std::size_t player_row_shown_ = 0;

  // Timeline.
  bool follow_ = true;
  double end_s_ = 0;
  std::optional<double> now_dragged_s_;
  EventId selected_ = 0;
  std::array<char, 64> search_{};

  // A picture in the details: of this event, this wide.
  screen::CanvasTexture picture_;
  std::string picture_of_;
  std::unique_ptr<screen::ScreenRenderer> small_renderer_;
  std::unique_ptr<sim::ScenePainter> painter_;

  // Command palette.
  bool palette_open_ = false;
  bool palette_focus_ = false;
  std::array<char, 128> palette_text_{};
  std::vector<Command> commands_;
  std::size_t palette_at_ = 0;

  std::map<std::string, Area> areas_;
};

}  // namespace cardrig::panel
