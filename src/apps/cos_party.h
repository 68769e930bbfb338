#pragma once
#include <memory>
#include <string>

#include "apps/world.h"
#include "records/store/store.h"
#include "standard/duis/request.h"
#include "standard/duis/signature.h"
#include "standard/gbcs/message.h"
#include "standard/pki/certificate.h"
#include "standard/pki/key_store.h"

/// The judgement of the transitional change of supplier party. What a supplier has asked it reads in the supplier's
/// signed document, and the command it makes again before it signs. It remembers what it has signed: of one supplier
/// for one device only what is newer than the last, so that an old request signs nothing, whoever shows it.
///
/// Rows of DIR/cos/signed.db:  "cos-signed"  originator:8 target:8 -> counter:8 SHA-256 of the command:32
namespace meterway::apps {

/// What waits for a signature, as the platform shows it. Nothing of it is believed.
struct Waiting {
  std::string request;   ///< RequestID
  std::string document;  ///< the User's, as it was sent
  std::string command;   ///< base64
};

/// Why there is no signature.
struct NotSigned {
  std::string why;
  bool for_good = true;  ///< false: it could not be judged now, and may be later
};

class CosParty {
 public:
  /// `any_date`: certificates that have run out are taken, for test worlds. Errors: NotFound, BadJson, BadCertificate;
  /// Conflict while another process is the party; those of the store.
  static Result<CosParty> open(const DataFolder& data, bool any_date);

  /// The command with its signature. That it was signed is on disk before this returns.
  Result<gbcs::Message, NotSigned> judge(const Waiting& waits);
  const World& world() const { return world_; }

 private:
  CosParty(World world, pki::Certificate root, pki::Certificate issuing)
      : world_(std::move(world)), root_(std::move(root)), issuing_(std::move(issuing)) {}
  Result<duis::Request, NotSigned> read_document(const std::string& text) const;
  /// None: it may not sign by this one.
  Result<pki::Certificate, NotSigned> signer(const duis::CertificateName& name, Eui64 originator) const;
  Result<void, NotSigned> remember(const RequestId& id, ByteView command);

  World world_;
  pki::Certificate root_, issuing_;  ///< whom to believe that a certificate is a supplier's
  std::unique_ptr<pki::KeyStore> keys_;
  std::unique_ptr<store::Store> signed_;
  bool any_date_ = false;
};

}  // namespace meterway::apps
