#include "apps/doctor_checks.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "apps/setting_layers.h"
#include "base/crypto/keys.h"
#include "base/util/file.h"
#include "records/store/store.h"
#include "standard/pki/certificate.h"
#include "standard/pki/directory.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t kLeastFiles = 1024;
constexpr std::chrono::hours kMonth{24 * 30};

std::string day_of(UtcTime time) { return to_iso8601(time).substr(0, 10); }

/// Of a certificate that something depends on.
Finding judge_dates(const std::string& what, const pki::Certificate& certificate, UtcTime now,
                    const std::string& remedy) {
  if (now < certificate.not_before)
    return problem(what + " is not valid before " + day_of(certificate.not_before), "set the clock, or " + remedy);
  if (now > certificate.not_after) return problem(what + " was valid until " + day_of(certificate.not_after), remedy);
  if (now + kMonth > certificate.not_after)
    return problem(what + " is valid until " + day_of(certificate.not_after) + " only", remedy);
  return good(what + " is valid until " + day_of(certificate.not_after));
}

}  // namespace

Findings check_crypto() {
  const auto key = crypto::PrivateKey::generate();
  const Bytes message{'m'};
  const auto signature = key ? key->sign(message) : Result<crypto::EcdsaSignature>(Unexpected{key.error()});
  if (signature && key->public_key().verify(message, *signature))
    return {good("the cryptographic library signs and verifies on P-256")};
  return {problem("the cryptographic library cannot sign on P-256",
                  "install OpenSSL 3 with elliptic curves (Debian: libssl3)")};
}

Findings check_clock(UtcTime now) {
  const auto built = *from_iso8601("2025-11-01T00:00:00Z");  // schema 5.4's month: no message of ours is older
  if (now < built)
    return {problem("the clock says " + to_iso8601(now), "set the clock: counters and certificates depend on it")};
  return {good("the clock says " + to_iso8601(now))};
}

Findings check_owner(const DataFolder& data, uid_t account) {
  Findings out;
  for (const auto& folder : {data.root, data.platform(), data.store()}) {
    struct stat info {};
    if (::stat(folder.c_str(), &info) != 0 || info.st_uid == account) continue;
    out.push_back(
        problem(fmt::format("{} belongs to account {}, and this is account {}", folder.string(), info.st_uid, account),
                "run the platform, and the doctor, as its owner (the Debian package: runuser -u meterway -- "
                "meterway doctor --data /var/lib/meterway), or give the folder away with chown -R"));
  }
  if (out.empty()) out.push_back(good("the data folder belongs to this account"));
  return out;
}

Findings check_keys(const DataFolder& data) {
  Findings out;
  std::size_t keys = 0;
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(data.root, error); !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    struct stat info {};
    const auto name = at->path().filename();
    const bool secret = at->path().extension() == ".key" || at->path().extension() == ".token" || name == "token";
    if (!secret || ::stat(at->path().c_str(), &info) != 0) continue;
    ++keys;
    if ((info.st_mode & 077) != 0)
      out.push_back(
          problem(fmt::format("{} can be read by others (mode {:o})", at->path().string(), info.st_mode & 0777),
                  "chmod 600 " + at->path().string()));
  }
  if (error) out.push_back(problem(data.root.string() + ": " + error.message(), "run as the owner of the data folder"));
  if (out.empty()) out.push_back(good(fmt::format("{} files of keys and tokens are their owner's alone", keys)));
  return out;
}

Findings check_disk(const DataFolder& data, std::uint64_t least_mb) {
  const auto probe = data.root / ".doctor";
  if (!write_text_file(probe, "x"))
    return {problem(data.root.string() + " cannot be written",
                    "run as the owner of the data folder, or give another with --data")};
  std::error_code error;
  fs::remove(probe, error);
  const auto space = fs::space(data.root, error);
  const auto free_mb = error ? 0 : space.available >> 20;
  if (free_mb < least_mb)
    return {problem(fmt::format("{} MB are free at {}, less than {}", free_mb, data.root.string(), least_mb),
                    "make room: the store needs it to accept requests")};
  return {good(fmt::format("{} can be written, {} MB free", data.root.string(), free_mb))};
}

Findings check_open_files(std::uint64_t most) {
  if (most < kLeastFiles)
    return {problem(fmt::format("a process may have {} files open; connections are files", most),
                    fmt::format("ulimit -n {} or more; in a service LimitNOFILE=65536", kLeastFiles))};
  return {good(fmt::format("a process may have {} files open", most))};
}

Findings check_store(const DataFolder& data) {
  if (!fs::exists(data.store())) return {note("there is no store yet")};
  const auto version = store::version_of(data.store().string());
  if (!version)
    return {problem(data.store().string() + ": " + describe(version.error()),
                    "restore a back-up: `meterway restore --from FILE --replace`")};
  const auto text = fmt::format("store of version {}, this program writes {}", *version, store::kStoreVersion);
  if (*version > store::kStoreVersion) return {problem(text, "use the newer program that wrote it")};
  if (*version < store::kStoreVersion)
    return {note(text + ": it is brought up to date at the next start; make a back-up before")};
  return {good(text)};
}

Findings check_settings(const DataFolder& data) {
  if (const auto loaded = load_settings(data, {}, {}); !loaded)
    return {
        problem("configuration: " + loaded.error(), "put it right: docs/operations/settings.md names every member")};
  return {good("the configuration can be read")};
}

Findings check_signer(const DataFolder& data, const World& world, UtcTime now) {
  const std::string remedy = "put the DCC's XML-signing certificate and key into " + data.platform_keys().string();
  pki::CertificateDirectory directory;
  if (const auto read = pki::add_certificate_folder(directory, data.platform_keys()); !read)
    return {problem(data.platform_keys().string() + ": " + describe(read.error()), remedy)};
  const auto signer = directory.in_use(world.access_control_broker, pki::KeyUse::XmlSigning);
  if (!signer || !signer->private_key) return {problem("the DCC has no XML-signing key here", remedy)};
  const Bytes probe{'m'};
  const auto signature = signer->private_key->sign(probe);
  if (!signature || !signer->certificate.public_key.verify(probe, *signature))
    return {problem("the DCC's XML-signing key is not that of its certificate", remedy)};
  return {judge_dates("the DCC's XML-signing certificate", signer->certificate, now, remedy)};
}

Findings check_tls(const DataFolder& data, UtcTime now) {
  Findings out;
  const auto look = [&](const fs::path& folder, const std::string& whose) {
    const auto file = folder / "identity.pem";
    if (!fs::exists(file)) return;
    const auto pem = read_file(file);
    const auto certificate = pem ? pki::parse_certificate(*pem) : Result<pki::Certificate>(Unexpected{pem.error()});
    if (!certificate) {
      out.push_back(
          problem(file.string() + ": " + describe(certificate.error()), "put a certificate there, and its key"));
      return;
    }
    out.push_back(judge_dates("the TLS certificate of " + whose, *certificate, now, "replace " + file.string()));
  };
  look(data.platform_tls(), "the platform");
  std::error_code none;
  for (const auto& user : fs::directory_iterator(data.root / "users", none))
    look(user.path() / "tls", "User " + user.path().filename().string());
  if (out.empty()) out.push_back(note("there are no TLS certificates: the services are on the plain port alone"));
  return out;
}

}  // namespace meterway::apps
