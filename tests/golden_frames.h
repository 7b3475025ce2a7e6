// Golden frames from a file of lines `NAME = HEX BYTES  # meaning`.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace cardrig::test {

class GoldenFrames {
 public:
  using Bytes = std::vector<std::uint8_t>;

  /// `path` from the repository's root, where tests run.
  explicit GoldenFrames(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::string line;
    while (std::getline(file, line)) {
      line = line.substr(0, line.find('#'));
      std::istringstream words(line);
      std::string name;
      std::string word;
      if (!(words >> name >> word)) continue;
      Bytes bytes;
      while (words >> word)
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(word, nullptr, 16)));
      if (!frames_.emplace(name, std::move(bytes)).second) {
        throw std::runtime_error(path + " names " + name + " twice");
      }
    }
  }

  [[nodiscard]] const Bytes& at(const std::string& name) const {
    const auto it = frames_.find(name);
    if (it == frames_.end()) throw std::runtime_error("no golden frame " + name);
    return it->second;
  }
  [[nodiscard]] const std::map<std::string, Bytes>& all() const { return frames_; }

 private:
  std::map<std::string, Bytes> frames_;
};

}  // namespace cardrig::test
