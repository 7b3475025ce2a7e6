// PrintJobs: sends one picture as a print job and follows it. All that standard printing (IPP,
// CUPS) knows; it never says where the card is (see card_path.h) and is never believed alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kiosk/devices/status.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/result.h"

namespace cardrig::card_printer {

enum class PrintReason {
  kUnreachable,  ///< no connection, or it broke
  kTimeout,
  kBusy,  ///< server-error-busy: another job prints
  kRefused,  ///< the printer does not accept this job (format, media, stopped)
  kNoSuchJob,
  kBadAnswer,
};
[[nodiscard]] const char* to_string(PrintReason reason);

enum class PrinterState { kIdle = 3, kProcessing = 4, kStopped = 5 };  // RFC 8011
enum class JobState {
  kPending = 3,
  kHeld = 4,
  kProcessing = 5,
  kProcessingStopped = 6,
  kCanceled = 7,
  kAborted = 8,
  kCompleted = 9
};

struct Marker {
  std::string name;
  int level_percent = -1;  ///< -1 unknown
};

struct PrinterStatus {
  PrinterState state = PrinterState::kStopped;
  std::vector<std::string> reasons;  ///< base keywords, suffixes -report/-warning/-error removed
  std::vector<Marker> markers;
  int queued_jobs = 0;
};

struct JobStatus {
  JobState state = JobState::kPending;
  std::vector<std::string> reasons;
  int impressions_completed = 0;
};

struct PrintTicket {
  std::string attempt_id;  ///< becomes the job's name, so that a job can be found again
  int width_px = 0;  ///< 1016 × 648 at 300 dpi
  int height_px = 0;
  std::vector<std::uint8_t> png;
};

class PrintJobs {
 public:
  virtual ~PrintJobs() = default;
  virtual Async<Result<PrinterStatus, PrintReason>> printer_status() = 0;
  /// Sends the job; the job id. kTimeout and kUnreachable leave open whether it was accepted.
  virtual Async<Result<int, PrintReason>> submit(const PrintTicket& ticket) = 0;
  virtual Async<Result<JobStatus, PrintReason>> job_status(int job_id) = 0;
  /// Unfinished jobs whose name is `attempt_id`: asked before anything is ever sent again.
  virtual Async<Result<std::vector<int>, PrintReason>> find_jobs(const std::string& attempt_id) = 0;
  virtual Async<Result<Unit, PrintReason>> cancel(int job_id) = 0;
};

}  // namespace cardrig::card_printer
