// Follows one card from the sent job to its end: asks printer, card path and outlet sensor again
// and again, does what next_step() says, and always ends.
#pragma once

#include <string>

#include "kiosk/issuance/next_step.h"

namespace cardrig::issuance {

/// What became of the card.
struct CardEnd {
  platform::Outcome outcome = platform::Outcome::kUnknown;
  Trouble trouble = Trouble::kCardFateUnknown;
  std::string detail;  ///< for staff, no personal data
};

class CardRun {
 public:
  using Tell = std::function<void(Stage)>;

  /// `record` has a committed intent, and outlives this.
  CardRun(const Deps& deps, const journal::Record& record, bool person_is_here, Tell tell);

  /// Sends the job; after that follow(). What the printer answered is kept for follow().
  Async<void> submit(std::vector<std::uint8_t> png);
  /// Ends within print_limit, twice take_card and overtime, or within settle_limit and overtime.
  Async<CardEnd> follow();

 private:
  Async<void> look();
  Async<void> wait_for_news();
  Async<JobView> look_at_job();
  Async<void> carry_out(Step step);
  Async<void> cancel_jobs();
  Async<void> present();
  Async<void> clear_away();
  Async<void> capture();
  Async<void> set_outlet_light(bool on);
  [[nodiscard]] CardEnd end_of(Step step) const;
  [[nodiscard]] CardEnd given_up() const;
  [[nodiscard]] std::string what_is_seen() const;

  const Deps& deps_;
  const journal::Record& record_;
  Tell tell_;
  int job_id_;
  Sight sight_;
  Circumstances now_;
  Nanos looked_at_{0};
  Nanos changed_at_{0};
  Nanos limit_{0};  ///< then overtime begins
  Nanos offered_at_{0};
  int present_tries_ = 0;
  int clear_tries_ = 0;
  std::string printer_said_;  ///< why the job or a movement was refused, or the last defect seen
};

}  // namespace cardrig::issuance
