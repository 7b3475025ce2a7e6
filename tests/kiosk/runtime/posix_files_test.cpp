// Files on the machine's own disk.
#include "kiosk/runtime/posix_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace cardrig {
namespace {

using Bytes = std::vector<std::uint8_t>;

class PosixFilesTest : public testing::Test {
 protected:
  PosixFilesTest() {
    directory_ = std::filesystem::path(testing::TempDir()) /
                 ("cardrig_" + std::to_string(::getpid()) + "_" +
                  std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  ~PosixFilesTest() override { std::filesystem::remove_all(directory_); }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }

  PosixFiles files_;
  std::filesystem::path directory_;
};

TEST_F(PosixFilesTest, WritesReadsTruncatesAndRemoves) {
  auto file = std::move(*files_.open(path("a"), true));
  ASSERT_TRUE(file->write(2, Bytes{1, 2, 3}));
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(*file->size(), 5U);
  Bytes into(10, 9);
  EXPECT_EQ(*file->read(1, into), 4U);
  EXPECT_EQ(Bytes(into.begin(), into.begin() + 4), (Bytes{0, 1, 2, 3}));
  ASSERT_TRUE(file->truncate(3));
  EXPECT_EQ(*file->size(), 3U);
  EXPECT_TRUE(files_.exists(path("a")));
  ASSERT_TRUE(files_.remove(path("a")));
  EXPECT_FALSE(files_.exists(path("a")));
}

TEST_F(PosixFilesTest, SaysWhatIsMissing) {
  EXPECT_EQ(files_.open(path("a"), false).error().reason, FileReason::kNotFound);
  EXPECT_EQ(files_.open(path("no/such/folder"), true).error().reason, FileReason::kNotFound);
  EXPECT_EQ(files_.remove(path("a")).error().reason, FileReason::kNotFound);
}

TEST_F(PosixFilesTest, NewFilesAreForTheirOwnerOnly) {
  ASSERT_TRUE(files_.open(path("a"), true));
  struct stat info {};
  ASSERT_EQ(::stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(PosixFilesTest, AnOpenFileIsLocked) {
  auto file = std::move(*files_.open(path("a"), true));
  EXPECT_EQ(files_.open(path("a"), false).error().reason, FileReason::kIo);
  file.reset();
  EXPECT_TRUE(files_.open(path("a"), false));
}

}  // namespace
}  // namespace cardrig
