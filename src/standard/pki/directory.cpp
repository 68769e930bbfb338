#include "standard/pki/directory.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <system_error>
#include <tuple>

#include "base/util/file.h"
#include "standard/pki/certificate_cache.h"
#include "standard/pki/pem.h"

namespace meterway::pki {
namespace {

bool same_kind(const CertificateRecord& a, const CertificateRecord& b) {
  return a.certificate.owner() == b.certificate.owner() && a.use == b.use;
}

bool older(const Certificate& a, const Certificate& b) {
  return std::tie(a.not_before, a.serial) < std::tie(b.not_before, b.serial);
}

/// None for a bare public key.
Result<std::optional<CertificateRecord>> read_certificate_file(const std::filesystem::path& file) {
  METERWAY_TRY(const std::string text, read_text_file(file, kMaxCertificateBytes));
  if (!has_pem(text, kPemCertificate)) return std::optional<CertificateRecord>();
  METERWAY_TRY(Certificate certificate,
               parse_certificate({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  const std::string name = file.stem().string();
  const KeyUse use = use_from_name(certificate, name);
  CertificateRecord record{std::move(certificate), use, name, std::nullopt};
  const auto key_file = std::filesystem::path(file).replace_extension(".key");
  if (std::filesystem::exists(key_file)) {
    METERWAY_TRY(const Bytes content, read_file(key_file, kMaxCertificateBytes));
    METERWAY_TRY(record.private_key, crypto::PrivateKey::from_encoded(content));
  }
  return std::optional<CertificateRecord>(std::move(record));
}

/// A pointer is handed out; its handle is kept for the thread that asked until it has asked for kKeysKept others.
const CertificateRecord* keep(CertificateHandle record) {
  thread_local std::array<CertificateHandle, kKeysKept> kept;
  thread_local std::size_t next = 0;
  const auto* pointer = record.get();
  if (pointer != nullptr) kept[next++ % kKeysKept] = std::move(record);
  return pointer;
}

class DirectoryKeys final : public KeyStore {
 public:
  explicit DirectoryKeys(std::shared_ptr<const CertificateDirectory> directory) : directory_(std::move(directory)) {}

  const crypto::PublicKey* public_key(Eui64 owner, KeyUse use) const override {
    const auto* record = keep(directory_->in_use(owner, use));
    return record != nullptr ? &record->certificate.public_key : nullptr;
  }
  const crypto::PrivateKey* private_key(Eui64 owner, KeyUse use) const override {
    const auto* record = keep(directory_->in_use(owner, use));
    return record != nullptr && record->private_key ? &*record->private_key : nullptr;
  }
  ByteView certificate(Eui64 owner, KeyUse use) const override {
    const auto* record = keep(directory_->in_use(owner, use));
    return record != nullptr ? ByteView(record->certificate.der) : ByteView();
  }
  std::optional<PartyRole> role(Eui64 owner) const override {
    for (const auto use : {KeyUse::DigitalSignature, KeyUse::KeyAgreement}) {
      if (const auto record = directory_->in_use(owner, use)) return record->certificate.role;
    }
    return std::nullopt;
  }

 private:
  std::shared_ptr<const CertificateDirectory> directory_;
};

}  // namespace

CertificateDirectory::CertificateDirectory() = default;
CertificateDirectory::~CertificateDirectory() = default;

void CertificateDirectory::set_source(std::shared_ptr<const CertificateSource> source, std::size_t most_read) {
  cache_ = std::make_unique<CertificateCache>(std::move(source), most_read);
}
void CertificateDirectory::forget(Eui64 owner) const {
  if (cache_) cache_->forget(owner);
}
void CertificateDirectory::forget_all() const {
  if (cache_) cache_->forget_all();
}

std::optional<SmkiSerial> CertificateDirectory::in_use_like(const CertificateRecord& record) const {
  const auto [first, last] = by_owner_.equal_range(*record.certificate.owner());
  for (auto at = first; at != last; ++at) {
    const Row& row = rows_.at(at->second);
    if (row.status == CertificateStatus::InUse && same_kind(*row.record, record)) return at->second;
  }
  return std::nullopt;
}

Status CertificateDirectory::add(CertificateRecord record) {
  const auto owner = record.certificate.owner();
  if (!owner) return fail(ErrorCode::BadCertificate, 0, "owner");
  if (record.private_key && !(record.private_key->public_key() == record.certificate.public_key)) {
    return fail(ErrorCode::Conflict, 0, "the private key does not fit the certificate");
  }
  const std::unique_lock lock(mutex_);
  const SmkiSerial serial = record.certificate.serial;
  if (const auto known = rows_.find(serial); known != rows_.end()) {
    if (known->second.record->certificate.der != record.certificate.der)
      return fail(ErrorCode::Conflict, 0, "serial number");
    auto merged = *known->second.record;
    if (!merged.private_key) merged.private_key = record.private_key;
    if (merged.name.empty()) merged.name = record.name;
    known->second.record = std::make_shared<const CertificateRecord>(std::move(merged));
    return {};
  }
  auto status = CertificateStatus::InUse;
  if (const auto rival = in_use_like(record)) {
    Row& row = rows_.at(*rival);
    if (older(record.certificate, row.record->certificate))
      row.status = CertificateStatus::NotInUse;
    else
      status = CertificateStatus::NotInUse;
  }
  rows_.emplace(serial, Row{std::make_shared<const CertificateRecord>(std::move(record)), status});
  by_owner_.emplace(*owner, serial);
  return {};
}

Status CertificateDirectory::put_in_use(const SmkiSerial& serial) {
  const std::unique_lock lock(mutex_);
  const auto found = rows_.find(serial);
  if (found == rows_.end()) return fail(ErrorCode::NotFound, 0, "serial number");
  if (found->second.status == CertificateStatus::Revoked) return fail(ErrorCode::Revoked, 0, "certificate");
  if (const auto rival = in_use_like(*found->second.record)) rows_.at(*rival).status = CertificateStatus::NotInUse;
  found->second.status = CertificateStatus::InUse;
  return {};
}

Status CertificateDirectory::revoke(const SmkiSerial& serial) {
  const std::unique_lock lock(mutex_);
  const auto found = rows_.find(serial);
  if (found == rows_.end()) return fail(ErrorCode::NotFound, 0, "serial number");
  const bool was_in_use = found->second.status == CertificateStatus::InUse;
  found->second.status = CertificateStatus::Revoked;
  if (!was_in_use) return {};
  Row* next = nullptr;
  const auto [first, last] = by_owner_.equal_range(*found->second.record->certificate.owner());
  for (auto at = first; at != last; ++at) {
    Row& row = rows_.at(at->second);
    if (row.status != CertificateStatus::NotInUse || !same_kind(*row.record, *found->second.record)) continue;
    if (next == nullptr || older(row.record->certificate, next->record->certificate)) next = &row;
  }
  if (next != nullptr) next->status = CertificateStatus::InUse;
  return {};
}

FoundCertificate CertificateDirectory::find(const SmkiSerial& serial) const {
  {
    const std::shared_lock lock(mutex_);
    const auto found = rows_.find(serial);
    if (found != rows_.end()) return {found->second.record, found->second.status};
  }
  return cache_ ? cache_->find(serial) : FoundCertificate{};
}

CertificateHandle CertificateDirectory::in_use(Eui64 owner, KeyUse use) const {
  {
    const std::shared_lock lock(mutex_);
    const auto [first, last] = by_owner_.equal_range(owner);
    for (auto at = first; at != last; ++at) {
      const Row& row = rows_.at(at->second);
      if (row.status == CertificateStatus::InUse && row.record->use == use) return row.record;
    }
  }
  return cache_ ? cache_->in_use(owner, use).record : nullptr;
}

CertificateHandle CertificateDirectory::xml_signer(Eui64 owner) const {
  auto record = in_use(owner, KeyUse::XmlSigning);
  return record ? record : in_use(owner, KeyUse::DigitalSignature);
}

std::vector<FoundCertificate> CertificateDirectory::of(Eui64 owner) const {
  auto found = cache_ ? cache_->of(owner) : std::vector<FoundCertificate>();
  const std::shared_lock lock(mutex_);
  const auto [first, last] = by_owner_.equal_range(owner);
  for (auto at = first; at != last; ++at) {
    const Row& row = rows_.at(at->second);
    std::erase_if(found, [&](const auto& one) { return one.record->certificate.serial == at->second; });
    found.push_back({row.record, row.status});
  }
  std::sort(found.begin(), found.end(), [](const FoundCertificate& a, const FoundCertificate& b) {
    const bool a_used = a.status == CertificateStatus::InUse, b_used = b.status == CertificateStatus::InUse;
    return a_used != b_used ? a_used : a.record->certificate.serial < b.record->certificate.serial;
  });
  return found;
}

std::vector<FoundCertificate> CertificateDirectory::all() const {
  std::vector<FoundCertificate> found;
  const std::shared_lock lock(mutex_);
  for (const auto& [serial, row] : rows_) found.push_back({row.record, row.status});
  return found;
}

std::size_t CertificateDirectory::size() const {
  const std::shared_lock lock(mutex_);
  return rows_.size();
}

bool CertificateDirectory::holds(const SmkiSerial& serial) const {
  const std::shared_lock lock(mutex_);
  return rows_.count(serial) != 0;
}

Result<std::vector<CertificateRecord>> read_certificate_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  if (error) return fail(ErrorCode::NotFound, 0, "certificate folder");
  std::vector<std::filesystem::path> files;
  for (; at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (error) return fail(ErrorCode::Io, 0, "certificate folder");
    if (at->path().extension() == ".pem") files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());  // so that two runs add them alike
  std::vector<CertificateRecord> records;
  for (const auto& file : files) {
    METERWAY_TRY(auto record, read_certificate_file(file));
    if (record) records.push_back(std::move(*record));
  }
  return records;
}

Status add_certificate_folder(CertificateDirectory& directory, const std::filesystem::path& folder) {
  METERWAY_TRY(auto records, read_certificate_folder(folder));
  for (auto& record : records) METERWAY_CHECK(directory.add(std::move(record)));
  return {};
}

std::unique_ptr<KeyStore> key_store_of(std::shared_ptr<const CertificateDirectory> directory) {
  return std::make_unique<DirectoryKeys>(std::move(directory));
}

KeyUse use_from_name(const Certificate& certificate, std::string_view name) {
  if (certificate.role == PartyRole::XmlSigning || certificate.role == PartyRole::DspXmlSigning)
    return KeyUse::XmlSigning;
  if (certificate.key_usage != kUsageKeyAgreement) return KeyUse::DigitalSignature;
  const bool prepayment = name.find("-pp-ka") != name.npos || name.find("PP-ka") != name.npos;
  return prepayment ? KeyUse::PrepaymentKeyAgreement : KeyUse::KeyAgreement;
}

}  // namespace meterway::pki
