// Reads the golden frames of fixtures/golden/id_reader: lines of columns between colons.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace cardrig::id_reader {

using Row = std::vector<std::string>;

inline std::vector<Row> golden_rows(const std::string& name) {
  std::ifstream file("fixtures/golden/id_reader/" + name);
  EXPECT_TRUE(file.is_open()) << name << ": run from the repository's root";
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    Row row;
    std::istringstream columns(line);
    for (std::string column; std::getline(columns, column, ':');) {
      column.erase(0, column.find_first_not_of(' '));
      column.erase(column.find_last_not_of(' ') + 1);
      row.push_back(column);
    }
    rows.push_back(std::move(row));
  }
  EXPECT_FALSE(rows.empty()) << name;
  return rows;
}

inline std::vector<std::uint8_t> from_hex(const std::string& hex) {
  std::vector<std::uint8_t> bytes;
  std::istringstream words(hex);
  for (std::string word; words >> word;) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(word, nullptr, 16)));
  }
  return bytes;
}

}  // namespace cardrig::id_reader
