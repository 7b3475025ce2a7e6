// The simulated speaker: how long it speaks, and that it holds one voice only.
#include "simulators/speaker/simulated_speaker.h"

#include <gtest/gtest.h>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/virtual_time.h"

namespace cardrig::sim {
namespace {

using namespace std::chrono_literals;
using speaker::SpeakerReason;
using Said = Result<Unit, SpeakerReason>;

class SimulatedSpeakerTest : public ::testing::Test {
 protected:
  Async<void> say(std::string text, std::optional<Said>& into) {
    speaker::Utterance utterance{"consent.sentence", std::move(text), "zh", 80};
    into = co_await subject.say(std::move(utterance));
  }
  ~SimulatedSpeakerTest() override { loop->drop_everything(); }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> loop = time.make_loop("kiosk");
  Trace trace{[this] { return time.now(); }};
  SimulatedSpeaker subject{*loop, Tracer(trace, "speaker")};
};

TEST_F(SimulatedSpeakerTest, TakesAsLongAsAVoice) {
  EXPECT_EQ(spoken_length({"", "请看摄像头", "zh", 80}), 5 * 230ms);
  EXPECT_EQ(spoken_length({"", "Stand", "en", 80}), 5 * 65ms);
  std::optional<Said> said;
  spawn(*loop, say("请看摄像头", said));
  time.run_until(1s);
  EXPECT_TRUE(subject.is_speaking());
  EXPECT_FALSE(said.has_value());
  time.run_until(1200ms);
  EXPECT_FALSE(subject.is_speaking());
  ASSERT_TRUE(said.has_value());
  EXPECT_TRUE(said->has_value());
  ASSERT_EQ(trace.events().size(), 1U);
  EXPECT_EQ(trace.events()[0].text("text"), "请看摄像头");
  EXPECT_EQ(trace.events()[0].number("volume"), 80);
  EXPECT_EQ(trace.events()[0].number("ms"), 1150);
}

TEST_F(SimulatedSpeakerTest, RefusesASecondVoice) {
  std::optional<Said> first, second;
  spawn(*loop, say("请看摄像头", first));
  spawn(*loop, say("请稍候", second));
  time.run_until(10s);
  EXPECT_TRUE(first->has_value());
  ASSERT_FALSE(second->has_value());
  EXPECT_EQ(second->error().reason, SpeakerReason::kBusy);
  EXPECT_EQ(subject.refused(), 1);
  EXPECT_EQ(trace.events().size(), 1U);
}

}  // namespace
}  // namespace cardrig::sim
