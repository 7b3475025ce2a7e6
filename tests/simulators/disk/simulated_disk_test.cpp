// The simulated disk: what survives a power cut, what is torn, and its faults.
#include "simulators/disk/simulated_disk.h"

#include <gtest/gtest.h>

#include <set>

namespace cardrig::sim {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes filled(std::size_t size, std::uint8_t value) { return Bytes(size, value); }

Bytes content(SimulatedDisk& disk, const std::string& path) {
  auto file = disk.open(path, false);
  if (!file) return {};
  Bytes bytes(static_cast<std::size_t>(*(*file)->size()));
  EXPECT_EQ(*(*file)->read(0, bytes), bytes.size());
  return bytes;
}

struct Faulty {
  Trace trace{[] { return Nanos{0}; }};
  Tracer tracer{trace, "disk"};
  FaultCatalogue faults{tracer};
  Faulty() { SimulatedDisk::declare_faults(faults); }
};

TEST(SimulatedDisk, ReadsBackWhatWasWrittenAndShortAtTheEnd) {
  SimulatedDisk disk(Random(1));
  auto file = std::move(*disk.open("a", true));
  ASSERT_TRUE(file->write(3, filled(4, 7)));
  EXPECT_EQ(*file->size(), 7U);
  Bytes into(10, 9);
  EXPECT_EQ(*file->read(2, into), 5U);
  EXPECT_EQ(into, (Bytes{0, 7, 7, 7, 7, 9, 9, 9, 9, 9}));
  EXPECT_EQ(*file->read(7, into), 0U);
}

TEST(SimulatedDisk, OpensOnlyWhatExistsUnlessAskedToCreate) {
  SimulatedDisk disk(Random(1));
  EXPECT_EQ(disk.open("a", false).error().reason, FileReason::kNotFound);
  EXPECT_FALSE(disk.exists("a"));
  ASSERT_TRUE(disk.open("a", true));
  EXPECT_TRUE(disk.exists("a"));
  ASSERT_TRUE(disk.remove("a"));
  EXPECT_EQ(disk.remove("a").error().reason, FileReason::kNotFound);
}

TEST(SimulatedDisk, SyncedDataSurvivesEveryPowerCut) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimulatedDisk disk{Random(seed)};
    auto file = std::move(*disk.open("a", true));
    ASSERT_TRUE(file->write(0, filled(2000, 1)));
    ASSERT_TRUE(file->truncate(1500));
    ASSERT_TRUE(file->sync());
    disk.power_cut();
    disk.power_on();
    EXPECT_EQ(content(disk, "a"), filled(1500, 1)) << seed;
  }
}

TEST(SimulatedDisk, UnsyncedSectorsAreLostKeptOrTornEachByItself) {
  bool lost = false, kept = false, mixed = false, torn = false;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SimulatedDisk disk{Random(seed)};
    auto file = std::move(*disk.open("a", true));
    ASSERT_TRUE(file->write(0, filled(4096, 1)));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(file->write(0, filled(4096, 2)));
    disk.power_cut();
    disk.power_on();
    const Bytes after = content(disk, "a");
    ASSERT_EQ(after.size(), 4096U);
    std::set<int> sectors;
    for (std::size_t at = 0; at < after.size(); at += 512) {
      const std::set<int> values(after.begin() + static_cast<std::ptrdiff_t>(at),
                                 after.begin() + static_cast<std::ptrdiff_t>(at + 512));
      for (const int v : values) ASSERT_TRUE(v == 1 || v == 2);
      if (values.size() == 2) torn = true;
      sectors.insert(values.begin(), values.end());
    }
    lost = lost || sectors == std::set<int>{1};
    kept = kept || sectors == std::set<int>{2};
    mixed = mixed || sectors.size() == 2;
  }
  EXPECT_TRUE(lost);
  EXPECT_TRUE(kept);
  EXPECT_TRUE(mixed);
  EXPECT_TRUE(torn);
}

TEST(SimulatedDisk, AFileThatWasNeverSyncedMayVanish) {
  int there = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SimulatedDisk disk{Random(seed)};
    ASSERT_TRUE(disk.open("a", true));
    disk.power_cut();
    disk.power_on();
    there += disk.exists("a") ? 1 : 0;
  }
  EXPECT_GT(there, 5);
  EXPECT_LT(there, 35);
}

TEST(SimulatedDisk, CutsInTheMiddleOfTheNthOperation) {
  SimulatedDisk disk(Random(3));
  int cuts = 0;
  disk.on_power_cut([&] { ++cuts; });
  auto file = std::move(*disk.open("a", true));
  disk.cut_at_operation(3);
  ASSERT_TRUE(file->write(0, filled(10, 1)));
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(disk.operations(), 2U);
  EXPECT_EQ(file->write(10, filled(10, 2)).error().reason, FileReason::kPowerLost);
  EXPECT_EQ(cuts, 1);
  EXPECT_EQ(disk.operations(), 3U);
  EXPECT_EQ(file->sync().error().reason, FileReason::kPowerLost);
  EXPECT_EQ(disk.open("a", true).error().reason, FileReason::kPowerLost);
  EXPECT_EQ(disk.operations(), 3U) << "a dead disk does nothing";
}

TEST(SimulatedDisk, FilesOpenedBeforeThePowerCutStayDead) {
  SimulatedDisk disk(Random(3));
  auto old_file = std::move(*disk.open("a", true));
  ASSERT_TRUE(old_file->write(0, filled(10, 1)));
  ASSERT_TRUE(old_file->sync());
  disk.power_cut();
  disk.power_on();
  Bytes into(10);
  EXPECT_EQ(old_file->write(0, filled(10, 2)).error().reason, FileReason::kPowerLost);
  EXPECT_EQ(old_file->read(0, into).error().reason, FileReason::kPowerLost);
  EXPECT_EQ(old_file->size().error().reason, FileReason::kPowerLost);
  EXPECT_EQ(content(disk, "a"), filled(10, 1));
}

TEST(SimulatedDisk, TheSameSeedLosesTheSame) {
  const auto image = [](std::uint64_t seed) {
    SimulatedDisk disk{Random(seed)};
    auto file = std::move(*disk.open("a", true));
    EXPECT_TRUE(file->write(0, filled(8192, 1)));
    EXPECT_TRUE(file->sync());
    EXPECT_TRUE(file->write(0, filled(8192, 2)));
    disk.power_cut();
    return disk.raw_image();
  };
  EXPECT_EQ(image(11), image(11));
  EXPECT_NE(image(11), image(12));
}

TEST(SimulatedDisk, AFullDiskRefusesOnlyWhatGrows) {
  Faulty f;
  SimulatedDisk disk(Random(1), &f.faults);
  auto file = std::move(*disk.open("a", true));
  ASSERT_TRUE(file->write(0, filled(100, 1)));
  ASSERT_TRUE(f.faults.inject("disk.full"));
  EXPECT_TRUE(file->write(0, filled(100, 2)));
  EXPECT_EQ(f.faults.inert(), std::vector<std::string>{"disk.full"});
  EXPECT_EQ(file->write(50, filled(51, 3)).error().reason, FileReason::kNoSpace);
  EXPECT_EQ(file->truncate(200).error().reason, FileReason::kNoSpace);
  EXPECT_TRUE(f.faults.inert().empty());
  EXPECT_EQ(content(disk, "a"), filled(100, 2));
  ASSERT_TRUE(f.faults.clear("disk.full"));
  EXPECT_TRUE(file->write(50, filled(51, 3)));
}

TEST(SimulatedDisk, AReadOnlyDiskRefusesEveryChangeAndReads) {
  Faulty f;
  SimulatedDisk disk(Random(1), &f.faults);
  auto file = std::move(*disk.open("a", true));
  ASSERT_TRUE(file->write(0, filled(100, 1)));
  ASSERT_TRUE(f.faults.inject("disk.read_only"));
  EXPECT_EQ(file->write(0, filled(1, 2)).error().reason, FileReason::kReadOnly);
  EXPECT_EQ(file->truncate(0).error().reason, FileReason::kReadOnly);
  EXPECT_EQ(disk.remove("a").error().reason, FileReason::kReadOnly);
  EXPECT_EQ(disk.open("b", true).error().reason, FileReason::kReadOnly);
  EXPECT_EQ(content(disk, "a"), filled(100, 1));
}

TEST(SimulatedDisk, TheRawImageHoldsWhatWasRemovedIfHistoryIsKept) {
  SimulatedDisk disk(Random(1));
  disk.keep_history(true);
  auto file = std::move(*disk.open("a", true));
  ASSERT_TRUE(file->write(0, Bytes{'s', 'e', 'c', 'r', 'e', 't'}));
  ASSERT_TRUE(disk.remove("a"));
  const Bytes image = disk.raw_image();
  EXPECT_NE(std::string(image.begin(), image.end()).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace cardrig::sim
