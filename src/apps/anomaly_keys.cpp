#include "apps/anomaly_keys.h"

#include <fmt/format.h>

#include <filesystem>

#include "apps/command_line.h"
#include "base/util/file.h"
#include "base/util/random.h"
#include "records/registry/person.h"
#include "standard/pki/cms.h"
#include "standard/pki/issue.h"
#include "standard/pki/pem.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string out, authority, person, user, file, certificate, key, chain;
  int days = 730;
};

Status write_pem(const fs::path& path, const pki::Certificate& certificate) {
  return write_text_file(path, pki::to_pem(certificate.der, pki::kPemCertificate));
}

Status make_authority(const Options& options) {
  const SystemClock clock;
  SystemRandom random;
  const fs::path out(options.out);
  std::error_code error;
  fs::create_directories(out, error);
  if (error) return fail(ErrorCode::Io, 0, "folder");
  METERWAY_TRY(const auto root,
               pki::issue_root("Meterway IKI test root", pki::Validity::years(clock.now(), 25), random));
  METERWAY_TRY(const auto issuing,
               pki::issue_authority(root, "Meterway IKI test issuing", pki::Validity::years(clock.now(), 20), random));
  METERWAY_CHECK(write_pem(out / "root.pem", root.certificate));
  METERWAY_CHECK(write_pem(out / "issuing.pem", issuing.certificate));
  return write_file(out / "issuing.key", issuing.key.to_pkcs8(), 0600);  // the root's key is forgotten
}

Result<pki::Certificate> read_certificate(const fs::path& path) {
  METERWAY_TRY(const auto bytes, read_file(path, pki::kMaxCertificateBytes));
  return pki::parse_certificate(bytes);
}
Result<crypto::PrivateKey> read_key(const fs::path& path) {
  METERWAY_TRY(const auto bytes, read_file(path, 16 * 1024));
  return crypto::PrivateKey::from_encoded(bytes);
}

Status make_signer(const Options& options) {
  SystemRandom random;
  const fs::path from(options.authority), out(options.out);
  // His name becomes that of a file: it is one that a person can have, with no way out of the folder in it.
  if (!registry::read_person("{}", options.person)) return fail(ErrorCode::BadValue, 0, "person");
  METERWAY_TRY(const auto user, Eui64::parse(options.user));
  METERWAY_TRY(const auto authority, read_iki(from));
  METERWAY_TRY(const auto key, crypto::PrivateKey::generate());
  std::error_code error;
  fs::create_directories(out, error);
  if (error) return fail(ErrorCode::Io, 0, "folder");
  METERWAY_TRY(const auto certificate, pki::issue_file_signer(authority, {options.person, user},
                                                              days_from_today(options.days), key.public_key(), random));
  METERWAY_CHECK(write_pem(out / (options.person + ".pem"), certificate));
  METERWAY_CHECK(write_pem(out / "issuing.pem", authority.certificate));
  METERWAY_CHECK(write_file(out / (options.person + ".key"), key.to_pkcs8(), 0600));
  fmt::print("{}\n", certificate.serial.hex());
  return {};
}

Status sign_file(const Options& options) {
  METERWAY_TRY(const auto certificate, read_certificate(options.certificate));
  METERWAY_TRY(const auto key, read_key(options.key));
  std::vector<pki::Certificate> chain;
  if (!options.chain.empty()) {
    METERWAY_TRY(auto above, read_certificate(options.chain));
    chain.push_back(std::move(above));
  }
  METERWAY_TRY(const auto text, read_file(options.file, 64u << 20));
  METERWAY_TRY(const auto signature, pki::sign_detached(text, certificate, key, chain));
  return write_file(options.out.empty() ? options.file + ".p7s" : options.out, signature, 0644);
}

}  // namespace

Result<pki::Authority> read_iki(const fs::path& folder) {
  METERWAY_TRY(auto certificate, read_certificate(folder / "issuing.pem"));
  METERWAY_TRY(auto key, read_key(folder / "issuing.key"));
  return pki::Authority{std::move(certificate), std::move(key)};
}

pki::Validity days_from_today(int days) {
  const auto day = std::chrono::floor<std::chrono::days>(SystemClock().now());
  return {day - std::chrono::days(days < 0 ? 1 - days : 0), day + std::chrono::days(days)};
}

void add_signer_commands(Subcommand& parent, int& status) {
  auto options = std::make_shared<Options>();
  const auto add = [&](const char* name, const char* about, Status (*work)(const Options&)) {
    auto* command = parent.add_subcommand(name, about);
    command->callback([options, &status, work, name] {
      const auto done = work(*options);
      if (!done) fmt::print(stderr, "{}: {}\n", name, describe(done.error()));
      status = done ? 0 : 1;
    });
    return command;
  };
  auto* authority = add("iki", "Make an authority for file-signing certificates of a test world", make_authority);
  authority->add_option("--out", options->out, "Folder: root.pem, issuing.pem, issuing.key")->required();
  auto* signer = add("signer", "Make a file-signing certificate of an officer; prints its serial number", make_signer);
  signer->add_option("--iki", options->authority, "Folder that `iki` has made")->required();
  signer->add_option("--person", options->person, "The officer, as the platform knows him")->required();
  signer->add_option("--user", options->user, "EUI-64 of the User he signs for")->required();
  signer->add_option("--out", options->out, "Folder: PERSON.pem, PERSON.key, issuing.pem")->required();
  signer->add_option("--days", options->days, "How long it is good; below zero: it ended that long ago")
      ->capture_default_str();
  auto* sign = add("sign", "Write the detached signature of a file", sign_file);
  sign->add_option("file", options->file, "The file")->required()->existing_file();
  sign->add_option("--certificate", options->certificate, "The officer's")->required();
  sign->add_option("--key", options->key, "Its private key")->required();
  sign->add_option("--chain", options->chain, "Its issuer's certificate, to go with it");
  sign->add_option("--out", options->out, "FILE.p7s unless it is said here");
}

}  // namespace meterway::apps
