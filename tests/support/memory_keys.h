#pragma once
#include <map>
#include <optional>

#include "standard/pki/key_store.h"

namespace meterway::tests {

/// Keys held by the test itself: private ones, and those of which only the public half is known.
class MemoryKeys final : public pki::KeyStore {
 public:
  void add(Eui64 owner, pki::KeyUse use, const crypto::PrivateKey& key) {
    private_.insert_or_assign({owner, use}, key);
    public_.insert_or_assign({owner, use}, key.public_key());
  }
  void add_public(Eui64 owner, pki::KeyUse use, const crypto::PublicKey& key) {
    public_.insert_or_assign({owner, use}, key);
  }

  const crypto::PublicKey* public_key(Eui64 owner, pki::KeyUse use) const override { return find(public_, owner, use); }
  const crypto::PrivateKey* private_key(Eui64 owner, pki::KeyUse use) const override {
    return find(private_, owner, use);
  }
  ByteView certificate(Eui64, pki::KeyUse) const override { return {}; }

 private:
  using Slot = std::pair<Eui64, pki::KeyUse>;
  template <class Key>
  static const Key* find(const std::map<Slot, Key>& keys, Eui64 owner, pki::KeyUse use) {
    const auto found = keys.find({owner, use});
    return found != keys.end() ? &found->second : nullptr;
  }
  std::map<Slot, crypto::PrivateKey> private_;
  std::map<Slot, crypto::PublicKey> public_;
};

}  // namespace meterway::tests
