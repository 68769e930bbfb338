#include "standard/pki/certificate_cache.h"

#include <algorithm>

namespace meterway::pki {
namespace {

/// One that cannot be read is as good as none; adding it would have refused it.
FoundCertificate read(StoredCertificate&& stored) {
  auto certificate = parse_certificate(stored.der);
  if (!certificate) return {};
  return {std::make_shared<const CertificateRecord>(
              CertificateRecord{std::move(*certificate), stored.use, std::move(stored.name), std::nullopt}),
          stored.status};
}

FoundCertificate read(Result<std::optional<StoredCertificate>>&& stored) {
  return stored && *stored ? read(std::move(**stored)) : FoundCertificate{};
}

}  // namespace

template <class Key>
const FoundCertificate* CertificateCache::Generations<Key>::find(const Key& key, std::size_t most) {
  if (const auto found = newer.find(key); found != newer.end()) return &found->second;
  auto node = older.extract(key);
  if (node.empty()) return nullptr;
  put(key, std::move(node.mapped()), most);
  return &newer.find(key)->second;
}

template <class Key>
void CertificateCache::Generations<Key>::put(const Key& key, FoundCertificate found, std::size_t most) {
  if (newer.size() >= most) {
    older = std::move(newer);
    newer.clear();
  }
  newer.insert_or_assign(key, std::move(found));
}

CertificateCache::CertificateCache(std::shared_ptr<const CertificateSource> source, std::size_t most_read)
    : source_(std::move(source)), most_in_generation_(std::max<std::size_t>(1, most_read / 4)) {}

FoundCertificate CertificateCache::find(const SmkiSerial& serial) {
  std::uint64_t asked = 0;
  {
    const std::lock_guard lock(mutex_);
    if (const auto* known = by_serial_.find(serial, most_in_generation_)) return *known;
    asked = epoch_;
  }
  auto found = read(source_->find(serial));
  // What is not there is not remembered: a stranger's serial numbers would push out what is used.
  if (!found.record) return found;
  const std::lock_guard lock(mutex_);
  if (epoch_ == asked) by_serial_.put(serial, found, most_in_generation_);
  return found;
}

FoundCertificate CertificateCache::in_use(Eui64 owner, KeyUse use) {
  const Kind kind{owner, use};
  std::uint64_t asked = 0;
  {
    const std::lock_guard lock(mutex_);
    if (const auto* known = by_kind_.find(kind, most_in_generation_)) return *known;
    asked = epoch_;
  }
  auto found = read(source_->in_use(owner, use));
  if (!found.record) return found;
  const std::lock_guard lock(mutex_);
  if (epoch_ == asked) by_kind_.put(kind, found, most_in_generation_);
  return found;
}

std::vector<FoundCertificate> CertificateCache::of(Eui64 owner) {
  std::vector<FoundCertificate> out;
  auto stored = source_->of(owner);
  if (!stored) return out;
  for (auto& one : *stored) {
    if (auto found = read(std::move(one)); found.record) out.push_back(std::move(found));
  }
  return out;
}

void CertificateCache::forget(Eui64 owner) {
  const std::lock_guard lock(mutex_);
  ++epoch_;
  for (auto* map : {&by_serial_.newer, &by_serial_.older})
    std::erase_if(*map, [&](const auto& entry) { return entry.second.record->certificate.owner() == owner; });
  for (auto* map : {&by_kind_.newer, &by_kind_.older})
    std::erase_if(*map, [&](const auto& entry) { return entry.first.first == owner; });
}

void CertificateCache::forget_all() {
  const std::lock_guard lock(mutex_);
  ++epoch_;
  by_serial_ = {};
  by_kind_ = {};
}

}  // namespace meterway::pki
