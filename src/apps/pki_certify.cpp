#include "apps/pki_certify.h"

#include <fmt/format.h>

#include "apps/command_line.h"
#include "apps/world.h"
#include "base/util/file.h"
#include "base/util/random.h"
#include "standard/gbcs/message.h"
#include "standard/pki/issue.h"
#include "standard/pki/pem.h"
#include "standard/pki/signing_request.h"

namespace meterway::apps {
namespace {

constexpr std::size_t kMostBytes = 64 * 1024;
constexpr MessageCode kIssue{0x000A};

struct Options {
  std::string data, request, out, issuer;
};

/// PEM, DER, or the device's own message that has it (`send 6.17 --payload`).
Result<pki::SigningRequest> read_request(const std::string& file) {
  METERWAY_TRY(const auto bytes, read_file(file, kMostBytes));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.find("-----BEGIN") != text.npos) return pki::parse_signing_request(text);
  const auto message = gbcs::read_message(bytes);
  if (message && message->header.kind == gbcs::Kind::Response && message->header.code == kIssue)
    return pki::parse_signing_request_der(message->content);
  return pki::parse_signing_request_der(bytes);
}

Result<pki::Authority> read_authority(const std::filesystem::path& stem) {
  METERWAY_TRY(const auto pem, read_file(stem.string() + ".pem", pki::kMaxCertificateBytes));
  METERWAY_TRY(auto certificate, pki::parse_certificate(pem));
  METERWAY_TRY(const auto encoded, read_file(stem.string() + ".key", pki::kMaxCertificateBytes));
  METERWAY_TRY(auto key, crypto::PrivateKey::from_encoded(encoded));
  return pki::Authority{std::move(certificate), std::move(key)};
}

int refuse(const std::string& what, const Error& error) {
  fmt::print(stderr, "pki certify: {}: {}\n", what, describe(error));
  return 1;
}

int run(const Options& options) {
  const auto stem =
      options.issuer.empty() ? DataFolder{options.data}.smki() / "issuing" : std::filesystem::path(options.issuer);
  const auto authority = read_authority(stem);
  if (!authority) return refuse(stem.string(), authority.error());
  const auto request = read_request(options.request);
  if (!request) return refuse(options.request, request.error());
  const bool signing = request->key_usage == pki::kUsageDigitalSignature;
  if (!request->device || (!signing && request->key_usage != pki::kUsageKeyAgreement))
    return refuse(options.request, Error{ErrorCode::BadCertificate, 0, "not a device's request for one key usage"});
  const auto use = signing ? pki::KeyUse::DigitalSignature : pki::KeyUse::KeyAgreement;
  SystemRandom random;
  const auto certificate =
      pki::issue_device(*authority, {*request->device, use}, SystemClock().now(), request->key, random);
  if (!certificate) return refuse(options.request, certificate.error());
  const auto written = write_file(options.out, certificate->der);
  if (!written) return refuse(options.out, written.error());
  fmt::print("{} {} serial {}\n", request->device->dashed_upper(), signing ? "digital signature" : "key agreement",
             certificate->serial.hex());
  return 0;
}

}  // namespace

void add_certify(Subcommand& pki, int& status) {
  auto* command = pki.add_subcommand("certify", "Issue the certificate that a device asks for in its answer to 6.17");
  auto options = std::make_shared<Options>();
  add_data_option(*command, options->data);
  command->add_option("--request", options->request, "PKCS#10, PEM or DER, or the answer that has it")
      ->required()
      ->existing_file();
  command->add_option("--out", options->out, "Where the certificate goes, DER")->required();
  command->add_option("--issuer", options->issuer,
                      "FILE.pem and FILE.key of another authority than the node's, without the extension");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
