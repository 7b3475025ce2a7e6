#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>

#include "kiosk/runtime/nearest.h"
#include "scenarios/cardrig/commands.h"
#include "scenarios/cardrig/place.h"
#include "simulators/panel/panel.h"
#include "simulators/panel/situations.h"

namespace cardrig::cli {
namespace {

const std::map<std::string, Colour> kColours = {
    {"auto", Colour::kAuto}, {"always", Colour::kAlways}, {"never", Colour::kNever}};

/// Commands of the design that this version does not have.
const std::map<std::string, std::string>& not_yet() {
  static const std::map<std::string, std::string> sentences = {
      {"explore", "the explorer is not built yet."},
      {"record", "recording field traces needs the hardware rung, which is not built yet."},
      {"accept", "acceptance runs need the hardware rung, which is not built yet."},
  };
  return sentences;
}

void add_run_options(CLI::App& app, RunArgs& args) {
  app.add_option("what", args.what, "scenario files, folders, or tags; nothing: the whole suite");
  app.add_option("--rung", args.rung, "who plays the devices")
      ->check(CLI::IsMember({"virtual", "wire", "hardware"}))
      ->capture_default_str();
  app.add_option("--timing", args.timing,
                 "wire: of the devices; fast divides mechanical times by ten")
      ->check(CLI::IsMember({"honest", "fast"}))
      ->capture_default_str();
  app.add_option("--display", args.display,
                 "wire: window shows each kiosk on an X display of its own, and touches it there")
      ->check(CLI::IsMember({"none", "window"}))
      ->capture_default_str();
  app.add_option("--limits", args.limit_factor, "wire: every limit of a scenario times this")
      ->check(CLI::Range(1.0, 20.0))
      ->capture_default_str();
  app.add_flag("--compare", args.compare,
               "wire: runs each scenario on the virtual rung too; verdict and story must agree");
  app.add_option("--engine", args.engine, "face engine")
      ->check(CLI::IsMember({"fast", "dlib"}))
      ->capture_default_str();
  app.add_option("--jobs,-j", args.jobs,
                 "runs at a time; 0: one for each processor, on the wire rung two")
      ->check(CLI::Range(0, 256));
  app.add_option("--report", args.report, "folder for index.html, junit.xml and results.json");
  app.add_option("--trace", args.trace, "folder for the whole trace of each run (JSON Lines)");
  app.add_flag("--json", args.json, "results as JSON on standard output");
  app.add_option("--colour,--color", args.colour, "auto, always or never")
      ->transform(CLI::CheckedTransformer(kColours))
      ->type_name("WHEN");
}

/// `panel`, and `kiosk`: the same window without what only a developer wants.
CLI::App* add_panel(CLI::App& app, const std::string& name, const std::string& help,
                    panel::PanelArgs& args) {
  auto* command = app.add_subcommand(name, help);
  command->add_option("--seed", args.seed, "of the virtual run")->capture_default_str();
  command->add_option("--engine", args.engine, "face engine")
      ->check(CLI::IsMember({"fast", "dlib"}))
      ->capture_default_str();
  command->add_option("--width", args.width_px, "of the window, pixels")
      ->check(CLI::Range(640, 7680));
  command->add_option("--height", args.height_px, "of the window, pixels")
      ->check(CLI::Range(480, 4320));
  command->add_option("--screenshot", args.screenshot,
                      "writes a PNG of a situation with drawn portraits, without a window");
  command->add_option("--situation", args.situation, "what the screenshot shows")
      ->check(CLI::IsMember(panel::situations()))
      ->capture_default_str();
  command->add_option("--after", args.screenshot_after_s, "seconds into that path")
      ->capture_default_str();
  return command;
}

void add_live_options(CLI::App& command, panel::PanelArgs& args) {
  auto* rung =
      command.add_option("--rung", args.rung, "who plays the devices; wire starts programs")
          ->check(CLI::IsMember({"virtual", "wire"}))
          ->capture_default_str();
  command
      .add_option("--timing", args.timing,
                  "wire: of the devices; fast divides mechanical times by ten")
      ->check(CLI::IsMember({"honest", "fast"}))
      ->needs(rung)
      ->capture_default_str();
  command
      .add_option("--attach", args.attach,
                  "drives programs that run already: the folder with their rig sockets "
                  "platform.sock, simulators.sock and kiosk.sock")
      ->check(CLI::ExistingDirectory)
      ->excludes(rung)
      ->excludes(command.get_option("--seed"))
      ->excludes(command.get_option("--engine"));
}

void add_format(CLI::App& app, Format& format, bool markdown) {
  auto* json = app.add_flag_callback(
      "--json", [&] { format = Format::kJson; }, "as JSON");
  if (!markdown) return;
  app.add_flag_callback(
         "--markdown", [&] { format = Format::kMarkdown; }, "as a reference page")
      ->excludes(json);
}

/// "There is no command "rnu"; did you mean "run"?" before CLI11 says less.
bool refuse_unknown_command(int argc, const char* const* argv, const CLI::App& app,
                            std::ostream& err) {
  if (argc < 2 || argv[1][0] == '-') return false;
  const std::string word = argv[1];
  if (const auto it = not_yet().find(word); it != not_yet().end()) {
    err << "cardrig: " << it->second << '\n';
    return true;
  }
  std::vector<std::string> known;
  for (const auto* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (std::find(known.begin(), known.end(), word) != known.end()) return false;
  err << "cardrig: there is no command \"" << word << '"' << did_you_mean(word, known)
      << " See cardrig --help.\n";
  return true;
}

}  // namespace

int command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CLI::App app{"cardrig: a test rig for card-issuing kiosks, and the reference kiosk it tests.",
               "cardrig"};
  app.footer(
      "Exit codes: 0 all passed, 1 a scenario failed, 2 bad input or usage.\n"
      "Examples:\n"
      "  cardrig run                          the whole suite on the virtual rung\n"
      "  cardrig run printing --report out    the scenarios tagged \"printing\", with a report\n"
      "  cardrig run my.scenario.json --seed 7 --twice\n"
      "  cardrig run wire --rung wire --compare\n"
      "                                       the same scenarios in real processes and simulated\n"
      "  cardrig faults --markdown            the reference page of the faults");
  app.require_subcommand(1);
  app.set_version_flag("--version", "cardrig 0.1.0");

  RunArgs run_args;
  auto* run_command = app.add_subcommand("run", "runs scenarios");
  add_run_options(*run_command, run_args);
  run_command->add_option("--seed", run_args.seed, "for scenarios that name none")
      ->capture_default_str();
  run_command->add_flag("--twice", run_args.twice,
                        "runs each scenario two times and compares the traces");
  run_command->add_flag("--list", run_args.list, "only says which scenarios these are");

  RunArgs replay_args;
  auto* replay_command = app.add_subcommand(
      "replay",
      "repeats virtual runs and compares the traces: with those of a report or trace, or, given a "
      "seed, of two runs with each other");
  std::string replay_of;
  replay_command
      ->add_option("of", replay_of, "a report's folder or results.json, a trace (*.jsonl), a seed")
      ->required();
  add_run_options(*replay_command, replay_args);

  std::vector<std::string> validate_what;
  bool validate_json = false;
  auto* validate_command =
      app.add_subcommand("validate", "checks scenario files without running them");
  validate_command->add_option("what", validate_what, "files or folders; nothing: the suite");
  validate_command->add_flag("--json", validate_json, "complaints as JSON");

  Format fault_format = Format::kTable;
  auto* faults_command = app.add_subcommand("faults", "the fault catalogue");
  add_format(*faults_command, fault_format, true);
  Format device_format = Format::kTable;
  auto* devices_command = app.add_subcommand("devices", "the devices and who can play them");
  add_format(*devices_command, device_format, false);

  panel::PanelArgs panel_args;
  auto* panel_command = add_panel(
      app, "panel", "the control panel: a run by hand, virtual or of programs", panel_args);
  add_live_options(*panel_command, panel_args);
  panel::PanelArgs kiosk_args;
  kiosk_args.kiosk_only = true;
  kiosk_args.width_px = 1100;
  kiosk_args.height_px = 1000;
  auto* kiosk_command = add_panel(
      app, "kiosk", "the kiosk's screen in a window, against simulated devices", kiosk_args);

  if (refuse_unknown_command(argc, argv, app, err)) return kBadInput;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? kPassed : kBadInput;
  }
  if (run_command->parsed()) return run(run_args, out, err);
  if (replay_command->parsed()) return replay(replay_of, replay_args, out, err);
  if (validate_command->parsed()) return validate(validate_what, validate_json, out, err);
  if (faults_command->parsed()) return list_faults(fault_format, out, err);
  if (devices_command->parsed()) return list_devices(device_format, out, err);
  for (auto* args : {&panel_args, &kiosk_args}) args->root = find_root();
  if (panel_args.rung == "virtual" && panel_command->count("--timing") > 0) {
    err << "cardrig panel: --timing is for --rung wire; in virtual time the devices always take "
           "the "
           "times of their data sheets.\n";
    return kBadInput;
  }
  if (panel_command->parsed()) return panel::run_panel(panel_args, err);
  if (kiosk_command->parsed()) return panel::run_panel(kiosk_args, err);
  return kBadInput;
}

}  // namespace cardrig::cli
