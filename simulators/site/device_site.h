// DeviceSite: the world and the devices in it, however they are wired. The virtual rung gives it
// lines in memory, the program of the wire rung real plugs; the rig's verbs about them are the
// same.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fixtures/people/people.h"
#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/plug.h"
#include "kiosk/runtime/random.h"
#include "kiosk/runtime/rig.h"
#include "simulators/card_printer/card_printer.h"
#include "simulators/control_board/control_board.h"
#include "simulators/id_reader/reader.h"
#include "simulators/world/fault_catalogue.h"
#include "simulators/world/world.h"

namespace cardrig::sim {

/// Where a device runs and how it writes to the trace.
struct Party {
  Loop& loop;
  Tracer& tracer;
};

struct DeviceParties {
  Party world, id_reader, card_printer, control_board;
};

/// Where each device is plugged in; null: it is not played here. A printer has both of its wires.
struct DevicePlugs {
  Plug* id_reader = nullptr;
  Plug* print_jobs = nullptr;
  Plug* card_path = nullptr;
  Plug* control_board = nullptr;
  /// The caller makes the camera, of this world and with these faults.
  bool camera = false;
};

struct DeviceTimes {
  ReaderOptions id_reader;
  PrinterTimes card_printer;

  /// Mechanics and chips ten times as fast as the reference sheets say.
  [[nodiscard]] static DeviceTimes fast();
};

class DeviceSite {
 public:
  /// Declares the faults of the devices that are played, and loads the hopper with blank cards.
  /// `clock` dates documents. What is passed by reference must outlive this object.
  DeviceSite(const DeviceParties& parties, const DevicePlugs& plugs,
             const std::vector<fixtures::PersonFixture>& people, const CivilClock& clock,
             const Random& randomness, const DeviceTimes& times = {});
  ~DeviceSite();
  DeviceSite(const DeviceSite&) = delete;
  DeviceSite& operator=(const DeviceSite&) = delete;

  /// Those of all devices, for checking files without a site.
  static void declare_faults(FaultCatalogue& faults);

  /// Verbs world.*, fault.* and faults.* (docs/protocols/rig.md, docs/programs.md); kUnknownVerb
  /// for every other.
  Result<nlohmann::json, RigReason> send(const RigMessage& message);
  /// Staff take every card out of the printer's path and outlet.
  void clear_card_path();

  FaultCatalogue faults;
  World world;

 private:
  using Json = nlohmann::json;
  using Answer = Result<Json, RigReason>;

  void declare_faults_of(const DevicePlugs& plugs);
  Answer world_verb(const std::string& verb, const Json& args);
  Answer card_verb(const std::string& verb, const Json& args);
  Answer set_supply(const std::string& verb, const Json& args);
  Answer place_document(const std::string& id);
  Answer set_subjects(const Json& list);
  [[nodiscard]] Json state() const;
  [[nodiscard]] Json cards() const;
  [[nodiscard]] Answer card_face(const Json& args) const;

  const std::vector<fixtures::PersonFixture>& people_;
  const CivilClock& clock_;
  std::unique_ptr<ReaderSimulator> reader_;
  std::unique_ptr<CardPrinter> printer_;
  std::unique_ptr<ControlBoard> board_;
};

/// A picture as the rig's answers carry it: {"format": "png", "base64": "…"}.
[[nodiscard]] nlohmann::json picture_answer(const Picture& picture);

}  // namespace cardrig::sim
