#include "scenarios/engine/traced_act.h"

#include "kiosk/flow/screen.h"

namespace cardrig::scenario {

std::string traced_args(const RigMessage& message) {
  nlohmann::json args = message.args;
  const auto text = [&args](const char* key) {
    return args.is_object() && args.contains(key) && args[key].is_string();
  };
  if (message.verb == "kiosk.touch" && text("button")) {
    args["button"] = flow::traced_key(args["button"].get<std::string>());
  }
  if (message.verb == "platform.permit" && text("number")) args["number"] = "***";
  return args.dump();
}

}  // namespace cardrig::scenario
