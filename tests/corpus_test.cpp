// Runs a fuzz target over its committed corpus (CARDRIG_CORPUS_FOLDER) in the ordinary tests, where
// no fuzzer is built.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

TEST(Corpus, CARDRIG_CORPUS_NAME) {
  const std::filesystem::path folder =
      std::filesystem::path("fixtures/fuzz") / CARDRIG_CORPUS_FOLDER;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    SCOPED_TRACE(file.string());
    std::ifstream in(file, std::ios::binary);
    const std::vector<char> raw{std::istreambuf_iterator<char>(in), {}};
    std::vector<std::uint8_t> bytes(raw.begin(), raw.end());
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
    // Cut short and with one byte changed, too: a cheap sweep around every committed input.
    for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 512); ++i) {
      EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), i), 0);
      bytes[i] ^= 0xFF;
      EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
      bytes[i] ^= 0xFF;
    }
  }
}
