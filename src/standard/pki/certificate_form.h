#pragma once
#include "standard/pki/certificate.h"

namespace meterway::pki {

/// What device certificates of one authority and profile have in common. They differ in serial number, date, EUI-64,
/// key, key identifier and signature alone, all of fixed length; so a certificate can be read by its likeness to
/// another one a hundred times quicker than from its structure, and kept in a third of the room.
///
///   certificate:  30 len | signed part | algorithm | 03 len 00  30 len  02 len r  02 len s
///   signed part:  as that of the specimen, but for the holes
///
/// Sharing: immutable.
class CertificateForm {
 public:
  /// None when `specimen` is not a device's, or one of its parts cannot be told from the rest.
  static std::optional<CertificateForm> of(const Certificate& specimen);

  /// Of everything outside the holes: equal for certificates of one form.
  std::uint64_t id() const { return id_; }
  std::size_t key_identifier_bytes() const { return key_identifier_.size; }
  /// What parse_certificate would say; none when `der` is of another form (or not canonical, or wrong).
  std::optional<Certificate> read(ByteView der) const;
  /// The certificate with the specimen's parts replaced by these of `parts`: serial, not_before, device_eui,
  /// public_key, subject_key_identifier, signature. Empty when they do not fit.
  struct Parts {
    SmkiSerial serial;
    UtcTime not_before;
    Eui64 device;
    Bytes point;
    Bytes key_identifier;
    crypto::EcdsaSignature signature{};
  };
  Bytes write(const Parts& parts) const;

 private:
  struct Hole {
    std::size_t at = 0, size = 0;
    ByteView of(ByteView signed_part) const { return signed_part.subspan(at, size); }
  };
  explicit CertificateForm(Certificate specimen) : specimen_(std::move(specimen)) {}
  bool is_hole(std::size_t at) const;

  Certificate specimen_;
  Bytes algorithm_;
  Hole serial_, not_before_, device_, point_, key_identifier_;
  std::uint64_t id_ = 0;
};

}  // namespace meterway::pki
