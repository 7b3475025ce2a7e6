// A vendor's library in its own process: what it does there, and that the kiosk goes on.
#include "kiosk/devices/id_reader/vendor/vendor_photos.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "kiosk/runtime/async.h"

namespace cardrig::id_reader {
namespace {

using namespace std::chrono_literals;
using Coded = std::array<std::uint8_t, 1024>;
using Decoded = Result<Picture, PhotoReason>;

Coded photo(char what) {
  Coded coded{};
  for (std::size_t i = 0; i < coded.size(); ++i) coded[i] = static_cast<std::uint8_t>(i * 31);
  coded[0] = static_cast<std::uint8_t>(what);
  return coded;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

struct VendorPhotosTest : testing::Test {
  VendorPhotosTest() {
    config.program = PHOTO_DECODER;
    config.library = TEST_LIBRARY;
    config.limit = 20s;  // for a busy machine; tests of the limit set their own
    config.start_limit = 20s;
    if (SANITIZED) config.memory_mb = 0;  // they reserve terabytes of addresses
  }
  ~VendorPhotosTest() override {
    decoder.reset();
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a process, or what is left of it";
    EXPECT_EQ(errno, ECHILD);
  }

  Decoded decode(const Coded& coded) {
    if (!decoder) decoder = make_vendor_photos(loop, tracer, config);
    std::optional<Decoded> out;
    spawn(loop, keep(*decoder, coded, out));
    run_until([&out] { return out.has_value(); });
    return std::move(*out);
  }
  PhotoReason reason(char what) {
    const auto decoded = decode(photo(what));
    EXPECT_FALSE(decoded.has_value()) << what;
    return decoded ? PhotoReason{} : decoded.error().reason;
  }
  void expect_decodes(char what = 'g') {
    const Coded coded = photo(what);
    const auto decoded = decode(coded);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().detail;
    EXPECT_EQ(decoded->width_px, 102);
    EXPECT_EQ(decoded->height_px, 126);
    EXPECT_EQ(decoded->channels, 3);
    ASSERT_EQ(decoded->pixels.size(), 38556U);
    for (std::size_t i = 0; i < decoded->pixels.size(); ++i) {
      ASSERT_EQ(decoded->pixels[i], static_cast<std::uint8_t>(coded[i % 1024] + 7)) << i;
    }
  }
  template <class Condition>
  void run_until(Condition done) {
    const Nanos end = loop.now() + 120s;
    loop.context().restart();
    while (!done() && loop.now() < end) loop.context().run_one_for(1s);
    ASSERT_TRUE(done());
  }
  static Async<void> keep(PhotoDecoder& photos, const Coded& coded, std::optional<Decoded>& out) {
    out.emplace(co_await photos.decode(coded));
  }
  [[nodiscard]] int count(const std::string& kind) const {
    int found = 0;
    for (const auto& e : trace.events()) found += e.kind == kind ? 1 : 0;
    return found;
  }
  [[nodiscard]] pid_t last_pid() const {
    pid_t pid = 0;
    for (const auto& e : trace.events()) {
      if (e.kind == "photo_decoder.started") pid = static_cast<pid_t>(e.number("pid"));
    }
    return pid;
  }

  RealLoop loop;
  Trace trace{[this] { return loop.now(); }};
  Tracer tracer{trace, "kiosk"};
  VendorPhotosConfig config;
  std::unique_ptr<PhotoDecoder> decoder;
};

TEST_F(VendorPhotosTest, DecodesInOneProcessThatStays) {
  expect_decodes();
  expect_decodes();
  EXPECT_FALSE(decoder->is_stand_in());
  EXPECT_EQ(count("photo_decoder.started"), 1);
  EXPECT_EQ(count("photo_decoder.ended"), 0);
}

TEST_F(VendorPhotosTest, WhatTheLibrarySaysHasItsReason) {
  EXPECT_EQ(reason('e'), PhotoReason::kDamaged);
  EXPECT_EQ(reason('E'), PhotoReason::kDamaged);
  EXPECT_EQ(reason('f'), PhotoReason::kNotThisCoding);
  EXPECT_EQ(reason('l'), PhotoReason::kNotLicensed);
  EXPECT_EQ(reason('d'), PhotoReason::kNotLicensed);
  expect_decodes();
  EXPECT_EQ(count("photo_decoder.started"), 1) << "no reason to start it again";
}

TEST_F(VendorPhotosTest, ACrashIsAReasonAndTheNextPhotoIsDecoded) {
  // 'o' writes one byte more than there is room for.
  for (const char what : {'c', 'a', 'x', 'o', 'k'}) {
    SCOPED_TRACE(what);
    EXPECT_EQ(reason(what), PhotoReason::kCrashed);
    expect_decodes();
  }
  EXPECT_EQ(count("photo_decoder.started"), 6);
  EXPECT_EQ(count("photo_decoder.ended"), 5);
}

TEST_F(VendorPhotosTest, AHangIsEndedAtTheLimitAndTheLoopGoesOn) {
  config.limit = 1s;
  for (const char what : {'h', 'b'}) {
    SCOPED_TRACE(what);
    int ticks = 0;
    bool stop = false;
    bool stopped = false;
    auto tick = [](Loop& l, int& n, const bool& end, bool& ended) -> Async<void> {
      while (!end) {
        co_await sleep_for(l, 10ms);
        ++n;
      }
      ended = true;
    };
    spawn(loop, tick(loop, ticks, stop, stopped));
    const Nanos before = loop.now();
    EXPECT_EQ(reason(what), PhotoReason::kTooSlow);
    EXPECT_GE(loop.now() - before, 1s);
    EXPECT_GE(ticks, 2) << "the loop stood still";
    stop = true;
    run_until([&stopped] { return stopped; });
  }
  config.limit = 20s;
  decoder.reset();
  expect_decodes();
}

TEST_F(VendorPhotosTest, PicturesOfOtherSizesAndForeignAnswersAreNonsense) {
  for (const char what : {'s', 'S', 'w'}) {
    SCOPED_TRACE(what);
    EXPECT_EQ(reason(what), PhotoReason::kNonsense);
    expect_decodes();
  }
}

TEST_F(VendorPhotosTest, WhatItPrintsGoesNowhere) {
  expect_decodes('p');
  expect_decodes();
  EXPECT_EQ(count("photo_decoder.started"), 1);
}

TEST_F(VendorPhotosTest, MemoryIsLimited) {
  if (SANITIZED) GTEST_SKIP() << "sanitizers need all addresses";
  EXPECT_EQ(reason('m'), PhotoReason::kNotLicensed) << "that is how the library says: no memory";
}

TEST_F(VendorPhotosTest, WhatItStartsEndsWithIt) {
  expect_decodes('F');
  const pid_t group = last_pid();
  EXPECT_EQ(::kill(-group, 0), 0);
  decoder.reset();
  // The child is init's to take in, which may take a moment; it is killed all the same.
  const auto living = [group] {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "stat");
      std::string stat;
      if (!std::getline(file, stat)) continue;
      const auto fields = stat.substr(stat.rfind(')') + 2);  // state, parent, group
      std::istringstream in(fields);
      char state = 0;
      pid_t parent = 0, its_group = 0;
      in >> state >> parent >> its_group;
      if (its_group == group && state != 'Z' && state != 'X') return true;
    }
    return false;
  };
  const Nanos end = loop.now() + 20s;
  while (living() && loop.now() < end) loop.context().run_one_for(10ms);
  EXPECT_FALSE(living());
}

TEST_F(VendorPhotosTest, WhatCannotBeStartedIsSaid) {
  const std::pair<const char*, std::string> wrong[] = {{"/nowhere/photo-decoder", TEST_LIBRARY},
                                                       {"/bin/true", TEST_LIBRARY},
                                                       {PHOTO_DECODER, "/nowhere/library.so"},
                                                       {PHOTO_DECODER, __FILE__},
                                                       {PHOTO_DECODER, OLD_LIBRARY}};
  for (const auto& [program, library] : wrong) {
    SCOPED_TRACE(std::string(program) + " " + library);
    config.program = program;
    config.library = library;
    decoder.reset();
    const auto decoded = decode(photo('g'));
    ASSERT_FALSE(decoded.has_value());
    EXPECT_EQ(decoded.error().reason, PhotoReason::kCannotStart);
    EXPECT_NE(decoded.error().detail, "");
  }
}

TEST_F(VendorPhotosTest, WhyALibraryCannotBeUsedIsSaid) {
  config.library = "/nowhere/library.so";
  EXPECT_THAT(decode(photo('g')).error().detail, testing::HasSubstr("No such file"));
  decoder.reset();
  config.library = OLD_LIBRARY;
  EXPECT_THAT(decode(photo('g')).error().detail, testing::HasSubstr("the interface of"));
}

TEST_F(VendorPhotosTest, ALibraryThatNeverComesUpIsGivenUp) {
  config.library = SLOW_LIBRARY;
  config.start_limit = 300ms;
  EXPECT_EQ(reason('g'), PhotoReason::kCannotStart);
}

TEST_F(VendorPhotosTest, CallersTakeTurns) {
  decoder = make_vendor_photos(loop, tracer, config);
  const std::array<Coded, 3> coded{photo('g'), photo('c'), photo('g')};
  std::array<std::optional<Decoded>, 3> out;
  for (std::size_t i = 0; i < out.size(); ++i) spawn(loop, keep(*decoder, coded[i], out[i]));
  run_until([&out] { return out[0] && out[1] && out[2]; });
  EXPECT_TRUE(out[0]->has_value());
  EXPECT_EQ(out[1]->error().reason, PhotoReason::kCrashed);
  EXPECT_TRUE(out[2]->has_value());
}

TEST_F(VendorPhotosTest, AnAnswerThatNobodyWaitsForIsNotTheNextOnes) {
  decoder = make_vendor_photos(loop, tracer, config);
  const Coded first = photo('h');
  bool gave_up = false;
  auto impatient = [](Loop& l, PhotoDecoder& photos, const Coded& coded,
                      bool& done) -> Async<void> {
    auto decoding = photos.decode(coded);
    const auto got = co_await with_timeout(l, 500ms, std::move(decoding));
    EXPECT_FALSE(got.has_value());
    done = true;
  };
  spawn(loop, impatient(loop, *decoder, first, gave_up));
  run_until([&gave_up] { return gave_up; });
  expect_decodes();
  EXPECT_EQ(count("photo_decoder.started"), 2);
}

TEST_F(VendorPhotosTest, LeavesNoDescriptorsBehind) {
  expect_decodes();
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(reason('c'), PhotoReason::kCrashed);
  expect_decodes();
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace cardrig::id_reader
