// Ten thousand people at one kiosk that is never switched off: the memory that it takes after the
// first thousand is the memory that it takes after the last. Every screen that they see is drawn.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "kiosk/screen/screen_renderer.h"
#include "scenarios/engine/virtual_rig.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr int kSessions = 10'000;
/// Until then whatever may be filled once is full: the log's lines, the trace, the characters of
/// the font, the nets' working memory, the pools of the allocator.
constexpr int kWarmUp = 1'000;
constexpr int kBetweenLooks = 1'000;
/// The journal lies in memory here, because the simulated disk does, and twice: as written, and as
/// it would survive. Its write-ahead log gets longer by 84 kB a card until SQLite begins it anew at
/// 4 MB: so many cards are made first.
constexpr int kCardsAtFirst = 60;
/// Over the nine thousand sessions after the warm-up, in which 90 cards are made. A card adds some
/// 30 kB by design to what the rig keeps, the journal's rows and the platform's: 2.7 MB. The rest
/// is for the allocator, which hands out the same memory in another order. A kilobyte that every
/// session leaves behind makes 9 MB.
constexpr double kGrowthMax_mb = 6;

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double total_pages = 0, resident_pages = 0;
  file >> total_pages >> resident_pages;
  return resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

/// The hall with the kiosk: what people do there, and a screen that draws what they see. Throws
/// std::runtime_error when the kiosk goes another way.
class Hall {
 public:
  explicit Hall(RigAssets& assets) : rig_(assets, {}) {
    // Of a kiosk that runs for days: its program bounds the trace as well.
    rig_.trace().keep_at_most(4U << 20U);
    rig_.trace().subscribe([this](const Event& event) {
      if (event.kind == "kiosk.screen") screen_changed_ = true;
    });
  }

  void act(const std::string& verb, json args = json::object()) {
    const auto answer = rig_.send({verb, std::move(args)});
    if (!answer) throw std::runtime_error(verb + ": " + answer.error().detail + "\n" + story());
  }
  void touch(const std::string& button) { act("kiosk.touch", {{"button", button}}); }
  void stand_before(const std::string& person) {
    act("world.subjects", {{"subjects", json::array({{{"person", person}}})}});
  }
  void see(const std::string& screen) {
    const Nanos limit = rig_.now() + 5min;
    while (!shows(screen) && rig_.now() < limit) go_on(limit);
    if (!shows(screen)) throw std::runtime_error("instead of " + screen + ":\n" + story());
  }
  void pass(Nanos time) {
    const Nanos end = rig_.now() + time;
    while (rig_.now() < end) go_on(end);
  }
  /// Whoever it was takes along what he has put there, and the next one comes.
  void leave() {
    if (rig_.world().document_on_reader() != nullptr) act("world.lift_document");
    if (!rig_.world().subjects().empty()) act("world.subjects", {{"subjects", json::array()}});
    see("welcome");
    pass(2s);
  }
  /// The world keeps every card; what is printed on one that has been taken is of no use to it.
  void take_card(const std::string& person) {
    const int number = rig_.world().card_at_exit()->number;
    act("world.take_card", {{"person", person}});
    sim::CardThing& card = rig_.world().card(number);
    card.face.reset();
    card.face_png = std::vector<std::uint8_t>();  // assigning {} would keep the room
    act("world.load_hopper", {{"cards", 1}});
  }

  [[nodiscard]] bool shows(const std::string& screen) {
    return rig_.screen() != nullptr && rig_.screen()->id == screen;
  }
  [[nodiscard]] int screens_drawn() const { return drawn_; }
  [[nodiscard]] int cards_taken() { return rig_.world().count(sim::CardPlace::kTaken); }

 private:
  void go_on(Nanos limit) {
    rig_.advance(limit);
    const flow::Screen* const screen = rig_.screen();
    if (screen == nullptr || !screen_changed_) return;
    screen_changed_ = false;
    const Picture frame = renderer_.draw(*screen, rig_.language(), rig_.now());
    EXPECT_FALSE(frame.empty());
    ++drawn_;
  }
  /// The last screens and steps, for failure messages.
  [[nodiscard]] std::string story() {
    std::string text;
    for (const Event& e : rig_.trace().events()) {
      const std::string part = e.kind.substr(0, e.kind.find('.'));
      if (part != "kiosk" && part != "scenario" && part != "identity" && part != "world") continue;
      text += e.kind;
      for (const auto& field : e.fields) text += " " + field.key + "=" + e.text(field.key);
      text += "\n";
    }
    return text.size() > 4000 ? text.substr(text.size() - 4000) : text;
  }

  VirtualRig rig_;
  // A third as wide and high as the kiosk's: ten thousand sessions must fit in minutes, and memory
  // that is not given back is not given back at any size.
  screen::ScreenRenderer renderer_{{360, 640, {}}};
  bool screen_changed_ = false;
  int drawn_ = 0;
};

// ---- people ------------------------------------------------------------------------------------

void declines(Hall& hall) {
  hall.touch("start");
  hall.see("consent");
  hall.touch("cancel");
}

void prefers_the_counter(Hall& hall) {
  hall.touch("start");
  hall.see("consent");
  hall.touch("counter");
  hall.see("counter");
  hall.touch("finish");
}

void walks_away(Hall& hall) {
  hall.touch("start");
  hall.see("consent");
  hall.see("more_time");
}

void wants_more_time(Hall& hall) {
  walks_away(hall);
  hall.touch("more_time");
  hall.see("consent");
  hall.touch("cancel");
}

void reads_english(Hall& hall) {
  hall.touch("language");
  hall.pass(1s);
  declines(hall);
}

void wants_large_text(Hall& hall) {
  hall.touch("text_size");
  hall.pass(1s);
  declines(hall);
}

void has_no_document(Hall& hall, bool says_so) {
  hall.touch("start");
  hall.see("consent");
  hall.touch("agree");
  hall.see("place_card");
  if (says_so) hall.touch("cancel");
}

void agrees_with(Hall& hall, const std::string& document) {
  hall.act("world.place_document", {{"document", document}});
  hall.see("consent");
  hall.touch("agree");
}

void brings_the_wrong_document(Hall& hall, const std::string& person, std::size_t turn) {
  static constexpr const char* kWrong[] = {"expired", "forged_chip", "wrong_check_digit",
                                           "altered_sex", "unknown_type"};
  agrees_with(hall, person + ".resident#" + kWrong[turn % std::size(kWrong)]);
  hall.see("refused");
  hall.touch("finish");
}

void brings_a_bank_card(Hall& hall, const std::string& person) {
  agrees_with(hall, person + ".resident#bank_card");
  hall.see("place_card");
  hall.touch("cancel");
}

void is_somebody_else(Hall& hall, const std::string& person, const std::string& other) {
  hall.stand_before(other);
  agrees_with(hall, person + ".resident");
  hall.see("refused");
}

void has_no_permit(Hall& hall, const std::string& person) {
  is_somebody_else(hall, person, person);
}

void leaves_the_camera(Hall& hall, const std::string& person) {
  agrees_with(hall, person + ".resident");
  hall.see("more_time");
}

/// The same permit serves again, made anew: the platform's memory is not what is measured.
void gets_a_card(Hall& hall, const std::string& person) {
  hall.act("platform.permit", {{"id", "permit-of-" + person}, {"person", person}, {"item", "2.1"}});
  hall.stand_before(person);
  agrees_with(hall, person + ".resident");
  hall.see("preview");
  hall.touch("print");
  hall.see("take_card");
  hall.take_card(person);
  hall.see("done");
}

// ---- the soak ----------------------------------------------------------------------------------

constexpr const char* kHolders[] = {"p01", "p02", "p06", "p07", "p08", "p09"};
constexpr const char* kWithoutPermit[] = {"p10", "p15", "p17", "p18"};

/// Of a hundred one gets a card; most leave before they have shown anything.
void visit(Hall& hall, int session) {
  const auto turn = static_cast<std::size_t>(session / 100);
  const std::string holder = kHolders[turn % std::size(kHolders)];
  const std::string other = kWithoutPermit[turn % std::size(kWithoutPermit)];
  const int kind = session % 100;
  if (kind == 0) return gets_a_card(hall, holder);
  if (kind == 1) return is_somebody_else(hall, holder, other);
  if (kind == 2 && turn % 4 == 0) return leaves_the_camera(hall, holder);
  if (kind < 5) return has_no_permit(hall, other);
  if (kind < 15) return brings_the_wrong_document(hall, holder, static_cast<std::size_t>(kind));
  if (kind < 20) return brings_a_bank_card(hall, other);
  if (kind < 30) return has_no_document(hall, kind < 25);
  if (kind < 40) return walks_away(hall);
  if (kind < 45) return wants_more_time(hall);
  if (kind < 55) return prefers_the_counter(hall);
  if (kind < 70) return reads_english(hall);
  if (kind < 74) return wants_large_text(hall);
  declines(hall);
}

TEST(MemorySoak, TenThousandSessionsLeaveNothingBehind) {
  // Pictures come from the system and go back to it: among them, in the allocator's heap, what
  // lives longer leaves holes that take some thousand sessions more to fill.
  ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  const auto assets = load_rig_assets(".");
  ASSERT_TRUE(assets) << assets.error().detail;
  Hall hall(**assets);
  hall.leave();
  for (int card = 0; card < kCardsAtFirst; ++card) {
    gets_a_card(hall, kHolders[0]);
    hall.leave();
  }
  double at_first_mb = 0;
  for (int session = 0; session < kSessions; ++session) {
    visit(hall, session);
    hall.leave();
    const int done = session + 1;
    if (done % kBetweenLooks != 0) continue;
    const double with_free_mb = resident_mb();
    ::malloc_trim(0);  // what the allocator holds back for later is not lost
    const double now_mb = resident_mb();
    if (done == kWarmUp) at_first_mb = now_mb;
    fmt::print("after {:5} sessions: {:.2f} MB resident, {:+.2f} MB ({:.2f} MB before trimming)\n",
               done, now_mb, now_mb - at_first_mb, with_free_mb);
    std::fflush(stdout);
    EXPECT_LT(now_mb - at_first_mb, kGrowthMax_mb) << "after " << done << " sessions";
  }
  fmt::print("{} screens drawn, {} cards taken\n", hall.screens_drawn(), hall.cards_taken());
  EXPECT_EQ(hall.cards_taken(), kCardsAtFirst + kSessions / 100);
}

}  // namespace
}  // namespace cardrig::scenario
