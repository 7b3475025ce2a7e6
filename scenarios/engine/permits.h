// What the verb platform.permit of a scenario means: a permit for one of the simulated people, as
// the authority would have made it today.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "fixtures/people/people.h"
#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/rig.h"
#include "mock-platform/types.h"

namespace cardrig::scenario {

/// `args` of platform.permit (docs/protocols/rig.md): id, person, item, state?, photo?, number?,
/// listed?.
[[nodiscard]] Result<mock_platform::Permit, RigReason> make_permit(
    const std::vector<fixtures::PersonFixture>& people, const nlohmann::json& args,
    const Date& today);

}  // namespace cardrig::scenario
