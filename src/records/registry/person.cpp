#include "records/registry/person.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "records/registry/octets.h"
#include "records/registry/person_certificate.h"
#include "records/registry/session.h"

namespace meterway::registry {
namespace {

using nlohmann::json;

constexpr std::string_view kPersons = "person", kTokens = "person-token";
constexpr std::uint8_t kTokenFormat = 1;
constexpr std::size_t kIdBytes = 8, kMost = 100'000, kMostIdLength = 64, kMostNameLength = 200;
constexpr std::string_view kClasses[] = {"White", "Green", "Amber", "Red"};

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kMostIdLength && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || c == '@';
  });
}

std::string key_of(const crypto::Sha256Digest& digest) { return string_of(ByteView(digest).first(kIdBytes)); }

struct TokenRow {
  PersonToken token;
  crypto::Sha256Digest digest{};
};

Result<TokenRow> read_token_row(const std::string& value) {
  wire::Reader in(bytes_of(value));
  in.expect({kTokenFormat}, "token format");
  TokenRow row;
  row.token.made_at = UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(in.u64("made"))));
  const auto digest = in.take(row.digest.size(), "digest");
  row.token.person = string_of(in.rest());
  METERWAY_CHECK(in.finish());
  std::copy(digest.begin(), digest.end(), row.digest.begin());
  row.token.id = to_hex(digest.first(kIdBytes));
  return row;
}

Result<Person> person_of_row(const store::Row& row) {
  auto person = read_person(row.value, row.key);
  if (!person) return fail(ErrorCode::Database, 0, "person");
  return std::move(*person);
}

}  // namespace

std::string_view to_string(Classification value) { return kClasses[static_cast<std::size_t>(value)]; }

Result<Classification> classification_of(std::string_view text) {
  for (std::size_t i = 0; i < std::size(kClasses); ++i) {
    if (kClasses[i] == text) return static_cast<Classification>(i);
  }
  return fail(ErrorCode::BadValue, 0, "class: expected White, Green, Amber or Red");
}

bool Person::has_role(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

const Person& public_reader() {
  static const Person kPublic{"public", "anybody", "", {"public"}, Classification::White, true};
  return kPublic;
}

const Person& operator_person() {
  static const Person kOperator{"operator", "operator of the platform", "DCC", {"operator"}, Classification::Red, true};
  return kOperator;
}

const Person& platform_person() {
  static const Person kPlatform{"platform", "the platform by itself", "DCC", {"operator"}, Classification::Red, true};
  return kPlatform;
}

std::string to_json(const Person& person) {
  return json{{"id", person.id},
              {"name", person.name},
              {"party", person.party},
              {"roles", person.roles},
              {"clearance", to_string(person.clearance)},
              {"active", person.active}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Person, std::string> read_person(std::string_view text, std::string_view id) {
  using Wrong = Unexpected<std::string>;
  if (!is_id(id) || id == "public" || id == "operator" || id == "platform")
    return Wrong{"id: expected up to 64 letters, digits and . - _ @, and neither public nor operator"};
  const auto root = json::parse(text, nullptr, false);
  if (!root.is_object()) return Wrong{root.is_discarded() ? "not JSON" : "expected an object"};
  Person person;
  person.id = std::string(id);
  for (const auto& [key, value] : root.items()) {
    if (key == "id") {
      if (value != person.id) return Wrong{"id: not the one of the path"};
    } else if (key == "name" || key == "party") {
      if (!value.is_string() || value.get_ref<const std::string&>().size() > kMostNameLength)
        return Wrong{key + ": expected a short text"};
      (key == "name" ? person.name : person.party) = value.get<std::string>();
    } else if (key == "roles") {
      if (!value.is_array()) return Wrong{"roles: expected a list"};
      for (const auto& role : value) {
        if (!role.is_string()) return Wrong{"roles: expected a list of names"};
        person.roles.push_back(role.get<std::string>());
      }
    } else if (key == "clearance") {
      const auto read = classification_of(value.is_string() ? value.get<std::string>() : "");
      if (!read) return Wrong{"clearance: expected White, Green, Amber or Red"};
      person.clearance = *read;
    } else if (key == "active") {
      if (!value.is_boolean()) return Wrong{"active: expected true or false"};
      person.active = value.get<bool>();
    } else {
      return Wrong{key + ": unknown member"};
    }
  }
  return person;
}

Status put_person(store::WriteView& view, const Person& person) {
  return view.put(kPersons, person.id, to_json(person));
}

Result<std::optional<Person>> find_person(const store::ReadView& view, std::string_view id) {
  METERWAY_TRY(const auto value, view.get(kPersons, id));
  if (!value) return std::optional<Person>();
  METERWAY_TRY(auto person, person_of_row({std::string(id), *value}));
  return std::optional<Person>(std::move(person));
}

Result<std::vector<Person>> all_persons(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kPersons, "", "", kMost));
  std::vector<Person> all;
  for (const auto& row : rows) {
    METERWAY_TRY(auto person, person_of_row(row));
    all.push_back(std::move(person));
  }
  return all;
}

Status erase_person(store::WriteView& view, std::string_view id) {
  METERWAY_TRY(const auto known, find_person(view, id));
  if (!known) return fail(ErrorCode::NotFound, 0, "person");
  METERWAY_TRY(const auto tokens, tokens_of_person(view, id));
  for (const auto& token : tokens) METERWAY_CHECK(revoke_person_token(view, id, token.id));
  METERWAY_TRY(const auto certificates, certificates_of_person(view, id));
  for (const auto& one : certificates) METERWAY_CHECK(unbind_certificate(view, id, one.fingerprint));
  return view.erase(kPersons, id);
}

Result<PersonToken> put_person_token(store::WriteView& view, std::string_view secret, std::string_view person,
                                     UtcTime now) {
  const auto digest = crypto::sha256(bytes_of(secret));
  wire::Writer out;
  out.u8(kTokenFormat).u64(static_cast<std::uint64_t>(now.time_since_epoch().count())).bytes(digest);
  out.bytes(bytes_of(person));
  METERWAY_CHECK(view.put(kTokens, key_of(digest), string_of(out)));
  return PersonToken{to_hex(ByteView(digest).first(kIdBytes)), std::string(person), now};
}

Result<std::optional<Person>> person_of_token(const store::ReadView& view, std::string_view secret) {
  return person_of_digest(view, crypto::sha256(bytes_of(secret)));
}

Result<std::optional<Person>> person_of_digest(const store::ReadView& view, const crypto::Sha256Digest& digest) {
  METERWAY_TRY(const auto value, view.get(kTokens, key_of(digest)));
  if (!value) return std::optional<Person>();
  METERWAY_TRY(const auto row, read_token_row(*value));
  if (!crypto::equal_constant_time(row.digest, digest)) return std::optional<Person>();
  METERWAY_TRY(auto person, find_person(view, row.token.person));
  if (person && !person->active) person.reset();
  return person;
}

Result<std::vector<PersonToken>> tokens_of_person(const store::ReadView& view, std::string_view person) {
  METERWAY_TRY(const auto rows, view.scan(kTokens, "", "", kMost));
  std::vector<PersonToken> tokens;
  for (const auto& entry : rows) {
    METERWAY_TRY(auto row, read_token_row(entry.value));
    if (row.token.person == person) tokens.push_back(std::move(row.token));
  }
  return tokens;
}

Status revoke_person_token(store::WriteView& view, std::string_view person, std::string_view id) {
  METERWAY_TRY(const auto tokens, tokens_of_person(view, person));
  for (const auto& token : tokens) {
    if (token.id != id) continue;
    METERWAY_TRY(const auto key, from_hex(id));
    return view.erase(kTokens, string_of(key));
  }
  return fail(ErrorCode::NotFound, 0, "token");
}

}  // namespace meterway::registry
