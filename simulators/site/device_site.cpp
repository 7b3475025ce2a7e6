// Makes the devices, and lets the rig's verbs act on their world.
#include "simulators/site/device_site.h"

#include <openssl/evp.h>

#include <utility>

#include "fixtures/documents/documents.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/rig_args.h"
#include "simulators/camera/simulated_camera.h"
#include "simulators/card_printer/pictures.h"
#include "simulators/id_reader/faults.h"
#include "simulators/world/fault_verbs.h"

namespace cardrig::sim {

using nlohmann::json;
using Answer = Result<json, RigReason>;

namespace {

constexpr int kCardsAtStart = 20;
/// More than any hopper holds; a slip in a message must not fill the memory with cards.
constexpr int kCardsAtOnce = 1000;
constexpr double kBrightest = 1.5;
constexpr double kFarthest_m = 100;
constexpr int kFast = 10;

Answer done() { return json::object(); }

Answer not_now(const std::string& why) { return fail(RigReason::kNotPossibleNow, why); }

Answer unknown(const std::string& verb) {
  return fail(RigReason::kUnknownVerb, "there is no verb \"" + verb + "\"");
}

/// A member that may be absent.
Result<double, RigReason> metres(const json& item, const char* name, double otherwise) {
  if (!item.contains(name)) return otherwise;
  return rig_arg_within<double>(item, name, -kFarthest_m, kFarthest_m);
}

Result<Subject, RigReason> read_subject(const json& item) {
  const auto person = rig_arg<std::string>(item, "person", "a person");
  if (!person) return tl::unexpected(person.error());
  Subject subject;
  subject.person_id = *person;
  if (item.contains("kind")) {
    const auto kind = item["kind"].is_string() ? item["kind"].get<std::string>() : std::string();
    if (kind != "person" && kind != "printed_photo" && kind != "screen") {
      return fail(RigReason::kBadArguments, "\"kind\" must be person, printed_photo or screen");
    }
    subject.kind = kind;
  }
  const auto distance_m = metres(item, "distance_m", subject.distance_m);
  const auto offset_m = metres(item, "offset_m", subject.offset_m);
  if (!distance_m) return tl::unexpected(distance_m.error());
  if (!offset_m) return tl::unexpected(offset_m.error());
  subject.distance_m = *distance_m;
  subject.offset_m = *offset_m;
  return subject;
}

std::string base64(const std::vector<std::uint8_t>& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

DeviceTimes DeviceTimes::fast() {
  DeviceTimes times;
  auto& printer = times.card_printer;
  for (Nanos* time : {&printer.draw, &printer.feed, &printer.panel, &printer.eject,
                      &printer.retract, &printer.reject, &printer.start, &printer.heat_max}) {
    *time /= kFast;
  }
  auto& reader = times.id_reader;
  for (Nanos* time :
       {&reader.find, &reader.select, &reader.read, &reader.read_fingers, &reader.read_address}) {
    *time /= kFast;
  }
  return times;
}

DeviceSite::DeviceSite(const DeviceParties& parties, const DevicePlugs& plugs,
                       const std::vector<fixtures::PersonFixture>& people, const CivilClock& clock,
                       const Random& randomness, const DeviceTimes& times)
    : faults(parties.world.tracer),
      world(parties.world.tracer, parties.world.loop),
      people_(people),
      clock_(clock) {
  CARDRIG_CHECK((plugs.print_jobs == nullptr) == (plugs.card_path == nullptr));
  declare_faults_of(plugs);
  if (plugs.id_reader != nullptr) {
    const Party& party = parties.id_reader;
    reader_ = std::make_unique<ReaderSimulator>(party.loop, party.tracer, world, faults,
                                                randomness.fork("id_reader"), times.id_reader);
    reader_->attach(*plugs.id_reader);
  }
  if (plugs.print_jobs != nullptr) {
    const Party& party = parties.card_printer;
    printer_ =
        std::make_unique<CardPrinter>(party.loop, party.tracer, world, faults, *plugs.print_jobs,
                                      *plugs.card_path, times.card_printer);
  }
  if (plugs.control_board != nullptr) {
    const Party& party = parties.control_board;
    board_ = std::make_unique<ControlBoard>(party.loop, party.tracer, world, faults,
                                            *plugs.control_board);
  }
  world.load_hopper(kCardsAtStart);
}

DeviceSite::~DeviceSite() = default;

void DeviceSite::declare_faults(FaultCatalogue& faults) {
  declare_id_reader_faults(faults);
  SimulatedCamera::declare_faults(faults);
  CardPrinter::declare_faults(faults);
  ControlBoard::declare_faults(faults);
}

void DeviceSite::declare_faults_of(const DevicePlugs& plugs) {
  if (plugs.id_reader != nullptr) declare_id_reader_faults(faults);
  if (plugs.camera) SimulatedCamera::declare_faults(faults);
  if (plugs.print_jobs != nullptr) CardPrinter::declare_faults(faults);
  if (plugs.control_board != nullptr) ControlBoard::declare_faults(faults);
}

void DeviceSite::clear_card_path() {
  std::vector<int> in_the_way;
  for (const auto& card : world.cards()) {
    if (card.place == CardPlace::kPath || card.place == CardPlace::kExit) {
      in_the_way.push_back(card.number);
    }
  }
  for (const int number : in_the_way) world.move_card(number, CardPlace::kStaff);
}

Answer DeviceSite::send(const RigMessage& message) {
  const auto& [verb, args] = message;
  if (!args.is_object()) return fail(RigReason::kBadArguments, "the arguments must be an object");
  const std::string part = verb.substr(0, verb.find('.'));
  if (part == "fault" || part == "faults") return send_fault_verb(faults, message);
  return part == "world" ? world_verb(verb, args) : unknown(verb);
}

Answer DeviceSite::world_verb(const std::string& verb, const json& args) {
  if (verb == "world.place_document") {
    const auto id = rig_arg<std::string>(args, "document", "the name of a document");
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
  if (verb == "world.light") {
    const auto level = rig_arg<double>(args, "level", "a number from 0 to 1.5, 1 is normal");
    if (!level) return tl::unexpected(level.error());
    if (!(*level >= 0 && *level <= kBrightest)) {
      return fail(RigReason::kBadArguments, "\"level\" must lie between 0 and 1.5");
    }
    world.set_light(*level);
    return done();
  }
  if (verb == "world.mains" || verb == "world.network") return set_supply(verb, args);
  if (verb == "world.service_key") {
    const auto on = rig_arg<bool>(args, "on", "true or false");
    if (!on) return tl::unexpected(on.error());
    world.turn_service_key(*on);
    return done();
  }
  return verb == "world.state" ? Answer(state()) : card_verb(verb, args);
}

json DeviceSite::state() const {
  const DocumentThing* document = world.document_on_reader();
  json subjects = json::array();
  for (const Subject& subject : world.subjects()) {
    subjects.push_back({{"kind", subject.kind},
                        {"person", subject.person_id},
                        {"distance_m", subject.distance_m},
                        {"offset_m", subject.offset_m}});
  }
  return {{"document", document == nullptr ? "" : document->id},
          {"subjects", std::move(subjects)},
          {"light", world.light()},
          {"mains", world.mains()},
          {"network", world.network()},
          {"service_key", world.service_key()}};
}

Answer DeviceSite::set_supply(const std::string& verb, const json& args) {
  const bool mains = verb == "world.mains";
  const auto on = rig_arg<bool>(args, mains ? "on" : "up", "true or false");
  if (!on) return tl::unexpected(on.error());
  mains ? world.set_mains(*on) : world.set_network(*on);
  return done();
}

Answer DeviceSite::card_verb(const std::string& verb, const json& args) {
  if (verb == "world.take_card") {
    const auto person = rig_arg<std::string>(args, "person", "a person");
    if (!person) return tl::unexpected(person.error());
    return world.take_card(*person) ? done() : not_now("no card lies at the exit");
  }
  if (verb == "world.load_hopper") {
    const auto cards = rig_arg_within<int>(args, "cards", 0, kCardsAtOnce);
    if (!cards) return tl::unexpected(cards.error());
    world.load_hopper(*cards);
    return done();
  }
  if (verb == "world.empty_reject_bin") {
    world.empty_reject_bin();
    return done();
  }
  if (verb == "world.clear_card_path") {
    clear_card_path();
    return done();
  }
  if (verb == "world.cards") return cards();
  if (verb == "world.card_face") return card_face(args);
  return unknown(verb);
}

Answer DeviceSite::place_document(const std::string& id) {
  auto document = fixtures::make_document(people_, id, china_date(clock_.now()));
  if (!document) return fail(RigReason::kBadArguments, "there is no document \"" + id + "\"");
  if (world.document_on_reader() != nullptr) {
    return not_now(world.document_on_reader()->id + " lies on the reader already");
  }
  world.add_document(std::move(*document));
  CARDRIG_CHECK(world.place_document(id));
  return done();
}

Answer DeviceSite::set_subjects(const json& list) {
  std::vector<Subject> subjects;
  for (const auto& item : list) {
    auto subject = read_subject(item);
    if (!subject) return tl::unexpected(subject.error());
    if (fixtures::find_person(people_, subject->person_id) == nullptr) {
      return fail(RigReason::kBadArguments, "there is no person \"" + subject->person_id + "\"");
    }
    subjects.push_back(std::move(*subject));
  }
  world.set_subjects(std::move(subjects));
  return done();
}

json DeviceSite::cards() const {
  json list = json::array();
  for (const CardThing& card : world.cards()) {
    list.push_back({{"number", card.number},
                    {"place", to_string(card.place)},
                    {"printed", card.printed},
                    {"spoilt", card.spoilt},
                    {"attempt", card.attempt_id},
                    {"taken_by", card.taken_by},
                    {"has_face", card.face != nullptr}});
  }
  return list;
}

Answer DeviceSite::card_face(const json& args) const {
  const auto number = rig_arg<int>(args, "number", "the number of a card");
  if (!number) return tl::unexpected(number.error());
  for (const CardThing& card : world.cards()) {
    if (card.number != *number) continue;
    if (!card.face) return not_now("nothing is printed on card " + std::to_string(*number));
    return picture_answer(*card.face);
  }
  return fail(RigReason::kBadArguments, "there is no card " + std::to_string(*number));
}

json picture_answer(const Picture& picture) {
  return {{"format", "png"}, {"base64", base64(encode_png(picture))}};
}

}  // namespace cardrig::sim
