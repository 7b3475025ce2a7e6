// The faults that the simulated ID reader can show.
#pragma once

#include "simulators/world/fault_catalogue.h"

namespace cardrig::sim {

namespace reader_fault {

inline constexpr const char* kUnplugged = "id_reader.unplugged";
inline constexpr const char* kSamHangs = "id_reader.sam_hangs";
inline constexpr const char* kSelfTestFailed = "id_reader.self_test_failed";
inline constexpr const char* kSamNotAuthorised = "id_reader.sam_not_authorised";
inline constexpr const char* kSamReplaced = "id_reader.sam_replaced";
inline constexpr const char* kCardLiftedAfterFind = "id_reader.card_lifted_after_find";
inline constexpr const char* kCardLiftedDuringRead = "id_reader.card_lifted_during_read";
inline constexpr const char* kStaleAnswer = "id_reader.stale_answer";
inline constexpr const char* kStaleCard = "id_reader.stale_card";
inline constexpr const char* kAuthFails = "id_reader.auth_fails";
inline constexpr const char* kRequestGarbled = "id_reader.request_garbled";
inline constexpr const char* kChecksumError = "id_reader.checksum_error";
inline constexpr const char* kLengthLies = "id_reader.length_lies";
inline constexpr const char* kSplitDelivery = "id_reader.split_delivery";
inline constexpr const char* kBaudLeftAt9600 = "id_reader.baud_left_at_9600";
}  // namespace reader_fault

/// Declares them all; once per run, before the reader is made.
void declare_id_reader_faults(FaultCatalogue& catalogue);

}  // namespace cardrig::sim
