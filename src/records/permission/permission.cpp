#include "records/permission/permission.h"

#include <algorithm>
#include <iterator>

namespace meterway::permission {
namespace {

#include "records/permission/permissions.inc"

constexpr std::string_view kOperator = "operator", kPublic = "public", kAnyone = "anyone", kAnybody = "anybody";

/// The first of these words that he is, or empty.
std::string_view matching(const registry::Person& person, std::string_view job_types) {
  while (!job_types.empty()) {
    const auto comma = std::min(job_types.find(','), job_types.size());
    const auto word = job_types.substr(0, comma);
    if (word == kAnybody || (word == kAnyone && !person.has_role(kPublic)) || person.has_role(word)) return word;
    job_types.remove_prefix(std::min(comma + 1, job_types.size()));
  }
  return {};
}

/// Of those that give it to him the first without a scope, or the first.
const Permission* row_for(const registry::Person& person, std::string_view function) {
  const Permission* narrow = nullptr;
  for (const auto& row : permissions_of(function)) {
    if (matching(person, row.job_types).empty()) continue;
    if (row.scope.empty()) return &row;
    if (narrow == nullptr) narrow = &row;
  }
  return narrow;
}

std::string source_of(const Permission& row) {
  return "(" + std::string(row.clause.empty() ? "no clause" : row.clause) + ", " + std::string(row.how_sure) + ")";
}

std::string spaced(std::string_view commas) {
  std::string out;
  for (const char c : commas) out += c == ',' ? std::string(", ") : std::string(1, c);
  return out;
}

/// Of the job types of these rows those that are not held by the name alone: whoever is refused may be given one, and
/// have no certificate.
std::string verified_of(std::span<const Permission> rows) {
  std::string out;
  for (const auto& type : kJobTypes) {
    const auto named = [&](const Permission& row) {
      return ("," + std::string(row.job_types) + ",").find("," + std::string(type.name) + ",") != std::string::npos;
    };
    if (type.verified && std::any_of(rows.begin(), rows.end(), named))
      out += (out.empty() ? "" : ", ") + std::string(type.name);
  }
  return out;
}

std::string job_types_of(const registry::Person& person) {
  std::string out;
  for (const auto& role : person.roles) out += (out.empty() ? "" : ", ") + role;
  return out.empty() ? "no job type" : out;
}

}  // namespace

std::span<const JobType> all_job_types() { return kJobTypes; }

const JobType* find_job_type(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kJobTypes), std::end(kJobTypes), [&](const JobType& one) { return one.name == name; });
  return found == std::end(kJobTypes) ? nullptr : found;
}

std::span<const Permission> all_permissions() { return kPermissions; }

std::span<const Permission> permissions_of(std::string_view function) {
  const auto* first =
      std::lower_bound(std::begin(kPermissions), std::end(kPermissions), function,
                       [](const Permission& row, std::string_view name) { return row.function < name; });
  const auto* last =
      std::find_if(first, std::end(kPermissions), [&](const Permission& row) { return row.function != function; });
  return {first, last};
}

bool may(const registry::Person& person, std::string_view function) {
  return person.has_role(kOperator) || row_for(person, function) != nullptr;
}

bool may_all(const registry::Person& person, std::string_view function) {
  if (person.has_role(kOperator)) return true;
  const auto* row = row_for(person, function);
  return row != nullptr && row->scope.empty();
}

bool may_within(const registry::Person& person, std::string_view function, std::string_view scope) {
  const auto rows = permissions_of(function);
  return std::any_of(rows.begin(), rows.end(), [&](const Permission& row) {
    return row.scope.starts_with(scope) && !matching(person, row.job_types).empty();
  });
}

bool is_noted(std::string_view function) {
  const auto rows = permissions_of(function);
  return std::any_of(rows.begin(), rows.end(), [](const Permission& row) { return row.noted; });
}

Decision decide(const registry::Person& person, std::string_view function) {
  const auto begin = std::string(function) + " for " + person.id + " (" + job_types_of(person) + "): ";
  if (const auto* row = row_for(person, function)) {
    return {true, row,
            begin + "allowed, as " + std::string(matching(person, row->job_types)) + " " + source_of(*row) +
                (row->scope.empty() ? "" : "; " + std::string(row->scope))};
  }
  if (person.has_role(kOperator)) return {true, nullptr, begin + "allowed, as everything is to the operator"};
  const auto rows = permissions_of(function);
  if (rows.empty()) return {false, nullptr, begin + "denied: there is no such function"};
  std::string given;
  for (const auto& row : rows) given += (given.empty() ? "" : "; to ") + spaced(row.job_types) + " " + source_of(row);
  if (const auto verified = verified_of(rows); !verified.empty())
    given += "; " + verified + " only while a client certificate stands behind the name (rule people.verified)";
  return {false, nullptr, begin + "denied: it is given to " + given};
}

std::vector<std::string_view> functions_of(const registry::Person& person) {
  std::vector<std::string_view> out;
  for (const auto& row : kPermissions) {
    if ((out.empty() || out.back() != row.function) && may(person, row.function)) out.push_back(row.function);
  }
  return out;
}

}  // namespace meterway::permission
