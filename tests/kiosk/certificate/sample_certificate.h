// A certificate of somebody who does not exist.
#pragma once

#include "kiosk/certificate/certificate.h"

namespace cardrig::tests {

/// 张晓龘, welding; with the drawn portrait and a QR payload.
[[nodiscard]] certificate::Certificate sample_certificate();

}  // namespace cardrig::tests
