// Reads the platform's answers, strictly: an answer that lacks a field, or contradicts what was
// asked, is none. Fields that are not known here are passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/platform/exam_platform.h"

namespace cardrig::platform {

/// The longest answer that is read, bytes.
inline constexpr std::size_t kAnswerLimit = 1024 * 1024;
inline constexpr std::size_t kPhotoLimit = 256 * 1024;

/// What a claim was asked for; its answer has to agree.
struct ClaimAsked {
  std::string attempt_id;
  std::string permit_id;
  Person person;
  /// What the query had said about the permit; nothing after a restart.
  std::optional<PermitEntry> entry;
};

struct ClaimAnswer {
  Claim claim;  ///< without the photo
  std::vector<std::uint8_t> photo_jpeg;
};

[[nodiscard]] Result<std::vector<PermitEntry>, PlatformReason> read_permits(std::string_view body);
/// The answer to a look-up by number.
[[nodiscard]] Result<PermitEntry, PlatformReason> read_record(std::string_view body);
[[nodiscard]] Result<ClaimAnswer, PlatformReason> read_claim(std::string_view body,
                                                             const ClaimAsked& asked);
/// The answer to both a state query and a release.
[[nodiscard]] Result<ClaimState, PlatformReason> read_state(std::string_view body,
                                                            const std::string& attempt_id);
[[nodiscard]] Result<ReportAnswer, PlatformReason> read_report(std::string_view body);
[[nodiscard]] Result<Unit, PlatformReason> read_health(std::string_view body);
/// What an answer with a status of 400 or more means. `detail` is the refusal, or the code.
[[nodiscard]] Error<PlatformReason> read_error(int status, std::string_view body);

/// JPEG of at most kPhotoLimit bytes and 1200 × 1600 px. Blocks: some milliseconds.
[[nodiscard]] Result<PicturePtr, PlatformReason> decode_photo(
    const std::vector<std::uint8_t>& jpeg);

}  // namespace cardrig::platform
