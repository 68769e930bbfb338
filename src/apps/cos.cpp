#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "apps/api_client.h"
#include "apps/command.h"
#include "apps/user_keys.h"
#include "apps/user_precommand.h"
#include "base/util/base64.h"
#include "base/util/file.h"
#include "flow/transform/transform.h"
#include "standard/duis/signature.h"
#include "standard/pki/path.h"

/// meterway cos: the transitional change of supplier party. It has a key of its own and believes nobody: what a
/// supplier has asked it reads in the supplier's signed document, and the command it makes again before it signs.
namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  std::string data, url, token_file;
  bool once = false;
};

Unexpected<std::string> no(std::string why) { return Unexpected<std::string>{std::move(why)}; }

std::string text_of(const json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// What the party knows for itself: its keys, and whom to believe that a certificate is a supplier's.
struct Party {
  World world;
  std::unique_ptr<pki::KeyStore> keys;
  pki::Certificate root, issuing;
};
Result<pki::Certificate> read_pem(const std::filesystem::path& file) {
  METERWAY_TRY(const auto bytes, read_file(file, pki::kMaxCertificateBytes));
  return pki::parse_certificate(bytes);
}
Result<Party> make_party(const DataFolder& data) {
  METERWAY_TRY(auto world, load_world(data.world()));
  METERWAY_TRY(auto keys, pki::open_key_folder(data.cos()));
  METERWAY_TRY(auto root, read_pem(data.authority() / "root.pem"));
  METERWAY_TRY(auto issuing, read_pem(data.authority() / "issuing.pem"));
  return Party{std::move(world), std::move(keys), std::move(root), std::move(issuing)};
}

/// The request that the document is, signed by whom it names. The search is the platform's, so what it gives is
/// believed only as far as the authority has signed it.
Result<duis::Request, std::string> read_document(const std::string& text, const Party& party) {
  const auto document = xml::Document::parse(text);
  if (!document) return no("the document cannot be read");
  auto request = duis::read_request(*document);
  if (!request) return no("the document does not fit the schema");
  std::optional<pki::Certificate> certificate;
  const auto checked =
      duis::check_signature(*document, [&](const duis::CertificateName& name) -> const crypto::PublicKey* {
        const auto serial = pki::SmkiSerial::from_decimal(name.serial);
        auto found = serial ? retrieve_certificate(party.world.smki_url(), *serial) : fail(ErrorCode::UnknownKey);
        if (!found || found->owner() != request->id.originator) return nullptr;
        if (!pki::verify_path(*found, {&party.issuing, 1}, party.root, std::nullopt)) return nullptr;
        certificate = std::move(*found);
        return &certificate->public_key;
      });
  if (!checked) return no("the document is not signed by " + request->id.originator.dashed_upper());
  if (request->service_reference_variant != "6.23") return no("service " + request->service_reference_variant);
  return std::move(*request);
}

/// A supplier puts its own certificates into a meter, nobody else's.
bool has_own_certificates(const duis::Request& request) {
  const auto* certificates = request.body.child("SupplierReplacementCertificates");
  if (certificates == nullptr || certificates->children.empty()) return false;
  for (const auto& one : certificates->children) {
    const auto der = from_base64(one.text);
    const auto certificate = der ? pki::parse_certificate(*der) : fail(ErrorCode::BadCertificate);
    if (!certificate || certificate->owner() != request.id.originator) return false;
  }
  return true;
}

/// The command with its signature, or why not.
Result<gbcs::Message, std::string> judge(const json& waits, const Party& party) {
  auto request = read_document(text_of(waits, "document"), party);
  if (!request) return no(request.error());
  if (request->id.text() != text_of(waits, "request")) return no("the document is another's");
  if (!has_own_certificates(*request)) return no("the certificates are not those of the supplier");
  const auto bytes = from_base64(text_of(waits, "command"));
  auto message = bytes ? gbcs::read_message(*bytes) : fail(ErrorCode::BadBase64);
  if (!message) return no("the command cannot be read");
  flow::transform::Context with;
  with.now = SystemClock().now();
  with.access_control_broker = party.world.access_control_broker;
  with.transitional_cos = party.world.transitional_cos;
  const auto* device = party.world.device(request->id.target);
  with.target_type = device != nullptr ? device->type : DeviceType::ESME;
  with.dcc_counter = message->header.counter;
  const auto made = flow::transform::transform(*request, with);
  if (!made || gbcs::write_message(made->message) != *bytes) return no("the command is not what was asked for");
  if (const auto done = sign_precommand(*message, *party.keys); !done) return no(describe(done.error()));
  return std::move(*message);
}

int refuse(const std::string& what, const Error& error) {
  fmt::print(stderr, "cos: {}: {}\n", what, describe(error));
  return 1;
}

int run(const Options& options) {
  const DataFolder data{options.data};
  const auto party = make_party(data);
  if (!party) return refuse(options.data, party.error());
  const ApiClient client(options.data, options.url, options.token_file);
  for (;;) {
    const auto answer = client.ask("GET", "/api/v1/cos/requests");
    if ((!answer || answer->status != 200) && options.once) return complain("cos", answer);
    const auto body = answer ? json::parse(answer->body, nullptr, false) : json();
    if (body.is_object() && body.contains("requests")) {
      for (const auto& waits : body["requests"]) {
        const auto name = text_of(waits, "request");
        const auto signed_one = judge(waits, *party);
        if (!signed_one) {
          fmt::print("{}: not signed: {}\n", name, signed_one.error());
          continue;
        }
        const json back = {{"command", to_base64(gbcs::write_message(*signed_one))}};
        const auto taken = client.ask("POST", "/api/v1/cos/requests/" + name, back.dump());
        fmt::print("{}: {}\n", name, taken && taken->status == 204 ? "signed" : "signed, and not taken");
      }
      std::fflush(stdout);
    }
    if (options.once) return 0;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace

void add_cos(CLI::App& app, int& status) {
  auto* command = app.add_subcommand(
      "cos", "Be the transitional change of supplier party: judge and sign what suppliers ask by 6.23");
  auto options = std::make_shared<Options>();
  add_data_option(*command, options->data);
  command->add_option("--url", options->url, "Of the platform; that of the data folder without it");
  command->add_option("--token-file", options->token_file, "Token to ask the platform with; the operator's without it");
  command->add_flag("--once", options->once, "Look once, and end");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
