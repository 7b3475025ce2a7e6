// Arguments of rig messages, checked: whoever sends a message may have made a mistake.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>

#include "kiosk/runtime/rig.h"

namespace cardrig {

/// The argument `name` as std::string, bool, double or an integer; or kBadArguments and "\"name\"
/// must be `what`". A number with a fraction is no integer.
template <class T>
[[nodiscard]] Result<T, RigReason> rig_arg(const nlohmann::json& args, const std::string& name,
                                           const std::string& what) {
  const auto it = args.is_object() ? args.find(name) : args.end();
  bool good = it != args.end();
  if constexpr (std::is_same_v<T, std::string>) {
    good = good && it->is_string();
  } else if constexpr (std::is_same_v<T, bool>) {
    good = good && it->is_boolean();
  } else if constexpr (std::is_integral_v<T>) {
    good = good && it->is_number_integer();
  } else {
    good = good && it->is_number();
  }
  if (!good) return fail(RigReason::kBadArguments, "\"" + name + "\" must be " + what);
  return it->template get<T>();
}

/// A number within [low, high].
template <class T>
[[nodiscard]] Result<T, RigReason> rig_arg_within(const nlohmann::json& args,
                                                  const std::string& name, T low, T high) {
  const auto text = [](T number) { return nlohmann::json(number).dump(); };
  const std::string what = "a number from " + text(low) + " to " + text(high);
  // Compared as double first: what does not fit into T must not be turned into one.
  const auto any = rig_arg<double>(args, name, what);
  if (!any) return tl::unexpected(any.error());
  if (!(*any >= static_cast<double>(low) && *any <= static_cast<double>(high))) {
    return fail(RigReason::kBadArguments, "\"" + name + "\" must be " + what);
  }
  return rig_arg<T>(args, name, what);
}

}  // namespace cardrig
