#include "apps/demo_people.h"

#include <fmt/format.h>

#include <system_error>

#include "apps/process.h"

namespace meterway::apps {
namespace {

struct DemoPerson {
  const char *id, *name, *party, *role, *clearance;
};
/// The first two act for the Users of these names (apps/node.cpp).
constexpr DemoPerson kDemoPeople[] = {
    {"tester", "a supplier's tester", "supplier", "party", "Green"},
    {"engineer", "a network operator's engineer", "networkOperator", "party", "Green"},
    {"desk", "the service desk", "DCC", "desk", "Amber"},
    {"secretary", "a committee's secretary", "SECAS", "secretary", "Red"},
};

/// What it says of success is not shown.
bool runs(const std::vector<std::string>& arguments) {
  auto child = ChildProcess::start(arguments, true);
  return child && child->wait() == 0;
}

}  // namespace

bool make_demo_people(const DataFolder& data, const World& world) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(data.people(), error);
  if (!error) fs::permissions(data.people(), fs::perms::owner_all, error);
  if (error) return false;
  const auto root = data.root.string();
  for (const auto& one : kDemoPeople) {
    const auto file = data.people() / (std::string(one.id) + ".token");
    if (fs::exists(file)) continue;
    if (!runs({"person", "set", one.id, "--name", one.name, "--party", one.party, "--role", one.role, "--clearance",
               one.clearance, "--data", root}) ||
        !runs({"person", "token", one.id, "-o", file.string(), "--data", root}))
      return false;
  }
  fmt::print("people     sign in at {}/sign-in with the token in\n", world.portal_url());
  for (const auto& one : kDemoPeople)
    fmt::print("           {:35} {}\n", (data.people() / (std::string(one.id) + ".token")).string(), one.name);
  return true;
}

}  // namespace meterway::apps
