// The printer's IPP side: HTTP connections, operations, attributes. It refuses what the standard
// or docs/protocols/card-path.md (last section) does not allow.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kiosk/runtime/byte_stream.h"
#include "simulators/card_printer/http_requests.h"
#include "simulators/card_printer/ipp_codec.h"
#include "simulators/card_printer/mechanics.h"
#include "simulators/world/fault_catalogue.h"
#include "simulators/world/served_stream.h"

namespace cardrig::sim {

class IppServer {
 public:
  IppServer(Loop& loop, PrinterMechanics& mechanics, FaultCatalogue& faults);
  ~IppServer() { drop_all(); }
  IppServer(const IppServer&) = delete;
  IppServer& operator=(const IppServer&) = delete;

  void accept(std::shared_ptr<ByteStream> stream);
  void drop_all();
  /// The answer to one IPP request with its document; nothing if it is no IPP at all.
  std::optional<ipp::Bytes> answer(std::span<const std::uint8_t> request);

 private:
  struct Client {
    std::shared_ptr<ServedStream> stream;
    HttpRequestReader reader;
    bool answering = false;
  };
  void serve(const std::shared_ptr<Client>& client);
  static void regulate(const std::shared_ptr<Client>& client);
  void reply(const std::shared_ptr<Client>& client, int status, const ipp::Bytes& body, bool close,
             Nanos delay);

  ipp::IppMessage dispatch(const ipp::IppMessage& request, std::span<const std::uint8_t> document);
  ipp::IppMessage print_job(const ipp::IppMessage& request, std::span<const std::uint8_t> document,
                            bool validate_only);
  ipp::IppMessage cancel_job(const ipp::IppMessage& request);
  ipp::IppMessage job_attributes(const ipp::IppMessage& request);
  ipp::IppMessage get_jobs(const ipp::IppMessage& request);
  ipp::IppMessage printer_attributes(const ipp::IppMessage& request);
  [[nodiscard]] std::vector<ipp::Attribute> describe(const PrinterJob& job) const;
  [[nodiscard]] std::vector<ipp::Attribute> describe_printer(const PrinterView& view) const;
  [[nodiscard]] std::int32_t seconds(Nanos time) const;
  [[nodiscard]] std::vector<std::string> reasons(const PrinterView& view);
  [[nodiscard]] int printer_state(const PrinterView& view) const;

  Loop& loop_;
  PrinterMechanics& mechanics_;
  FaultCatalogue& faults_;
  std::vector<std::shared_ptr<Client>> clients_;
  int busy_answers_ = 0;
};

}  // namespace cardrig::sim
