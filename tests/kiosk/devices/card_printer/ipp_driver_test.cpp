// The IPP driver against the simulated printer: every operation, every refusal, broken answers.
#include <algorithm>

#include "tests/kiosk/devices/card_printer/driver_stand.h"

namespace cardrig::test {
namespace {

using card_printer::JobState;
using card_printer::PrinterState;
using card_printer::PrintReason;
namespace fault = sim::printer_fault;

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

TEST(IppDriver, PrintsAPictureToTheLastPixel) {
  DriverStand stand;
  const auto idle = stand.wait(stand.jobs.printer_status());
  ASSERT_TRUE(idle.has_value()) << idle.error().detail;
  EXPECT_EQ(idle->state, PrinterState::kIdle);
  EXPECT_TRUE(idle->reasons.empty());
  ASSERT_EQ(idle->markers.size(), 1U);
  EXPECT_EQ(idle->markers[0].level_percent, 100);
  EXPECT_EQ(idle->queued_jobs, 0);

  const int job = stand.submit("0123456789abcdef");
  const auto printing = stand.wait(stand.jobs.job_status(job));
  ASSERT_TRUE(printing.has_value());
  EXPECT_EQ(printing->state, JobState::kProcessing);
  EXPECT_EQ(stand.wait(stand.jobs.printer_status())->state, PrinterState::kProcessing);
  EXPECT_EQ(stand.wait(stand.jobs.printer_status())->queued_jobs, 1);
  EXPECT_EQ(*stand.wait(stand.jobs.find_jobs("0123456789abcdef")), std::vector<int>{job});
  EXPECT_TRUE(stand.wait(stand.jobs.find_jobs("another"))->empty());

  stand.run_for(30);
  const auto done = stand.wait(stand.jobs.job_status(job));
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(done->state, JobState::kCompleted);
  EXPECT_EQ(done->impressions_completed, 1);
  EXPECT_TRUE(stand.wait(stand.jobs.find_jobs("0123456789abcdef"))->empty());
  EXPECT_EQ(stand.world.card(1).attempt_id, "0123456789abcdef");
  EXPECT_EQ(*stand.world.card(1).face, *sample_face());
  EXPECT_TRUE(has(stand.wait(stand.jobs.printer_status())->reasons, "output-area-full"));
}

TEST(IppDriver, RefusedPictures) {
  DriverStand stand;
  auto ticket = stand.ticket("a");
  ticket.png.resize(ticket.png.size() / 2);
  EXPECT_EQ(stand.wait(stand.jobs.submit(ticket)).error().reason, PrintReason::kRefused);
  ticket.png = {'n', 'o', ' ', 'p', 'n', 'g'};
  EXPECT_EQ(stand.wait(stand.jobs.submit(ticket)).error().reason, PrintReason::kRefused);
  EXPECT_TRUE(stand.printer().jobs().empty());
}

TEST(IppDriver, SecondJobIsBusy) {
  DriverStand stand;
  stand.submit("a");
  const auto ticket = stand.ticket("b");
  EXPECT_EQ(stand.wait(stand.jobs.submit(ticket)).error().reason, PrintReason::kBusy);
}

TEST(IppDriver, BusyByFault) {
  DriverStand stand;
  stand.inject(fault::kBusy, {{"jobs", 2}});
  const auto ticket = stand.ticket("a");
  EXPECT_EQ(stand.wait(stand.jobs.submit(ticket)).error().reason, PrintReason::kBusy);
  EXPECT_EQ(stand.wait(stand.jobs.submit(ticket)).error().reason, PrintReason::kBusy);
  EXPECT_TRUE(stand.wait(stand.jobs.submit(ticket)).has_value());
  EXPECT_TRUE(stand.took_effect(fault::kBusy));
}

TEST(IppDriver, CancelsAndConfirms) {
  DriverStand stand;
  stand.inject(fault::kOutOfCards);
  const int job = stand.submit("a");
  stand.run_for(10);
  const auto waiting = stand.wait(stand.jobs.printer_status());
  EXPECT_TRUE(has(waiting->reasons, "media-empty"));
  EXPECT_TRUE(has(waiting->reasons, "media-needed"));
  EXPECT_EQ(waiting->state, PrinterState::kProcessing);
  EXPECT_EQ(stand.wait(stand.jobs.job_status(job))->state, JobState::kProcessing);
  ASSERT_TRUE(stand.wait(stand.jobs.cancel(job)).has_value());
  EXPECT_EQ(stand.wait(stand.jobs.job_status(job))->state, JobState::kCanceled);
  EXPECT_EQ(stand.wait(stand.jobs.cancel(job)).error().reason, PrintReason::kRefused);
  EXPECT_EQ(stand.wait(stand.jobs.cancel(77)).error().reason, PrintReason::kNoSuchJob);
  EXPECT_EQ(stand.wait(stand.jobs.job_status(77)).error().reason, PrintReason::kNoSuchJob);
}

TEST(IppDriver, CannotCancelACardOnItsWay) {
  DriverStand stand;
  const int job = stand.submit("a");
  stand.run_for(2);
  EXPECT_EQ(stand.wait(stand.jobs.cancel(job)).error().reason, PrintReason::kRefused);
}

struct Shown {
  const char* fault;
  const char* reason;
  PrinterState state;
};
class Reasons : public testing::TestWithParam<Shown> {};
TEST_P(Reasons, AreReportedWithoutSuffix) {
  DriverStand stand;
  stand.inject(GetParam().fault);
  const auto status = stand.wait(stand.jobs.printer_status());
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->reasons, std::vector<std::string>{GetParam().reason});
  EXPECT_EQ(status->state, GetParam().state);
  EXPECT_TRUE(stand.took_effect(GetParam().fault));
  stand.clear(GetParam().fault);
  EXPECT_TRUE(stand.wait(stand.jobs.printer_status())->reasons.empty());
}
INSTANTIATE_TEST_SUITE_P(
    All, Reasons,
    testing::Values(Shown{fault::kCoverOpened, "cover-open", PrinterState::kStopped},
                    Shown{fault::kRibbonLow, "marker-supply-low", PrinterState::kIdle},
                    Shown{fault::kRibbonMissing, "marker-supply-missing", PrinterState::kStopped},
                    Shown{fault::kRejectBinFull, "marker-waste-full", PrinterState::kIdle},
                    Shown{fault::kHeadTooHot, "other", PrinterState::kStopped},
                    Shown{fault::kStaleReason, "media-jam", PrinterState::kIdle}));

TEST(IppDriver, JamStopsThePrinterAndAbortsTheJob) {
  DriverStand stand;
  stand.inject(fault::kJamInHead);
  const int job = stand.submit("a");
  stand.run_for(30);
  EXPECT_EQ(stand.wait(stand.jobs.job_status(job))->state, JobState::kAborted);
  const auto status = stand.wait(stand.jobs.printer_status());
  EXPECT_EQ(status->state, PrinterState::kStopped);
  EXPECT_TRUE(has(status->reasons, "media-jam"));
  const auto ticket = stand.ticket("b");
  EXPECT_EQ(stand.wait(stand.jobs.submit(ticket)).error().reason, PrintReason::kRefused);
}

TEST(IppDriver, UnpluggedCable) {
  DriverStand stand;
  const int job = stand.submit("a");
  stand.inject(fault::kIppUnplugged);
  EXPECT_EQ(stand.wait(stand.jobs.job_status(job)).error().reason, PrintReason::kUnreachable);
  EXPECT_TRUE(stand.wait(stand.path.status()).has_value()) << "only the print channel is out";
  stand.run_for(30);
  stand.clear(fault::kIppUnplugged);
  EXPECT_EQ(stand.wait(stand.jobs.job_status(job))->state, JobState::kCompleted);
}

TEST(IppDriver, CableUnpluggedWhileTheJobIsAnswered) {
  DriverStand stand;
  const auto ticket = stand.ticket("a");
  stand.device_loop->after(100ms, [&stand] { stand.inject(fault::kUnplugged); });
  const auto sent = stand.wait(stand.jobs.submit(ticket));
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().reason, PrintReason::kUnreachable);
  EXPECT_EQ(stand.printer().jobs().size(), 1U) << "it was accepted all the same";
  stand.clear(fault::kUnplugged);
  EXPECT_EQ(stand.wait(stand.jobs.find_jobs("a"))->size(), 1U);
}

TEST(IppDriver, PowerCutForgetsJobs) {
  DriverStand stand;
  const int job = stand.submit("a");
  stand.world.set_mains(false);
  EXPECT_EQ(stand.wait(stand.jobs.job_status(job)).error().reason, PrintReason::kUnreachable);
  stand.world.set_mains(true);
  stand.run_for(60);
  EXPECT_EQ(stand.wait(stand.jobs.job_status(job)).error().reason, PrintReason::kNoSuchJob);
  EXPECT_TRUE(stand.wait(stand.jobs.find_jobs("a"))->empty());
}

TEST(IppDriver, SilentPrinterEndsInTime) {
  for (const auto reach : {MemoryLine::Reach::kBlackHole, MemoryLine::Reach::kRefused}) {
    DriverStand stand;
    stand.ipp_line.set_reach(reach);
    const double before_s = stand.now_s();
    const auto status = stand.wait(stand.jobs.printer_status());
    ASSERT_FALSE(status.has_value());
    const bool silent = reach == MemoryLine::Reach::kBlackHole;
    EXPECT_EQ(status.error().reason, silent ? PrintReason::kTimeout : PrintReason::kUnreachable);
    EXPECT_LE(stand.now_s() - before_s, 5.001);
  }
}

TEST(IppDriver, SilentInTheMiddleOfAnAnswer) {
  DriverStand stand;
  stand.ipp_line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (!to_device) bytes.resize(bytes.size() / 2);
  });
  EXPECT_EQ(stand.wait(stand.jobs.printer_status()).error().reason, PrintReason::kUnreachable)
      << "the printer closes after its answer, which is then short";
}

/// Whatever byte of the answer is wrong: a typed failure or a valid status, in time, no crash.
TEST(IppDriver, EveryByteOfAnAnswerMayBeWrong) {
  DriverStand stand;
  std::size_t target = 0;
  std::size_t length = 0;
  stand.ipp_line.set_tamper([&](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (to_device) return;
    length = bytes.size();
    if (target < bytes.size()) bytes[target] ^= 0x5A;
  });
  int failed = 0;
  do {
    const auto status = stand.wait(stand.jobs.printer_status());
    if (!status) ++failed;
    if (status) {
      EXPECT_LE(static_cast<int>(status->state), 5);
    }
  } while (++target < length);
  EXPECT_GT(length, 200U);
  EXPECT_GT(failed, 100);
}

TEST(IppDriver, WrongRequestNumberIsNoAnswer) {
  DriverStand stand;
  stand.ipp_line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (to_device) return;
    const std::string_view end = "\r\n\r\n";
    const auto body = std::search(bytes.begin(), bytes.end(), end.begin(), end.end());
    if (body != bytes.end()) *(body + 4 + 7) ^= 0x01;  // the last byte of the request id
  });
  EXPECT_EQ(stand.wait(stand.jobs.printer_status()).error().reason, PrintReason::kBadAnswer);
}

TEST(IppDriver, OverlappingQuestionsDoNotMix) {
  DriverStand stand;
  const int job = stand.submit("a");
  std::optional<Result<card_printer::JobStatus, PrintReason>> first;
  std::optional<Result<card_printer::PrinterStatus, PrintReason>> second;
  spawn(*stand.kiosk_loop, keep(stand.jobs.job_status(job), first));
  spawn(*stand.kiosk_loop, keep(stand.jobs.printer_status(), second));
  stand.run_for(1);
  ASSERT_TRUE(first && second);
  EXPECT_EQ((*first)->state, JobState::kProcessing);
  EXPECT_EQ((*second)->state, PrinterState::kProcessing);
}

TEST(IppDriver, KioskPowerCutInEveryPhaseOfAnOperation) {
  for (int ms = 0; ms < 260; ms += 13) {
    DriverStand stand;
    const auto ticket = stand.ticket("a");
    std::optional<Result<int, PrintReason>> sent;
    spawn(*stand.kiosk_loop, keep(stand.jobs.submit(ticket), sent));
    stand.time.run_until(stand.time.now() + std::chrono::milliseconds(ms));
    stand.kiosk_tracer.mute();
    stand.ipp_line.sever_host();
    stand.kiosk_loop->drop_everything();
    stand.run_for(40);  // the printer goes on by itself
    EXPECT_EQ(stand.count(sim::CardPlace::kExit), stand.printer().jobs().empty() ? 0 : 1) << ms;
  }
}

}  // namespace
}  // namespace cardrig::test
