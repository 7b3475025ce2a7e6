// Every invariant with traces that keep it, and traces that violate it.
#include "scenarios/engine/invariants/invariants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kiosk/certificate/card_face.h"
#include "scenarios/engine/report/markup.h"
#include "tests/scenarios/engine/fake_rung.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class InvariantsTest : public ::testing::Test {
 protected:
  InvariantsTest() {
    trace_.subscribe([this](const Event& event) {
      invariants_.on_event(event);
      for (auto& violation : invariants_.take_new_violations()) found_.push_back(violation);
    });
  }

  void emit(const std::string& kind, std::vector<Field> fields = {}, std::vector<Blob> blobs = {}) {
    trace_.emit("test", kind, std::move(fields), std::move(blobs));
  }
  /// What was violated until now, the last checks included.
  const std::vector<std::string>& found(bool healed = true) {
    for (auto& violation : invariants_.at_end(healed)) found_.push_back(violation);
    return found_;
  }
  std::int64_t checks(int number) const {
    for (const auto& result : invariants_.results()) {
      if (result.number == number) return result.checks;
    }
    return -1;
  }

  // --- pieces of a good run ---

  void begin_session() { emit("kiosk.session_started", {{"session", "s1"}}); }
  void read_document() {
    emit("kiosk.step", {{"step", "document"},
                        {"result", "genuine"},
                        {"name", Personal{Personal::Kind::kName, "张晓燕"}},
                        {"number", Personal{Personal::Kind::kIdNumber, "110000199104120020"}}});
  }
  void match() { emit("face.result", {{"verdict", "match"}}); }
  void claim(const std::string& state = "granted") {
    emit("platform.claim", {{"attempt", "a1"}, {"permit", "m1"}, {"state", state}});
    emit("platform.answer",
         {{"call", "claim"}, {"status", 200}, {"lost", false}, {"attempt", "a1"}});
  }
  void intend() {
    emit("journal.committed", {{"attempt", "a1"}, {"card", 1}, {"phase", "intent"}});
  }
  void load(int cards = 5) { emit("world.hopper_loaded", {{"cards", cards}}); }
  void move(int card, const char* from, const char* to) {
    emit("world.card_moved", {{"card", card}, {"from", from}, {"to", to}, {"printed", true}});
  }
  void feed(int card = 1) {
    move(card, "hopper", "path");
    emit("card.fed", {{"card", card}, {"attempt", "a1"}});
  }
  void print(int card = 1) { emit("card.printed", {{"card", card}, {"attempt", "a1"}}); }
  void take(int card = 1) {
    move(card, "path", "exit");
    emit("world.card_taken", {{"card", card}, {"by", "p01"}, {"printed", true}, {"attempt", "a1"}});
  }
  void settle() {
    emit("journal.committed", {{"attempt", "a1"}, {"card", 1}, {"phase", "settled"}});
  }
  void report(const std::string& outcome, bool duplicate = false, const std::string& key = "a1/1") {
    emit("platform.report", {{"key", key},
                             {"attempt", "a1"},
                             {"permit", "m1"},
                             {"outcome", outcome},
                             {"card_number", 1},
                             {"duplicate", duplicate},
                             {"corrects", ""}});
  }
  void permitted() {
    begin_session();
    read_document();
    match();
    claim();
    intend();
  }
  /// Cards that were fed for jobs, and fell into the reject bin unfinished.
  void spoil_by_job(const std::vector<std::pair<int, int>>& card_and_job) {
    load();
    permitted();
    for (const auto& [card, job] : card_and_job) {
      move(card, "hopper", "path");
      emit("card.fed", {{"card", card}, {"attempt", "a1"}, {"job", job}});
    }
    for (const auto& [card, job] : card_and_job) {
      move(card, "path", "reject_bin");
      emit("card.rejected", {{"card", card}, {"attempt", "a1"}, {"printed", false}});
    }
    settle();
  }
  void good_run() {
    load();
    permitted();
    feed();
    print();
    take();
    settle();
    report("delivered");
  }

  Vocabulary vocabulary_ = fake_vocabulary();
  Nanos now_{0};
  Trace trace_{[this] { return now_; }};
  Invariants invariants_{vocabulary_};
  std::vector<std::string> found_;
};

TEST_F(InvariantsTest, AGoodRunViolatesNothing) {
  good_run();
  emit("kiosk.screen", {{"id", "welcome"}});
  EXPECT_THAT(found(), IsEmpty());
  for (const int number : {1, 2, 3, 5, 6, 7, 8}) EXPECT_GT(checks(number), 0) << number;
}

// 1

TEST_F(InvariantsTest, PrintingNeedsADocument) {
  load();
  begin_session();
  match();
  claim();
  intend();
  EXPECT_THAT(found(), ElementsAre(HasSubstr("without a genuine document in this session")));
}

TEST_F(InvariantsTest, PrintingNeedsAFaceAfterTheDocument) {
  load();
  begin_session();
  read_document();
  match();
  read_document();  // another document: another face is needed
  claim();
  intend();
  EXPECT_THAT(found(), ElementsAre(HasSubstr("without a face that matched")));
}

TEST_F(InvariantsTest, TheFaceOfTheSessionBeforeIsNone) {
  load();
  begin_session();
  read_document();
  match();
  emit("kiosk.session_ended");
  begin_session();
  read_document();
  claim();
  intend();
  EXPECT_THAT(found(), ElementsAre(HasSubstr("without a face that matched")));
}

TEST_F(InvariantsTest, PrintingNeedsAGrantedClaim) {
  load();
  begin_session();
  read_document();
  match();
  intend();
  EXPECT_THAT(found(), ElementsAre(HasSubstr("the platform's last answer was \"\"")));
}

TEST_F(InvariantsTest, AWithdrawalThatTheKioskWasToldCounts) {
  load();
  begin_session();
  read_document();
  match();
  claim();
  claim("withdrawn");
  intend();
  EXPECT_THAT(found(), ElementsAre(HasSubstr("last answer was \"withdrawn\"")));
}

TEST_F(InvariantsTest, AWithdrawalThatTheKioskCannotKnowDoesNot) {
  load();
  begin_session();
  read_document();
  match();
  claim();
  emit("platform.claim", {{"attempt", "a1"}, {"permit", "m1"}, {"state", "withdrawn"}});
  intend();
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(InvariantsTest, AnOldClaimIsNone) {
  load();
  begin_session();
  read_document();
  match();
  claim();
  now_ += 6min;
  intend();
  EXPECT_THAT(found(), ElementsAre(HasSubstr("on an answer that is 6 min old")));
}

TEST_F(InvariantsTest, ACardWithoutPermission) {
  load();
  feed();
  EXPECT_THAT(found(), ElementsAre(HasSubstr("which never had permission")));
}

TEST_F(InvariantsTest, TwoCardsForOnePermission) {
  good_run();
  print(2);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("printed 2 cards with permission for 1")));
}

// 2

TEST_F(InvariantsTest, TwoCardsOfOnePermitTaken) {
  good_run();
  move(2, "hopper", "exit");
  emit("world.card_taken", {{"card", 2}, {"printed", true}, {"attempt", "a1"}});
  EXPECT_THAT(found(/*healed=*/false),
              ElementsAre(HasSubstr("2 cards of the permit m1 were taken")));
}

TEST_F(InvariantsTest, TwoAttemptsOfOnePermitTaken) {
  good_run();
  emit("platform.claim", {{"attempt", "a2"}, {"permit", "m1"}, {"state", "granted"}});
  move(2, "hopper", "exit");
  emit("world.card_taken", {{"card", 2}, {"printed", true}, {"attempt", "a2"}});
  EXPECT_THAT(found(/*healed=*/false),
              ElementsAre(HasSubstr("2 cards of the permit m1 were taken")));
}

TEST_F(InvariantsTest, ANewApprovalAllowsANewCard) {
  good_run();
  emit("platform.permit", {{"permit", "m1"}, {"state", "approved"}});
  move(2, "hopper", "exit");
  emit("world.card_taken", {{"card", 2}, {"printed", true}, {"attempt", "a1"}});
  EXPECT_THAT(found(/*healed=*/false), IsEmpty());
}

// 3

TEST_F(InvariantsTest, AnOutcomeThatWasNeverCounted) {
  load();
  claim();
  settle();
  EXPECT_THAT(found(), ElementsAre(HasSubstr("is settled and was never counted")));
}

TEST_F(InvariantsTest, WithoutNetworkItMayWait) {
  load();
  claim();
  settle();
  EXPECT_THAT(found(/*healed=*/false), IsEmpty());
}

TEST_F(InvariantsTest, AnOutcomeThatWasCountedTwice) {
  load();
  claim();
  settle();
  report("none");
  report("none", /*duplicate=*/true);
  EXPECT_THAT(found_, IsEmpty());
  report("none", /*duplicate=*/false, "another key");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("was counted twice")));
}

TEST_F(InvariantsTest, AnOutcomeThatIsNotTheTruth) {
  load();
  begin_session();
  read_document();
  match();
  claim();
  intend();
  feed();
  print();
  take();
  settle();
  report("none");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("reported 0 cards as delivered, but there were 1")));
}

TEST_F(InvariantsTest, AFedCardThatIsUnfinishedInTheBinIsSpoilt) {
  spoil_by_job({{1, 7}});
  report("spoilt");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(InvariantsTest, AFedCardThatIsUnfinishedInTheBinIsNotNothing) {
  spoil_by_job({{1, 7}});
  report("none");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("reported 0 cards as spoilt, but there were 1")));
}

TEST_F(InvariantsTest, TwoCardsFedForOneJobAreOneSpoiltCard) {
  spoil_by_job({{1, 7}, {2, 7}});
  report("spoilt");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(InvariantsTest, TwoCardsOfTwoJobsAreTwoSpoiltCards) {
  spoil_by_job({{1, 7}, {2, 8}});
  report("spoilt");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("reported 1 cards as spoilt, but there were 2")));
}

TEST_F(InvariantsTest, ATouchedCardThatIsNotInTheBinIsNotSpoiltYet) {
  load();
  permitted();
  feed();
  emit("card.spoilt", {{"card", 1}, {"attempt", "a1"}, {"panels", 2}});
  settle();
  report("spoilt");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("reported 1 cards as spoilt, but there were 0")));
}

// 5

TEST_F(InvariantsTest, ACardThatMovesFromWhereItIsNot) {
  load();
  move(1, "exit", "reject_bin");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("moved from exit, but it lay in hopper")));
}

TEST_F(InvariantsTest, ACardThatWasNeverLoaded) {
  load(1);
  move(2, "hopper", "path");
  EXPECT_THAT(found(), ElementsAre(HasSubstr("card 2 moved, but only 1 were loaded")));
}

TEST_F(InvariantsTest, ATakenCardThatComesBack) {
  load();
  move(1, "hopper", "exit");
  emit("world.card_taken", {{"card", 1}, {"printed", false}});
  move(1, "taken", "path");
  EXPECT_THAT(found(false), ElementsAre(HasSubstr("was taken and moved again")));
}

TEST_F(InvariantsTest, ACardFedThatNeverLeftTheHopper) {
  good_run();
  emit("card.fed", {{"card", 2}, {"attempt", "a1"}});
  EXPECT_THAT(found(), ElementsAre(HasSubstr("fed 2 cards, but 1 left the hopper")));
}

TEST_F(InvariantsTest, ABinThatHoldsAnotherNumber) {
  load();
  move(1, "hopper", "path");
  move(1, "path", "reject_bin");
  emit("world.reject_bin_emptied", {{"cards", 2}});
  EXPECT_THAT(found(), ElementsAre(HasSubstr("took 2 cards out of the reject bin, but 1 lay")));
}

// 6

TEST_F(InvariantsTest, ACardLeftForTheNextPerson) {
  load();
  move(1, "hopper", "path");
  move(1, "path", "exit");
  emit("kiosk.screen", {{"id", "welcome"}});
  EXPECT_THAT(found(), ElementsAre(HasSubstr("card 1 lies in the path or at the exit")));
}

TEST_F(InvariantsTest, ACapturedCardIsOutOfTheWay) {
  load();
  move(1, "hopper", "exit");
  move(1, "exit", "path");
  move(1, "path", "reject_bin");
  emit("kiosk.screen", {{"id", "welcome"}});
  EXPECT_THAT(found(), IsEmpty());
}

// 7

TEST_F(InvariantsTest, AnIdNumberInTheOpen) {
  emit("kiosk.step", {{"detail", "number 11010519491231002X refused"}});
  EXPECT_THAT(found(), ElementsAre(HasSubstr("the field \"detail\" of the event kiosk.step")));
}

TEST_F(InvariantsTest, ANameThatWasSeenBefore) {
  read_document();
  emit("issuance.settled", {{"detail", "card of 张晓燕"}});
  EXPECT_THAT(found(), ElementsAre(HasSubstr("holds personal data in the open")));
}

TEST_F(InvariantsTest, AMaskedNameOnTheIdleScreen) {
  read_document();
  emit("kiosk.screen", {{"id", "preview"}, {"title", "张*燕"}});
  EXPECT_THAT(found_, IsEmpty());
  emit("kiosk.screen", {{"id", "welcome"}, {"title", "张*燕"}});
  EXPECT_THAT(found(), ElementsAre(HasSubstr("still shows somebody's name")));
}

TEST_F(InvariantsTest, DigestsAndTimesAreNoNumbers) {
  emit("x", {{"a", "0123456789012345678901234"},
             {"b", "a123456789012345678"},
             {"c", "123456789012345678b"},
             {"d", "1795300000000"}});
  EXPECT_THAT(found(), IsEmpty());
}

// 8

TEST_F(InvariantsTest, AKioskThatHangs) {
  emit("kiosk.screen", {{"id", "welcome"}});
  now_ += 1h;
  emit("kiosk.screen", {{"id", "face"}});
  now_ += 21min;
  emit("face.result", {{"verdict", "no_face"}});
  EXPECT_THAT(found(), ElementsAre(HasSubstr("neither idle nor out of service")));
}

TEST_F(InvariantsTest, AKioskWithoutPowerDoesNotHang) {
  emit("kiosk.screen", {{"id", "face"}});
  emit("kiosk.power", {{"on", false}});
  now_ += 1h;
  emit("world.mains", {{"on", true}});
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(InvariantsTest, AClosedKioskNamesTheCause) {
  emit("kiosk.screen", {{"id", "out_of_service"}, {"staff_code", "P7"}, {"sentence", "…"}});
  EXPECT_THAT(found_, IsEmpty());
  emit("kiosk.screen", {{"id", "out_of_service"}, {"staff_code", ""}, {"sentence", "…"}});
  EXPECT_THAT(found(), ElementsAre(HasSubstr("does not name its cause")));
}

// 4: with the bytes of an answer, and the picture of a card.

class CertifiedTest : public InvariantsTest {
 protected:
  CertifiedTest() {
    certificate_.permit_id = "m1";
    certificate_.number = "T110000199104120020";
    certificate_.name = "张晓燕";
    certificate_.sex = "女";
    certificate_.category_code = "2";
    certificate_.category = "焊接与热切割作业";
    certificate_.item_code = "2.1";
    certificate_.item = "熔化焊接与热切割作业";
    certificate_.first_issued = certificate_.valid_from = {2026, 6, 15};
    certificate_.valid_to = {2032, 6, 14};
    certificate_.review_due = {2029, 6, 15};
    certificate_.authority = "测试省应急管理厅";
    certificate_.qr_payload = "CARDRIG-SIMULATION/1;permit=m1";
    Picture photo;
    photo.width_px = 60;
    photo.height_px = 84;
    photo.pixels.assign(60u * 84u * 3u, 128);
    certificate_.photo = std::make_shared<const Picture>(photo);
  }

  void answer() {
    const auto& c = certificate_;
    const auto png = certificate::encode_png(*c.photo);
    const nlohmann::json body = {
        {"attempt_id", "a1"},
        {"certificate",
         {{"permit_id", c.permit_id},
          {"number", c.number},
          {"name", c.name},
          {"sex", c.sex},
          {"category_code", c.category_code},
          {"category", c.category},
          {"item_code", c.item_code},
          {"item", c.item},
          {"first_issued", to_iso(c.first_issued)},
          {"valid_from", to_iso(c.valid_from)},
          {"valid_to", to_iso(c.valid_to)},
          {"review_due", to_iso(c.review_due)},
          {"authority", c.authority},
          {"qr_payload", c.qr_payload},
          {"photo", {{"format", "png"}, {"base64", base64(png.data(), png.size())}}}}}};
    const std::string text = body.dump();
    std::string http =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
    // In pieces, as wires are.
    for (std::size_t at = 0; at < http.size(); at += 64) {
      const auto piece = http.substr(at, 64);
      emit("wire.sent", {{"line", "platform"}, {"conn", 1}, {"dir", "to_host"}},
           {make_blob("bytes", "application/octet-stream", {piece.begin(), piece.end()})});
    }
  }

  void print(const certificate::Certificate& certificate) {
    auto png = certificate::encode_png(certificate::draw_card_front(certificate));
    emit("card.printed", {{"card", 1}, {"attempt", "a1"}},
         {make_blob("card", "image/png", std::move(png))});
  }

  void permission() {
    load();
    begin_session();
    read_document();
    match();
    claim();
    answer();
    intend();
    feed();
  }

  certificate::Certificate certificate_;
};

TEST_F(CertifiedTest, TheSameCardIsWell) {
  permission();
  print(certificate_);
  EXPECT_THAT(found(false), IsEmpty());
  EXPECT_EQ(checks(4), 2);
}

TEST_F(CertifiedTest, AnotherNameOnTheCardIsNot) {
  permission();
  certificate::Certificate other = certificate_;
  other.name = "张晓雁";
  print(other);
  EXPECT_THAT(found(false), ElementsAre(HasSubstr("differs from what the platform certified")));
}

TEST_F(CertifiedTest, AnotherPhotoOnTheCardIsNot) {
  permission();
  certificate::Certificate other = certificate_;
  Picture photo = *other.photo;
  photo.pixels[3000] = 0;
  photo.pixels[3001] = 0;
  photo.pixels[3002] = 0;
  other.photo = std::make_shared<const Picture>(photo);
  print(other);
  EXPECT_THAT(found(false), ElementsAre(HasSubstr("differs from what the platform certified")));
}

TEST_F(CertifiedTest, TheCertificateOfSomebodyElseIsNot) {
  certificate_.number = "T31000019881130004X";
  permission();
  EXPECT_THAT(found(false), ElementsAre(HasSubstr("for somebody else than the document")));
}

}  // namespace
}  // namespace cardrig::scenario
