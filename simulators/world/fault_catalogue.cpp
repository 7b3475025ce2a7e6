// Declaring, injecting and clearing faults, and counting their effects.
#include "simulators/world/fault_catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "kiosk/runtime/check.h"

namespace cardrig::sim {

void FaultCatalogue::declare(FaultSpec spec) {
  CARDRIG_CHECK(find(spec.name) == nullptr && "a fault is declared once");
  specs_.push_back(std::move(spec));
}

const FaultSpec* FaultCatalogue::find(std::string_view name) const {
  const auto it =
      std::find_if(specs_.begin(), specs_.end(), [name](const auto& s) { return s.name == name; });
  return it == specs_.end() ? nullptr : &*it;
}

Result<Unit, FaultReason> FaultCatalogue::inject(const std::string& name,
                                                 const nlohmann::json& params) {
  const FaultSpec* spec = find(name);
  if (spec == nullptr) return fail(FaultReason::kUnknown, "there is no fault \"" + name + "\"");
  if (is_active(name)) return fail(FaultReason::kAlreadyActive, name + " is active already");
  Active active;
  for (const auto& p : spec->params) active.params[p.name] = p.initial;
  for (const auto& [key, value] : params.items()) {
    const auto it = std::find_if(spec->params.begin(), spec->params.end(),
                                 [&key = key](const auto& p) { return p.name == key; });
    if (it == spec->params.end()) {
      return fail(FaultReason::kBadParameter, name + " has no parameter \"" + key + "\"");
    }
    if (!value.is_number() || value.get<double>() < it->low || value.get<double>() > it->high) {
      return fail(FaultReason::kBadParameter, fmt::format("{} of {} must be a number from {} to {}",
                                                          key, name, it->low, it->high));
    }
    active.params[key] = value.get<double>();
  }
  std::vector<Field> fields{{"fault", name}};
  for (const auto& [key, value] : active.params) fields.emplace_back(key, value);
  active_[name] = std::move(active);
  effects_.try_emplace(name, 0);
  tracer_.emit("fault.injected", std::move(fields));
  for (const auto& f : observers_) f(name, true);
  return ok();
}

Result<Unit, FaultReason> FaultCatalogue::clear(const std::string& name) {
  if (find(name) == nullptr) {
    return fail(FaultReason::kUnknown, "there is no fault \"" + name + "\"");
  }
  if (active_.erase(name) == 0) return fail(FaultReason::kNotActive, name + " is not active");
  tracer_.emit("fault.cleared", {{"fault", name}});
  for (const auto& f : observers_) f(name, false);
  return ok();
}

void FaultCatalogue::clear_all() {
  for (const auto& name : active()) static_cast<void>(clear(name));
}

std::vector<std::string> FaultCatalogue::active() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : active_) names.push_back(name);
  return names;
}

std::vector<std::string> FaultCatalogue::inert() const {
  std::vector<std::string> names;
  for (const auto& [name, count] : effects_) {
    if (count == 0) names.push_back(name);
  }
  return names;
}

bool FaultCatalogue::is_active(std::string_view name) const {
  CARDRIG_CHECK(find(name) != nullptr && "a simulator asks for a fault that nobody declared");
  return active_.find(name) != active_.end();
}

double FaultCatalogue::param(std::string_view name, std::string_view param) const {
  const FaultSpec* spec = find(name);
  CARDRIG_CHECK(spec != nullptr);
  const auto active = active_.find(name);
  if (active != active_.end()) {
    const auto value = active->second.params.find(param);
    CARDRIG_CHECK(value != active->second.params.end() && "undeclared parameter");
    return value->second;
  }
  for (const auto& p : spec->params) {
    if (p.name == param) return p.initial;
  }
  CARDRIG_CHECK(false && "undeclared parameter");
}

void FaultCatalogue::took_effect(std::string_view name) {
  const auto count = effects_.find(name);
  CARDRIG_CHECK(count != effects_.end() && "only an injected fault takes effect");
  const FaultSpec* spec = find(name);
  // A lasting fault may show itself thousands of times: the trace holds the first of each
  // injection.
  if (count->second++ == 0 || spec->once) {
    tracer_.emit("fault.effect", {{"fault", std::string(name)}});
  }
  if (spec->once && is_active(name)) static_cast<void>(clear(std::string(name)));
}

bool FaultCatalogue::strikes(std::string_view name) {
  if (!is_active(name)) return false;
  took_effect(name);
  return true;
}

void FaultCatalogue::on_change(std::function<void(const std::string&, bool)> f) {
  observers_.push_back(std::move(f));
}

}  // namespace cardrig::sim
