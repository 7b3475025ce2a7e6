#include "simulators/panel/settings.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace cardrig::panel {

namespace fs = std::filesystem;

// What is not known counts as the first.
NLOHMANN_JSON_SERIALIZE_ENUM(RightColumn, {{RightColumn::kWorld, "world"},
                                           {RightColumn::kScenario, "scenario"},
                                           {RightColumn::kNumbers, "numbers"}})

std::string settings_file() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (config != nullptr && *config == '/') {
    folder = config;
  } else if (home != nullptr && *home == '/') {
    folder = fs::path(home) / ".config";
  } else {
    return "";
  }
  return (folder / "cardrig" / "panel.json").string();
}

Settings load_settings(const std::string& file) {
  Settings settings;
  std::ifstream in(file, std::ios::binary);
  const auto kept = nlohmann::json::parse(in, nullptr, false);
  if (!kept.is_object()) return settings;
  const auto take = [&kept](const char* key, auto& value) {
    using T = std::decay_t<decltype(value)>;
    const auto found = kept.find(key);
    if (found == kept.end()) return;
    if constexpr (std::is_same_v<T, bool>) {
      if (found->is_boolean()) value = found->template get<T>();
    } else if constexpr (std::is_enum_v<T>) {
      value = found->template get<T>();
    } else {
      if (found->is_number()) value = found->template get<T>();
    }
  };
  take("light", settings.light);
  take("width_px", settings.width_px);
  take("height_px", settings.height_px);
  take("bottom_px", settings.bottom_px);
  take("devices_part", settings.devices_part);
  take("details_part", settings.details_part);
  take("right", settings.right);
  take("span_s", settings.span_s);
  take("wires", settings.wires);
  settings.width_px = std::clamp(settings.width_px, 640, 7680);
  settings.height_px = std::clamp(settings.height_px, 480, 4320);
  settings.bottom_px = std::clamp(settings.bottom_px, 120.0F, 2000.0F);
  settings.devices_part = std::clamp(settings.devices_part, 0.2F, 0.8F);
  settings.details_part = std::clamp(settings.details_part, 0.15F, 0.6F);
  settings.span_s = std::clamp(settings.span_s, 0.5, 3600.0);
  return settings;
}

bool save_settings(const Settings& settings, const std::string& file) {
  if (file.empty()) return false;
  std::error_code error;
  fs::create_directories(fs::path(file).parent_path(), error);
  const nlohmann::json written = {{"light", settings.light},
                                  {"width_px", settings.width_px},
                                  {"height_px", settings.height_px},
                                  {"bottom_px", settings.bottom_px},
                                  {"devices_part", settings.devices_part},
                                  {"details_part", settings.details_part},
                                  {"right", settings.right},
                                  {"span_s", settings.span_s},
                                  {"wires", settings.wires}};
  std::ofstream out(file, std::ios::binary);
  out << written.dump(2) << '\n';
  out.close();
  return static_cast<bool>(out);
}

}  // namespace cardrig::panel
