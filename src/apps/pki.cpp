#include <cstdio>
#include <memory>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node.h"
#include "apps/node_tls.h"
#include "apps/pki_certify.h"
#include "base/util/file.h"
#include "standard/pki/lint.h"

namespace meterway::apps {
namespace {

int report(const std::string& where, const Error& error) {
  std::fprintf(stderr, "pki: %s: %s\n", where.c_str(), describe(error).c_str());
  return 1;
}

/// One line a file: the findings, or "conforms".
int lint_files(const std::vector<std::string>& files) {
  int status = 0;
  for (const auto& file : files) {
    const auto content = read_file(file, pki::kMaxCertificateBytes);
    if (!content) return report(file, content.error());
    const auto certificate = pki::parse_certificate(*content);
    if (!certificate) return report(file, certificate.error());
    std::string line;
    for (const auto& finding : pki::lint(*certificate)) {
      const bool error = finding.severity == pki::Severity::Error;
      if (error) status = 1;
      line += std::string(error ? "; error: not so: " : "; notice: not so: ") + std::string(finding.what) + " (" +
              std::string(finding.rule) + ", " + std::string(finding.clause) + ")";
    }
    std::printf("%s: %s\n", file.c_str(), line.empty() ? "conforms" : line.c_str() + 2);
  }
  return status;
}

struct MakeOptions {
  std::string data;
  std::string organisations;
  NodePlan plan;
};

int make(MakeOptions& options) {
  if (!options.organisations.empty()) options.plan.organisations = options.organisations;
  const SystemClock clock;
  SystemRandom random;
  const auto made = make_node(DataFolder{options.data}, options.plan, clock, random);
  return made ? 0 : report(options.data, made.error());
}

}  // namespace

void add_pki(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("pki", "Make the keys of a new node, or look at certificates");
  command->require_subcommand(1);

  auto* maker = command->add_subcommand(
      "make", "Lay out the data folder of a new node: keys, certificates, world and configuration");
  auto options = std::make_shared<MakeOptions>();
  add_data_option(*maker, options->data);
  maker
      ->add_option("--organisations", options->organisations,
                   "JSON key store of the organisations; without it they are issued anew")
      ->existing_file();
  maker->add_option("--address", options->plan.address, "Where the node listens")->capture_default_str();
  maker->add_option("--http-port", options->plan.http_port, "DUIS services")->capture_default_str();
  maker->add_option("--portal-port", options->plan.portal_port,
                    "Portal; 8080 beside the default HTTP port, otherwise any free one");
  maker->add_option("--tls-port", options->plan.tls_port,
                    "DUIS services over TLS; 0: none; 8443 beside the default HTTP port, otherwise none");
  maker->add_option("--smki-port", options->plan.smki_port, "Certificate search")->capture_default_str();
  maker->add_option("--link-port", options->plan.link_port, "Communications hubs")->capture_default_str();
  maker->add_option("--push-port", options->plan.push_port, "Where the first User listens; the others follow")
      ->capture_default_str();
  maker->add_option("--homes", options->plan.homes, "How many homes, all alike")
      ->between(1u, 10'000u)
      ->capture_default_str();
  maker->callback([options, &status] { status = make(*options); });

  auto* revoker = command->add_subcommand("revoke-tls", "Let the holder of a TLS certificate in no more");
  auto revoked = std::make_shared<std::pair<std::string, std::string>>();
  add_data_option(*revoker, revoked->first);
  revoker->add_option("certificate", revoked->second, "PEM or DER")->required()->existing_file();
  revoker->callback([revoked, &status] {
    const auto done = revoke_tls(DataFolder{revoked->first}, revoked->second);
    status = done ? 0 : report(revoked->second, done.error());
  });

  add_certify(*command, status);

  auto* linter = command->add_subcommand("lint", "Measure certificates by their profiles; a line each");
  auto files = std::make_shared<std::vector<std::string>>();
  linter->add_option("files", *files, "PEM or DER")->required();
  linter->callback([files, &status] { status = lint_files(*files); });
}

}  // namespace meterway::apps
