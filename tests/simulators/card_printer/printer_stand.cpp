// The stand under the card printer's tests.
#include "tests/simulators/card_printer/printer_stand.h"

#include "simulators/card_printer/pictures.h"

namespace cardrig::test {

using sim::CardPlace;
namespace protocol = card_printer::protocol;

const PicturePtr& sample_face() {
  static const PicturePtr face = [] {
    auto picture = std::make_shared<Picture>();
    picture->width_px = protocol::kCardWidth_px;
    picture->height_px = protocol::kCardHeight_px;
    for (int y = 0; y < picture->height_px; ++y) {
      for (int x = 0; x < picture->width_px; ++x) {
        picture->pixels.push_back(static_cast<std::uint8_t>(x / 4));
        picture->pixels.push_back(static_cast<std::uint8_t>(y / 4));
        picture->pixels.push_back(static_cast<std::uint8_t>((x + y) / 8));
      }
    }
    return picture;
  }();
  return face;
}

const std::vector<std::uint8_t>& sample_png() {
  static const std::vector<std::uint8_t> png = sim::encode_png(*sample_face());
  return png;
}

PrinterStand::PrinterStand(int cards) : loaded_(cards) {
  sim::CardPrinter::declare_faults(faults);
  world.load_hopper(cards);
  sim = std::make_unique<sim::CardPrinter>(*device_loop, printer_tracer, world, faults, ipp_line,
                                           path_line);
  trace.subscribe([this](const Event& event) { check_conservation(event); });
}

PrinterStand::~PrinterStand() = default;

void PrinterStand::check_conservation(const Event& event) {
  if (event.kind == "world.hopper_loaded") loaded_ += static_cast<int>(event.number("cards"));
  if (event.party != "card_printer" || event.kind.starts_with("wire.")) return;
  const auto view = this->view();
  const int inside = count(CardPlace::kPath) + count(CardPlace::kExit);
  const int out =
      inside + count(CardPlace::kTaken) + count(CardPlace::kRejectBin) + count(CardPlace::kStaff);
  EXPECT_EQ(out + count(CardPlace::kHopper), loaded_) << event.kind;
  EXPECT_EQ(static_cast<int>(view.fed), out) << event.kind;
  EXPECT_LE(inside, 2) << event.kind;
  EXPECT_EQ(inside == 0, view.position == protocol::kAtNone) << event.kind;
  int printed = 0;
  for (const auto& card : world.cards()) {
    printed += card.printed ? 1 : 0;
    EXPECT_FALSE(card.printed && card.spoilt) << event.kind;
  }
  EXPECT_EQ(static_cast<int>(view.printed), printed) << event.kind;
}

void PrinterStand::run_until(double t_s) {
  time.run_until(Nanos(static_cast<std::int64_t>(t_s * 1e9)));
}
void PrinterStand::run_for(double t_s) { run_until(now_s() + t_s); }
double PrinterStand::now_s() const { return static_cast<double>(time.now().count()) / 1e9; }

int PrinterStand::print(const std::string& attempt) {
  sim::PrinterJob job;
  job.name = attempt;
  job.user = "kiosk";
  job.face = sample_face();
  job.png = sample_png();
  const auto id = printer().submit(std::move(job));
  EXPECT_TRUE(id.has_value());
  return id.value_or(0);
}

void PrinterStand::inject(const std::string& fault, nlohmann::json params) {
  const auto injected = faults.inject(fault, params);
  ASSERT_TRUE(injected.has_value()) << injected.error().detail;
}

void PrinterStand::clear(const std::string& fault) {
  ASSERT_TRUE(faults.clear(fault).has_value()) << fault;
}

bool PrinterStand::took_effect(const std::string& fault) const {
  for (const auto& event : trace.events()) {
    if (event.kind == "fault.effect" && event.text("fault") == fault) return true;
  }
  return false;
}

int PrinterStand::move(void (sim::PrinterMechanics::*command)(sim::PrinterMechanics::Done)) {
  constexpr int kNone = 1000;
  int code = kNone;
  (printer().*command)([&code](std::int8_t c) { code = c; });
  const double limit_s = now_s() + 20;
  while (code == kNone && now_s() < limit_s) run_for(0.1);
  EXPECT_NE(code, kNone) << "the movement never ended";
  return code;
}

std::vector<double> PrinterStand::times_of(const std::string& kind) const {
  std::vector<double> times;
  for (const auto& event : trace.events()) {
    if (event.kind == kind) times.push_back(static_cast<double>(event.time.count()) / 1e9);
  }
  return times;
}

}  // namespace cardrig::test
