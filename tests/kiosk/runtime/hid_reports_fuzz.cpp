// Fuzzes what takes HID reports apart, at both ends: the first three bytes choose number, length
// byte and size of reports, the rest is what arrives. Neither end reads beyond a report, and what
// the device's end packs comes out whole at the host's.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/hid_stream.h"
#include "simulators/id_reader/hid_link.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  cardrig::HidFraming host;
  cardrig::sim::HidLayout device;
  host.report_number = device.number = data[0];
  device.says_length = data[1] % 2 != 0;
  if (device.says_length) host.length = cardrig::HidFraming::Length::kFirstByte;
  host.report_bytes = device.report_bytes = 2 + data[2] % 63;
  const std::span<const std::uint8_t> rest(data + 3, size - 3);
  const std::size_t on_wire = device.report_bytes + (device.number != 0 ? 1 : 0);

  const auto payload = cardrig::payload_of_report(host, rest);
  CARDRIG_CHECK(!payload || payload->size() <= host.report_bytes);
  const auto bytes = cardrig::sim::unpack_report(device, rest);
  CARDRIG_CHECK(!bytes || (rest.size() == on_wire && bytes->size() <= device.report_bytes));

  const auto packed = cardrig::sim::pack_reports(device, rest);
  CARDRIG_CHECK(packed.size() % on_wire == 0);
  std::vector<std::uint8_t> out;
  for (std::size_t at = 0; at < packed.size(); at += on_wire) {
    const auto part = cardrig::payload_of_report(host, std::span(packed).subspan(at, on_wire));
    CARDRIG_CHECK(part.has_value());
    out.insert(out.end(), part->begin(), part->end());
  }
  CARDRIG_CHECK(out.size() >= rest.size() && std::equal(rest.begin(), rest.end(), out.begin()));
  CARDRIG_CHECK(!device.says_length || out.size() == rest.size());
  return 0;
}
