// IPP messages of the host: requests encoded and answers decoded with libcups (RFC 8010, 8011).
// Nothing of libcups' own transport, configuration or clocks is used.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kiosk/devices/card_printer/print_jobs.h"

namespace cardrig::card_printer::ipp {

using Bytes = std::vector<std::uint8_t>;

/// Who asks whom: in every request.
struct Target {
  std::string printer_uri;  ///< "ipp://localhost/ipp/print"
  std::string user = "kiosk";
};

// Requests. `request_id` is positive and comes back in the answer.
[[nodiscard]] Bytes encode_get_printer_attributes(const Target& target, int request_id);
/// The PNG follows behind the message, as the standard says.
[[nodiscard]] Bytes encode_print_job(const Target& target, int request_id,
                                     const PrintTicket& ticket);
[[nodiscard]] Bytes encode_get_job_attributes(const Target& target, int request_id, int job_id);
/// Jobs that are not completed, of everybody.
[[nodiscard]] Bytes encode_get_jobs(const Target& target, int request_id);
[[nodiscard]] Bytes encode_cancel_job(const Target& target, int request_id, int job_id);

// Answers. kBadAnswer if it is no IPP, not the answer to `request_id`, or lacks what it must hold.
[[nodiscard]] Result<PrinterStatus, PrintReason> decode_printer_status(
    std::span<const std::uint8_t> answer, int request_id);
[[nodiscard]] Result<int, PrintReason> decode_job_id(std::span<const std::uint8_t> answer,
                                                     int request_id);
[[nodiscard]] Result<JobStatus, PrintReason> decode_job_status(std::span<const std::uint8_t> answer,
                                                               int request_id);
[[nodiscard]] Result<std::vector<int>, PrintReason> decode_jobs_named(
    std::span<const std::uint8_t> answer, int request_id, const std::string& job_name);
[[nodiscard]] Result<Unit, PrintReason> decode_done(std::span<const std::uint8_t> answer,
                                                    int request_id);

/// "media-jam-warning" → "media-jam". The suffix says how bad the printer thinks it is; printers
/// lose and change it, so nothing is decided by it.
[[nodiscard]] std::string base_keyword(const std::string& reason);

}  // namespace cardrig::card_printer::ipp
