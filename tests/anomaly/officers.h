#pragma once
#include <gtest/gtest.h>

#include "records/anomaly/desk.h"
#include "records/registry/octets.h"
#include "records/registry/party.h"
#include "standard/pki/issue.h"
#include "standard/pki/pem.h"

/// Those who sign files and decide for a User, in process.
namespace meterway::anomaly {

/// Anna (aro) signs files; Bob and Carol (sro) decide. All of one party.
class Officers {
 public:
  Officers(Eui64 user, std::string party, UtcTime now)
      : user_(user),
        party_(std::move(party)),
        root_(*pki::issue_root("Root", pki::Validity::years(now, 5), random_)),
        key_(*crypto::PrivateKey::generate()),
        certificate_(
            *pki::issue_file_signer(root_, {"anna", user}, pki::Validity::years(now, 2), key_.public_key(), random_)),
        dcc_key_(*crypto::PrivateKey::generate()),
        dcc_{*pki::issue_organisation(root_, {Eui64(0x90B3D51F30000002), PartyRole::AccessControlBroker, "DCC"},
                                      pki::Validity::years(now, 5), dcc_key_.public_key(), random_),
             pki::KeyUse::DigitalSignature, "dcc", dcc_key_} {}

  /// Persons and the authority behind their files; the User must be there.
  Status enter(store::Store& store) const {
    return store.write([&](store::WriteView& view) -> Status {
      for (const auto& one : {anna(), bob(), carol()}) METERWAY_CHECK(registry::put_person(view, one));
      const auto put = put_authorities(view, pki::to_pem(root_.certificate.der, pki::kPemCertificate));
      return put ? Status() : Status(fail(ErrorCode::BadValue, 0, "authorities"));
    });
  }
  registry::Person anna() const { return person("anna", "Anna Lee", "aro"); }
  registry::Person bob() const { return person("bob", "Bob Roy", "sro"); }
  registry::Person carol() const { return person("carol", "Carol May", "sro"); }

  Bytes sign(std::string_view file) const { return *pki::sign_detached(registry::bytes_of(file), certificate_, key_); }
  Desk desk(store::Store& store, const Clock& clock, const rules::Rules& rules, std::function<void(Eui64)> look = {},
            std::size_t most_previewed = 1'000'000) const {
    return Desk({store, clock, rules, dcc_, std::move(look), most_previewed});
  }

 private:
  registry::Person person(std::string id, std::string name, std::string role) const {
    registry::Person out;
    out.id = std::move(id);
    out.name = std::move(name);
    out.party = party_;
    out.roles = {std::move(role)};
    return out;
  }

  Eui64 user_;
  std::string party_;
  SeededRandom random_{5};
  pki::Authority root_;
  crypto::PrivateKey key_;
  pki::Certificate certificate_;
  crypto::PrivateKey dcc_key_;
  pki::CertificateRecord dcc_;
};

inline std::string thresholds_file(const std::string& reference, const std::vector<std::string>& rows) {
  std::string out = std::string(kThresholdsHeader) + "\r\n";
  for (const auto& row : rows) out += reference + "," + row + "\r\n";
  return out;
}

/// "PROCESS" or "DELETE" for each of these.
inline std::string actions_file(const std::string& reference,
                                const std::vector<std::pair<Item, std::string>>& actions) {
  std::string out = std::string(kActionsHeader) + "\r\n";
  for (const auto& [item, what] : actions)
    out += reference + "," + std::to_string(item.number) + "," + item.request.text() + "," + what + ",\r\n";
  return out;
}

}  // namespace meterway::anomaly
