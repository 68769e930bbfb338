#include <fmt/format.h>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node_tls.h"
#include "apps/user_session.h"
#include "apps/user_xml.h"
#include "base/util/base64.h"
#include "base/util/file.h"
#include "standard/duis/request.h"

namespace meterway::apps {
namespace {

struct Options {
  std::string data, service, to, from, body, request, payload;
  std::vector<std::string> parameters;
  std::optional<unsigned> pounds, pence;
  unsigned wait_seconds = 30;
  bool tls = false, no_wait = false, print = false, keep_counter = false, token = false;
};

int refuse(std::string_view what, const Error& error) {
  fmt::print(stderr, "send: {}: {}\n", what, describe(error));
  return static_cast<int>(Ending::Failed);
}

/// `--from`, or the first User of the world whose roles may ask for this service.
Result<Eui64> choose_user(const Options& options, const World& world) {
  if (!options.from.empty()) return Eui64::parse(options.from);
  const auto* service = duis::find_service(options.service);
  for (const auto& user : world.users) {
    for (const auto role : user.roles) {
      if (service == nullptr || service->eligible(role)) return user.eui;
    }
  }
  return fail(ErrorCode::NotFound, 0, "no User may ask for this; name one with --from");
}

/// "@FILE" stands for a file's bytes in base64, as FirmwareImage takes them.
Result<std::string> value_of(std::string text) {
  if (!text.starts_with('@')) return text;
  METERWAY_TRY(const auto content, read_text_file(text.substr(1)));
  return to_base64({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
}

Result<Wish> wish_of(const Options& options) {
  Wish wish{options.service, {}, {}, options.body, options.pounds, options.pence};
  if (options.to.empty()) return fail(ErrorCode::BadRequest, 0, "--to names the device");
  METERWAY_TRY(wish.target, Eui64::parse(options.to));
  for (const auto& parameter : options.parameters) {
    const auto equals = parameter.find('=');
    if (equals == std::string::npos || equals == 0) return fail(ErrorCode::BadRequest, 0, "--param is Name=value");
    METERWAY_TRY(auto value, value_of(parameter.substr(equals + 1)));
    wish.parameters.emplace_back(parameter.substr(0, equals), std::move(value));
  }
  return wish;
}

Result<Draft> make_draft(const Options& options, const World& world, const UserKeys& keys) {
  const auto now = SystemClock().now();
  if (!options.request.empty()) return draft_from_file(options.request, options.keep_counter, now);
  METERWAY_TRY(const auto wish, wish_of(options));
  return draft_request(wish, world, keys, now);
}

int run(const Options& options) {
  const DataFolder data{options.data};
  const auto world = load_world(data.world());
  if (!world) return refuse(data.world().string(), world.error());
  const auto user = choose_user(options, *world);
  if (!user) return refuse("--from " + options.from, user.error());
  if (const auto target = Eui64::parse(options.to); !options.to.empty() && !target)
    return refuse("--to " + options.to, target.error());
  const auto keys = UserKeys::open(data, *world, *user);
  if (!keys) return refuse(data.user(*user).string(), keys.error());
  const auto draft = make_draft(options, *world, **keys);
  if (!draft) return refuse(options.request.empty() ? options.service : options.request, draft.error());
  if (const auto fits = duis::read_request(draft->xml); !fits) {
    const auto& problem = fits.error();
    fmt::print(stderr, "send: {}: {}: {} (--param Name=value or --body FILE fills the body)\n", draft->service->variant,
               problem.element, problem.rule);
    return static_cast<int>(Ending::Failed);
  }
  if (options.token) {
    const std::string_view xml = draft->xml;
    constexpr std::string_view kToken = "UTRN>";
    const auto at = xml.find(kToken);
    if (at == std::string_view::npos) return refuse("--token", {ErrorCode::BadRequest, 0, "only 2.2 has a token"});
    fmt::print("{}\n", xml.substr(at + kToken.size(), 20));
    return 0;
  }
  if (options.print) {
    const auto document = sign_as_user(draft->xml, **keys);
    if (!document) return refuse("signing", document.error());
    fmt::print("{}\n", *document);
    return 0;
  }
  auto tls = options.tls ? client_tls(data, *user) : Result<net::TlsContext>(net::TlsContext());
  if (!tls) return refuse(data.user_tls(*user).string(), tls.error());
  UserSession session(
      *world, **keys, [](const std::string& line) { fmt::print("{}{}", line, line.ends_with('\n') ? "" : "\n"); },
      std::move(*tls));
  const bool wait = !options.no_wait && draft->variant != CommandVariant::NonDevice;
  if (!options.payload.empty()) session.keep_payload(options.payload);
  if (wait) session.expect_push();
  auto ending = session.submit(*draft);
  if (ending == Ending::Answered && wait) ending = session.await(std::chrono::seconds(options.wait_seconds));
  return static_cast<int>(ending);
}

}  // namespace

void add_send(Subcommand& app, int& status) {
  auto* command = app.add_subcommand(
      "send", "Act as a User: build, sign and post a request, wait for the answer, print the reading");
  auto options = std::make_shared<Options>();
  command->add_option("service", options->service, "Service reference variant: 4.1.1");
  command->add_option("--to", options->to, "EUI-64 of the device");
  command->add_option("--from", options->from, "EUI-64 of the User; the first that may ask when absent");
  add_data_option(*command, options->data);
  command->add_option(
      "--param", options->parameters,
      "An element of the body: Name=value or Path/Name=value, =@FILE for its bytes in base64; may be repeated");
  command->add_option("--body", options->body, "File with the one element inside Body, prefix sr bound");
  command->add_option("--request", options->request,
                      "File with a whole request; it is signed and given a fresh counter");
  command->add_flag("--keep-counter", options->keep_counter, "Leave the counter of --request as it is");
  command->add_option("--pounds", options->pounds, "Worth of the token of 2.2; 10 when absent");
  command->add_option("--pence", options->pence, "Worth of the token of 2.2 in pence");
  command->add_option("--wait", options->wait_seconds, "Seconds to wait for the pushed answer")->capture_default_str();
  command->add_option("--payload", options->payload, "File for the device's message in the pushed answer");
  command->add_flag("--tls", options->tls, "Send over TLS, with the User's client certificate");
  command->add_flag("--no-wait", options->no_wait, "End after the acknowledgement");
  command->add_flag("--token", options->token,
                    "Of 2.2: print the token's 20 digits, to be typed into the meter, and send nothing");
  command->add_flag("--print", options->print, "Print the signed request and do not send it");
  command->callback([options, &status] { status = run(*options); });
  command->footer("Exit status: 0 answered, 1 failed here, 2 refused, 3 no answer in time");
}

}  // namespace meterway::apps
