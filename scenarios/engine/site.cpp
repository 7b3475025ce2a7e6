// Makes the site, and lets the rig's verbs act on it.
#include "scenarios/engine/site.h"

#include <algorithm>

#include "fixtures/documents/documents.h"
#include "kiosk/certificate/directory.h"
#include "kiosk/runtime/check.h"
#include "simulators/id_reader/faults.h"

namespace cardrig::scenario {

using nlohmann::json;
using Answer = Result<json, RigReason>;

namespace {

using namespace std::chrono_literals;

constexpr LineTiming kIppLine{0, 300us, 64};
constexpr LineTiming kPathLine{115200, 500us, 64};
constexpr LineTiming kBoardLine{0, 500us, 64};
constexpr LineTiming kPlatformLine{0, 12ms, 64};
constexpr int kCardsAtStart = 20;

Answer done() { return json::object(); }

Answer not_now(const std::string& why) { return fail(RigReason::kNotPossibleNow, why); }

/// The argument, or an explanation of what was expected.
template <class T>
Result<T, RigReason> arg(const json& args, const std::string& name, const char* what) {
  const auto it = args.find(name);
  bool good = it != args.end();
  if constexpr (std::is_same_v<T, std::string>) good = good && it->is_string();
  if constexpr (std::is_same_v<T, bool>) good = good && it->is_boolean();
  if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
    good = good && it->is_number();
  }
  if (!good) return fail(RigReason::kBadArguments, "\"" + name + "\" must be " + what);
  return it->template get<T>();
}

}  // namespace

Site::Site(VirtualTime& time, Trace& trace, RigAssets& assets, std::uint64_t seed,
           CivilTime starts_at)
    : randomness(seed),
      world_loop(time.make_loop("world")),
      reader_loop(time.make_loop("id_reader")),
      printer_loop(time.make_loop("card_printer")),
      board_loop(time.make_loop("control_board")),
      platform_loop(time.make_loop("platform")),
      world_tracer(trace, "world"),
      reader_tracer(trace, "id_reader"),
      printer_tracer(trace, "card_printer"),
      board_tracer(trace, "control_board"),
      platform_tracer(trace, "platform"),
      faults(world_tracer),
      world(world_tracer, *world_loop),
      true_clock(*world_loop, starts_at),
      kiosk_clock(*world_loop, starts_at),
      disk(randomness.fork("disk"), &faults),
      reader_line("id_reader", *reader_loop, reader_tracer, sim::kReaderLine),
      ipp_line("ipp", *printer_loop, printer_tracer, kIppLine),
      path_line("card_path", *printer_loop, printer_tracer, kPathLine),
      board_line("control_board", *board_loop, board_tracer, kBoardLine),
      platform_line("platform", *platform_loop, platform_tracer, kPlatformLine),
      assets_(assets) {
  declare_faults(faults);
  reader_ = std::make_unique<sim::ReaderSimulator>(*reader_loop, reader_tracer, world, faults,
                                                   randomness.fork("id_reader"));
  reader_->attach(reader_line);
  printer_ = std::make_unique<sim::CardPrinter>(*printer_loop, printer_tracer, world, faults,
                                                ipp_line, path_line);
  board_ =
      std::make_unique<sim::ControlBoard>(*board_loop, board_tracer, world, faults, board_line);
  mock_platform::MockPlatformConfig config;
  const std::string key = "cardrig-simulated-terminal-key";
  config.terminals.push_back({"T-0001", {key.begin(), key.end()}});
  platform_ = std::make_unique<mock_platform::MockPlatform>(config, *platform_loop, true_clock,
                                                            platform_tracer);
  platform_line.on_accept(
      [this](std::shared_ptr<ByteStream> s) { platform_->serve(std::move(s)); });
  platform_faults_ = std::make_unique<mock_platform::PlatformFaults>(faults, *platform_);
  platform_rig_ = std::make_unique<mock_platform::PlatformRig>(*platform_, faults);
  world.on_change([this](const std::string& kind) {
    if (kind == "world.network") follow_network();
  });
  world.load_hopper(kCardsAtStart);
}

Site::~Site() = default;

void Site::declare_faults(sim::FaultCatalogue& faults) {
  sim::declare_id_reader_faults(faults);
  sim::SimulatedCamera::declare_faults(faults);
  sim::CardPrinter::declare_faults(faults);
  sim::ControlBoard::declare_faults(faults);
  sim::SimulatedDisk::declare_faults(faults);
  mock_platform::declare_platform_faults(faults);
}

void Site::follow_network() {
  platform_line.set_reach(world.network() ? MemoryLine::Reach::kOpen
                                          : MemoryLine::Reach::kBlackHole);
}

void Site::sever_kiosk() {
  for (MemoryLine* line : {&reader_line, &ipp_line, &path_line, &board_line, &platform_line}) {
    line->sever_host();
  }
}

void Site::clear_card_path() {
  std::vector<int> in_the_way;
  for (const auto& card : world.cards()) {
    if (card.place == sim::CardPlace::kPath || card.place == sim::CardPlace::kExit) {
      in_the_way.push_back(card.number);
    }
  }
  for (const int number : in_the_way) world.move_card(number, sim::CardPlace::kStaff);
}

Answer Site::send(const RigMessage& message) {
  const std::string part = message.verb.substr(0, message.verb.find('.'));
  if (part == "world") return world_verb(message.verb, message.args);
  if (part == "fault") return fault_verb(message.verb, message.args);
  if (part == "platform") return platform_verb(message.verb, message.args);
  if (message.verb == "clock.set_offset") {
    const auto seconds = arg<double>(message.args, "seconds", "a number of seconds");
    if (!seconds) return tl::unexpected(seconds.error());
    kiosk_clock.set_offset_ms(static_cast<std::int64_t>(*seconds * 1000));
    return done();
  }
  return fail(RigReason::kUnknownVerb, "there is no verb \"" + message.verb + "\"");
}

Answer Site::world_verb(const std::string& verb, const json& args) {
  if (verb == "world.place_document") {
    const auto id = arg<std::string>(args, "document", "the name of a document");
    return id ? place_document(*id) : Answer(tl::unexpected(id.error()));
  }
  if (verb == "world.lift_document") {
    return world.lift_document() ? done() : not_now("no document lies on the reader");
  }
  if (verb == "world.subjects") {
    return args.contains("subjects") && args["subjects"].is_array()
               ? set_subjects(args["subjects"])
               : fail(RigReason::kBadArguments, "\"subjects\" must be a list");
  }
  if (verb == "world.take_card") {
    const auto person = arg<std::string>(args, "person", "a person");
    if (!person) return tl::unexpected(person.error());
    return world.take_card(*person) ? done() : not_now("no card lies at the exit");
  }
  if (verb == "world.load_hopper") {
    const auto cards = arg<int>(args, "cards", "a number of cards");
    if (!cards || *cards < 0) return fail(RigReason::kBadArguments, "\"cards\" must be a number");
    world.load_hopper(*cards);
    return done();
  }
  if (verb == "world.empty_reject_bin") {
    world.empty_reject_bin();
    return done();
  }
  if (verb == "world.light") {
    constexpr double kBrightest = 1.5;
    const auto level = arg<double>(args, "level", "a number from 0 to 1.5, 1 is normal");
    if (!level) return tl::unexpected(level.error());
    if (*level < 0 || *level > kBrightest) {
      return fail(RigReason::kBadArguments, "\"level\" must lie between 0 and 1.5");
    }
    world.set_light(*level);
    return done();
  }
  if (verb == "world.mains" || verb == "world.network") {
    const bool mains = verb == "world.mains";
    const auto on = arg<bool>(args, mains ? "on" : "up", "true or false");
    if (!on) return tl::unexpected(on.error());
    mains ? world.set_mains(*on) : world.set_network(*on);
    return done();
  }
  return fail(RigReason::kUnknownVerb, "there is no verb \"" + verb + "\"");
}

Answer Site::place_document(const std::string& id) {
  auto document = fixtures::make_document(assets_.people, id, china_date(true_clock.now()));
  if (!document) return fail(RigReason::kBadArguments, "there is no document \"" + id + "\"");
  if (world.document_on_reader() != nullptr) {
    return not_now(world.document_on_reader()->id + " lies on the reader already");
  }
  world.add_document(std::move(*document));
  CARDRIG_CHECK(world.place_document(id));
  return done();
}

Answer Site::set_subjects(const json& list) {
  std::vector<sim::Subject> subjects;
  for (const auto& item : list) {
    sim::Subject subject;
    subject.kind = item.value("kind", "person");
    subject.person_id = item.value("person", "");
    subject.distance_m = item.value("distance_m", 0.6);
    subject.offset_m = item.value("offset_m", 0.0);
    if (fixtures::find_person(assets_.people, subject.person_id) == nullptr) {
      return fail(RigReason::kBadArguments, "there is no person \"" + subject.person_id + "\"");
    }
    subjects.push_back(std::move(subject));
  }
  world.set_subjects(std::move(subjects));
  return done();
}

Answer Site::fault_verb(const std::string& verb, const json& args) {
  const auto name = arg<std::string>(args, "name", "the name of a fault");
  if (!name) return tl::unexpected(name.error());
  const auto to_answer = [](const Result<Unit, sim::FaultReason>& result) -> Answer {
    if (result) return done();
    const bool now = result.error().reason == sim::FaultReason::kAlreadyActive ||
                     result.error().reason == sim::FaultReason::kNotActive;
    return fail(now ? RigReason::kNotPossibleNow : RigReason::kBadArguments, result.error().detail);
  };
  if (verb == "fault.inject") {
    return to_answer(faults.inject(*name, args.value("params", json::object())));
  }
  if (verb == "fault.clear") return to_answer(faults.clear(*name));
  return fail(RigReason::kUnknownVerb, "there is no verb \"" + verb + "\"");
}

Answer Site::platform_verb(const std::string& verb, const json& args) {
  if (verb == "platform.permit") return add_permit(args);
  return platform_rig_->send({verb, args});
}

Answer Site::add_permit(const json& args) {
  const auto id = arg<std::string>(args, "id", "the permit's id");
  const auto person_id = arg<std::string>(args, "person", "a person");
  const auto item_code = arg<std::string>(args, "item", "an item code such as \"2.1\"");
  if (!id) return tl::unexpected(id.error());
  if (!person_id) return tl::unexpected(person_id.error());
  if (!item_code) return tl::unexpected(item_code.error());
  const auto* person = fixtures::find_person(assets_.people, *person_id);
  const auto* item = certificate::find_item(*item_code);
  const auto* category = certificate::category_of(*item_code);
  const auto state = mock_platform::permit_state(args.value("state", "approved"));
  if (person == nullptr || item == nullptr || category == nullptr || !state) {
    return fail(RigReason::kBadArguments, "the permit names a person, item or state that is none");
  }
  mock_platform::Permit permit;
  permit.permit_id = *id;
  permit.person = {person->kind, person->number, person->name};
  permit.state = *state;
  auto& c = permit.certificate;
  c.permit_id = *id;
  c.name = person->name;
  c.sex = person->sex_code == 1 ? "男" : "女";
  c.category_code = category->code;
  c.category = category->name;
  c.item_code = item->code;
  c.item = item->name;
  const Date today = china_date(true_clock.now());
  c.first_issued = today;
  c.valid_from = today;
  c.valid_to = add_days(add_years(today, 6), -1);
  c.review_due = add_years(today, 3);
  c.authority = "测试省应急管理厅";
  if (args.value("photo", true)) {
    c.photo = person->id_photo ? person->id_photo : person->drawn_id_photo;
  }
  platform_->add_permit(permit);
  return done();
}

Answer Site::permit(const std::string& permit_id) {
  return platform_rig_->send({"platform.permit", {{"permit", permit_id}}});
}

}  // namespace cardrig::scenario
