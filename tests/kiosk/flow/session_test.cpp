// Every ending of a session, with scripted devices on virtual time.
#include "kiosk/flow/session.h"

#include <gtest/gtest.h>

#include <tuple>

#include "kiosk/identity/document.h"
#include "tests/kiosk/flow/fakes.h"

namespace cardrig::flow {
namespace {

using id_reader::ReaderReason;
using platform::PlatformReason;
using platform::Refusal;
using testing::Lies;
using testing::Rig;
using testing::Shows;

TEST(Session, TheGoodPathDeliversACard) {
  Rig rig;
  rig.start();
  ASSERT_EQ(rig.screen().id, "welcome");
  ASSERT_TRUE(rig.walk_to("done"));
  EXPECT_EQ(rig.issuer.issued, std::vector<std::string>{"permit-1"});
  EXPECT_EQ(rig.platform.last_person.id_number, "11010519491231002X");
  EXPECT_EQ(rig.platform.last_person.name, "张建国");
  EXPECT_EQ(rig.platform.last_person.document_type, "resident");
  EXPECT_TRUE(rig.step_seen("consent", "given"));
  EXPECT_TRUE(rig.step_seen("document", "genuine"));
  EXPECT_TRUE(rig.step_seen("face", "matched"));
  EXPECT_TRUE(rig.step_seen("issuance", "delivered"));
  ASSERT_TRUE(rig.run_until_screen("welcome", 30s));
  EXPECT_EQ(rig.ended(), "delivered");
  EXPECT_EQ(rig.events("kiosk.session_started").size(), 1U);
  EXPECT_EQ(rig.board.lights_on, 0);  // every guide light that was lit is dark again
}

TEST(Session, ABoardThatHangsKeepsNobodyWaiting) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  rig.board.hangs = true;
  rig.reader.lies = Lies::kNothing;
  rig.touch("agree");
  EXPECT_TRUE(rig.run_until_screen("place_card", 1s));
  rig.reader.lies = Lies::kIdCard;
  EXPECT_TRUE(rig.run_until_screen("face", 3s));
}

TEST(Session, ScreensComeInTheOrderOfTheSteps) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("done"));
  rig.run_for(30s);
  std::string order;
  for (const Event* event : rig.events("kiosk.screen")) {
    const std::string id = event->text("id");
    if (order.size() < id.size() || order.substr(order.size() - id.size()) != id) order += " " + id;
  }
  EXPECT_EQ(order,
            " starting welcome consent reading face checking preview printing take_card done"
            " welcome");
}

TEST(Session, NoFullNumberOrNameReachesScreenOrTrace) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("done"));
  rig.run_for(30s);
  EXPECT_EQ(rig.trace.to_json_lines().find("11010519491231002X"), std::string::npos);
  EXPECT_EQ(rig.trace.to_json_lines().find("张建国"), std::string::npos);
  bool masked_shown = false;
  for (const Screen& screen : rig.display.shown) {
    for (const Text& detail : screen.details) {
      const std::string said = render_text(detail, Language::kChinese);
      EXPECT_EQ(said.find("张建国"), std::string::npos);
      EXPECT_EQ(said.find("19491231"), std::string::npos);
      masked_shown = masked_shown || said.find("张*国") != std::string::npos;
    }
  }
  EXPECT_TRUE(masked_shown);
}

TEST(Session, TheStartButtonLeadsToPlacingTheCard) {
  Rig rig;
  rig.start();
  EXPECT_EQ(rig.touch("start"), TouchResult::kAccepted);
  ASSERT_TRUE(rig.run_until_screen("consent", 1s));
  rig.touch("agree");
  ASSERT_TRUE(rig.run_until_screen("place_card", 1s));
  rig.run_for(5s);
  EXPECT_EQ(rig.reader.reads, 0);
  rig.reader.lies = Lies::kIdCard;
  EXPECT_TRUE(rig.run_until_screen("face", 5s));
}

TEST(Session, TheLanguageButtonWorksOnEveryScreenAndIsResetAfterwards) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  rig.touch(kLanguageButton);
  EXPECT_EQ(rig.display.language, Language::kEnglish);
  EXPECT_EQ(rig.title(), "About the face check");
  EXPECT_EQ(rig.events("kiosk.screen").back()->text("language"), "en");
  ASSERT_TRUE(rig.walk_to("printing"));
  rig.touch(kLanguageButton);
  EXPECT_EQ(rig.display.language, Language::kChinese);
  rig.touch(kLanguageButton);
  ASSERT_TRUE(rig.run_until_screen("welcome", 120s));
  EXPECT_EQ(rig.display.language, Language::kChinese);
}

TEST(Session, TheSizeOfTheTextIsThePersonsOwnAndIsResetAfterwards) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  EXPECT_FALSE(rig.screen().large_text);
  EXPECT_EQ(rig.touch(kTextSizeButton), TouchResult::kAccepted);
  EXPECT_TRUE(rig.screen().large_text);
  EXPECT_EQ(rig.screen().id, "consent") << "it is no answer";
  ASSERT_TRUE(rig.walk_to("printing"));
  EXPECT_TRUE(rig.screen().large_text) << "on the screens that follow too";
  rig.touch(kTextSizeButton);
  EXPECT_FALSE(rig.screen().large_text);
  rig.touch(kTextSizeButton);
  ASSERT_TRUE(rig.run_until_screen("welcome", 120s));
  EXPECT_FALSE(rig.screen().large_text);
}

TEST(Session, WithoutConsentNothingIsReadAndTheCounterIsNamed) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  rig.touch("counter");
  EXPECT_EQ(rig.screen().id, "counter");
  EXPECT_EQ(rig.reader.reads, 0);
  EXPECT_EQ(rig.camera.frames, 0);
  rig.touch("finish");
  rig.reader.lies = Lies::kNothing;
  ASSERT_TRUE(rig.run_until_screen("welcome", 5s));
  EXPECT_EQ(rig.ended(), "counter_chosen");
}

TEST(Session, CancellingReturnsToWelcome) {
  for (const char* where : {"consent", "face", "preview"}) {
    Rig rig;
    rig.start();
    if (std::string(where) == "face") rig.camera.shows = [] { return Shows::kNobody; };
    ASSERT_TRUE(rig.walk_to(where)) << where;
    rig.reader.lies = Lies::kNothing;
    rig.touch("cancel");
    ASSERT_TRUE(rig.run_until_screen("welcome", 3s)) << where;
    EXPECT_EQ(rig.ended(), "cancelled") << where;
    EXPECT_TRUE(rig.issuer.issued.empty());
  }
}

// ---- the document ------------------------------------------------------------------------------

TEST(Session, ACardLiftedTooEarlyMayBePlacedAgain) {
  Rig rig;
  rig.reader.read_failures = {ReaderReason::kCardMoved, ReaderReason::kBadAnswer};
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  rig.touch("agree");
  ASSERT_TRUE(rig.run_until_screen("place_card", 5s));
  EXPECT_EQ(rig.sentence(), "请重新放好，不要移动");
  EXPECT_TRUE(rig.run_until_screen("face", 10s));
  EXPECT_EQ(rig.reader.reads, 3);
}

TEST(Session, StaleDataAreReadAgainAfterTheCardWasLifted) {
  Rig rig;
  rig.reader.read_failures = {ReaderReason::kStale};
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  rig.touch("agree");
  ASSERT_TRUE(rig.run_until_screen("place_card", 5s));
  EXPECT_EQ(rig.sentence(), "请拿起证件，再放一次");
  EXPECT_TRUE(rig.run_until_screen("face", 10s));
  EXPECT_EQ(rig.reader.reads, 2);
}

TEST(Session, AfterThreeFailedReadsThePersonIsSentToTheCounter) {
  Rig rig;
  rig.reader.read_failures.assign(9, ReaderReason::kCardMoved);
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_EQ(rig.title(), "没能读出证件");
  EXPECT_EQ(rig.reader.reads, 3);
  ASSERT_TRUE(rig.run_until_screen("take_document", 25s));
  rig.reader.lies = Lies::kNothing;
  ASSERT_TRUE(rig.run_until_screen("welcome", 5s));
  EXPECT_EQ(rig.ended(), "read_failed");
}

TEST(Session, AReadThatHangsCountsAsAFailedOne) {
  Rig rig;
  rig.reader.read_hangs = true;
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_EQ(rig.reader.reads, 3);
  rig.run_for(90s);
  EXPECT_EQ(rig.ended(), "read_failed");
}

TEST(Session, ABankCardMustBeLiftedBeforeTheNextTry) {
  Rig rig;
  rig.reader.lies = Lies::kBankCard;
  rig.start();
  rig.reader.lies = Lies::kNothing;
  rig.run_for(2s);
  rig.reader.lies = Lies::kBankCard;
  ASSERT_TRUE(rig.run_until_screen("consent", 5s));
  rig.touch("agree");
  ASSERT_TRUE(rig.run_until_screen("place_card", 5s));
  EXPECT_EQ(rig.sentence(), "这不是身份证，请换一张");
  rig.run_for(5s);
  EXPECT_EQ(rig.reader.reads, 1);
  rig.reader.lies = Lies::kNothing;
  rig.run_for(2s);
  rig.reader.lies = Lies::kIdCard;
  EXPECT_TRUE(rig.run_until_screen("face", 5s));
}

TEST(Session, AReaderThatIsLostTakesTheKioskOutOfService) {
  Rig rig;
  rig.reader.read_failures = {ReaderReason::kLinkLost};
  rig.start();
  ASSERT_TRUE(rig.walk_to("out_of_service"));
  EXPECT_EQ(rig.sentence(), "读卡器出了问题");
  EXPECT_EQ(rig.ended(), "device_lost");
  rig.reader.lies = Lies::kNothing;
  EXPECT_TRUE(rig.run_until_screen("welcome", 20s));  // it came back by itself
}

struct DocumentCase {
  const char* name;
  std::function<void(Rig&)> spoil;
  const char* reason;
  const char* finding;
};

class SessionDocument : public ::testing::TestWithParam<DocumentCase> {};

TEST_P(SessionDocument, IsRefusedWithItsReasonAndNobodyIsFilmed) {
  Rig rig;
  GetParam().spoil(rig);
  const Lies lies = std::exchange(rig.reader.lies, Lies::kNothing);
  rig.start();
  rig.reader.lies = lies;
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_EQ(rig.screen().title.key, std::string("refused.") + GetParam().reason + ".title");
  EXPECT_EQ(rig.camera.frames, 0);
  EXPECT_EQ(rig.platform.asked, 0);
  if (*GetParam().finding != '\0') {
    bool seen = false;
    for (const Event* event : rig.events("identity.finding")) {
      seen = seen || event->text("finding") == GetParam().finding;
    }
    EXPECT_TRUE(seen);
  }
  rig.reader.lies = Lies::kNothing;
  ASSERT_TRUE(rig.run_until_screen("welcome", 25s));
  EXPECT_EQ(rig.ended(), GetParam().reason);
}

const DocumentCase kDocuments[] = {
    {"forged", [](Rig& rig) { rig.reader.lies = Lies::kForged; }, "document_check", ""},
    {"check_digit",
     [](Rig& rig) { testing::put_text(rig.reader.text, 122, u"110105194912310021"); },
     "document_check", identity::to_string(identity::Finding::kCheckDigit)},
    {"expired",
     [](Rig& rig) {
       testing::put_text(rig.reader.text, 36, u"19900307");
       testing::put_text(rig.reader.text, 122, u"110105199003070025");
       testing::put_text(rig.reader.text, 204, u"20200101");
     },
     "expired", identity::to_string(identity::Finding::kExpired)},
    {"unknown_type", [](Rig& rig) { testing::put_text(rig.reader.text, 248, u"Q"); },
     "unknown_document", ""},
    {"bad_text", [](Rig& rig) { testing::put_text(rig.reader.text, 2, u"\xD800"); },
     "document_check", ""},
    {"private_use_name", [](Rig& rig) { testing::put_text(rig.reader.text, 2, u"\xE815"); },
     "rare_name", identity::to_string(identity::Finding::kRareName)},
    {"name_without_glyph", [](Rig& rig) { testing::put_text(rig.reader.text, 2, u"\xD801\xDE00"); },
     "rare_name", ""},
    {"additional_address",
     [](Rig& rig) {
       rig.reader.has_new_address = true;
       rig.reader.new_address[0] = 0x42;  // half a pair
       rig.reader.new_address[1] = 0xD8;
     },
     "document_check", ""},
    {"decoder_crashed", [](Rig& rig) { rig.photos.fails = id_reader::PhotoReason::kCrashed; },
     "photo_unreadable", ""},
    {"photo", [](Rig& rig) { rig.photos.fails = id_reader::PhotoReason::kDamaged; },
     "photo_unreadable", ""},
    {"no_face_in_photo", [](Rig& rig) { rig.photos.shows = Shows::kNobody; }, "photo_unreadable",
     ""},
};
INSTANTIATE_TEST_SUITE_P(All, SessionDocument, ::testing::ValuesIn(kDocuments),
                         [](const auto& made) { return std::string(made.param.name); });

TEST(Session, AForgedChipIsReadOnceOnly) {
  Rig rig;
  rig.reader.lies = Lies::kForged;
  rig.start();
  rig.reader.lies = Lies::kNothing;
  rig.run_for(2s);
  rig.reader.lies = Lies::kForged;
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_EQ(rig.reader.reads, 1);
}

// ---- the face ----------------------------------------------------------------------------------

TEST(Session, SomebodyElseIsRefusedAfterTwoTries) {
  Rig rig;
  rig.camera.shows = [] { return Shows::kStranger; };
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_EQ(rig.screen().title.key, "refused.different_person.title");
  EXPECT_EQ(rig.platform.asked, 0);
  EXPECT_EQ(rig.events("face.result").size(), 2U * 4U);
  EXPECT_EQ(rig.events("face.result").back()->text("verdict"), "different_person");
  rig.reader.lies = Lies::kNothing;
  rig.run_for(30s);
  EXPECT_EQ(rig.ended(), "different_person");
}

TEST(Session, AHintIsFollowedAndTheFaceMatches) {
  Rig rig;
  int frames = 0;
  rig.camera.shows = [&] { return ++frames < 8 ? Shows::kFar : Shows::kHolder; };
  rig.start();
  ASSERT_TRUE(rig.walk_to("face"));
  rig.run_for(500ms);
  EXPECT_EQ(rig.sentence(), "请再靠近一点");
  EXPECT_TRUE(rig.run_until_screen("checking", 10s));
}

TEST(Session, ASecondTryMaySucceed) {
  Rig rig;
  int frames = 0;
  rig.camera.shows = [&] { return ++frames <= 4 ? Shows::kStranger : Shows::kHolder; };
  rig.start();
  EXPECT_TRUE(rig.walk_to("done"));
}

class SessionUnclear
    : public ::testing::TestWithParam<std::tuple<Shows, const char*, const char*>> {};

TEST_P(SessionUnclear, IsHintedThreeTimesThenRefused) {
  const auto [shows, hint, reason] = GetParam();
  Rig rig;
  rig.camera.shows = [shows = shows] { return shows; };
  rig.start();
  ASSERT_TRUE(rig.walk_to("face"));
  rig.run_for(3s);
  EXPECT_EQ(rig.screen().sentence.key, std::string("face.sentence.") + hint);
  EXPECT_TRUE(rig.run_until_screen("refused", 60s));
  EXPECT_LT(rig.events("face.result").size(), 110U);  // the pace slows down
  rig.run_for(90s);
  EXPECT_EQ(rig.ended(), reason);
  EXPECT_EQ(rig.screen().id, "welcome");
}
INSTANTIATE_TEST_SUITE_P(All, SessionUnclear,
                         ::testing::Values(std::tuple{Shows::kTwo, "several_faces",
                                                      "several_faces"},
                                           std::tuple{Shows::kDark, "too_dark", "face_unclear"},
                                           std::tuple{Shows::kBlurred, "blurred", "face_unclear"},
                                           std::tuple{Shows::kFar, "too_far", "face_unclear"}));

TEST(Session, NobodyInFrontIsAskedOnceThenTheSessionEnds) {
  Rig rig;
  rig.camera.shows = [] { return Shows::kNobody; };
  rig.start();
  ASSERT_TRUE(rig.walk_to("face"));
  ASSERT_TRUE(rig.run_until_screen("more_time", 20s));
  rig.touch("more_time");
  ASSERT_TRUE(rig.run_until_screen("face", 1s));
  ASSERT_TRUE(rig.run_until_screen("more_time", 20s));
  rig.reader.lies = Lies::kNothing;
  ASSERT_TRUE(rig.run_until_screen("welcome", 15s));
  EXPECT_EQ(rig.ended(), "time_up");
}

TEST(Session, AFrozenCameraCannotShowThePersonBefore) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("done"));
  rig.run_for(30s);
  rig.camera.frozen = true;  // the last picture, of the holder, stays for ever
  ASSERT_TRUE(rig.walk_to("out_of_service"));
  EXPECT_EQ(rig.sentence(), "摄像头出了问题");
  EXPECT_EQ(rig.ended(), "device_lost");
  EXPECT_EQ(rig.issuer.issued.size(), 1U);
}

TEST(Session, ACameraThatIsGoneOrHangsEndsTheSession) {
  for (const bool hangs : {false, true}) {
    Rig rig;
    rig.start();
    ASSERT_TRUE(rig.walk_to("consent"));
    rig.camera.hangs = hangs;
    if (!hangs) rig.camera.frame_fails = camera::CameraReason::kGone;
    rig.touch("agree");
    EXPECT_TRUE(rig.run_until_screen("out_of_service", 60s));
  }
}

// ---- the platform ------------------------------------------------------------------------------

TEST(Session, APlatformThatStumblesOnceIsAskedAgain) {
  Rig rig;
  rig.platform.failures = {PlatformReason::kServerError};
  rig.start();
  EXPECT_TRUE(rig.walk_to("done"));
  EXPECT_EQ(rig.platform.asked, 2);
}

TEST(Session, APlatformThatIsDownOrSilentIsSaidToBe) {
  for (const bool hangs : {false, true}) {
    Rig rig;
    rig.platform.hangs = hangs;
    rig.platform.failures.assign(9, PlatformReason::kUnreachable);
    rig.start();
    ASSERT_TRUE(rig.walk_to("refused"));
    EXPECT_EQ(rig.screen().title.key, "refused.platform_down.title");
    EXPECT_EQ(rig.platform.asked, 2);
    EXPECT_TRUE(rig.issuer.issued.empty());
  }
}

TEST(Session, AnAnswerThatIsNotUnderstoodIsNotRepeated) {
  Rig rig;
  rig.platform.failures = {PlatformReason::kBadAnswer};
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_EQ(rig.screen().title.key, "refused.platform_wrong.title");
  EXPECT_EQ(rig.platform.asked, 1);
}

TEST(Session, AKioskThatThePlatformDoesNotAcceptGoesOutOfService) {
  Rig rig;
  rig.platform.failures = {PlatformReason::kUnauthorised};
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  rig.platform.health_fails = PlatformReason::kUnauthorised;
  ASSERT_TRUE(rig.run_until_screen("out_of_service", 30s));
  rig.run_for(60s);
  EXPECT_EQ(rig.screen().id, "out_of_service");
  EXPECT_EQ(rig.kiosk->out_of_service(), Cause::kNotAuthorised);
  rig.platform.health_fails.reset();
  EXPECT_TRUE(rig.run_until_screen("welcome", 30s));
}

class SessionRefusal : public ::testing::TestWithParam<std::pair<Refusal, const char*>> {};

TEST_P(SessionRefusal, OfTheOnlyPermitIsToldWithItsReason) {
  Rig rig;
  rig.platform.permits[0].refusal = GetParam().first;
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_EQ(rig.screen().title.key, std::string("refused.") + GetParam().second + ".title");
  rig.run_for(30s);
  EXPECT_EQ(rig.ended(), GetParam().second);
  EXPECT_EQ(rig.screen().id, "welcome");
}
INSTANTIATE_TEST_SUITE_P(All, SessionRefusal,
                         ::testing::Values(std::pair{Refusal::kNotApproved, "not_approved"},
                                           std::pair{Refusal::kRevoked, "revoked"},
                                           std::pair{Refusal::kAlreadyIssued, "already_issued"},
                                           std::pair{Refusal::kClaimed, "claimed"},
                                           std::pair{Refusal::kPhotoMissing, "photo_missing"},
                                           std::pair{Refusal::kExpired, "permit_expired"}));

TEST(Session, WithoutAnyPermitThePersonIsToldToComeBack) {
  Rig rig;
  rig.platform.permits.clear();
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_EQ(rig.screen().title.key, "refused.no_permit.title");
}

TEST(Session, AmongSeveralPermitsTheChosenOneIsPrinted) {
  Rig rig;
  rig.platform.permits = {{"a", "低压电工", "1.1", "低压电工作业", Refusal::kRevoked},
                          {"b", "焊接", "2.1", "熔化焊接", Refusal::kNone},
                          {"c", "高处", "3.1", "登高架设", Refusal::kNone}};
  rig.start();
  ASSERT_TRUE(rig.walk_to("choose"));
  EXPECT_EQ(rig.touch("choose:0"), TouchResult::kDisabled);
  EXPECT_EQ(rig.touch("choose:7"), TouchResult::kNoSuchButton);
  EXPECT_EQ(rig.screen().id, "choose");
  rig.touch("choose:1");
  ASSERT_TRUE(rig.run_until_screen("preview", 1s));
  rig.touch("back");
  ASSERT_TRUE(rig.run_until_screen("choose", 1s));
  rig.touch("choose:2");
  ASSERT_TRUE(rig.run_until_screen("preview", 1s));
  rig.touch("print");
  ASSERT_TRUE(rig.run_until_screen("done", 120s));
  EXPECT_EQ(rig.issuer.issued, std::vector<std::string>{"c"});
}

TEST(Session, SeveralPermitsThatAreAllRefusedAreListedWithTheirReasons) {
  Rig rig;
  rig.platform.permits = {{"a", "低压电工", "1.1", "低压电工作业", Refusal::kRevoked},
                          {"b", "焊接", "2.1", "熔化焊接", Refusal::kAlreadyIssued}};
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  ASSERT_EQ(rig.screen().details.size(), 4U);
  EXPECT_EQ(render_text(rig.screen().details[1], Language::kChinese), "低压电工作业：已撤销");
  EXPECT_EQ(render_text(rig.screen().details[2], Language::kEnglish),
            "熔化焊接: already collected");
}

// ---- issuance ----------------------------------------------------------------------------------

struct TroubleCase {
  issuance::Trouble trouble;
  platform::Outcome outcome;
  bool out_of_service;
  const char* reason;
};

class SessionTrouble : public ::testing::TestWithParam<TroubleCase> {};

TEST_P(SessionTrouble, IsToldAndTheKioskServesOnOrStops) {
  Rig rig;
  rig.issuer.settled = {GetParam().outcome, GetParam().trouble, "for staff",
                        GetParam().out_of_service};
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_EQ(rig.screen().title.key, std::string("refused.") + GetParam().reason + ".title");
  rig.touch("finish");
  rig.run_for(5s);
  EXPECT_EQ(rig.ended(), GetParam().reason);
  EXPECT_EQ(rig.screen().id, GetParam().out_of_service ? "out_of_service" : "welcome");
}
using issuance::Trouble;
using platform::Outcome;
INSTANTIATE_TEST_SUITE_P(
    All, SessionTrouble,
    ::testing::Values(
        TroubleCase{Trouble::kClaimRefused, Outcome::kNoCard, false, "claim_refused"},
        TroubleCase{Trouble::kPlatformDown, Outcome::kNoCard, false, "platform_down"},
        TroubleCase{Trouble::kPlatformLied, Outcome::kNoCard, false, "platform_wrong"},
        TroubleCase{Trouble::kPrinterNotReady, Outcome::kNoCard, true, "printer_not_ready"},
        TroubleCase{Trouble::kCardSpoilt, Outcome::kSpoilt, true, "card_spoilt"},
        TroubleCase{Trouble::kCardNotTaken, Outcome::kCaptured, false, "card_not_taken"},
        TroubleCase{Trouble::kCardFateUnknown, Outcome::kUnknown, true, "card_fate_unknown"},
        TroubleCase{Trouble::kJournalFailed, Outcome::kNoCard, true, "journal_failed"},
        TroubleCase{Trouble::kWithdrawn, Outcome::kNoCard, false, "withdrawn"}));

TEST(Session, StagesOfTheIssuanceAreShown) {
  Rig rig;
  using issuance::Stage;
  rig.issuer.stages = {
      {Stage::kClaiming, 1s},          {Stage::kPreparing, 1s},  {Stage::kPrinting, 30s},
      {Stage::kRetrying, 2s},          {Stage::kPrinting, 30s},  {Stage::kTakeCard, 30s},
      {Stage::kTakeCardReminder, 30s}, {Stage::kRetracting, 3s}, {Stage::kSettling, 1s}};
  rig.issuer.settled = {Outcome::kCaptured, Trouble::kCardNotTaken, "", false};
  rig.start();
  ASSERT_TRUE(rig.walk_to("take_card"));
  EXPECT_TRUE(rig.screen().ends_at.has_value());
  rig.run_for(31s);
  EXPECT_EQ(rig.sentence(), "证书即将收回，请取走");
  rig.run_for(30s);
  EXPECT_EQ(rig.title(), "正在收回证书");
  ASSERT_TRUE(rig.run_until_screen("refused", 10s));
}

TEST(Session, ALongIssuanceIsNeverCancelled) {
  Rig rig;
  rig.issuer.stages = {{issuance::Stage::kPrinting, 20min}};
  rig.start();
  ASSERT_TRUE(rig.walk_to("printing"));
  rig.run_for(19min);
  EXPECT_EQ(rig.screen().id, "printing");
  EXPECT_TRUE(rig.run_until_screen("done", 2min));
}

// ---- time, wiping, the next person -------------------------------------------------------------

TEST(Session, EveryWaitForThePersonOffersMoreTimeAndThenEnds) {
  for (const char* where : {"consent", "place_card", "choose", "preview"}) {
    Rig rig;
    rig.platform.permits.push_back({"b", "焊接", "2.1", "压力焊", Refusal::kNone});
    rig.start();
    if (std::string(where) == "place_card") {
      rig.touch("start");
      ASSERT_TRUE(rig.run_until_screen("consent", 1s));
      rig.touch("agree");
      ASSERT_TRUE(rig.run_until_screen("place_card", 1s));
    } else {
      ASSERT_TRUE(rig.walk_to(where)) << where;
    }
    ASSERT_TRUE(rig.run_until_screen("more_time", 60s)) << where;
    rig.touch("more_time");
    ASSERT_EQ(rig.screen().id, where);
    ASSERT_TRUE(rig.run_until_screen("more_time", 60s)) << where;
    rig.reader.lies = Lies::kNothing;
    ASSERT_TRUE(rig.run_until_screen("welcome", 12s)) << where;
    EXPECT_EQ(rig.ended(), "time_up") << where;
  }
}

TEST(Session, MoreTimeIsNotGivenForEver) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  rig.reader.lies = Lies::kNothing;
  int granted = 0;
  while (rig.run_until_screen("more_time", 61s)) {
    rig.touch("more_time");
    ++granted;
    ASSERT_LT(granted, 10);
  }
  EXPECT_EQ(granted, 3);
  EXPECT_EQ(rig.ended(), "time_up");
}

TEST(Session, TheReaderForgetsAfterEveryEnding) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("done"));
  rig.run_for(30s);
  EXPECT_GE(rig.reader.forgotten, 1);
  EXPECT_EQ(rig.screen().picture, nullptr);
}

TEST(Session, AForgottenCardIsRemindedOfAndNeverReadForTheNextPerson) {
  Rig rig;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  rig.touch("counter");
  rig.touch("finish");
  ASSERT_TRUE(rig.run_until_screen("take_document", 5s));
  ASSERT_TRUE(rig.run_until_screen("welcome", 60s));  // nobody took it
  EXPECT_EQ(rig.screen().details[0].key, "welcome.old_card");
  rig.run_for(60s);
  EXPECT_EQ(rig.events("kiosk.session_started").size(), 1U);
  rig.touch("start");  // the next person, while the card still lies there
  ASSERT_TRUE(rig.run_until_screen("take_document", 2s));
  EXPECT_EQ(rig.reader.reads, 0);
  rig.reader.lies = Lies::kNothing;
  EXPECT_TRUE(rig.run_until_screen("consent", 2s));
}

TEST(Session, PersonalDataAreOverwritten) {
  Visitor visitor;
  visitor.person.id_number = "11010519491231002X";
  visitor.document.address = "北京市朝阳区虚构路1号虚构小区2号楼";
  visitor.chip_face.values = {1, 2, 3};
  const char* address = visitor.document.address.data();
  const std::size_t size = visitor.document.address.size();
  visitor.wipe();
  EXPECT_TRUE(visitor.person.id_number.empty());
  EXPECT_EQ(std::string(address, size), std::string(size, '\0'));
  EXPECT_EQ(visitor.chip_face.values, (std::vector<float>{0, 0, 0}));
}

}  // namespace
}  // namespace cardrig::flow
