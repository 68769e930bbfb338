#include "records/anomaly/signer.h"

#include "records/registry/octets.h"
#include "records/registry/party.h"
#include "standard/pki/issue.h"
#include "standard/pki/pem_certificates.h"

namespace meterway::anomaly {
namespace {

constexpr std::string_view kAuthorities = "anomaly-authority", kRevoked = "anomaly-revoked";
constexpr std::size_t kMostAuthorities = 8;

}  // namespace

Result<std::vector<pki::Certificate>> authorities(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kAuthorities, "", "", kMostAuthorities));
  std::vector<pki::Certificate> out;
  for (const auto& row : rows) {
    METERWAY_TRY(auto certificate, pki::parse_certificate(registry::bytes_of(row.value)));
    out.push_back(std::move(certificate));
  }
  return out;
}

Result<void, Problem> put_authorities(store::WriteView& view, std::string_view pem) {
  const auto read = pki::parse_certificates(pem);
  if (!read) return refuse(Reason::BadFile, "certificate: " + describe(read.error()));
  const auto& all = *read;
  for (const auto& certificate : all) {
    if (!certificate.authority.value_or(false) || (certificate.key_usage & pki::kUsageKeyCertSign) == 0)
      return refuse(Reason::BadFile, certificate.subject + " is no certification authority");
  }
  if (all.size() > kMostAuthorities) return refuse(Reason::BadFile, "too many certificates");
  if (all.empty()) return refuse(Reason::BadFile, "no certificate (PEM)");
  const auto before = view.scan(kAuthorities, "", "", kMostAuthorities);
  if (!before) return refuse(before.error());
  for (const auto& row : *before) {
    if (const auto done = view.erase(kAuthorities, row.key); !done) return refuse(done.error());
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto key = registry::string_of(wire::Writer().u64(i));
    if (const auto done = view.put(kAuthorities, key, registry::string_of(all[i].der)); !done)
      return refuse(done.error());
  }
  return {};
}

Status revoke_signer(store::WriteView& view, const pki::SmkiSerial& serial, UtcTime now) {
  return view.put(kRevoked, serial.hex(),
                  registry::string_of(wire::Writer().u64(static_cast<std::uint64_t>(now.time_since_epoch().count()))));
}

Result<Signer, Problem> check_signature(const store::ReadView& view, What what, ByteView file, ByteView signature,
                                        UtcTime now) {
  auto signed_by = pki::verify_detached(pki::content_of(file), signature);
  if (!signed_by) return refuse(Reason::BadSignature, describe(signed_by.error()));
  const auto& certificate = signed_by->certificate;
  const auto trusted = authorities(view);
  if (!trusted) return refuse(trusted.error());
  const auto chain = pki::check_chain(certificate, signed_by->others, *trusted, now);
  if (!chain && chain.error().code != ErrorCode::Expired)
    return refuse(Reason::UntrustedSigner, certificate.subject + " " + describe(chain.error()));
  if (!pki::is_file_signer(certificate))
    return refuse(Reason::UntrustedSigner, certificate.subject + " is no file-signing certificate");
  if (!chain) return refuse(Reason::ExpiredSigner, certificate.subject);
  std::vector<pki::SmkiSerial> serials{certificate.serial};
  for (const auto& other : signed_by->others) serials.push_back(other.serial);
  for (const auto& serial : serials) {
    const auto revoked = view.get(kRevoked, serial.hex());
    if (!revoked) return refuse(revoked.error());
    if (*revoked) return refuse(Reason::RevokedSigner, certificate.subject + ", by certificate " + serial.hex());
  }
  const auto person = registry::find_person(view, certificate.common_name);
  if (!person) return refuse(person.error());
  const auto user = registry::find_user(view, *certificate.subject_eui);
  if (!user) return refuse(user.error());
  const auto who = certificate.common_name + " for " + certificate.subject_eui->dashed_upper();
  if (!*user) return refuse(Reason::SignerWithoutRole, who + ": no such User");
  if (!*person || !(*person)->active || !may(**person, what, (*user)->name))
    return refuse(Reason::SignerWithoutRole, who + ": no active person of that User's party who may sign such files");
  return Signer{*certificate.subject_eui, **person, certificate.serial};
}

}  // namespace meterway::anomaly
