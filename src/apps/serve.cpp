#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "apps/audit_key.h"
#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node.h"
#include "apps/node_client.h"
#include "apps/node_tls.h"
#include "apps/oversight.h"
#include "apps/pages.h"
#include "apps/process.h"
#include "apps/sending.h"
#include "apps/setting_layers.h"
#include "apps/watching.h"
#include "apps/world.h"
#include "base/util/clock.h"
#include "base/util/executor.h"
#include "base/util/file.h"
#include "base/util/random.h"
#include "field/sim/estate.h"
#include "flow/admin/take_over.h"
#include "flow/deliver/upgrade.h"
#include "flow/envelope/meters.h"
#include "flow/gateway/backup.h"
#include "flow/pipeline.h"
#include "flow/retain/retention.h"
#include "portal/server/headers.h"
#include "portal/server/list_csv.h"
#include "records/audit/upgrade.h"
#include "records/registry/access_token.h"
#include "records/registry/broker.h"
#include "records/registry/certificates.h"
#include "records/registry/slots.h"
#include "records/registry/upgrade.h"
#include "records/store/log_store.h"
#include "standard/pki/search.h"

namespace meterway::apps {
namespace {

using nlohmann::json;

struct Options {
  std::string data;
  std::string config;
  std::string keystore;
  std::string address;
  int http_port = -1;
  int portal_port = -1;
  int tls_port = -1;
  int smki_port = -1;
  int link_port = -1;
  int push_port = -1;
  bool no_estate = false;
  std::string estate_log;
};

int complain(const std::string& what, const std::string& why) {
  fmt::print(stderr, "serve: {}: {}\n", what, why);
  return 1;
}

/// An empty folder becomes a node. The keys of Users and devices are made by a process of its own, so that this one
/// never has them in memory.
int make_node_if_empty(const Options& options, const DataFolder& data) {
  if (std::filesystem::exists(data.world())) return 0;
  std::vector<std::string> arguments{"pki", "make", "--data", options.data};
  const auto add = [&](const char* name, int port) {
    if (port >= 0) arguments.insert(arguments.end(), {name, std::to_string(port)});
  };
  add("--http-port", options.http_port);
  add("--portal-port", options.portal_port);
  add("--tls-port", options.tls_port);
  add("--smki-port", options.smki_port);
  add("--link-port", options.link_port);
  add("--push-port", options.push_port);
  if (!options.address.empty()) arguments.insert(arguments.end(), {"--address", options.address});
  if (!options.keystore.empty()) arguments.insert(arguments.end(), {"--organisations", options.keystore});
  const auto made = run_self(arguments);
  if (!made) return complain(options.data, describe(made.error()));
  return *made;
}

/// What the command line says of settings, as JSON.
std::vector<std::pair<std::string, std::string>> said_on_line(const Options& options) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto add = [&](const char* name, int port) {
    if (port >= 0) out.emplace_back(name, std::to_string(port));
  };
  add("http_port", options.http_port);
  add("portal_port", options.portal_port);
  add("tls_port", options.tls_port);
  add("smki_port", options.smki_port);
  add("link_port", options.link_port);
  if (!options.address.empty()) out.emplace_back("address", json(options.address).dump());
  return out;
}

/// In memory are those whose private keys are at hand: the platform's own. The others are the store's (take_over).
Status load_own_certificates(pki::CertificateDirectory& directory, const DataFolder& data,
                             const flow::Settings& settings) {
  METERWAY_CHECK(pki::add_certificate_folder(directory, data.platform_keys()));
  for (const auto& folder : settings.certificates) {
    METERWAY_TRY(auto records, pki::read_certificate_folder(folder));
    for (auto& record : records) {
      if (record.private_key) METERWAY_CHECK(directory.add(std::move(record)));
    }
  }
  return {};
}

/// Files platform/issuers/*.pem: the authorities that a prepared replacement of certificates has to carry.
Status let_issuers_in(store::Store& store, const DataFolder& data) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(data.issuers(), none)) {
    if (entry.path().extension() != ".pem") continue;
    METERWAY_TRY(const auto pem, read_file(entry.path()));
    METERWAY_TRY(const auto certificate, pki::parse_certificate(pem));
    METERWAY_CHECK(store.write([&](store::WriteView& view) {
      return registry::put_issuer(view, certificate.subject_key_identifier, certificate.der);
    }));
  }
  return {};
}

Result<pki::CertificateHandle> find_signer(const pki::CertificateDirectory& directory, Eui64 broker,
                                           const flow::Settings& settings) {
  if (settings.signing_serial.empty()) {
    auto signer = directory.in_use(broker, pki::KeyUse::XmlSigning);
    if (!signer || !signer->private_key) return fail(ErrorCode::UnknownKey, 0, "XML-signing key of the DCC");
    return signer;
  }
  METERWAY_TRY(const auto serial, pki::SmkiSerial::from_decimal(settings.signing_serial));
  auto found = directory.find(serial).record;
  if (!found || !found->private_key) return fail(ErrorCode::UnknownKey, 0, "signing_serial");
  return found;
}

Result<std::unique_ptr<store::Store>> open_store(const DataFolder& data, const flow::Settings& settings,
                                                 Executor& housekeeping) {
  if (!settings.storage.append_log) return store::open_sqlite(data.store().string());
  store::LogOptions options;
  options.checkpoint_bytes = settings.storage.checkpoint_mb << 20;
  options.gather = std::chrono::microseconds(settings.storage.gather_us);
  options.most_bytes = 8 * options.checkpoint_bytes;
  options.background = [&housekeeping](std::function<void()> work) {
    static_cast<void>(housekeeping.post(0, std::move(work)));
  };
  return store::open_log_store(data.store().string(), std::move(options));
}

struct StopAtEnd {
  Executor& executor;
  ~StopAtEnd() { executor.stop(); }
};

/// The operator's token lies in the platform's folder; the store knows its digest.
Status let_operator_in(store::Store& store, const DataFolder& data, const Clock& clock, Random& random) {
  METERWAY_TRY(const auto token, operator_token(data, random));
  return store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(const auto known, registry::find_token(view, token));
    if (known && !known->user) return {};
    const auto put = registry::put_token(view, token, std::nullopt, clock.now());
    return put ? Status() : Status(Unexpected{put.error()});
  });
}

net::HttpResponse serve_smki(const net::HttpRequest& http, const flow::Context& context) {
  const auto audit = pki::audit_reference(context.clock, context.random);
  pki::SearchAnswer answer;
  if (http.path == pki::kSearchPath || http.path == pki::kRetrievePath) {
    if (http.method != "POST") return {405, {{"allow", "POST"}}, ""};
    answer = http.path == pki::kSearchPath ? pki::answer_search(http.body, context.certificates, audit)
                                           : pki::answer_retrieve(http.body, context.certificates, audit);
  } else {
    return {404, {}, ""};
  }
  return {answer.status, {{"content-type", std::string(pki::kSearchContentType)}}, std::move(answer.body)};
}

/// For pushes to https addresses. A folder made before there was TLS has no such keys: then there are none.
Result<net::TlsContext> push_tls(const DataFolder& data, const flow::Settings& settings) {
  if (!std::filesystem::exists(data.platform_tls())) return net::TlsContext();
  return platform_client_tls(data, settings.push_authorities);
}

/// The services over TLS; none when that is off.
Result<std::unique_ptr<net::HttpServer>> serve_tls(const DataFolder& data, const flow::Settings& settings,
                                                   net::Handler handler, net::ServerLimits limits, net::Faulted faulted,
                                                   Watching& watching) {
  if (settings.tls_port == 0) return std::unique_ptr<net::HttpServer>();
  METERWAY_TRY(auto tls, platform_server_tls(data));
  watching.watch(tls);
  return net::serve_http(settings.address, settings.tls_port, std::move(handler), limits, std::move(tls),
                         std::move(faulted));
}

/// The ports as they are, for those who share the folder. A platform that may not write there leaves them as they were.
void publish_ports(const DataFolder& data, World world, const flow::Settings& settings, std::uint16_t http,
                   std::uint16_t portal, std::uint16_t smki, std::uint16_t link) {
  if (world.address == settings.address && world.http_port == http && world.portal_port == portal &&
      world.tls_port == settings.tls_port && world.smki_port == smki && world.link_port == link)
    return;
  world.portal_port = portal;
  world.tls_port = settings.tls_port;
  world.address = settings.address;
  world.http_port = http;
  world.smki_port = smki;
  world.link_port = link;
  if (const auto saved = save_world(data.world(), world); !saved)
    complain(data.world().string(), describe(saved.error()));
}

int run(const Options& options) {
  const auto began = std::chrono::system_clock::now();
  hold_stop_signals();
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a full disk, answered as one
  const DataFolder data{options.data};
  if (const int failed = make_node_if_empty(options, data); failed != 0) return failed;
  const auto world = load_world(data.world());
  if (!world) return complain(data.world().string(), describe(world.error()));
  auto loaded = load_settings(data, options.config, said_on_line(options));
  if (!loaded) return complain("configuration", loaded.error());
  const auto* const settings = &loaded->settings;
  loaded->oversight.estate = loaded->test.estate;
  if (loaded->oversight.estate.empty() && !options.no_estate)
    loaded->oversight.estate = field::EstatePaths{data.estate()}.control();  // the homes that this process starts
  const SystemClock clock;
  metrics::Registry registry;
  const flow::Meters meters(registry);
  auto& lines = registry["meterway_log_lines_total"];
  const logging::Log log(clock, settings->log.format == "json" ? logging::Form::Json : logging::Form::Text,
                         logging::level_named(settings->log.level), logging::to_standard_error(),
                         [&](logging::Level level) { lines.add({to_string(level)}); });
  const auto complain = [&](const std::string& what, const std::string& why) {
    log.write("node.cannot_start", {{"what", what}, {"why", why}});
    return 1;
  };

  const auto directory = std::make_shared<pki::CertificateDirectory>();
  if (const auto known = load_own_certificates(*directory, data, *settings); !known)
    return complain("certificates", describe(known.error()));
  const auto keys = pki::key_store_of(directory);
  const auto signer = find_signer(*directory, world->access_control_broker, *settings);
  if (!signer) return complain(data.platform_keys().string(), describe(signer.error()));
  if (keys->private_key(world->access_control_broker, pki::KeyUse::KeyAgreement) == nullptr) {
    return complain(data.platform_keys().string(), "the access control broker has no key agreement key");
  }
  SystemRandom random;
  const auto housekeeping = make_thread_executor(clock, 1, 64);  // what may take long and nobody waits for
  auto opened = open_store(data, *settings, *housekeeping);
  const StopAtEnd before_the_store_ends{*housekeeping};
  if (!opened) return complain(data.store().string(), describe(opened.error()));
  MeteredStore store(std::move(*opened), registry, [&log](const Error& why) {
    log.write("store.write_failed", {{"why", describe(why)}});
  });
  for (const auto upgrade :
       {registry::upgrade_from_version_1, flow::deliver::upgrade_from_version_1, audit::upgrade_from_earlier}) {
    if (const auto upgraded = upgrade(store); !upgraded)
      return complain(data.store().string(), describe(upgraded.error()));
  }
  directory->set_source(registry::certificate_source(store));
  if (const auto done = let_operator_in(store, data, clock, random); !done)
    return complain(data.operator_token().string(), describe(done.error()));
  const auto sealed_by = audit_key(data);
  if (!sealed_by) return complain("the key of the audit", describe(sealed_by.error()));
  const auto executor = make_thread_executor(clock, settings->workers, settings->most_queued);
  auto outward = push_tls(data, *settings);
  if (!outward) return complain(data.platform_tls().string(), describe(outward.error()));
  const auto network = net::system_network(std::move(*outward));
  const flow::Context context{store,   *directory, *keys,     **signer, world->access_control_broker,
                              clock,   random,     *executor, *network, *settings,
                              &meters, &log};
  auto folders = settings->certificates;
  if (std::filesystem::exists(data.certificates())) folders.insert(folders.begin(), data.certificates());
  if (const auto taken = flow::admin::take_over(folders, context); !taken)
    return complain("configuration", describe(taken.error()));
  if (const auto known = let_issuers_in(store, data); !known)
    return complain("issuing authorities", describe(known.error()));
  const auto named =
      store.write([&](store::WriteView& view) { return registry::put_broker(view, world->access_control_broker); });
  if (!named) return complain(data.store().string(), describe(named.error()));
  flow::retain::Retention retention(context);
  auto pipeline = flow::Pipeline::start(context);
  if (!pipeline)
    return complain(fmt::format("{}:{}", settings->address, settings->link_port), describe(pipeline.error()));
  retention.start();
  (*pipeline)->watch_products();
  Configuration configuration(*loaded, data, clock.now());
  if (const auto done = configuration.remember(store, log); !done)
    return complain(data.store().string(), describe(done.error()));
  Watching watching({registry, log, context, store, configuration, **pipeline, data}, began);
  net::ServerLimits limits;
  limits.body_bytes = settings->most_body_bytes;
  limits.workers = settings->http_workers;
  Oversight oversight(
      store, clock, random, std::move(loaded->oversight), **signer, *sealed_by, settings->transitional_cos,
      [&](Eui64 device) { (*pipeline)->look(device); }, data.audit_record(), log);
  oversight.use(sending_of(context, loaded->test));
  const auto answer_to = watching.counted([&](net::HttpRequest&& request) {
    if (auto answer = watching.serve_anybody(request)) return std::move(*answer);
    if (auto answer = oversight.serve(request)) {
      // Records are changed here and nowhere else, those of the certified product list among them.
      if (request.method != "GET") {
        (*pipeline)->products_changed();
        (*pipeline)->jobs_changed();
      }
      return std::move(*answer);
    }
    if (request.path == "/api/v1/backlog") {
      const auto asked = request;
      auto answer = (*pipeline)->serve(std::move(request));
      if (answer.status == 200) oversight.mark_queues(asked, answer);
      return answer;
    }
    if (request.path == flow::gateway::kBackupPath) return flow::gateway::make_backup(request, data.backups(), context);
    if (auto answer = watching.serve(request)) return std::move(*answer);
    return (*pipeline)->serve(std::move(request));
  });
  const auto faulted = [&](int status, const char* why) {
    watching.count_refused(status);
    return (*pipeline)->note_fault(status, why);
  };
  const auto handle = [&](net::HttpRequest&& request) {
    return portal::guarded(portal::serve_as_asked(std::move(request), answer_to));
  };
  const auto handle_pages = [&](net::HttpRequest&& request) {
    auto page = portal::serve_page(request, pages());
    if (!page) return handle(std::move(request));
    watching.count_page(page->status);
    return std::move(*page);
  };
  auto http = net::serve_http(settings->address, settings->http_port, handle, limits, {}, faulted);
  if (!http) return complain(fmt::format("{}:{}", settings->address, settings->http_port), describe(http.error()));
  const auto portal_port = loaded->portal_port;
  auto portal = net::serve_http(settings->address, portal_port, handle_pages, limits, {}, faulted);
  if (!portal) return complain(fmt::format("portal {}:{}", settings->address, portal_port), describe(portal.error()));
  auto https = serve_tls(data, *settings, handle_pages, limits, faulted, watching);
  if (!https) return complain(fmt::format("TLS {}:{}", settings->address, settings->tls_port), describe(https.error()));
  net::ServerLimits small;
  small.body_bytes = pki::kMaxSearchRequestBytes;
  small.workers = 2;
  auto smki = net::serve_http(
      settings->address, settings->smki_port,
      watching.counted([&](const net::HttpRequest& request) { return serve_smki(request, context); }, "smki"), small);
  if (!smki) return complain(fmt::format("{}:{}", settings->address, settings->smki_port), describe(smki.error()));
  publish_ports(data, *world, *settings, (*http)->port(), (*portal)->port(), (*smki)->port(), (*pipeline)->link_port());

  std::optional<ChildProcess> estate;
  if (!options.no_estate) {
    auto started = ChildProcess::start(
        {"estate", "--data", options.data, "--link", fmt::format("{}:{}", settings->address, (*pipeline)->link_port())},
        false, options.estate_log);
    if (!started) return complain("estate", describe(started.error()));
    estate.emplace(std::move(*started));
  }
  const auto secure = *https ? fmt::format(" https://{}:{}", settings->address, (*https)->port()) : std::string();
  fmt::print("ready: DUIS http://{0}:{1}{4}  certificate search http://{0}:{2}  hubs {0}:{3}  portal http://{0}:{5}\n",
             settings->address, (*http)->port(), (*smki)->port(), (*pipeline)->link_port(), secure, (*portal)->port());
  std::fflush(stdout);
  log.write("node.ready");

  int status = 0;
  while (!wait_for_stop(std::chrono::milliseconds(500))) {
    if (!estate || estate->running()) continue;
    const int ended = estate->wait();
    estate.reset();
    log.write("estate.ended", {{"status", std::to_string(ended)}});
    status = 1;
  }
  // Nothing is lost when this is cut short: what was accepted is in the store, and the next start goes on with it.
  log.write("node.stopping");
  (*pipeline)->drain();
  const auto patience = std::chrono::steady_clock::now() + settings->drain;
  bool again = false;
  while (!again && (*pipeline)->busy() && std::chrono::steady_clock::now() < patience)
    again = wait_for_stop(std::chrono::milliseconds(20));
  if (again) {
    log.write("node.cut_short");
    ::_exit(1);
  }
  release_stop_signals();
  http->reset();
  portal->reset();
  https->reset();
  smki->reset();
  (*pipeline)->stop();
  estate.reset();
  log.write("node.stopped");
  return status;
}

}  // namespace

void add_serve(Subcommand& app, int& status) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("serve", "Run the platform; an empty data folder becomes a node with a demo home");
  add_data_option(*command, options->data);
  command->add_option("--config", options->config, "JSON settings over those of the data folder")->existing_file();
  command->add_option("--keystore", options->keystore, "For a new node: JSON key store of the organisations")
      ->existing_file();
  command->add_option("--address", options->address, "Address to listen on");
  command->add_option("--http-port", options->http_port, "DUIS services; 0: any free port")->between(0, 65535);
  command->add_option("--portal-port", options->portal_port, "Portal; 0: any free port")->between(0, 65535);
  command->add_option("--tls-port", options->tls_port, "DUIS services over TLS; 0: none")->between(0, 65535);
  command->add_option("--smki-port", options->smki_port, "Certificate search")->between(0, 65535);
  command->add_option("--link-port", options->link_port, "Link to the communications hubs")->between(0, 65535);
  command
      ->add_option("--push-port", options->push_port, "For a new node: where the first User listens; the others follow")
      ->between(1, 65535);
  command->add_option("--estate-log", options->estate_log, "File for what the emulated home says");
  command->add_flag("--no-estate", options->no_estate, "Do not start the emulated home");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
