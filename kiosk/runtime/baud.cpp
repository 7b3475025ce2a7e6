// The table of speeds.
#include "kiosk/runtime/baud.h"

#include <algorithm>
#include <array>

namespace cardrig {

namespace {

struct Speed {
  unsigned baud;
  speed_t code;
};

constexpr std::array<Speed, 20> kSpeeds{
    {{300, B300},         {600, B600},         {1200, B1200},       {2400, B2400},
     {4800, B4800},       {9600, B9600},       {19200, B19200},     {38400, B38400},
     {57600, B57600},     {115200, B115200},   {230400, B230400},   {460800, B460800},
     {500000, B500000},   {921600, B921600},   {1000000, B1000000}, {1500000, B1500000},
     {2000000, B2000000}, {3000000, B3000000}, {3500000, B3500000}, {4000000, B4000000}}};

}  // namespace

std::optional<speed_t> speed_of(unsigned baud) {
  const auto* it = std::find_if(kSpeeds.begin(), kSpeeds.end(),
                                [baud](const Speed& s) { return s.baud == baud; });
  if (it == kSpeeds.end()) return std::nullopt;
  return it->code;
}

unsigned baud_of(speed_t speed) {
  const auto* it = std::find_if(kSpeeds.begin(), kSpeeds.end(),
                                [speed](const Speed& s) { return s.code == speed; });
  return it == kSpeeds.end() ? 0 : it->baud;
}

}  // namespace cardrig
