#include "tests/mock-platform/bench.h"

#include "tests/kiosk/certificate/sample_certificate.h"

namespace cardrig::tests {

std::vector<std::uint8_t> key_of(int terminal) {
  return std::vector<std::uint8_t>(32, static_cast<std::uint8_t>(terminal));
}

mock_platform::Permit sample_permit(const std::string& permit_id) {
  mock_platform::Permit permit;
  permit.permit_id = permit_id;
  permit.person = {"resident", "11010519491231002X", "张晓龘"};
  permit.certificate = sample_certificate();
  permit.certificate.permit_id = permit_id;
  permit.certificate.number.clear();
  permit.certificate.qr_payload.clear();
  return permit;
}

platform::Person sample_person() { return {"resident", "11010519491231002X", "张晓龘"}; }

mock_platform::MockPlatformConfig bench_config() {
  mock_platform::MockPlatformConfig config;
  config.terminals = {{"kiosk-0001", key_of(1)}, {"kiosk-0002", key_of(2)}};
  config.admin_token = kAdminToken;
  return config;
}

}  // namespace cardrig::tests
