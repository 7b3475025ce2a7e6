// What the flow needs of issuance, as an interface, so that the flow is tested without a journal
// and a printer.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "kiosk/issuance/issuance.h"

namespace cardrig::flow {

class Issuer {
 public:
  virtual ~Issuer() = default;
  virtual Async<issuance::Settled> issue(const platform::Person& person,
                                         const std::string& permit_id,
                                         issuance::Issuance::OnStage on_stage) = 0;
  virtual Async<std::optional<issuance::Settled>> settle_all() = 0;
  virtual Async<bool> flush_reports() = 0;
  virtual Async<bool> staff_found(platform::Outcome found) = 0;
};

/// The real one.
class IssuanceIssuer final : public Issuer {
 public:
  explicit IssuanceIssuer(issuance::Issuance& issuance) : issuance_(issuance) {}

  Async<issuance::Settled> issue(const platform::Person& person, const std::string& permit_id,
                                 issuance::Issuance::OnStage on_stage) override {
    return issuance_.issue(person, permit_id, std::move(on_stage));
  }
  Async<std::optional<issuance::Settled>> settle_all() override { return issuance_.settle_all(); }
  Async<bool> flush_reports() override { return issuance_.flush_reports(); }
  Async<bool> staff_found(platform::Outcome found) override { return issuance_.staff_found(found); }

 private:
  issuance::Issuance& issuance_;
};

}  // namespace cardrig::flow
