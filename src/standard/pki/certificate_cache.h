#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "standard/pki/directory.h"

namespace meterway::pki {

/// Certificates of a source that were asked for lately, read. In two generations: what is used moves to the newer one;
/// when that is full the older one goes. So room is bounded and what is in use stays, without a list to keep in order.
///
/// An answer read from the source before a change must not be remembered after it: `epoch` rises with every forget, and
/// remembering needs the epoch at which the question was asked.
/// Sharing: safe between threads.
class CertificateCache {
 public:
  CertificateCache(std::shared_ptr<const CertificateSource> source, std::size_t most_read);

  /// What the source says is a failure (its disk) and what it does not have look alike here: no certificate, no yes.
  FoundCertificate find(const SmkiSerial& serial);
  FoundCertificate in_use(Eui64 owner, KeyUse use);
  /// Not remembered: the search asks it, seldom.
  std::vector<FoundCertificate> of(Eui64 owner);
  void forget(Eui64 owner);
  void forget_all();

 private:
  using Kind = std::pair<Eui64, KeyUse>;
  template <class Key>
  struct Generations {
    std::map<Key, FoundCertificate> newer, older;
    const FoundCertificate* find(const Key& key, std::size_t most);
    void put(const Key& key, FoundCertificate found, std::size_t most);
  };

  const std::shared_ptr<const CertificateSource> source_;
  const std::size_t most_in_generation_;
  std::mutex mutex_;
  std::uint64_t epoch_ = 0;
  Generations<SmkiSerial> by_serial_;
  Generations<Kind> by_kind_;
};

}  // namespace meterway::pki
