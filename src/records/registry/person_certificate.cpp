#include "records/registry/person_certificate.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/crypto/digest.h"
#include "base/util/hex.h"
#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

using nlohmann::json;

constexpr std::string_view kTable = "person-certificate", kOfPerson = "person-certificates", kOfKey = "person-key";
constexpr std::size_t kMost = 1000;  // of one person

std::int64_t micros(UtcTime time) { return time.time_since_epoch().count(); }
UtcTime time_at(const json& object, const char* name) {
  return UtcTime(std::chrono::microseconds(object.value(name, std::int64_t{0})));
}

Result<PersonCertificate> read_row(const store::Row& row) {
  const auto object = json::parse(row.value, nullptr, false);
  if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "certificate of a person");
  return PersonCertificate{to_hex(bytes_of(row.key)),     object.value("person", ""),   object.value("subject", ""),
                           time_at(object, "not_before"), time_at(object, "not_after"), time_at(object, "bound_at")};
}

/// What the rows of a key begin with.
std::string of_key(const pki::Certificate& certificate) {
  const auto digest = crypto::sha256(certificate.public_key.point());
  return string_of(ByteView(digest));
}

std::string of_person(std::string_view person, std::string_view key) {
  return std::string(person) + '\0' + std::string(key);
}

Result<std::optional<PersonCertificate>> find(const store::ReadView& view, const std::string& key) {
  METERWAY_TRY(const auto value, view.get(kTable, key));
  if (!value) return std::optional<PersonCertificate>();
  METERWAY_TRY(auto found, read_row({key, *value}));
  return std::optional(std::move(found));
}

}  // namespace

std::string fingerprint_of(ByteView certificate) { return to_hex(crypto::sha256(certificate)); }

Result<PersonCertificate> bind_certificate(store::WriteView& view, const pki::Certificate& certificate,
                                           std::string_view person, UtcTime now) {
  if (certificate.owner() || certificate.authority.value_or(false))
    return fail(ErrorCode::BadCertificate, 0, "a person's certificate names no EUI-64 and issues no others");
  if (now > certificate.not_after) return fail(ErrorCode::Expired, 0, "certificate of a person");
  METERWAY_TRY(const auto known, find_person(view, person));
  if (!known) return fail(ErrorCode::NotFound, 0, "person");
  const auto digest = crypto::sha256(certificate.der);
  const auto key = string_of(ByteView(digest));
  METERWAY_TRY(const auto before, find(view, key));
  if (before && before->person != person) return fail(ErrorCode::Conflict, 0, "it is another person's certificate");
  const auto own_key = of_key(certificate);
  METERWAY_TRY(const auto same_key, view.scan(kOfKey, own_key, own_key + std::string(key.size(), '\xff'), kMost));
  for (const auto& row : same_key) {
    METERWAY_TRY(const auto other, find(view, row.key.substr(own_key.size())));
    if (other && other->person != person)
      return fail(ErrorCode::Conflict, 0, "its key is that of another person's certificate");
  }
  const PersonCertificate out{to_hex(digest),         std::string(person),   certificate.subject,
                              certificate.not_before, certificate.not_after, now};
  const json row{{"person", out.person},
                 {"subject", out.subject},
                 {"not_before", micros(out.not_before)},
                 {"not_after", micros(out.not_after)},
                 {"bound_at", micros(out.bound_at)},
                 {"key", to_hex(bytes_of(own_key))}};
  METERWAY_CHECK(view.put(kTable, key, row.dump(-1, ' ', false, json::error_handler_t::replace)));
  METERWAY_CHECK(view.put(kOfKey, own_key + key, ""));
  METERWAY_CHECK(view.put(kOfPerson, of_person(person, key), ""));
  return out;
}

Result<std::optional<Person>> person_of_certificate(const store::ReadView& view, ByteView certificate, UtcTime now) {
  const auto digest = crypto::sha256(certificate);
  METERWAY_TRY(const auto bound, find(view, string_of(ByteView(digest))));
  if (!bound || !bound->covers(now)) return std::optional<Person>();
  METERWAY_TRY(auto person, find_person(view, bound->person));
  if (person && !person->active) person.reset();
  return person;
}

Result<std::vector<PersonCertificate>> certificates_of_person(const store::ReadView& view, std::string_view person) {
  METERWAY_TRY(const auto rows, view.scan(kOfPerson, of_person(person, ""), std::string(person) + '\x01', kMost));
  std::vector<PersonCertificate> out;
  for (const auto& row : rows) {
    METERWAY_TRY(auto one, find(view, row.key.substr(person.size() + 1)));
    if (one) out.push_back(std::move(*one));
  }
  return out;
}

Status unbind_certificate(store::WriteView& view, std::string_view person, std::string_view fingerprint) {
  const auto key = from_hex(fingerprint);
  if (!key) return fail(ErrorCode::NotFound, 0, "certificate");
  METERWAY_TRY(const auto bound, find(view, string_of(*key)));
  if (!bound || bound->person != person) return fail(ErrorCode::NotFound, 0, "certificate");
  METERWAY_TRY(const auto row, view.get(kTable, string_of(*key)));
  const auto object = json::parse(row.value_or(""), nullptr, false);
  const auto own_key = from_hex(object.is_object() ? object.value("key", "") : std::string());
  if (own_key) METERWAY_CHECK(view.erase(kOfKey, string_of(*own_key) + string_of(*key)));
  METERWAY_CHECK(view.erase(kOfPerson, of_person(person, string_of(*key))));
  return view.erase(kTable, string_of(*key));
}

}  // namespace meterway::registry
