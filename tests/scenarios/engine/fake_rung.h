// A rung with a real world, fault catalogue, trace and virtual time, and a kiosk that is a few
// lines of the test: what the engine's own tests run on.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "kiosk/runtime/virtual_time.h"
#include "scenarios/engine/rung.h"
#include "scenarios/engine/vocabulary.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::scenario {

class FakeRung : public Rung {
 public:
  using Handler = std::function<void(const RigMessage&)>;

  FakeRung()
      : loop_(time_.make_loop("fake")),
        trace_([this] { return time_.now(); }, &time_.cause),
        tracer_(trace_, "kiosk"),
        world_(tracer_, *loop_),
        faults_(tracer_) {
    sim::FaultSpec jam;
    jam.name = "card_printer.feeder_jam";
    jam.params = {{"at_card", 1, 9, 1, "which card"}};
    faults_.declare(jam);
    world_.load_hopper(5);
  }

  // --- what the test's kiosk does ---

  void show(const std::string& id, const std::string& staff_code = "",
            const std::vector<std::string>& buttons = {}) {
    flow::Screen screen;
    screen.id = id;
    screen.staff_code = staff_code;
    for (const auto& key : buttons)
      screen.buttons.push_back(flow::Button{key, {}, false, true, {}});
    screen_ = screen;
    tracer_.emit("kiosk.screen", {{"id", id}, {"sentence", "…"}, {"staff_code", staff_code}});
  }
  void after(Nanos delay, std::function<void()> act) { loop_->after(delay, std::move(act)); }
  /// What happens when this verb comes.
  void on(const std::string& verb, Handler handler) { handlers_[verb] = std::move(handler); }
  void emit(const std::string& kind, std::vector<Field> fields = {}) {
    tracer_.emit(kind, std::move(fields));
  }
  void go_dark() { screen_.reset(); }
  void break_down(const std::string& why) { trouble_ = why; }

  nlohmann::json permit_state = {{"state", "approved"}, {"claim", "none"}, {"delivered", 0}};
  int pending_reports = 0;

  // --- Rung ---

  std::string name() const override { return "virtual"; }
  Nanos now() const override { return time_.now(); }
  bool advance(Nanos limit) override {
    const std::size_t before = trace_.events().size();
    while (trace_.events().size() == before) {
      if (!time_.has_ready() && time_.next_due() > limit) {
        time_.run_until(limit);
        return false;
      }
      time_.step();
    }
    return true;
  }
  Trace& trace() override { return trace_; }
  sim::World& world() { return world_; }
  sim::FaultCatalogue& faults() { return faults_; }
  const std::vector<sim::CardThing>& cards() override { return world_.cards(); }
  void clear_faults() override { faults_.clear_all(); }
  std::vector<std::string> inert_faults() override { return faults_.inert(); }
  std::string trouble() override { return trouble_; }
  const flow::Screen* screen() override { return screen_ ? &*screen_ : nullptr; }
  Result<nlohmann::json, RigReason> query(const std::string& what,
                                          const nlohmann::json& args) override {
    static_cast<void>(args);
    if (what == "platform.permit") return permit_state;
    if (what == "kiosk.pending") return nlohmann::json{{"reports", pending_reports}};
    return fail(RigReason::kUnknownVerb, "There is no query " + what + ".");
  }
  Result<nlohmann::json, RigReason> send(const RigMessage& message) override {
    if (message.verb == "fault.inject") {
      faults_.inject(message.args.at("name"),
                     message.args.value("params", nlohmann::json::object()));
    }
    if (message.verb == "world.take_card" && !world_.take_card(message.args.at("person"))) {
      return fail(RigReason::kNotPossibleNow, "No card lies at the exit.");
    }
    const auto handler = handlers_.find(message.verb);
    if (handler != handlers_.end()) handler->second(message);
    return nlohmann::json::object();
  }

 private:
  VirtualTime time_;
  std::unique_ptr<VirtualLoop> loop_;
  Trace trace_;
  Tracer tracer_;
  sim::World world_;
  sim::FaultCatalogue faults_;
  std::optional<flow::Screen> screen_;
  std::map<std::string, Handler> handlers_;
  std::string trouble_;
};

inline Vocabulary fake_vocabulary() {
  Vocabulary vocabulary;
  sim::FaultSpec jam;
  jam.name = "card_printer.feeder_jam";
  jam.params = {{"at_card", 1, 9, 1, "which card"}};
  sim::FaultSpec lifted;
  lifted.name = "id_reader.card_lifted_during_read";
  vocabulary.faults = {jam, lifted};
  vocabulary.people = {"p01", "p02"};
  vocabulary.documents = {"p01.resident", "p02.hmt"};
  vocabulary.screens = {"welcome", "consent", "face", "refused", "out_of_service"};
  vocabulary.idle_screens = {"welcome"};
  vocabulary.closed_screens = {"out_of_service"};
  vocabulary.buttons = {"start", "agree", "choose:*"};
  vocabulary.items = {"2.1"};
  using Holds = FieldKind::Holds;
  vocabulary.staff_codes = {"P7", "C11"};
  vocabulary.texts = {"consent.title"};
  vocabulary.permit_states = {"approved", "issued"};
  vocabulary.claim_states = {"granted", "used"};
  vocabulary.events = {
      {"card.fed", {"card_printer"}, {{"card", Holds::kNumber, {}}, {"attempt"}}},
      {"kiosk.screen", {"kiosk"}, {{"id", Holds::kWord, vocabulary.screens}}},
      {"face.result",
       {"kiosk"},
       {{"verdict", Holds::kWord, {"match", "no_face"}}, {"similarity", Holds::kNumber, {}}}},
      {"issuance.settled",
       {},
       {{"outcome"}, {"by_staff", Holds::kBool, {}}, {"permit", Holds::kPermit, {}}}}};
  return vocabulary;
}

}  // namespace cardrig::scenario
