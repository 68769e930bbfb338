#include <fmt/format.h>

#include <charconv>
#include <csignal>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node_tls.h"
#include "apps/user_inbox.h"

namespace meterway::apps {
namespace {

struct Options {
  std::string data;
  std::string user;
  std::uint16_t port = 0;
  bool quiet = false;
  unsigned delay_ms = 0;
  std::string fail;
  bool tls = false;
};

int refuse(std::string_view what, const Error& error) {
  fmt::print(stderr, "listen: {}: {}\n", what, describe(error));
  return 1;
}

void wait_for_end() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  int which = 0;
  sigwait(&ends, &which);
}

/// Signals must be blocked before any thread starts, so that sigwait alone gets them.
void block_end_signals() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
}

Result<InboxBehaviour> behaviour_of(const Options& options) {
  InboxBehaviour out;
  out.delay = std::chrono::milliseconds(options.delay_ms);
  if (options.fail.empty()) return out;
  constexpr std::string_view kEvery = "every:";
  const auto* end = options.fail.data() + options.fail.size();
  const auto read =
      std::from_chars(options.fail.data() + std::min(kEvery.size(), options.fail.size()), end, out.fail_every);
  if (!options.fail.starts_with(kEvery) || read.ec != std::errc() || read.ptr != end || out.fail_every == 0)
    return fail(ErrorCode::BadValue, 0, "expected every:N");
  return out;
}

int run(const Options& options) {
  const DataFolder data{options.data};
  const auto world = load_world(data.world());
  if (!world) return refuse(data.world().string(), world.error());
  if (world->users.empty()) return refuse(data.world().string(), {ErrorCode::NotFound, 0, "users"});
  auto eui = options.user.empty() ? Result<Eui64>(world->users.front().eui) : Eui64::parse(options.user);
  if (!eui) return refuse("--user", eui.error());
  const auto keys = UserKeys::open(data, *world, *eui);
  if (!keys) return refuse(data.user(*eui).string(), keys.error());
  const auto* user = world->user(*eui);
  const auto port = options.port != 0 ? options.port : user != nullptr ? user->push_port : std::uint16_t{0};
  const auto folder = data.user(*eui) / "inbox";
  const auto behaviour = behaviour_of(options);
  if (!behaviour) return refuse("--fail " + options.fail, behaviour.error());
  auto tls =
      options.tls ? inbox_tls(data, *eui, world->access_control_broker) : Result<net::TlsContext>(net::TlsContext());
  if (!tls) return refuse(data.user_tls(*eui).string(), tls.error());
  block_end_signals();
  const auto inbox = Inbox::open(
      **keys, *world, port, folder.string(),
      [&](const Answer& answer, const Result<Opened>* opened) {
        if (!options.quiet)
          fmt::print("{}  {}\n{}\n", to_iso8601(SystemClock().now()),
                     opened != nullptr && !*opened ? "REFUSED" : "taken", describe_answer(answer, opened));
        std::fflush(stdout);
      },
      std::move(*tls), *behaviour);
  if (!inbox) return refuse(fmt::format("{}:{}", world->address, port), inbox.error());
  fmt::print(stderr, "listening for {} on {}:{}; Ctrl-C ends\n", eui->dashed_upper(), world->address, (*inbox)->port());
  wait_for_end();
  return 0;
}

}  // namespace

void add_listen(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("listen", "A User's inbox: verify, decode, print and keep what is pushed");
  auto options = std::make_shared<Options>();
  add_data_option(*command, options->data);
  command->add_option("--user", options->user, "EUI-64 of the User; the first of the world when absent");
  command->add_option("--port", options->port, "Port to listen on; the User's push port when absent");
  command->add_flag("--tls", options->tls,
                    "Over TLS: for a User whose push address is https; lets the platform in, and nobody else");
  command->add_option("--delay-ms", options->delay_ms, "Wait so long before looking at a push")->between(0, 600000);
  command->add_option("--fail", options->fail, "every:N: answer every Nth push with 500, unread");
  command->add_flag("--quiet", options->quiet, "Keep, but do not print");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace meterway::apps
