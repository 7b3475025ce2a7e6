// JSON of persons, certificates and photos, the platform's side.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mock-platform/types.h"

namespace cardrig::mock_platform {

[[nodiscard]] std::optional<Person> person_from_json(const nlohmann::json& json);

/// Without the photo.
[[nodiscard]] nlohmann::json certificate_to_json(const certificate::Certificate& certificate);
/// `number` and `qr_payload` may be missing. Nothing: a field is missing or of another form.
[[nodiscard]] std::optional<certificate::Certificate> certificate_from_json(
    const nlohmann::json& json);

/// `record_number` and `listed` of a permit that is set up; both may be missing. False: one has
/// another form.
[[nodiscard]] bool take_record(const nlohmann::json& from, Permit& permit);

[[nodiscard]] std::string base64(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

/// Quality 92; nothing in gives nothing out.
[[nodiscard]] std::vector<std::uint8_t> encode_jpeg(const PicturePtr& picture);
/// Grey or colour, at most 4 megapixels; nothing if it is no such picture.
[[nodiscard]] PicturePtr decode_png(std::span<const std::uint8_t> bytes);
/// The photograph that a lying platform sends.
[[nodiscard]] std::vector<std::uint8_t> somebody_elses_jpeg();

}  // namespace cardrig::mock_platform
