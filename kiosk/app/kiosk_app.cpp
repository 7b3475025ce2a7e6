// Picks the drivers for the ports and starts the kiosk.
#include "kiosk/app/kiosk_app.h"

#include <utility>

#include "kiosk/app/opening_journal.h"
#include "kiosk/app/service_desk.h"
#include "kiosk/devices/card_printer/ipp_driver.h"
#include "kiosk/devices/card_printer/path_driver.h"
#include "kiosk/devices/control_board/modbus_driver.h"
#include "kiosk/devices/id_reader/sdt_driver.h"
#include "kiosk/flow/issuer.h"
#include "kiosk/platform/http_exam_platform.h"
#include "kiosk/runtime/async.h"

namespace cardrig::app {

namespace {

std::unique_ptr<platform::ExamPlatform> make_platform(const Profile& profile, Ports& ports) {
  platform::HttpPlatformConfig config;
  config.host = profile.platform_host;
  config.terminal_id = profile.terminal_id;
  config.key.assign(profile.terminal_key.begin(), profile.terminal_key.end());
  return std::make_unique<platform::HttpExamPlatform>(std::move(config), ports.loop, ports.clock,
                                                      ports.entropy, std::move(ports.platform),
                                                      ports.tracer);
}

OpeningJournal::Opener make_opener(const Profile& profile, const Ports& ports) {
  return [config = profile.journal, &loop = ports.loop, &files = ports.files, &keys = ports.keys,
          &entropy = ports.entropy, &tracer = ports.tracer] {
    return journal::open_journal(config, loop, files, keys, entropy, tracer);
  };
}

card_printer::IppOptions printer_options(const Profile& profile) {
  card_printer::IppOptions options;
  options.host = profile.printer_host;
  return options;
}

id_reader::SdtSettings reader_settings(const Profile& profile) {
  id_reader::SdtSettings settings;
  settings.enrolled_sam_id = profile.enrolled_sam_id;
  settings.reads_new_address = profile.id_reader.reads_new_address;
  settings.reads_fingers = profile.id_reader.reads_fingers;
  settings.serial_is_the_cards = profile.id_reader.serial_is_the_cards;
  return settings;
}

face::MatchConfig match_config(const Profile& profile, const face::Engine& engine) {
  face::MatchConfig config;
  config.threshold =
      profile.face_threshold > 0 ? profile.face_threshold : engine.default_threshold();
  return config;
}

}  // namespace

struct KioskApp::Parts {
  Parts(const Profile& profile, Ports ports)
      : loop(ports.loop),
        photos(std::move(ports.photos)),
        reader(ports.loop, ports.tracer, std::move(ports.reader), reader_settings(profile)),
        jobs(ports.loop, ports.tracer, std::move(ports.print_jobs), printer_options(profile)),
        path(ports.loop, ports.tracer, std::move(ports.card_path)),
        board(ports.loop, ports.tracer, std::move(ports.board)),
        exam_platform(make_platform(profile, ports)),
        open_journal(make_opener(profile, ports)),
        issuance(issuance::Deps{ports.loop, ports.clock, ports.tracer, ports.entropy, open_journal,
                                *exam_platform, jobs, path, board, profile.times}),
        issuer(issuance),
        service(ports.loop, ports.clock, ports.files, open_journal, ports.trace,
                ports.tracer.party(), profile.log_folder),
        intents(ports.loop, ports.tracer),
        kiosk(flow::Deps{ports.loop, ports.clock, ports.tracer, ports.entropy, reader, *photos,
                         ports.camera, ports.engine, match_config(profile, ports.engine),
                         *exam_platform, issuer, service, board, path, ports.speaker, ports.display,
                         intents, profile.limits}) {}

  Loop& loop;
  std::unique_ptr<id_reader::PhotoDecoder> photos;
  id_reader::SdtReader reader;
  card_printer::IppPrintJobs jobs;
  card_printer::VendorCardPath path;
  control_board::ModbusBoard board;
  std::unique_ptr<platform::ExamPlatform> exam_platform;
  OpeningJournal open_journal;
  issuance::Issuance issuance;
  flow::IssuanceIssuer issuer;
  AppServiceDesk service;
  flow::IntentQueue intents;
  flow::Kiosk kiosk;
};

KioskApp::KioskApp(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
KioskApp::~KioskApp() = default;

Result<std::unique_ptr<KioskApp>, ProfileReason> KioskApp::make(Profile profile, Ports ports) {
  if (profile.production) {
    const char* forbidden = nullptr;
    if (ports.photos->is_stand_in()) forbidden = "the stand-in decoder of chip photos";
    if (ports.entropy.is_seeded()) forbidden = "seeded randomness";
    if (profile.test_port) forbidden = "an open test port";
    if (forbidden != nullptr) {
      return fail(ProfileReason::kNotForProduction,
                  "the production profile \"" + profile.name + "\" refuses " + forbidden);
    }
  }
  return std::unique_ptr<KioskApp>(
      new KioskApp(std::make_unique<Parts>(profile, std::move(ports))));
}

void KioskApp::start() { spawn(parts_->loop, parts_->kiosk.run()); }

flow::TouchResult KioskApp::touch(const std::string& button_key) {
  return parts_->intents.push(flow::Intent{button_key});
}

bool KioskApp::staff_found(platform::Outcome found) { return parts_->kiosk.staff_found(found); }

const flow::Screen& KioskApp::screen() const { return parts_->kiosk.screen(); }

flow::Language KioskApp::language() const { return parts_->kiosk.language(); }

journal::Journal& KioskApp::journal() { return parts_->open_journal; }

}  // namespace cardrig::app
