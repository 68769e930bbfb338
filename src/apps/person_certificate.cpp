#include "apps/person_certificate.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/admin_client.h"
#include "apps/anomaly_keys.h"
#include "apps/api_client.h"
#include "apps/command_line.h"
#include "apps/node_tls.h"
#include "base/net/url.h"
#include "base/util/file.h"
#include "base/util/random.h"
#include "standard/pki/issue.h"
#include "standard/pki/pem.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Options {
  AdminTarget target;
  std::string id, file, iki, out, revoke, authority;
  int days = 730;
  std::string path() const { return "/api/v1/people/" + net::percent_encoded(id) + "/certificates"; }
};

int complain(const std::string& what, const Error& error) {
  fmt::print(stderr, "person certificate: {}: {}\n", what, describe(error));
  return 1;
}

/// identity.pem (with its issuer's) and identity.key, as tools for TLS take them. Gives the certificate, PEM.
Result<std::string> make(const Options& options) {
  const fs::path from(options.iki), out(options.out);
  SystemRandom random;
  METERWAY_TRY(const auto authority, read_iki(from));
  METERWAY_TRY(const auto key, crypto::PrivateKey::generate());
  METERWAY_TRY(const auto certificate,
               pki::issue_person(authority, options.id, days_from_today(options.days), key.public_key(), random));
  std::error_code error;
  fs::create_directories(out, error);
  if (error) return fail(ErrorCode::Io, 0, "folder");
  auto pem = pki::to_pem(certificate.der, pki::kPemCertificate);
  METERWAY_CHECK(
      write_text_file(out / "identity.pem", pem + pki::to_pem(authority.certificate.der, pki::kPemCertificate)));
  METERWAY_CHECK(write_text_file(out / "identity.key", pki::to_pem(key.to_pkcs8(), pki::kPemPrivateKey), 0600));
  return pem;
}

int certificate(const Options& options) {
  const auto client = options.target.client();
  if (!options.revoke.empty())
    return tell(client.ask("DELETE", options.path() + "/" + net::percent_encoded(options.revoke)),
                "person certificate");
  if (options.iki.empty() && options.file.empty()) return tell(client.ask("GET", options.path()), "person certificate");
  const auto pem = options.iki.empty() ? read_text_file(options.file) : make(options);
  if (!pem) return complain(options.iki.empty() ? options.file : options.iki, pem.error());
  return tell(client.ask("POST", options.path(), *pem), "person certificate");
}

int trust(const Options& options) {
  const auto pem = read_text_file(options.authority);
  if (!pem) return complain(options.authority, pem.error());
  const auto done = trust_people(DataFolder{options.target.data}, *pem);
  if (!done) return complain(options.authority, done.error());
  fmt::print("believed from the next start of the platform on: {}\n", options.authority);
  return 0;
}

}  // namespace

void add_person_certificate(Subcommand& person, int& status) {
  const auto options = std::make_shared<Options>();
  auto* one =
      person.add_subcommand("certificate", "Client certificates that stand for a person: list, make, bind, revoke");
  add_admin_options(*one, options->target);
  one->add_option("id", options->id, "Who")->required();
  one->add_option("--file", options->file, "Bind this certificate (PEM or DER)")->existing_file();
  auto* iki = one->add_option("--iki", options->iki, "Make one, and bind it: the folder that `anomaly iki` has made");
  auto* out = one->add_option("--out", options->out, "Where identity.pem and identity.key go")->needs(iki);
  iki->needs(out);
  one->add_option("--days", options->days, "How long it is good")->between(1, 3650)->capture_default_str();
  one->add_option("--revoke", options->revoke, "Take back the one of this fingerprint");
  one->callback([options, &status] { status = certificate(*options); });
  auto* authority =
      person.add_subcommand("trust", "Believe an authority that makes certificates of persons (TLS port)");
  add_admin_options(*authority, options->target);
  authority->add_option("file", options->authority, "Its certificates (PEM)")->required()->existing_file();
  authority->callback([options, &status] { status = trust(*options); });
}

}  // namespace meterway::apps
