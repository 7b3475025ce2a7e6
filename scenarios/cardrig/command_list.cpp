// `cardrig faults` and `cardrig devices`: what there is to play with.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>

#include "scenarios/cardrig/commands.h"
#include "scenarios/engine/virtual_rig.h"

namespace cardrig::cli {
namespace {

using nlohmann::json;

std::string part_of(const sim::FaultSpec& fault) {
  return fault.name.substr(0, fault.name.find('.'));
}

std::string params_text(const sim::FaultSpec& fault) {
  std::string text;
  for (const auto& p : fault.params) {
    text += fmt::format("{}{} {:g}…{:g} ({:g})", text.empty() ? "" : ", ", p.name, p.low, p.high,
                        p.initial);
  }
  return text;
}

json to_json(const sim::FaultSpec& fault) {
  auto params = json::array();
  for (const auto& p : fault.params) {
    params.push_back({{"name", p.name},
                      {"low", p.low},
                      {"high", p.high},
                      {"initial", p.initial},
                      {"help", p.help}});
  }
  auto rungs = json::array();
  if (fault.on_virtual) rungs.push_back("virtual");
  if (fault.on_wire) rungs.push_back("wire");
  if (fault.on_hardware) rungs.push_back("hardware");
  return {{"name", fault.name},
          {"reference", fault.reference},
          {"title", fault.title},
          {"wire_shows", fault.wire_shows},
          {"kiosk_must", fault.kiosk_must},
          {"precondition", fault.precondition},
          {"once", fault.once},
          {"rungs", rungs},
          {"params", params}};
}

void print_table(const std::vector<sim::FaultSpec>& faults, std::ostream& out) {
  std::string part;
  for (const auto& fault : faults) {
    if (part_of(fault) != part) {
      part = part_of(fault);
      out << (&fault == &faults.front() ? "" : "\n") << part << '\n';
    }
    out << fmt::format("  {:<44} {:<4} {}\n", fault.name, fault.reference, fault.title);
    if (!fault.params.empty()) out << fmt::format("  {:<44}      {}\n", "", params_text(fault));
  }
}

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return text.empty() ? "–" : text;
}

void print_markdown(const std::vector<sim::FaultSpec>& faults, std::ostream& out) {
  out << "# Faults\n\nMade by `cardrig faults --markdown` from the declarations beside the "
         "simulators; do not edit.\nParameters: name, range and, in brackets, the value that they "
         "have when none is given.\nA fault that says *once* spends itself at its first effect. "
         "The row\nis the number that staff know a fault by, as on the kiosk's screens: R reader, "
         "C camera and face,\nP printer, L control board, H computer, network and platform.\n";
  std::string part;
  for (const auto& fault : faults) {
    if (part_of(fault) != part) {
      part = part_of(fault);
      out << fmt::format(
          "\n## {}\n\n| fault | row | what happens | the wire shows | the kiosk must | parameters "
          "|\n"
          "| --- | --- | --- | --- | --- | --- |\n",
          part);
    }
    std::string title = fault.title;
    if (fault.once) title += " (*once*)";
    if (!fault.precondition.empty()) title += "; needs: " + fault.precondition;
    out << fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", fault.name, cell(fault.reference),
                       cell(title), cell(fault.wire_shows), cell(fault.kiosk_must),
                       cell(params_text(fault)));
  }
}

struct Device {
  const char* name;
  const char* seam;
  const char* driver;
  const char* simulator;
  const char* document;
};

// What exists: the hardware rung will add columns.
constexpr std::array kDevices = {
    Device{"ID-card reader", "IdReader", "SDT/SAM, UART or USB-HID", "simulators/id_reader",
           "kiosk/devices/id_reader/protocol.h"},
    Device{"camera", "FrameSource", "MJPEG over HTTP; in virtual time: frames", "simulators/camera",
           "docs/architecture.md"},
    Device{"card printer, jobs", "PrintJobs", "IPP over a byte stream", "simulators/card_printer",
           "docs/protocols/card-path.md"},
    Device{"card printer, card path", "CardPath", "command channel over a byte stream",
           "simulators/card_printer", "docs/protocols/card-path.md"},
    Device{"control board", "ControlBoard", "Modbus TCP framing over a byte stream",
           "simulators/control_board", "docs/protocols/control-board.md"},
    Device{"exam platform", "ExamPlatform", "HTTP or HTTPS, signed", "mock-platform",
           "docs/protocols/platform.md"},
};

}  // namespace

int list_faults(Format format, std::ostream& out, std::ostream& err) {
  static_cast<void>(err);
  auto faults = scenario::virtual_rung_faults();
  std::stable_sort(faults.begin(), faults.end(),
                   [](const auto& a, const auto& b) { return part_of(a) < part_of(b); });
  if (format == Format::kTable) print_table(faults, out);
  if (format == Format::kMarkdown) print_markdown(faults, out);
  if (format == Format::kJson) {
    auto list = json::array();
    for (const auto& fault : faults) list.push_back(to_json(fault));
    out << list.dump(1) << '\n';
  }
  return kPassed;
}

int list_devices(Format format, std::ostream& out, std::ostream& err) {
  static_cast<void>(err);
  if (format == Format::kJson) {
    auto list = json::array();
    for (const Device& d : kDevices) {
      list.push_back({{"device", d.name},
                      {"interface", d.seam},
                      {"driver", d.driver},
                      {"simulator", d.simulator},
                      {"document", d.document},
                      {"rungs", {"virtual", "wire"}}});
    }
    out << list.dump(1) << '\n';
    return kPassed;
  }
  out << fmt::format("{:<25} {:<14} {:<38} {:<26} {}\n", "device", "interface", "driver",
                     "simulator", "described in");
  for (const Device& d : kDevices) {
    out << fmt::format("{:<25} {:<14} {:<38} {:<26} {}\n", d.name, d.seam, d.driver, d.simulator,
                       d.document);
  }
  out << "\nAll of them are played by simulators on the virtual rung and on the wire rung; the "
         "hardware rung is not built yet.\n";
  return kPassed;
}

}  // namespace cardrig::cli
