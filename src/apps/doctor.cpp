#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/world.h"
#include "base/crypto/keys.h"
#include "base/net/http.h"
#include "base/util/clock.h"
#include "base/util/file.h"
#include "records/store/store.h"

namespace meterway::apps {
namespace {

/// Collects findings; a finding that stops work says what to do about it.
class Report {
 public:
  void good(std::string_view what) { fmt::print("ok       {}\n", what); }
  void note(std::string_view what) { fmt::print("note     {}\n", what); }
  void bad(std::string_view what, std::string_view remedy) {
    fmt::print("PROBLEM  {}\n         do: {}\n", what, remedy);
    ++problems_;
  }
  int problems() const { return problems_; }

 private:
  int problems_ = 0;
};

void check_crypto(Report& report) {
  const auto key = crypto::PrivateKey::generate();
  const Bytes message{'m'};
  const auto signature = key ? key->sign(message) : Result<crypto::EcdsaSignature>(Unexpected{key.error()});
  if (signature && key->public_key().verify(message, *signature)) {
    report.good("the cryptographic library signs and verifies on P-256");
  } else {
    report.bad("the cryptographic library cannot sign on P-256",
               "install OpenSSL 3 with elliptic curves (Debian: libssl3)");
  }
}

void check_clock(Report& report) {
  const auto now = SystemClock().now();
  const auto built = *from_iso8601("2025-11-01T00:00:00Z");  // schema 5.4's month: no message of ours is older
  if (now < built) {
    report.bad("the clock says " + to_iso8601(now), "set the clock: counters and certificates depend on it");
  } else {
    report.good("the clock says " + to_iso8601(now));
  }
}

/// A port is free, or one of ours answers there, or a stranger has it.
void check_port(Report& report, const World& world, std::uint16_t port, std::string_view what,
                const std::string& probe) {
  const auto name = fmt::format("{} port {}:{}", what, world.address, port);
  if (net::serve_http(world.address, port, [](const auto&) { return net::HttpResponse{}; })) {
    report.note(name + " is free: nothing runs there now");
    return;
  }
  const auto url = fmt::format("http://{}:{}{}", world.address, port, probe);
  if (!probe.empty() && !net::http_request("GET", url, {}, "", std::chrono::seconds(2))) {
    report.bad(name + " is taken by something that does not speak HTTP",
               fmt::format("see `ss -ltnp 'sport = :{}'`, stop it or choose another port", port));
    return;
  }
  report.good(name + " is in use" + (probe.empty() ? "" : " and answers HTTP"));
}

bool is_secret(const std::filesystem::path& path) { return path.extension() == ".key"; }

void check_permissions(Report& report, const DataFolder& data) {
  std::size_t keys = 0;
  std::error_code error;
  for (auto at = std::filesystem::recursive_directory_iterator(data.root, error);
       !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    struct stat info {};
    if (!is_secret(at->path()) || ::stat(at->path().c_str(), &info) != 0) continue;
    ++keys;
    if ((info.st_mode & 077) != 0) {
      report.bad(fmt::format("{} can be read by others (mode {:o})", at->path().string(), info.st_mode & 0777),
                 "chmod 600 " + at->path().string());
    }
  }
  if (error) report.bad(data.root.string() + ": " + error.message(), "run as the owner of the data folder");
  report.good(fmt::format("{} key files looked at", keys));
}

void check_disk(Report& report, const DataFolder& data) {
  const auto probe = data.root / ".doctor";
  if (!write_text_file(probe, "x")) {
    report.bad(data.root.string() + " cannot be written",
               "run as the owner of the data folder, or give another with --data");
    return;
  }
  std::error_code error;
  std::filesystem::remove(probe, error);
  const auto space = std::filesystem::space(data.root, error);
  const auto free_mb = error ? 0 : space.available >> 20;
  if (free_mb < 100) {
    report.bad(fmt::format("{} MB are free at {}", free_mb, data.root.string()),
               "make room: the store needs it to accept requests");
  } else {
    report.good(fmt::format("{} can be written, {} MB free", data.root.string(), free_mb));
  }
}

/// Opens nothing that a running platform holds; an older store is not changed by looking at it.
void check_store(Report& report, const DataFolder& data) {
  if (!std::filesystem::exists(data.store())) return report.note("there is no store yet");
  const auto version = store::version_of(data.store().string());
  if (!version) {
    return report.bad(data.store().string() + ": " + describe(version.error()),
                      "restore a back-up: `meterway restore --from FILE --replace`");
  }
  const auto text = fmt::format("store of version {}, this program writes {}", *version, store::kStoreVersion);
  if (*version > store::kStoreVersion) {
    report.bad(text, "use the newer program that wrote it");
  } else if (*version < store::kStoreVersion) {
    report.note(text + ": it is brought up to date at the next start; make a back-up before");
  } else {
    report.good(text);
  }
}

void check_users(Report& report, const DataFolder& data, const World& world) {
  for (const auto& user : world.users) {
    if (std::filesystem::exists(data.user(user.eui) / (user.eui.plain() + "-ds.key"))) {
      report.good(fmt::format("User {} ({}) has keys here", user.eui.dashed_upper(), user.name));
    } else {
      report.note(fmt::format("User {} ({}) has no keys here: `send --from {}` cannot sign", user.eui.dashed_upper(),
                              user.name, user.eui.plain()));
    }
    check_port(report, world, user.push_port, "push of " + user.name + ",", "");
  }
}

int run(const std::string& folder) {
  Report report;
  const DataFolder data{folder};
  check_clock(report);
  check_crypto(report);
  if (!std::filesystem::exists(data.root)) {
    report.note(data.root.string() + " does not exist yet");
    World world;
    check_port(report, world, world.http_port, "DUIS", "/");
    check_port(report, world, world.smki_port, "SMKI", "/");
    check_port(report, world, world.link_port, "link", "");
    report.note("`meterway serve --data " + folder + "` makes a node with the demo estate there");
    return report.problems() == 0 ? 0 : 1;
  }
  check_disk(report, data);
  check_permissions(report, data);
  check_store(report, data);
  const auto world = load_world(data.world());
  if (!world) {
    report.bad(data.world().string() + ": " + describe(world.error()),
               "give the folder of a node with --data, or let `meterway serve` make one in an empty folder");
    return 1;
  }
  check_port(report, *world, world->http_port, "DUIS", "/");
  check_port(report, *world, world->smki_port, "SMKI", "/");
  check_port(report, *world, world->link_port, "link", "");
  check_users(report, data, *world);
  return report.problems() == 0 ? 0 : 1;
}

}  // namespace

void add_doctor(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("doctor", "Check ports, cryptography, clock and data folder; say what to do");
  auto data = std::make_shared<std::string>();
  add_data_option(*command, *data);
  command->callback([data, &status] { status = run(*data); });
}

}  // namespace meterway::apps
