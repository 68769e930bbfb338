#pragma once
#include <string>
#include <string_view>

#include "records/registry/party.h"

/// A User as configuration files, the API and the store write it: one JSON object. See docs/wire/api.md.
namespace meterway::registry {

/// The error names the member: "roles[2]: no such role".
Result<User, std::string> read_user(std::string_view json);
std::string to_json(const User& user);

}  // namespace meterway::registry
