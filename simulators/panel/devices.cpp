#include "simulators/panel/devices.h"

#include <algorithm>

#include "simulators/panel/theme.h"

namespace cardrig::panel {

const std::vector<Device>& devices() {
  static const std::vector<Device> table = {
      {"kiosk", "Kiosk", icon::kKiosk, {"disk.", "kiosk."}, {}, {"journal.committed"}},
      {"id_reader",
       "ID reader",
       icon::kReader,
       {"id_reader."},
       {"id_reader"},
       {"reader.answer", "reader.command"}},
      {"camera", "Camera", icon::kCamera, {"camera."}, {}, {"camera.frame", "face.result"}},
      {"card_printer",
       "Card printer",
       icon::kPrinter,
       {"card_printer."},
       {"card_path", "ipp"},
       {"printer.path", "printer.ipp"}},
      {"control_board",
       "Control board",
       icon::kBoard,
       {"control_board."},
       {"control_board"},
       {"board.request"}},
      {"platform",
       "Exam platform",
       icon::kPlatform,
       {"platform."},
       {"platform"},
       {"platform.answer"}},
  };
  return table;
}

const Device* device_of_fault(std::string_view fault) {
  for (const Device& device : devices()) {
    const bool its =
        std::any_of(device.faults.begin(), device.faults.end(),
                    [&](std::string_view prefix) { return fault.starts_with(prefix); });
    if (its) return &device;
  }
  return nullptr;
}

void Wires::see(const Event& event) {
  if (event.party != "kiosk") return;
  const bool sent = event.kind == "wire.sent";
  if (!sent && event.kind != "wire.received") return;
  Line& line = lines_[event.text("line")];
  (sent ? line.bytes_out : line.bytes_in) += event.number("size");
  if (sent && !line.waits) {
    line.waits = true;
    line.sent = event.time;
  } else if (!sent && line.waits) {
    line.waits = false;
    const std::chrono::duration<float, std::milli> passed = event.time - line.sent;
    line.latency_ms.push_back(passed.count());
    if (line.latency_ms.size() > kKept) line.latency_ms.erase(line.latency_ms.begin());
  }
}

const Wires::Line* Wires::line(std::string_view name) const {
  const auto found = lines_.find(name);
  return found == lines_.end() ? nullptr : &found->second;
}

}  // namespace cardrig::panel
