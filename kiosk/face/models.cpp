// Reads model files and holds them against their pins.
#include "kiosk/face/models.h"

#include <openssl/sha.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace cardrig::face {

namespace {

std::string sha256_hex(const std::vector<std::uint8_t>& bytes) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes.data(), bytes.size(), digest.data());
  std::string hex;
  for (const std::uint8_t byte : digest) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

}  // namespace

Result<std::vector<std::uint8_t>, FaceReason> read_model(const std::string& model_dir,
                                                         const ModelFile& file) {
  const std::string path = model_dir + "/" + std::string(file.name);
  std::error_code missing;
  const std::uintmax_t size = std::filesystem::file_size(path, missing);
  std::ifstream stream(path, std::ios::binary);
  if (missing || !stream) {
    return fail(FaceReason::kModelMissing, "face model " + path + " is missing: run tools/setup");
  }
  std::vector<std::uint8_t> bytes(size);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  // A short read leaves zeros, which the checksum notices.
  if (sha256_hex(bytes) != file.sha256) {
    return fail(FaceReason::kModelMissing, "face model " + path +
                                               " is not the pinned file (its SHA-256 differs): "
                                               "remove it and run tools/setup");
  }
  return bytes;
}

}  // namespace cardrig::face
