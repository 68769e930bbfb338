#pragma once

struct ec_group_st;

namespace meterway::crypto {

/// NIST P-256, the one curve of GBCS and SMKI. Made once, never changed. Thread-safe.
const ec_group_st* p256();

}  // namespace meterway::crypto
