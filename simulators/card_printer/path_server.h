// The printer's end of the card path: answers requests and says unasked when the status changes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kiosk/runtime/byte_stream.h"
#include "simulators/card_printer/mechanics.h"
#include "simulators/card_printer/path_codec.h"
#include "simulators/world/served_stream.h"

namespace cardrig::sim {

class PathServer {
 public:
  PathServer(Loop& loop, PrinterMechanics& mechanics) : loop_(loop), mechanics_(mechanics) {}
  ~PathServer() { drop_all(); }
  PathServer(const PathServer&) = delete;
  PathServer& operator=(const PathServer&) = delete;

  void accept(std::shared_ptr<ByteStream> stream);
  /// The power is gone, or the server itself goes.
  void drop_all();
  /// Sends the event to every connection if the record has changed in more than its counters.
  void status_changed();

 private:
  struct Client {
    std::shared_ptr<ServedStream> stream;
    PathRequestReader reader;
    std::uint8_t next_event = 0;
    int unanswered = 0;
  };
  void serve(const std::shared_ptr<Client>& client, const PathRequest& request);
  void answer(const std::shared_ptr<Client>& client, const PathRequest& request, std::int8_t code,
              std::vector<std::uint8_t> record = {});

  Loop& loop_;
  PrinterMechanics& mechanics_;
  std::vector<std::shared_ptr<Client>> clients_;
  std::vector<std::uint8_t> last_told_;
};

}  // namespace cardrig::sim
