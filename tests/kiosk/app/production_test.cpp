// What a production profile refuses: everything that only a simulation may have.
#include <gtest/gtest.h>

#include "kiosk/app/kiosk_app.h"
#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/posix_files.h"
#include "kiosk/runtime/virtual_clock.h"
#include "kiosk/runtime/virtual_time.h"

namespace cardrig::app {
namespace {

class RealDecoder final : public id_reader::PhotoDecoder {
 public:
  Async<Result<Picture, id_reader::PhotoReason>> decode(
      std::span<const std::uint8_t, 1024>) override {
    co_return fail(id_reader::PhotoReason::kNotLicensed);
  }
  bool is_stand_in() const override { return false; }
};

class NoCamera final : public camera::FrameSource {
 public:
  Async<Result<Unit, camera::CameraReason>> start() override {
    co_return fail(camera::CameraReason::kGone);
  }
  Async<Result<camera::Frame, camera::CameraReason>> next_frame(std::uint64_t, Nanos) override {
    co_return fail(camera::CameraReason::kGone);
  }
  void stop() override {}
  DeviceState state() const override { return DeviceState::kOffline; }
};

class NoEngine final : public face::Engine {
 public:
  std::string name() const override { return "none"; }
  Result<std::vector<face::Detection>, face::FaceReason> detect(const Picture&) override {
    return fail(face::FaceReason::kNoFace);
  }
  Result<face::Embedding, face::FaceReason> embed(const Picture&, const face::Detection&) override {
    return fail(face::FaceReason::kNoFace);
  }
  double similarity(const face::Embedding&, const face::Embedding&) const override { return 0; }
  double default_threshold() const override { return 1; }
};

class NoDisplay final : public flow::Display {
 public:
  void show(const flow::Screen&) override {}
  void set_language(flow::Language) override {}
};

class ProductionTest : public ::testing::Test {
 protected:
  /// The sentence of the refusal; "" if the kiosk was made.
  std::string refusal(const Profile& profile, Entropy& entropy,
                      std::unique_ptr<id_reader::PhotoDecoder> photos) {
    MemoryLine line("any", *loop, tracer, {});
    const auto source = [&] { return line.source(*loop, tracer); };
    Ports ports{*loop,    clock,    tracer,   entropy,           keys,     files,
                camera,   engine,   display,  std::move(photos), source(), source(),
                source(), source(), source(), speaker,           trace};
    const auto made = KioskApp::make(profile, std::move(ports));
    return made ? "" : made.error().detail;
  }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> loop = time.make_loop("kiosk");
  VirtualCivilClock clock{*loop, {0}};
  Trace trace{[this] { return time.now(); }};
  Tracer tracer{trace, "kiosk"};
  FixedKeySource keys{Key256{}};
  PosixFiles files;
  NoCamera camera;
  NoEngine engine;
  NoDisplay display;
  speaker::NoSpeaker speaker;
  SystemEntropy system;
  SeededEntropy seeded{1};
  Profile production = [] {
    Profile p;
    p.name = "hall 3";
    p.production = true;
    return p;
  }();
};

TEST_F(ProductionTest, AProductionKioskIsMadeOfRealParts) {
  EXPECT_EQ(refusal(production, system, std::make_unique<RealDecoder>()), "");
}

TEST_F(ProductionTest, ItRefusesEveryPartOfASimulationByName) {
  EXPECT_EQ(refusal(production, system, id_reader::make_stand_in_decoder()),
            "the production profile \"hall 3\" refuses the stand-in decoder of chip photos");
  EXPECT_EQ(refusal(production, seeded, std::make_unique<RealDecoder>()),
            "the production profile \"hall 3\" refuses seeded randomness");
  production.test_port = true;
  EXPECT_EQ(refusal(production, system, std::make_unique<RealDecoder>()),
            "the production profile \"hall 3\" refuses an open test port");
}

TEST_F(ProductionTest, ASimulatedProfileTakesThem) {
  EXPECT_EQ(refusal(Profile{}, seeded, id_reader::make_stand_in_decoder()), "");
}

}  // namespace
}  // namespace cardrig::app
