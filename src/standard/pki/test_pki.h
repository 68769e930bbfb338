#pragma once
#include <gtest/gtest.h>

#include "standard/pki/issue.h"

/// A small throw-away world for the tests of this folder, made once.
namespace meterway::pki {

inline constexpr Eui64 kSupplier{0x90B3D51F30010000};
inline constexpr Eui64 kBroker{0x90B3D51F30000002};
inline constexpr Eui64 kMeter{0x00DB1234567890A0};

inline UtcTime test_time() { return from_iso8601("2026-01-01T00:00:00Z").value(); }

inline const DemoPki& test_pki() {
  static const DemoPki pki = [] {
    const ManualClock clock(test_time());
    SeededRandom random(7);
    return make_demo_pki({{kSupplier, PartyRole::Supplier, "supplier", true, true},
                          {kBroker, PartyRole::AccessControlBroker, "accessControlBroker", false, true}},
                         {kMeter}, clock, random)
        .value();
  }();
  return pki;
}

inline const CertificateRecord& test_record(Eui64 owner, KeyUse use) {
  for (const auto& record : test_pki().records) {
    if (record.certificate.owner() == owner && record.use == use) return record;
  }
  ADD_FAILURE() << "no such test certificate";
  return test_pki().records.front();
}

/// Another certificate for the same owner and use: a later generation.
inline CertificateRecord later_generation(Eui64 owner, PartyRole role, KeyUse use, int years) {
  SeededRandom random(static_cast<std::uint64_t>(years) + 100);
  const auto key = crypto::PrivateKey::generate().value();
  const auto validity = Validity::years(test_time() + std::chrono::hours(24 * 365 * years), 10);
  return {issue_organisation(test_pki().issuing, {owner, role, "", use}, validity, key.public_key(), random).value(),
          use, "later", key};
}

}  // namespace meterway::pki
