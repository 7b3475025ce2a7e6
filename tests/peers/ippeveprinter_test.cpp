// The kiosk's print jobs on a printer that nobody here wrote: ippeveprinter of CUPS.
#include "tests/peers/ippeveprinter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "kiosk/devices/card_printer/ipp_driver.h"
#include "tests/peers/peer_program.h"

namespace cardrig::test {
namespace {

using namespace std::chrono_literals;
using card_printer::IppOptions;
using card_printer::IppPrintJobs;
using card_printer::JobState;
using card_printer::PrinterState;
using card_printer::PrintReason;
using card_printer::PrintTicket;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kCard = "fixtures/golden/card/front.png";

class EvePrinter : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { adopt_orphans(); }

  void TearDown() override {
    printer.reset();
    EXPECT_TRUE(stand.run_until([] { return orphans_left() == 0; }, 10s))
        << "a process was left behind";
  }

  void open(IppEvePrinter::Media media = IppEvePrinter::Media::kCard, IppOptions options = {}) {
    printer = std::make_unique<IppEvePrinter>(stand, media);
    jobs = std::make_unique<IppPrintJobs>(
        stand.loop, stand.kiosk_tracer,
        tcp_source(stand.loop, stand.kiosk_tracer, "card_printer.ipp", printer->endpoint()),
        std::move(options));
  }

  static PrintTicket ticket(const std::string& attempt) {
    PrintTicket ticket;
    ticket.attempt_id = attempt;
    ticket.width_px = 1016;
    ticket.height_px = 648;
    const std::string png = contents_of(kCard);
    ticket.png.assign(png.begin(), png.end());
    return ticket;
  }

  /// The job's number; it is under way when this returns.
  int submit(const std::string& attempt) {
    const PrintTicket sent = ticket(attempt);
    const auto job = stand.wait(jobs->submit(sent));
    if (!job) throw std::runtime_error(job.error().detail + "\n" + printer->log());
    until(*job, [](const auto& status) {
      return status.state == JobState::kProcessing && status.impressions_completed == 1;
    });
    return *job;
  }

  /// Asks until the job is as wanted.
  card_printer::JobStatus until(int job,
                                const std::function<bool(const card_printer::JobStatus&)>& is_so) {
    const Nanos end = stand.loop.now() + kPatience;
    for (;;) {
      const auto status = stand.wait(jobs->job_status(job));
      if (!status) throw std::runtime_error(status.error().detail + "\n" + printer->log());
      if (is_so(*status)) return *status;
      if (stand.loop.now() > end) throw std::runtime_error("the job is never as wanted");
    }
  }
  card_printer::JobStatus end_of(int job) {
    return until(job, [](const auto& s) { return s.state >= JobState::kCanceled; });
  }

  RealStand stand;
  std::unique_ptr<IppEvePrinter> printer;
  std::unique_ptr<IppPrintJobs> jobs;
};

TEST_F(EvePrinter, PrintsACardToTheLastByte) {
  open();
  auto status = stand.wait(jobs->printer_status());
  ASSERT_TRUE(status) << status.error().detail << printer->log();
  EXPECT_EQ(status->state, PrinterState::kIdle);
  EXPECT_THAT(status->reasons, IsEmpty());
  EXPECT_EQ(status->queued_jobs, 0);

  const int job = submit("0123456789abcdef");
  const auto printing = stand.wait(jobs->job_status(job));
  ASSERT_TRUE(printing) << printing.error().detail;
  EXPECT_EQ(printing->state, JobState::kProcessing);
  EXPECT_THAT(printing->reasons, ElementsAre("job-printing"));
  status = stand.wait(jobs->printer_status());
  EXPECT_EQ(status->state, PrinterState::kProcessing);
  EXPECT_THAT(status->reasons, ElementsAre("marker-supply-low")) << "its suffix is gone";
  EXPECT_EQ(status->queued_jobs, 1);
  EXPECT_THAT(*stand.wait(jobs->find_jobs("0123456789abcdef")), ElementsAre(job));
  EXPECT_THAT(*stand.wait(jobs->find_jobs("another")), IsEmpty());

  printer->finish_job();
  const auto done = end_of(job);
  EXPECT_EQ(done.state, JobState::kCompleted);
  EXPECT_THAT(done.reasons, ElementsAre("job-completed-successfully"));
  EXPECT_EQ(done.impressions_completed, 1);
  EXPECT_TRUE(printer->printed() == contents_of(kCard)) << "what arrived is not what was sent";
  EXPECT_THAT(*stand.wait(jobs->find_jobs("0123456789abcdef")), IsEmpty());
  status = stand.wait(jobs->printer_status());
  EXPECT_EQ(status->state, PrinterState::kIdle);
  EXPECT_THAT(status->reasons, IsEmpty());
}

TEST_F(EvePrinter, ASecondJobIsBusyUntilTheFirstIsDone) {
  open();
  const int first = submit("first");
  const PrintTicket second = ticket("second");
  EXPECT_EQ(stand.wait(jobs->submit(second)).error().reason, PrintReason::kBusy);
  EXPECT_THAT(*stand.wait(jobs->find_jobs("second")), IsEmpty()) << "a refused job does not wait";
  printer->finish_job();
  EXPECT_EQ(end_of(first).state, JobState::kCompleted);
  const int again = submit("second");
  EXPECT_GT(again, first);
  printer->finish_job();
  EXPECT_EQ(end_of(again).state, JobState::kCompleted);
}

TEST_F(EvePrinter, CancelsAJobOnce) {
  open();
  const int job = submit("canceled");
  ASSERT_TRUE(stand.wait(jobs->cancel(job)));
  // The sheet under way is finished first; the printer says so.
  EXPECT_THAT(stand.wait(jobs->job_status(job))->reasons, ElementsAre("processing-to-stop-point"));
  printer->finish_job();
  const auto done = end_of(job);
  EXPECT_EQ(done.state, JobState::kCanceled);
  EXPECT_THAT(done.reasons, ElementsAre("job-canceled-by-user"));
  EXPECT_EQ(stand.wait(jobs->cancel(job)).error().reason, PrintReason::kRefused);
  EXPECT_EQ(stand.wait(jobs->cancel(77)).error().reason, PrintReason::kNoSuchJob);
  EXPECT_EQ(stand.wait(jobs->job_status(77)).error().reason, PrintReason::kNoSuchJob);
}

TEST_F(EvePrinter, AJobThatFailsIsAborted) {
  open();
  const int job = submit("spoilt");
  printer->finish_job(/*well=*/false);
  EXPECT_EQ(end_of(job).state, JobState::kAborted);
}

TEST_F(EvePrinter, AKilledPrinterIsUnreachableAtOnceAndKnowsNothingAfterwards) {
  open();
  const int job = submit("lost");
  printer->kill();
  Nanos took{0};
  EXPECT_EQ(stand.wait(jobs->job_status(job), took).error().reason, PrintReason::kUnreachable);
  EXPECT_LT(took, 5s);
  const PrintTicket sent = ticket("lost");
  EXPECT_EQ(stand.wait(jobs->submit(sent), took).error().reason, PrintReason::kUnreachable);
  EXPECT_LT(took, 5s);

  printer->start_again();
  EXPECT_EQ(stand.wait(jobs->job_status(job)).error().reason, PrintReason::kNoSuchJob);
  EXPECT_THAT(*stand.wait(jobs->find_jobs("lost")), IsEmpty());
  const int again = submit("lost");
  printer->finish_job();
  EXPECT_EQ(end_of(again).state, JobState::kCompleted);
}

TEST_F(EvePrinter, APrinterThatHangsTimesOut) {
  IppOptions options;
  options.query_limit = 300ms;
  options.submit_limit = 500ms;
  open(IppEvePrinter::Media::kCard, options);
  printer->freeze();
  Nanos took{0};
  EXPECT_EQ(stand.wait(jobs->printer_status(), took).error().reason, PrintReason::kTimeout);
  EXPECT_GE(took, 300ms);
  const PrintTicket sent = ticket("hung");
  EXPECT_EQ(stand.wait(jobs->submit(sent), took).error().reason, PrintReason::kTimeout);
  EXPECT_GE(took, 500ms);
  printer->thaw();
  EXPECT_TRUE(stand.run_until([&] { return stand.wait(jobs->printer_status()).has_value(); }));
}

TEST_F(EvePrinter, AnOfficePrinterRefusesTheCard) {
  open(IppEvePrinter::Media::kLetter);
  ASSERT_TRUE(stand.wait(jobs->printer_status()));
  const PrintTicket sent = ticket("cropped");
  EXPECT_EQ(stand.wait(jobs->submit(sent)).error().reason, PrintReason::kRefused)
      << "a card would come out cropped on a sheet of paper";
  EXPECT_THAT(*stand.wait(jobs->find_jobs("cropped")), IsEmpty());
}

}  // namespace
}  // namespace cardrig::test
