#include "base/crypto/p256.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "base/crypto/owned.h"

namespace meterway::crypto {

const ec_group_st* p256() {
  static const Owned<EC_GROUP, EC_GROUP_free> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  return group.get();
}

}  // namespace meterway::crypto
