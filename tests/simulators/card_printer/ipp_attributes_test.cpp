// What the printer tells of itself and of its jobs over IPP, asked by messages made here.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/simulators/card_printer/printer_stand.h"

namespace cardrig::test {
namespace {

namespace ipp = sim::ipp;

/// The answer's first group with `tag` to an operation on `job` (0: on the printer).
ipp::Group ask(PrinterStand& stand, std::uint16_t operation, std::uint8_t tag, int job,
               const std::vector<std::string>& wanted) {
  ipp::IppMessage request;
  request.code = operation;
  request.request_id = 1;
  ipp::Group group{ipp::kGroupOperation, {}};
  const auto text = [&group](const char* name, std::uint8_t type, const char* value) {
    group.attributes.push_back(ipp::one(name, ipp::text_value(type, value)));
  };
  text("attributes-charset", ipp::kTagCharset, "utf-8");
  text("attributes-natural-language", ipp::kTagLanguage, "en");
  text("printer-uri", ipp::kTagUri, "ipp://localhost/ipp/print");
  if (job != 0) group.attributes.push_back(ipp::one("job-id", ipp::integer_value(job)));
  if (!wanted.empty()) {
    group.attributes.push_back(ipp::texts("requested-attributes", ipp::kTagKeyword, wanted));
  }
  request.groups.push_back(std::move(group));
  const auto answer = stand.sim->ipp().answer(ipp::encode_ipp(request));
  const auto decoded = ipp::decode_ipp(answer.value());
  const ipp::Group* found = decoded.value().message.group(tag);
  return found == nullptr ? ipp::Group{} : *found;
}

ipp::Group ask_job(PrinterStand& stand, int job) {
  return ask(stand, 0x0009, ipp::kGroupJob, job, {});
}
ipp::Group ask_printer(PrinterStand& stand, const std::vector<std::string>& wanted = {}) {
  return ask(stand, 0x000B, ipp::kGroupPrinter, 0, wanted);
}

std::int32_t integer(const ipp::Group& group, const char* name) {
  const auto* attribute = group.find(name);
  return attribute == nullptr ? -1 : attribute->values.front().integer().value_or(-2);
}
int tag(const ipp::Group& group, const char* name) {
  const auto* attribute = group.find(name);
  return attribute == nullptr ? -1 : attribute->values.front().tag;
}

TEST(IppAttributes, AJobsMomentsAreSecondsOfUpTimeOrNoValue) {
  PrinterStand stand;
  stand.run_until(100.5);
  stand.inject(sim::printer_fault::kCoverOpened);
  const int job = stand.print();
  auto told = ask_job(stand, job);
  EXPECT_EQ(integer(told, "time-at-creation"), 101);
  EXPECT_EQ(integer(told, "job-printer-up-time"), 101);
  EXPECT_EQ(tag(told, "time-at-processing"), ipp::kTagNoValue);
  EXPECT_EQ(tag(told, "time-at-completed"), ipp::kTagNoValue);

  stand.run_until(110.5);
  stand.clear(sim::printer_fault::kCoverOpened);
  stand.run_until(200.5);
  told = ask_job(stand, job);
  EXPECT_EQ(integer(told, "time-at-creation"), 101);
  EXPECT_EQ(integer(told, "time-at-processing"), 111);
  EXPECT_GT(integer(told, "time-at-completed"), 120);
  EXPECT_LT(integer(told, "time-at-completed"), 160);
  EXPECT_EQ(integer(told, "job-printer-up-time"), 201);
  EXPECT_EQ(integer(ask_printer(stand), "printer-up-time"), 201);
}

TEST(IppAttributes, ACanceledJobHasAnEndToo) {
  PrinterStand stand;
  stand.inject(sim::printer_fault::kOutOfCards);
  const int job = stand.print();
  stand.run_until(5.5);
  ASSERT_TRUE(stand.printer().cancel(job));
  EXPECT_EQ(integer(ask_job(stand, job), "time-at-completed"), 6);
}

TEST(IppAttributes, GroupsOfAttributesCanBeAskedFor) {
  PrinterStand stand;
  const auto all = ask_printer(stand);
  const auto of_jobs = ask_printer(stand, {"job-template"});
  const auto of_printer = ask_printer(stand, {"printer-description"});
  EXPECT_EQ(all.attributes.size(), of_jobs.attributes.size() + of_printer.attributes.size());
  EXPECT_NE(of_jobs.find("media-supported"), nullptr);
  EXPECT_NE(of_jobs.find("copies-supported"), nullptr);
  EXPECT_EQ(of_jobs.find("printer-state"), nullptr);
  EXPECT_NE(of_printer.find("printer-state"), nullptr);
  EXPECT_EQ(of_printer.find("media-supported"), nullptr);
  EXPECT_EQ(ask_printer(stand, {"media-ready"}).attributes.size(), 1U);
}

TEST(IppAttributes, FinishedJobsAreForgottenInTheEnd) {
  PrinterStand stand(120);
  int first = 0;
  int last = 0;
  for (int i = 0; i < 110; ++i) {
    last = stand.print("attempt-" + std::to_string(i));
    if (i == 0) first = last;
    ASSERT_TRUE(stand.printer().cancel(last));
  }
  EXPECT_FALSE(stand.printer().jobs().contains(first));
  EXPECT_TRUE(stand.printer().jobs().contains(last));
  EXPECT_LE(stand.printer().jobs().size(), 100U);
}

}  // namespace
}  // namespace cardrig::test
