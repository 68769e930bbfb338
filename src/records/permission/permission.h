#pragma once
#include <span>
#include <string>
#include <string_view>

#include "records/registry/person.h"

/// Who may do what: job types are the rows of spec/job_types.tsv, functions those of spec/permissions.tsv, and what no
/// row gives is denied. Pages and HTTP routes ask here, before anything is done. Source: seed B30.
namespace meterway::permission {

/// What a person may be.
struct JobType {
  std::string_view name;
  bool given = false;     ///< by the operator, to a person; otherwise it comes with the way in
  bool verified = false;  ///< only while a client certificate stands behind the name
  std::string_view meaning, source, how_sure;
};
std::span<const JobType> all_job_types();
const JobType* find_job_type(std::string_view name);

/// A row: these job types may do this.
struct Permission {
  std::string_view function;
  std::string_view job_types;  ///< by commas; `anyone`: whoever is known, `anybody`: without a name, too
  std::string_view scope;      ///< what of it is his; the function sees to that
  bool noted = false;          ///< that somebody was let in is written down before it begins
  std::string_view clause, how_sure;
};
/// In the order of their functions.
std::span<const Permission> all_permissions();
/// Its rows; none: nobody has heard of it.
std::span<const Permission> permissions_of(std::string_view function);

struct Decision {
  bool allowed = false;
  const Permission* row = nullptr;  ///< that decided; none: denied by default, or the operator, whom no row names
  std::string why;                  ///< one sentence, with the clause and how sure we are of it
};
/// The one decision. Errors: none; a function that there is not is nobody's but the operator's.
Decision decide(const registry::Person& person, std::string_view function);
/// The same without words.
bool may(const registry::Person& person, std::string_view function);
/// Whether all of it is his, by a row of his that names no scope; of what a scope narrows, the function sees to which.
bool may_all(const registry::Person& person, std::string_view function);
/// Whether a row of his whose scope begins with these words gives it to him; the operator has it by no row.
bool may_within(const registry::Person& person, std::string_view function, std::string_view scope);
/// Whether who was let in is written down.
bool is_noted(std::string_view function);

/// Every function of the table that he may do, in their order.
std::vector<std::string_view> functions_of(const registry::Person& person);

}  // namespace meterway::permission
