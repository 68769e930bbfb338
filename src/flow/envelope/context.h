#pragma once
#include <memory>
#include <string>

#include "base/net/network.h"
#include "base/util/clock.h"
#include "base/util/executor.h"
#include "base/util/random.h"
#include "flow/envelope/settings.h"
#include "records/store/store.h"
#include "standard/pki/directory.h"

namespace meterway::logging {
class Log;
}

namespace meterway::flow {

struct Meters;

/// What every step is handed: the store, everybody's certificates, the broker's keys, the time. There is no User's and
/// no device's private key behind any of it.
/// Sharing: read-only, safe between threads; outlives every step.
struct Context {
  store::Store& store;
  const pki::CertificateDirectory& certificates;
  const pki::KeyStore& keys;             ///< the same certificates, with the access control broker's private keys
  const pki::CertificateRecord& signer;  ///< the DCC's XML-signing certificate with its key
  Eui64 broker;                          ///< the access control broker
  const Clock& clock;
  Random& random;      ///< safe between threads
  Executor& executor;  ///< work for a device has its EUI-64 as lane
  net::Network& network;
  const Settings& settings;
  const Meters* meters = nullptr;     ///< none: nothing is counted
  const logging::Log* log = nullptr;  ///< none: nothing is said
};

}  // namespace meterway::flow
