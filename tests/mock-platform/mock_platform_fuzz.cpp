// Bytes of a hostile client against the mock platform. The first byte chooses: raw bytes, the body
// of a correctly signed call, or a request to the admin interface with the right token.
#include <array>
#include <cstdint>
#include <string>

#include "mock-platform/signature.h"
#include "tests/mock-platform/memory_bench.h"

namespace {

using cardrig::tests::MemoryBench;

struct Target {
  const char* method;
  const char* path;
};
constexpr std::array<Target, 4> kSigned{{{"POST", "/api/v1/permits/query"},
                                         {"POST", "/api/v1/claims"},
                                         {"POST", "/api/v1/claims/a1/release"},
                                         {"POST", "/api/v1/reports"}}};
constexpr std::array<Target, 3> kAdmin{{{"PUT", "/admin/v1/permits/permit-0002"},
                                        {"PUT", "/admin/v1/permits/permit-0001/faults/slow"},
                                        {"POST", "/admin/v1/permits/permit-0001/revoke"}}};

std::string with_body(const Target& target, const std::string& headers, const std::string& body) {
  return std::string(target.method) + " " + target.path + " HTTP/1.1\r\n" + headers +
         "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string signed_call(MemoryBench& bench, const Target& target, const std::string& body) {
  using namespace cardrig::mock_platform;
  const auto time = std::to_string(bench.platform_clock.now().unix_ms);
  const auto* nonce = "00000000000000000000000000000001";
  const auto signature =
      sign_request(Algorithm::kHmacSm3, cardrig::tests::key_of(1),
                   {target.method, target.path, "kiosk-0001", time, nonce, body});
  return with_body(target,
                   "X-Cardrig-Terminal: kiosk-0001\r\nX-Cardrig-Time: " + time +
                       "\r\nX-Cardrig-Nonce: " + nonce + "\r\nX-Cardrig-Signature: HMAC-SM3 " +
                       signature + "\r\n",
                   body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto kPermit = [] {
    auto permit = cardrig::tests::sample_permit();
    permit.certificate.photo = std::make_shared<const cardrig::Picture>(
        cardrig::Picture{2, 2, 1, {0, 90, 180, 255}});  // coded anew in every run
    return permit;
  }();
  MemoryBench bench;
  bench.authority().add_permit(kPermit);
  const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t choice = data[0] % (1 + kSigned.size() + kAdmin.size());
  if (choice == 0) {
    static_cast<void>(bench.raw(rest));
  } else if (choice <= kSigned.size()) {
    static_cast<void>(bench.raw(signed_call(bench, kSigned.at(choice - 1), rest)));
  } else {
    static_cast<void>(bench.raw(with_body(kAdmin.at(choice - 1 - kSigned.size()),
                                          "Authorization: Bearer admin-token\r\n", rest)));
  }
  return 0;
}
