#include "scenarios/engine/acts.h"

namespace cardrig::scenario {

const std::vector<ActSpec>& acts() {
  static const std::vector<ActSpec> table = {
      {"place_document", "world.place_document", "document", ActValue::kDocument, 0, 0,
       "lays a document on the reader"},
      {"lift_document", "world.lift_document", "", ActValue::kNothing, 0, 0,
       "takes the document off the reader"},
      {"before_camera", "world.subjects", "subjects", ActValue::kSubjects, 0, 0,
       "who or what stands before the camera; [] is nobody"},
      {"light", "world.light", "level", ActValue::kNumber, 0, 1.5,
       "light of the hall: 1 normal, 0 dark"},
      {"take_card", "world.take_card", "person", ActValue::kPerson, 0, 0,
       "a person takes the card out of the exit"},
      {"load_hopper", "world.load_hopper", "cards", ActValue::kInteger, 1, 500,
       "puts blank cards into the hopper"},
      {"empty_reject_bin", "world.empty_reject_bin", "", ActValue::kNothing, 0, 0,
       "staff take the cards out of the reject bin"},
      {"mains", "world.mains", "on", ActValue::kBool, 0, 0, "mains power of the site"},
      {"network", "world.network", "up", ActValue::kBool, 0, 0, "network of the site"},
      {"service_key", "world.service_key", "on", ActValue::kBool, 0, 0,
       "staff turn their key, or turn it back"},
      {"inject", "fault.inject", "name", ActValue::kFault, 0, 0, "a fault of the catalogue begins"},
      {"clear", "fault.clear", "name", ActValue::kFaultName, 0, 0, "a fault ends"},
      {"permit", "platform.permit", "", ActValue::kPermit, 0, 0,
       "the platform has this permit from now on"},
      {"approve", "platform.approve", "permit", ActValue::kPermitId, 0, 0,
       "the authority approves a pending permit"},
      {"revoke", "platform.revoke", "permit", ActValue::kPermitId, 0, 0,
       "the authority revokes a permit"},
      {"withdraw", "platform.withdraw", "permit", ActValue::kPermitId, 0, 0,
       "the platform takes a granted claim back"},
      {"free", "platform.free", "permit", ActValue::kPermitId, 0, 0,
       "the authority ends the claim of a captured or unknown card"},
      {"touch", "kiosk.touch", "button", ActValue::kButton, 0, 0,
       "touches a button of the present screen"},
      {"power_cut", "kiosk.power_cut", "", ActValue::kPowerCut, 0, 0,
       "the kiosk's power fails, now or at the n-th disk operation from now"},
      {"power_on", "kiosk.power_on", "", ActValue::kNothing, 0, 0, "the kiosk starts again"},
      {"staff_found", "staff.found", "outcome", ActValue::kOutcome, 0, 0,
       "staff have cleared the card path and say what they found"},
      {"clock_offset", "clock.set_offset", "seconds", ActValue::kSeconds, 0, 0,
       "the kiosk's calendar clock is wrong by this much"},
  };
  return table;
}

const ActSpec* find_act(std::string_view key) {
  for (const ActSpec& act : acts()) {
    if (act.key == key) return &act;
  }
  return nullptr;
}

}  // namespace cardrig::scenario
