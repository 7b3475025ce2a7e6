// The sample screens.
#include "tests/kiosk/screen/gallery.h"

#include <opencv2/imgproc.hpp>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/masking.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::screen::testing {

using namespace std::chrono_literals;
using flow::Choice;
using flow::Ending;
using flow::FaceHint;
using flow::PlaceHint;
using platform::Refusal;

Picture drawn_scene() {
  cv::Mat scene(480, 640, CV_8UC3, cv::Scalar(214, 205, 196));
  for (int i = 0; i < 8; ++i) {
    cv::rectangle(scene, cv::Rect(20, 40 + i * 24, 120, 12), cv::Scalar(60, 120 + i * 10, 210),
                  cv::FILLED);
  }
  cv::rectangle(scene, cv::Rect(520, 60, 90, 300), cv::Scalar(150, 170, 140), cv::FILLED);
  const auto ellipse = [&](int x, int y, int rx, int ry, const cv::Scalar& bgr) {
    cv::ellipse(scene, cv::Point(x, y), cv::Size(rx, ry), 0, 0, 360, bgr, cv::FILLED, cv::LINE_AA);
  };
  ellipse(320, 520, 190, 150, cv::Scalar(120, 84, 40));  // shoulders
  ellipse(320, 385, 52, 60, cv::Scalar(160, 190, 228));  // neck
  ellipse(320, 200, 112, 128, cv::Scalar(40, 36, 34));  // hair
  ellipse(320, 240, 96, 122, cv::Scalar(176, 205, 240));  // face
  for (const int side : {-1, 1}) {
    ellipse(320 + side * 38, 222, 13, 8, cv::Scalar(250, 250, 250));
    ellipse(320 + side * 38, 222, 7, 7, cv::Scalar(60, 44, 36));
    cv::line(scene, cv::Point(320 + side * 22, 198), cv::Point(320 + side * 54, 196),
             cv::Scalar(50, 46, 44), 5, cv::LINE_AA);
  }
  cv::line(scene, cv::Point(320, 236), cv::Point(314, 268), cv::Scalar(140, 168, 206), 5,
           cv::LINE_AA);
  cv::ellipse(scene, cv::Point(320, 298), cv::Size(30, 14), 0, 10, 170, cv::Scalar(96, 96, 190), 5,
              cv::LINE_AA);
  return picture_of(scene);
}

namespace {

PicturePtr sample_card() {
  certificate::Certificate card;
  card.number = "T110***********002X";
  card.name = "张*国";
  card.sex = "女";
  card.category = "焊接与热切割作业";
  card.item = "熔化焊接与热切割作业";
  return std::make_shared<const Picture>(certificate::draw_card_front(card));
}

std::vector<Choice> sample_choices() {
  return {{"熔化焊接与热切割作业", "焊接与热切割作业", Refusal::kNone},
          {"低压电工作业", "电工作业", Refusal::kNone},
          {"登高架设作业", "高处作业", Refusal::kNotApproved},
          {"制冷与空调设备运行操作作业", "制冷与空调作业", Refusal::kAlreadyIssued},
          {"氯碱电解工艺作业", "危险化学品安全作业", Refusal::kNone},
          {"高压电工作业", "电工作业", Refusal::kRevoked},
          {"防爆电气作业", "电工作业", Refusal::kNone}};
}

flow::Text row(const char* key, std::vector<std::pair<std::string, std::string>> values) {
  return {std::string("maintenance.row.") + key, std::move(values)};
}

std::vector<flow::Text> self_test_rows() {
  std::vector<flow::Text> rows;
  for (const char* device : {"reader", "camera", "board", "platform", "journal"}) {
    rows.push_back(row("ok", {{"@what", std::string("device.") + device}}));
  }
  rows.insert(rows.begin() + 2, row("fault", {{"@what", "device.printer"}, {"why", "timeout"}}));
  return rows;
}

std::vector<flow::Text> issuance_rows() {
  std::vector<flow::Text> rows;
  rows.push_back(row("card_of", {{"time", "06-15 10:31"},
                                 {"name", "张*国"},
                                 {"number", "110***********002X"},
                                 {"@outcome", "outcome.captured"}}));
  for (const char* time : {"06-15 10:12", "06-15 09:58", "06-14 16:40"}) {
    rows.push_back(
        row("card",
            {{"time", time}, {"permit", "permit-2026-0042"}, {"@outcome", "outcome.delivered"}}));
  }
  return rows;
}

}  // namespace

std::vector<Sample> samples() {
  namespace screens = flow::screens;
  const auto left = [](Nanos total) {
    return flow::Countdown{kPhotographedAt + total * 7 / 10, total};
  };
  const flow::MaskedPerson person{"张*国", "110***********002X"};
  const auto scene = std::make_shared<const Picture>(drawn_scene());
  const auto choices = sample_choices();
  const flow::NumberEntry typed{mask_typed("P2026000001"), 11, flow::NumberHint::kNone, "", 3};
  const flow::NumberEntry other{mask_typed("P20"), 3, flow::NumberHint::kOtherPerson, "0002", 2};
  using issuance::Stage;
  return {
      {"starting", screens::starting()},
      {"moment", screens::moment()},
      {"welcome", screens::welcome(false)},
      {"welcome_old_card", screens::welcome(true)},
      {"consent", screens::consent(left(60s))},
      {"place_card", screens::place_card(PlaceHint::kNone, left(40s))},
      {"place_card_moved", screens::place_card(PlaceHint::kMoved, left(40s))},
      {"reading", screens::reading()},
      {"face", screens::face(FaceHint::kNone, scene, left(15s))},
      {"face_too_far", screens::face(FaceHint::kTooFar, scene, left(15s))},
      {"face_matched", screens::face(FaceHint::kMatched, scene, left(15s))},
      {"face_waiting", screens::face(FaceHint::kNone, nullptr, left(15s))},
      {"checking", screens::checking()},
      {"choose", screens::choose(person, choices, 0, left(60s))},
      {"choose_page_2", screens::choose(person, choices, 1, left(60s))},
      {"enter_number", screens::enter_number(typed, left(60s))},
      {"enter_number_empty", screens::enter_number({"", 0, {}, "", 3}, left(60s))},
      {"enter_number_other", screens::enter_number(other, left(60s))},
      {"preview", screens::preview(person, choices[0], sample_card(), true, left(60s))},
      {"printing", screens::printing(Stage::kPrinting, kPhotographedAt - 20s, 38s)},
      {"retrying", screens::printing(Stage::kRetrying, kPhotographedAt, 38s)},
      {"take_card", screens::take_card(false, left(30s))},
      {"take_card_reminder", screens::take_card(true, left(30s))},
      {"done", screens::done(left(10s))},
      {"refused_document", screens::refused(Ending::kDocumentCheck, {}, left(20s))},
      {"refused_revoked", screens::refused(Ending::kRevoked, {}, left(20s))},
      {"refused_nothing_free",
       screens::refused(Ending::kNothingFree, {choices[2], choices[3], choices[5]}, left(20s))},
      {"refused_no_permit", screens::refused(Ending::kNoPermit, {}, left(20s), true)},
      {"refused_number_tries", screens::refused(Ending::kNumberTries, {}, left(20s))},
      {"refused_card_not_taken", screens::refused(Ending::kCardNotTaken, {}, left(20s))},
      {"counter", screens::counter(left(20s))},
      {"take_document", screens::take_document(left(45s))},
      {"more_time", screens::more_time(flow::Step::kChoose, {kPhotographedAt + 7s, 10s})},
      {"out_of_service", screens::out_of_service(flow::Cause::kNoCards)},
      {"maintenance", screens::maintenance(std::nullopt)},
      {"maintenance_out_of_service", screens::maintenance(flow::Cause::kNoCards)},
      {"maintenance_self_test", screens::maintenance_page("self_test", self_test_rows(), false)},
      {"maintenance_issuances", screens::maintenance_page("issuances", issuance_rows(), false)},
  };
}

}  // namespace cardrig::screen::testing
