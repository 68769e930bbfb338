#pragma once
#include <optional>
#include <string>
#include <vector>

#include "apps/world.h"
#include "base/net/tls.h"
#include "base/util/clock.h"
#include "base/util/random.h"

/// The TLS keys of a node. They come from an authority of their own (in the trade: the DCC key infrastructure), apart
/// from that of the documents' certificates, so that neither key can stand in for the other.
///
///     DIR/platform/tls/          the platform; DIR/users/<eui>/tls/ and DIR/cos/tls/ likewise for each User and for
///     the
///                                transitional change of supplier party
///       identity.pem identity.key  certificate and key (0600); good as server and as client
///       authority.pem              the authorities that are believed, one PEM block each
///       people.pem                 (platform only) those that make certificates of persons; read at the start
///       revoked                    (platform only) serial numbers in hexadecimal, one a line; read when it changes
namespace meterway::apps {

/// Makes authority and certificates for the platform, these Users and the transitional change of supplier party; the
/// authority's key is forgotten. Servers are
/// reached as `address` or localhost. Errors: Io, CryptoFailure.
Status make_tls_keys(const DataFolder& data, const World& world, const Clock& clock, Random& random);

/// The platform's side: clients of the authority that are not revoked come in. Errors: NotFound, those of TlsContext.
Result<net::TlsContext> platform_server_tls(const DataFolder& data);
/// The platform as a client, for pushes to https addresses: `authorities` are files beside the node's own.
Result<net::TlsContext> platform_client_tls(const DataFolder& data,
                                            const std::vector<std::filesystem::path>& authorities);

/// A User as client of the platform; the platform's own identity where there is none (the operator).
Result<net::TlsContext> client_tls(const DataFolder& data, std::optional<Eui64> user);
/// The transitional change of supplier party as client of the platform.
Result<net::TlsContext> cos_tls(const DataFolder& data);
/// A User's inbox: only the platform comes in.
Result<net::TlsContext> inbox_tls(const DataFolder& data, Eui64 user, Eui64 platform);

/// Adds authorities (PEM) that make certificates of persons, from the next start on. Errors: BadCertificate; Io.
Status trust_people(const DataFolder& data, std::string_view pem);

/// Adds the serial number of a certificate (PEM or DER) to those that may not come in any more, connections that
/// resume a session included. Errors: BadCertificate, Io.
Status revoke_tls(const DataFolder& data, const std::filesystem::path& certificate);

}  // namespace meterway::apps
