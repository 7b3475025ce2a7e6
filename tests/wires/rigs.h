// The wires by name, for the list of all.
#pragma once

#include <memory>
#include <string>

#include "kiosk/runtime/result.h"
#include "tests/wires/rig.h"

namespace cardrig::test {

/// MJPEG over HTTP.
[[nodiscard]] std::unique_ptr<WireRig> make_camera_rig();
/// The platform over TCP.
[[nodiscard]] std::unique_ptr<WireRig> make_platform_rig();
/// The platform under TLS with mutual authentication; misuse begins when TLS is agreed on.
[[nodiscard]] std::unique_ptr<WireRig> make_tls_platform_rig();
/// The same, misused in the handshake.
[[nodiscard]] std::unique_ptr<WireRig> make_tls_handshake_rig();
/// The platform behind the relay that stands for the network.
[[nodiscard]] std::unique_ptr<WireRig> make_relay_rig();
/// The health page. Whoever asks is nothing of ours: start_driver() is a plain client.
[[nodiscard]] std::unique_ptr<WireRig> make_health_rig();

/// What start_driver() says.
template <class T, class Reason>
std::string outcome(const Result<T, Reason>& result) {
  return result ? std::string() : to_string(result.error().reason);
}

[[nodiscard]] inline Bytes to_bytes(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace cardrig::test
