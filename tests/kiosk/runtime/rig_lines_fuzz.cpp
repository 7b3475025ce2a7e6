// Bytes as a hostile client of the rig's socket would send them, and as a broken program would
// send events. The first byte chooses which of the two.
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/rig_lines.h"
#include "kiosk/runtime/trace_json.h"

namespace {

using namespace cardrig;
using nlohmann::json;

/// A request that is accepted can be written and is then read as the same.
void request(std::string_view line) {
  const auto read = read_rig_request(line);
  if (!read) {
    CARDRIG_CHECK(!read.error().detail.empty());
    return;
  }
  const std::string written = rig_request_line(7, read->message);
  CARDRIG_CHECK(written.find('\n') == written.size() - 1);
  const auto again = read_rig_request(written);
  CARDRIG_CHECK(again.has_value() && again->message.verb == read->message.verb);
}

/// An event that is accepted comes back unchanged.
void event(std::string_view text) {
  const json object = json::parse(text, nullptr, false);
  try {
    const Event first = event_from_json(object);
    const json written = event_to_json(first);
    CARDRIG_CHECK(event_to_json(event_from_json(written)) == written);
    CARDRIG_CHECK(!rig_event_line(first).empty());
  } catch (const json::exception&) {
  } catch (const std::invalid_argument&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] == 'e' ? event(rest) : request(rest);
  return 0;
}
