#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/util/clock.h"
#include "base/util/random.h"
#include "records/store/store.h"

/// Who reads and changes the records of oversight: a person with a party, roles and a clearance. Operators make them;
/// each may have tokens. A person's tokens stand in a table of their own, so that none can be taken for the operator's.
///
/// Rows:  "person"        id -> JSON
///        "person-token"  first 8 bytes of the digest -> format:1 made:8 digest:32 id
namespace meterway::registry {

/// Panel Information Policy: who may see a thing. Each class holds those before it. Source: governance.md 6.
enum class Classification : std::uint8_t { White, Green, Amber, Red };
std::string_view to_string(Classification value);
Result<Classification> classification_of(std::string_view text);

struct Person {
  std::string id;                  ///< letters, digits, '.', '-', '_', '@': names the person in histories
  std::string name;                ///< for people; a role is as good as a name
  std::string party;               ///< the organisation
  std::vector<std::string> roles;  ///< of spec/job_types.tsv
  Classification clearance = Classification::White;
  bool active = true;  ///< an inactive person's tokens open nothing

  bool has_role(std::string_view role) const;
  friend bool operator==(const Person&, const Person&) = default;
};

/// Anybody: role public, sees what is White.
const Person& public_reader();
/// The operator of the node: whoever may make any person may be any.
const Person& operator_person();
/// The platform by itself, when nobody asked for it: may what the operator may, under a name of its own.
const Person& platform_person();

/// Errors of read_person: in words, beginning with the member.
std::string to_json(const Person& person);
Result<Person, std::string> read_person(std::string_view json, std::string_view id);

Status put_person(store::WriteView& view, const Person& person);
Result<std::optional<Person>> find_person(const store::ReadView& view, std::string_view id);
Result<std::vector<Person>> all_persons(const store::ReadView& view);
/// With his tokens. Errors: NotFound.
Status erase_person(store::WriteView& view, std::string_view id);

struct PersonToken {
  std::string id;  ///< 16 hexadecimal digits
  std::string person;
  UtcTime made_at{};
};
/// As put_token() of access_token.h, for a person.
Result<PersonToken> put_person_token(store::WriteView& view, std::string_view secret, std::string_view person,
                                     UtcTime now);
/// Whose token it is, if he is active.
Result<std::optional<Person>> person_of_token(const store::ReadView& view, std::string_view secret);
Result<std::vector<PersonToken>> tokens_of_person(const store::ReadView& view, std::string_view person);
Status revoke_person_token(store::WriteView& view, std::string_view person, std::string_view id);

}  // namespace meterway::registry
