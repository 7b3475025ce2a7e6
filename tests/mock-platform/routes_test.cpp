// The table of routes: what it matches, and that the OpenAPI description lists the same.
#include "mock-platform/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>

namespace cardrig::mock_platform {
namespace {

TEST(Routes, AreThoseOfTheDescription) {
  std::set<std::string> described, served;
  std::ifstream file("mock-platform/openapi.yaml");
  std::string path;
  for (std::string line; std::getline(file, line);) {
    std::smatch found;
    if (std::regex_match(line, found, std::regex("  (/\\S*):"))) path = found[1];
    if (line == "components:") break;
    if (std::regex_match(line, found,
                         std::regex("    (get|put|post|delete|patch|head|options):"))) {
      std::string method = found[1];
      for (char& c : method) c = static_cast<char>(std::toupper(c));
      described.insert(method + " " + path);
    }
  }
  for (const auto& route : routes()) served.insert(std::string(route.method) + " " + route.path);
  EXPECT_EQ(described, served);
  EXPECT_EQ(served.size(), routes().size()) << "twice in the table";
}

TEST(Routes, IdsOfPermitsMayHoldSlashesThoseOfAttemptsMayNot) {
  const auto permit = match("PUT", "/admin/v1/permits/site/7/faults/down");
  ASSERT_TRUE(permit);
  EXPECT_EQ(permit->act, Act::kSetFault);
  EXPECT_EQ(permit->id, "site/7");
  EXPECT_EQ(permit->fault, "down");
  EXPECT_EQ(match("POST", "/admin/v1/permits/site/7/free")->id, "site/7");
  EXPECT_EQ(match("POST", "/api/v1/claims/a:1/release")->id, "a:1");
  EXPECT_FALSE(match("GET", "/api/v1/claims/a/1"));
  EXPECT_FALSE(match("GET", "/api/v1/claims/"));
  EXPECT_FALSE(match("GET", "/api/v1/claims/" + std::string(81, 'a')));
}

TEST(Routes, AWordThatIsAnActElsewhereMayBePartOfAnId) {
  const auto permit = match("GET", "/admin/v1/permits/x/approve");
  ASSERT_TRUE(permit);
  EXPECT_EQ(permit->act, Act::kGetPermit);
  EXPECT_EQ(permit->id, "x/approve");
}

}  // namespace
}  // namespace cardrig::mock_platform
