#include "base/crypto/secrets.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>

namespace meterway::crypto {

std::size_t AgreedSecrets::Hash::operator()(const Point& point) const {
  std::size_t out = 0;
  std::memcpy(&out, point.data(), sizeof out);
  return out;
}

AgreedSecrets::Wiped::~Wiped() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

std::optional<SharedSecret> AgreedSecrets::find(ByteView encoded) {
  Point point;
  std::copy_n(encoded.begin() + 1, point.size(), point.begin());
  const std::lock_guard lock(mutex_);
  if (const auto found = young_.find(point); found != young_.end()) return found->second.bytes;
  auto node = old_.extract(point);
  if (node.empty()) return std::nullopt;
  const auto secret = node.mapped().bytes;
  young_.insert(std::move(node));
  return secret;
}

void AgreedSecrets::keep(ByteView encoded, const SharedSecret& secret) {
  Point point;
  std::copy_n(encoded.begin() + 1, point.size(), point.begin());
  const std::lock_guard lock(mutex_);
  if (young_.size() >= kMost) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_[point].bytes = secret;
}

}  // namespace meterway::crypto
