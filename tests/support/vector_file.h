#pragma once
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/util/file.h"
#include "base/util/hex.h"

namespace meterway::tests {

/// One vector of a tests/vectors/*.vec file: `name=value` lines; a blank line ends it, # begins a comment.
struct Vector {
  std::map<std::string, std::string> values;
  std::string text(const std::string& name) const {
    const auto found = values.find(name);
    EXPECT_NE(found, values.end()) << name;
    return found != values.end() ? found->second : "";
  }
  bool has(const std::string& name) const { return values.count(name) != 0; }
  Bytes hex(const std::string& name) const { return from_hex(text(name)).value(); }
  std::uint64_t number(const std::string& name) const { return std::stoull(text(name)); }
};

inline std::vector<Vector> read_vectors(const std::string& file) {
  const auto text = read_text_file(std::filesystem::path(METERWAY_SOURCE_DIR) / "tests" / "vectors" / file);
  EXPECT_TRUE(text) << file;
  std::vector<Vector> vectors;
  Vector current;
  std::istringstream lines(text ? *text : "");
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() && !current.values.empty()) {
      vectors.push_back(std::move(current));
      current = {};
    }
    const auto equals = line.find('=');
    if (!line.empty() && line[0] != '#' && equals != std::string::npos)
      current.values[line.substr(0, equals)] = line.substr(equals + 1);
  }
  if (!current.values.empty()) vectors.push_back(std::move(current));
  return vectors;
}

}  // namespace meterway::tests
