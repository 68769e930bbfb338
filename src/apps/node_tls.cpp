#include "apps/node_tls.h"

#include <arpa/inet.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "base/util/file.h"
#include "standard/pki/issue.h"
#include "standard/pki/pem.h"
#include "standard/pki/pem_certificates.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;

Result<net::TlsIdentity> read_identity(const fs::path& folder) {
  net::TlsIdentity out;
  METERWAY_TRY(out.certificates, read_text_file(folder / "identity.pem"));
  METERWAY_TRY(out.private_key, read_text_file(folder / "identity.key"));
  return out;
}

Status write_identity(const fs::path& folder, const pki::Authority& authority, const pki::TlsSubject& subject,
                      pki::Validity validity, Random& random) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return fail(ErrorCode::Io, 0, "folder of TLS keys");
  METERWAY_TRY(const auto key, crypto::PrivateKey::generate());
  METERWAY_TRY(const auto certificate, pki::issue_tls(authority, subject, validity, key.public_key(), random));
  METERWAY_CHECK(write_text_file(folder / "identity.pem", pki::to_pem(certificate.der, pki::kPemCertificate)));
  METERWAY_CHECK(write_text_file(folder / "identity.key", pki::to_pem(key.to_pkcs8(), pki::kPemPrivateKey), 0600));
  return write_text_file(folder / "authority.pem", pki::to_pem(authority.certificate.der, pki::kPemCertificate));
}

Result<net::TlsContext> client_of(const fs::path& folder) {
  METERWAY_TRY(const auto identity, read_identity(folder));
  METERWAY_TRY(const auto authorities, read_text_file(folder / "authority.pem"));
  return net::TlsContext::client(identity, authorities);
}

fs::path people_file(const DataFolder& data) { return data.platform_tls() / "people.pem"; }

bool is_signed_by_one_of(const pki::Certificate& certificate, const std::vector<pki::Certificate>& authorities) {
  return std::any_of(authorities.begin(), authorities.end(),
                     [&](const pki::Certificate& one) { return certificate.is_signed_by(one); });
}

/// The names under which a server on this address is reached.
void name_host(pki::TlsSubject& subject, const std::string& address) {
  subject.dns_names = {"localhost"};
  std::set<std::string> addresses{"127.0.0.1", "::1", address};
  for (const auto& text : addresses) {
    Bytes four(4), sixteen(16);
    if (::inet_pton(AF_INET, text.c_str(), four.data()) == 1) {
      subject.addresses.push_back(four);
    } else if (::inet_pton(AF_INET6, text.c_str(), sixteen.data()) == 1) {
      subject.addresses.push_back(sixteen);
    }
  }
}

/// The serial numbers in a file, read again when it changes.
class RevokedSerials {
 public:
  explicit RevokedSerials(fs::path file) : file_(std::move(file)) {}
  bool has(const std::string& serial) {
    const std::lock_guard lock(mutex_);
    std::error_code error;
    const auto time = fs::last_write_time(file_, error);
    if (error) return false;  // no file: nobody has been revoked
    const auto size = fs::file_size(file_, error);
    if (time != time_ || size != size_) read();
    time_ = time;
    size_ = size;
    return serials_.count(serial) != 0;
  }

 private:
  void read() {
    const auto text = read_text_file(file_);
    if (!text) return;
    serials_.clear();
    std::string_view rest = *text;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      serials_.emplace(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  const fs::path file_;
  std::mutex mutex_;
  fs::file_time_type time_{};
  std::uintmax_t size_ = 0;
  std::set<std::string> serials_;
};

}  // namespace

Status make_tls_keys(const DataFolder& data, const World& world, const Clock& clock, Random& random) {
  const auto validity = pki::Validity::years(clock.now(), 10);
  METERWAY_TRY(const auto authority,
               pki::issue_root("Meterway demo TLS", pki::Validity::years(clock.now(), 20), random));
  pki::TlsSubject platform{world.access_control_broker, PartyRole::AccessControlBroker, "DCC", {}, {}};
  name_host(platform, world.address);
  METERWAY_CHECK(write_identity(data.platform_tls(), authority, platform, validity, random));
  for (const auto& user : world.users) {
    pki::TlsSubject subject{user.eui, PartyRole::Other, user.name, {}, {}};
    name_host(subject, world.address);
    METERWAY_CHECK(write_identity(data.user_tls(user.eui), authority, subject, validity, random));
  }
  pki::TlsSubject party{world.transitional_cos, PartyRole::TransitionalCos, "transitionalCoS", {}, {}};
  name_host(party, world.address);
  return write_identity(data.cos() / "tls", authority, party, validity, random);
}

Result<net::TlsContext> platform_server_tls(const DataFolder& data) {
  METERWAY_TRY(const auto identity, read_identity(data.platform_tls()));
  METERWAY_TRY(auto authorities, read_text_file(data.platform_tls() / "authority.pem"));
  // OpenSSL believes authorities that our profiles do not know: they are read only where they have to be told apart.
  std::vector<pki::Certificate> of_users, of_people;
  if (const auto file = people_file(data); fs::exists(file)) {
    METERWAY_TRY(const auto people, read_text_file(file));
    METERWAY_TRY(of_users, pki::parse_certificates(authorities));
    METERWAY_TRY(of_people, pki::parse_certificates(people));
    authorities += "\n" + people;
  }
  const auto revoked = std::make_shared<RevokedSerials>(data.platform_tls() / "revoked");
  return net::TlsContext::server(identity, authorities, [revoked, of_users, of_people](ByteView der) -> Status {
    METERWAY_TRY(const auto certificate, pki::parse_certificate(der));
    // Authorities of persons make no Users, and those of Users no persons.
    if (!certificate.owner() && !is_signed_by_one_of(certificate, of_people))
      return fail(ErrorCode::BadCertificate, 0, "it names no EUI-64, and no authority of persons has made it");
    if (certificate.owner() && !of_people.empty() && !is_signed_by_one_of(certificate, of_users))
      return fail(ErrorCode::BadCertificate, 0, "it names an EUI-64, and no authority of Users has made it");
    if (revoked->has(certificate.serial.hex())) return fail(ErrorCode::Revoked, 0, "TLS certificate");
    return {};
  });
}

Result<net::TlsContext> platform_client_tls(const DataFolder& data, const std::vector<fs::path>& authorities) {
  METERWAY_TRY(const auto identity, read_identity(data.platform_tls()));
  METERWAY_TRY(auto believed, read_text_file(data.platform_tls() / "authority.pem"));
  for (const auto& file : authorities) {
    METERWAY_TRY(const auto more, read_text_file(file));
    believed += more;
  }
  return net::TlsContext::client(identity, believed);
}

Result<net::TlsContext> client_tls(const DataFolder& data, std::optional<Eui64> user) {
  return client_of(user ? data.user_tls(*user) : data.platform_tls());
}

Result<net::TlsContext> cos_tls(const DataFolder& data) { return client_of(data.cos() / "tls"); }

Result<net::TlsContext> inbox_tls(const DataFolder& data, Eui64 user, Eui64 platform) {
  METERWAY_TRY(const auto identity, read_identity(data.user_tls(user)));
  METERWAY_TRY(const auto authorities, read_text_file(data.user_tls(user) / "authority.pem"));
  return net::TlsContext::server(identity, authorities, [user, platform](ByteView der) -> Status {
    METERWAY_TRY(const auto certificate, pki::parse_certificate(der));
    // The User's own `send` asks what has come.
    const auto owner = certificate.owner();
    return owner == platform || owner == user ? Status() : fail(ErrorCode::Refused, 0, "not the DCC");
  });
}

Status trust_people(const DataFolder& data, std::string_view pem) {
  if (!pki::has_pem(pem, pki::kPemCertificate)) return fail(ErrorCode::BadCertificate, 0, "no certificate (PEM)");
  const auto file = people_file(data);
  std::string all;
  if (fs::exists(file)) {
    METERWAY_TRY(all, read_text_file(file));
  }
  if (!all.empty() && all.back() != '\n') all += '\n';
  all += pem;
  if (all.back() != '\n') all += '\n';
  // What could not be read would keep the TLS port shut at the next start.
  METERWAY_CHECK(pki::parse_certificates(all));
  return write_text_file(file, all);
}

Status revoke_tls(const DataFolder& data, const fs::path& file) {
  METERWAY_TRY(const auto content, read_file(file, pki::kMaxCertificateBytes));
  METERWAY_TRY(const auto certificate, pki::parse_certificate(content));
  const auto list = data.platform_tls() / "revoked";
  std::string text;
  if (fs::exists(list)) {
    METERWAY_TRY(text, read_text_file(list));
  }
  return write_text_file(list, text + certificate.serial.hex() + "\n");
}

}  // namespace meterway::apps
