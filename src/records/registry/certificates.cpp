#include "records/registry/certificates.h"

#include <algorithm>
#include <tuple>

#include "records/registry/certificate_row.h"
#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

using pki::CertificateStatus;
using pki::KeyUse;
using pki::SmkiSerial;
constexpr std::string_view kTable = "certificate", kSerials = "certificate-serial";
constexpr std::size_t kMostOfOneOwner = 10000;  // a certificate a day for 27 years

using Row = CertificateRow;

std::string kind_key(Eui64 owner, KeyUse use) {
  return string_of(wire::Writer().u64(owner.value()).u8(static_cast<std::uint8_t>(use)));
}
std::string owner_key(Eui64 owner) { return string_of(wire::Writer().u64(owner.value())); }
/// The first key after all that begin with this one; empty when there is none.
std::string after(std::string key) {
  while (!key.empty() && key.back() == '\xFF') key.pop_back();
  if (!key.empty()) key.back() = static_cast<char>(static_cast<unsigned char>(key.back()) + 1);
  return key;
}
std::string key_of(const StoredCertificate& c) { return kind_key(c.owner, c.use) + string_of(c.serial.bytes()); }

Result<std::vector<Row>> rows_of(const store::ReadView& view, const std::string& prefix) {
  METERWAY_TRY(const auto found, view.scan(kTable, prefix, after(prefix), kMostOfOneOwner));
  std::vector<Row> rows;
  for (const auto& entry : found) {
    METERWAY_TRY(auto row, read_certificate_row(view, entry.key, entry.value));
    rows.push_back(std::move(row));
  }
  return rows;
}

Status put_row(store::WriteView& view, const Row& row) {
  METERWAY_TRY(const auto value, write_certificate_row(view, row));
  return view.put(kTable, key_of(row.certificate), value);
}

/// All of the owner and use of the certificate with this serial. Errors: NotFound.
Result<std::vector<Row>> kin_of(const store::ReadView& view, const SmkiSerial& serial) {
  METERWAY_TRY(const auto kind, view.get(kSerials, string_of(serial.bytes())));
  if (!kind) return fail(ErrorCode::NotFound, 0, "serial number");
  return rows_of(view, *kind);
}

bool older(const Row& a, const Row& b) {
  return std::tie(a.not_before, a.certificate.serial) < std::tie(b.not_before, b.certificate.serial);
}

Row* with_serial(std::vector<Row>& rows, const SmkiSerial& serial) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.certificate.serial == serial; });
  return found == rows.end() ? nullptr : &*found;
}
Row* in_use(std::vector<Row>& rows) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [](const Row& row) { return row.certificate.status == CertificateStatus::InUse; });
  return found == rows.end() ? nullptr : &*found;
}

class StoreSource final : public pki::CertificateSource {
 public:
  explicit StoreSource(const store::Store& store) : store_(store) {}
  Result<std::optional<StoredCertificate>> find(const SmkiSerial& serial) const override {
    return look<std::optional<StoredCertificate>>([&](const auto& view) { return find_certificate(view, serial); });
  }
  Result<std::optional<StoredCertificate>> in_use(Eui64 owner, KeyUse use) const override {
    return look<std::optional<StoredCertificate>>(
        [&](const auto& view) { return certificate_in_use(view, owner, use); });
  }
  Result<std::vector<StoredCertificate>> of(Eui64 owner) const override {
    return look<std::vector<StoredCertificate>>([&](const auto& view) { return certificates_of(view, owner); });
  }

 private:
  template <class Found, class Look>
  Result<Found> look(Look at) const {
    Found found;
    METERWAY_CHECK(store_.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(found, at(view));
      return {};
    }));
    return found;
  }
  const store::Store& store_;
};

}  // namespace

Result<std::optional<StoredCertificate>> find_certificate(const store::ReadView& view, const SmkiSerial& serial) {
  METERWAY_TRY(const auto kind, view.get(kSerials, string_of(serial.bytes())));
  if (!kind) return std::optional<StoredCertificate>();
  const auto key = *kind + string_of(serial.bytes());
  METERWAY_TRY(const auto value, view.get(kTable, key));
  if (!value) return fail(ErrorCode::Database, 0, "certificate");
  METERWAY_TRY(auto row, read_certificate_row(view, key, *value));
  return std::optional<StoredCertificate>(std::move(row.certificate));
}

Result<std::optional<StoredCertificate>> certificate_in_use(const store::ReadView& view, Eui64 owner, KeyUse use) {
  METERWAY_TRY(auto rows, rows_of(view, kind_key(owner, use)));
  auto* found = in_use(rows);
  if (found == nullptr) return std::optional<StoredCertificate>();
  return std::optional<StoredCertificate>(std::move(found->certificate));
}

Result<std::vector<StoredCertificate>> certificates_of(const store::ReadView& view, Eui64 owner) {
  METERWAY_TRY(auto rows, rows_of(view, owner_key(owner)));
  std::vector<StoredCertificate> out;
  for (auto& row : rows) out.push_back(std::move(row.certificate));
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    const bool a_used = a.status == CertificateStatus::InUse, b_used = b.status == CertificateStatus::InUse;
    return a_used != b_used ? a_used : a.serial < b.serial;
  });
  return out;
}

Result<std::vector<StoredCertificate>> certificates_from(const store::ReadView& view, Eui64 owner, std::size_t limit) {
  METERWAY_TRY(const auto found, view.scan(kTable, owner_key(owner), "", limit));
  std::vector<StoredCertificate> out;
  for (const auto& entry : found) {
    METERWAY_TRY(auto row, read_certificate_row(view, entry.key, entry.value));
    out.push_back(std::move(row.certificate));
  }
  if (out.size() < limit || out.empty()) return out;
  const auto last = out.back().owner;
  while (!out.empty() && out.back().owner == last) out.pop_back();
  METERWAY_TRY(const auto rest, rows_of(view, owner_key(last)));
  for (const auto& row : rest) out.push_back(row.certificate);
  return out;
}

Result<bool> add_certificate(store::WriteView& view, const pki::Certificate& certificate, KeyUse use,
                             std::string_view name) {
  const auto owner = certificate.owner();
  if (!owner) return fail(ErrorCode::BadCertificate, 0, "owner");
  Row row{{certificate.serial, *owner, use, CertificateStatus::InUse, std::string(name), certificate.der},
          certificate.not_before};
  METERWAY_TRY(const auto known, find_certificate(view, certificate.serial));
  if (known) {
    if (known->der != certificate.der) return fail(ErrorCode::Conflict, 0, "serial number");
    return false;
  }
  METERWAY_TRY(auto kin, rows_of(view, kind_key(*owner, use)));
  if (auto* rival = in_use(kin)) {
    auto& loser = older(row, *rival) ? *rival : row;
    loser.certificate.status = CertificateStatus::NotInUse;
    if (&loser == rival) METERWAY_CHECK(put_row(view, *rival));
  }
  METERWAY_CHECK(put_row(view, row));
  METERWAY_CHECK(view.put(kSerials, string_of(certificate.serial.bytes()), kind_key(*owner, use)));
  return true;
}

Status put_certificate_in_use(store::WriteView& view, const SmkiSerial& serial) {
  METERWAY_TRY(auto kin, kin_of(view, serial));
  auto* wanted = with_serial(kin, serial);
  if (wanted == nullptr) return fail(ErrorCode::Database, 0, "certificate");
  if (wanted->certificate.status == CertificateStatus::Revoked) return fail(ErrorCode::Revoked, 0, "certificate");
  if (auto* rival = in_use(kin); rival != nullptr && rival != wanted) {
    rival->certificate.status = CertificateStatus::NotInUse;
    METERWAY_CHECK(put_row(view, *rival));
  }
  wanted->certificate.status = CertificateStatus::InUse;
  return put_row(view, *wanted);
}

Status expect_certificate(store::WriteView& view, const pki::Certificate& certificate, KeyUse use) {
  const auto owner = certificate.owner();
  if (!owner) return fail(ErrorCode::BadCertificate, 0, "owner");
  METERWAY_TRY(auto known, find_certificate(view, certificate.serial));
  if (known && known->der != certificate.der) return fail(ErrorCode::Conflict, 0, "serial number");
  if (known && known->status != CertificateStatus::NotInUse) return {};
  const Row row{{certificate.serial, *owner, known ? known->use : use, CertificateStatus::Pending,
                 known ? known->name : std::string(), certificate.der},
                certificate.not_before};
  METERWAY_CHECK(put_row(view, row));
  return view.put(kSerials, string_of(certificate.serial.bytes()), kind_key(*owner, row.certificate.use));
}

Result<bool> take_expected_certificate(store::WriteView& view, const SmkiSerial& serial) {
  METERWAY_TRY(const auto known, find_certificate(view, serial));
  if (!known || known->status != CertificateStatus::Pending) return false;
  METERWAY_CHECK(put_certificate_in_use(view, serial));
  METERWAY_TRY(auto kin, kin_of(view, serial));
  for (auto& row : kin) {
    if (row.certificate.status != CertificateStatus::Pending) continue;
    row.certificate.status = CertificateStatus::NotInUse;
    METERWAY_CHECK(put_row(view, row));
  }
  return true;
}

Status expect_certificate_no_longer(store::WriteView& view, const SmkiSerial& serial) {
  METERWAY_TRY(const auto known, find_certificate(view, serial));
  if (!known || known->status != CertificateStatus::Pending) return {};
  METERWAY_TRY(auto kin, kin_of(view, serial));
  auto* row = with_serial(kin, serial);
  if (row == nullptr) return fail(ErrorCode::Database, 0, "certificate");
  row->certificate.status = CertificateStatus::NotInUse;
  return put_row(view, *row);
}

Status revoke_certificate(store::WriteView& view, const SmkiSerial& serial) {
  METERWAY_TRY(auto kin, kin_of(view, serial));
  auto* revoked = with_serial(kin, serial);
  if (revoked == nullptr) return fail(ErrorCode::Database, 0, "certificate");
  const bool was_in_use = revoked->certificate.status == CertificateStatus::InUse;
  revoked->certificate.status = CertificateStatus::Revoked;
  METERWAY_CHECK(put_row(view, *revoked));
  if (!was_in_use) return {};
  Row* next = nullptr;
  for (auto& row : kin) {
    if (row.certificate.status == CertificateStatus::NotInUse && (next == nullptr || older(row, *next))) next = &row;
  }
  if (next == nullptr) return {};
  next->certificate.status = CertificateStatus::InUse;
  return put_row(view, *next);
}

std::shared_ptr<const pki::CertificateSource> certificate_source(const store::Store& store) {
  return std::make_shared<StoreSource>(store);
}

}  // namespace meterway::registry
