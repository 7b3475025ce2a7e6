// One attempt, from wherever its record stands to the end of its present card: claim, checks,
// intent, print, follow. Every step is committed to the journal before the act that it permits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kiosk/issuance/card_run.h"
#include "kiosk/issuance/issuance.h"

namespace cardrig::issuance {

class Attempt {
 public:
  Attempt(const Deps& deps, journal::Record& record, bool person_is_here,
          const Issuance::OnStage& on_stage)
      : deps_(deps), record_(record), person_is_here_(person_is_here), on_stage_(on_stage) {}

  /// Carries the record up to kIntent and follows the card. Does not settle.
  Async<CardEnd> run();
  void tell(Stage stage) const;

 private:
  using Ended = std::optional<CardEnd>;  // nothing: go on

  Async<Ended> claim();
  Async<Ended> check_claim_again();
  Async<Ended> draw(std::vector<std::uint8_t>& png);
  Async<Ended> draw_and_check_printer(std::vector<std::uint8_t>& png);
  Async<Ended> check_printer();
  Async<Ended> commit(journal::Phase phase);
  [[nodiscard]] Ended check_platform_data(const platform::Claim& claim) const;

  const Deps& deps_;
  journal::Record& record_;
  bool person_is_here_;
  const Issuance::OnStage& on_stage_;
  std::optional<Nanos> claim_seen_at_;  ///< when the platform last said that it is granted
};

[[nodiscard]] const char* to_string(Stage stage);

}  // namespace cardrig::issuance
