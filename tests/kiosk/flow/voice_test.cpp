// The voice: the screen's sentence, the last ten seconds, and never two at once.
#include "kiosk/flow/voice.h"

#include <gtest/gtest.h>

#include "tests/kiosk/flow/fakes.h"

namespace cardrig::flow {
namespace {

using testing::Rig;
using testing::Spoken;

std::vector<std::string> keys_of(const std::vector<Spoken>& spoken) {
  std::vector<std::string> keys;
  keys.reserve(spoken.size());
  for (const Spoken& each : spoken) keys.push_back(each.utterance.key);
  return keys;
}

bool has(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

TEST(Voice, SaysTheSentenceOfEachScreenAndNothingWhenNobodyIsThere) {
  Rig rig;
  rig.start();
  rig.run_for(1min);
  EXPECT_TRUE(rig.speaker.spoken.empty()) << "an idle kiosk is quiet";
  ASSERT_TRUE(rig.walk_to("done"));
  rig.run_for(1min);
  const auto keys = keys_of(rig.speaker.spoken);
  for (const char* key :
       {"consent.sentence", "printing.sentence", "take_card.sentence", "done.sentence"}) {
    EXPECT_TRUE(has(keys, key)) << key;
  }
  EXPECT_FALSE(has(keys, "welcome.sentence"));
  EXPECT_EQ(rig.speaker.spoken[0].utterance.text, "核验人脸需您单独同意");
  EXPECT_EQ(rig.speaker.spoken[0].utterance.language, "zh");
}

TEST(Voice, NeverSpeaksOverItself) {
  Rig rig;
  rig.speaker.length = 4s;  // longer than most screens stand
  rig.start();
  ASSERT_TRUE(rig.walk_to("preview"));
  for (int i = 0; i < 6; ++i) {
    rig.touch(kLanguageButton);
    rig.run_for(300ms);
  }
  rig.touch("print");
  ASSERT_TRUE(rig.run_until_screen("done", 60s));
  rig.run_for(1min);
  ASSERT_GE(rig.speaker.spoken.size(), 4U);
  for (std::size_t i = 1; i < rig.speaker.spoken.size(); ++i) {
    EXPECT_GE(rig.speaker.spoken[i].from, rig.speaker.spoken[i - 1].to) << i;
  }
  EXPECT_EQ(rig.speaker.overlaps, 0);
}

TEST(Voice, OfSentencesThatWaitOnlyTheNewestIsSaid) {
  Rig rig;
  rig.speaker.length = 2s;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  rig.reader.lies = testing::Lies::kNothing;
  rig.touch("agree");
  ASSERT_TRUE(rig.run_until_screen("place_card", 1s));
  rig.touch("cancel");
  rig.run_for(10s);
  EXPECT_EQ(keys_of(rig.speaker.spoken), std::vector<std::string>{"consent.sentence"})
      << "the screen that asked for the card is gone";
}

TEST(Voice, CountsTheLastTenSecondsBeforeTheVisitEnds) {
  Rig rig;
  rig.speaker.length = 500ms;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  ASSERT_TRUE(rig.run_until_screen("more_time", 60s));
  rig.speaker.spoken.clear();
  rig.run_for(12s);
  std::string counted;
  for (const Spoken& each : rig.speaker.spoken) {
    if (each.utterance.key == "voice.seconds_left") counted += each.utterance.text + " ";
  }
  EXPECT_EQ(counted, "9 8 7 6 5 4 3 2 1 ") << "the sentence of the screen has the tenth";
  EXPECT_EQ(rig.speaker.overlaps, 0);
}

TEST(Voice, CountsNoLongerWhenMoreTimeWasGiven) {
  Rig rig;
  rig.speaker.length = 500ms;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  ASSERT_TRUE(rig.run_until_screen("more_time", 60s));
  rig.run_for(3s);
  rig.touch("more_time");
  rig.run_for(1s);
  rig.speaker.spoken.clear();
  rig.run_for(20s);
  EXPECT_TRUE(rig.speaker.spoken.empty());
}

TEST(Voice, SpeaksTheLanguageOfTheScreen) {
  Rig rig;
  rig.speaker.length = 500ms;
  rig.start();
  ASSERT_TRUE(rig.walk_to("consent"));
  rig.run_for(1s);
  rig.touch(kLanguageButton);
  rig.run_for(1s);
  ASSERT_EQ(rig.speaker.spoken.size(), 2U);
  EXPECT_EQ(rig.speaker.spoken[1].utterance.language, "en");
  EXPECT_EQ(rig.speaker.spoken[1].utterance.text, "We need your consent to check your face");
}

TEST(Voice, ASpeakerThatHangsOrIsGoneKeepsNobodyWaiting) {
  Rig hanging;
  hanging.speaker.length = testing::kForever;
  hanging.start();
  EXPECT_TRUE(hanging.walk_to("done"));
  hanging.run_for(1min);
  EXPECT_GT(hanging.speaker.spoken.size(), 1U) << "a sentence that hangs is given up";
  Rig gone;
  gone.speaker.offline = true;
  gone.start();
  EXPECT_TRUE(gone.walk_to("done"));
}

TEST(Voice, IsQuieterInTheEvening) {
  const VoiceSettings settings;
  const auto at = [](int hour) {  // of 2026-06-15 in China
    return CivilTime{1781452800000 + hour * std::int64_t{3'600'000}};
  };
  EXPECT_EQ(volume_percent(settings, at(7)), settings.quiet_percent);
  EXPECT_EQ(volume_percent(settings, at(8)), settings.day_percent);
  EXPECT_EQ(volume_percent(settings, at(19)), settings.day_percent);
  EXPECT_EQ(volume_percent(settings, at(20)), settings.quiet_percent);
  EXPECT_EQ(volume_percent(settings, at(0)), settings.quiet_percent);
}

}  // namespace
}  // namespace cardrig::flow
