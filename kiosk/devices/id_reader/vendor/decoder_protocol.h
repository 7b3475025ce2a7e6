// What kiosk and bin/photo-decoder say to each other over one local socket. House-defined; numbers
// have the machine's byte order, both ends being the same machine.
//
//   decoder → kiosk, once    Answer: what became of loading the library, then why it failed
//   kiosk → decoder          the 1024 bytes of a photo
//   decoder → kiosk          Answer, then `size` bytes of the picture
#pragma once

#include <cstddef>
#include <cstdint>

namespace cardrig::id_reader::vendor {

inline constexpr std::uint32_t kAnswerMagic = 0x46504443;
inline constexpr std::size_t kCoded_bytes = 1024;
inline constexpr std::size_t kPicture_bytes = std::size_t{102} * 126 * 3;

inline constexpr std::size_t kMostTrouble_bytes = 400;

/// Results beside those of photo_library.h, of loading only.
inline constexpr std::int32_t kNoLibrary = -100;  ///< dlopen() refused
inline constexpr std::int32_t kNoInterface = -101;  ///< a function is missing, or another version

struct Answer {
  std::uint32_t magic = kAnswerMagic;
  std::int32_t result = 0;
  std::uint32_t size = 0;
};
static_assert(sizeof(Answer) == 12);

}  // namespace cardrig::id_reader::vendor
