#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "apps/command.h"
#include "apps/command_line.h"
#include "apps/node_client.h"
#include "apps/user_problem.h"
#include "apps/world.h"
#include "base/crypto/digest.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "flow/gateway/backup.h"
#include "records/registry/request_record.h"
#include "records/store/log_file.h"
#include "records/store/log_store.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;

int complain(const char* command, const std::string& what, const std::string& why) {
  fmt::print(stderr, "{}: {}: {}\n", command, what, why);
  return 1;
}

/// SHA-256 of a file of any size, in hex.
Result<std::string> digest_of(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(ErrorCode::NotFound, 0, "back-up");
  const auto size = static_cast<std::size_t>(std::max<off_t>(::lseek(fd, 0, SEEK_END), 0));
  void* bytes = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  ::close(fd);
  if (bytes == MAP_FAILED) return fail(ErrorCode::Io, 0, "back-up");
  const auto digest = crypto::sha256(ByteView(static_cast<const std::uint8_t*>(bytes), size));
  if (bytes != nullptr) ::munmap(bytes, size);
  return to_hex(digest);
}

/// "store.db.sha256", as sha256sum(1) writes and checks it.
fs::path digest_file(const fs::path& backup) { return backup.string() + ".sha256"; }

Status write_digest(const fs::path& backup) {
  METERWAY_TRY(const auto digest, digest_of(backup));
  return write_text_file(digest_file(backup), digest + "  " + backup.filename().string() + "\n", 0600);
}

Status check_digest(const fs::path& backup) {
  METERWAY_TRY(const auto expected, read_text_file(digest_file(backup), 4096));
  METERWAY_TRY(const auto found, digest_of(backup));
  if (expected.substr(0, found.size()) != found) return fail(ErrorCode::BadDigest, 0, "back-up");
  return {};
}

/// Copies, readable by its owner alone, and syncs; what was half written is removed.
Status copy_durably(const fs::path& from, const fs::path& to) {
  auto& disk = system_disk();
  METERWAY_TRY(const auto source, disk.open(from.string(), Disk::Open::Existing));
  METERWAY_TRY(const auto target, disk.open(to.string(), Disk::Open::MayCreate));
  const auto done = [&]() -> Status {
    METERWAY_CHECK(target->truncate(0));
    Bytes chunk(1u << 20);
    for (std::uint64_t at = 0;;) {
      METERWAY_TRY(const auto count, source->read_at(at, chunk));
      if (count == 0) break;
      METERWAY_CHECK(target->write_at(at, ByteView(chunk).first(count)));
      at += count;
    }
    METERWAY_CHECK(target->sync());
    return disk.sync_folder(folder_of(to.string()));
  }();
  if (!done) static_cast<void>(disk.remove(to.string()));
  return done;
}

/// By the running node: it writes the file beside its store, and this moves it.
int backup_of_running(const DataFolder& data, const NodeClient& node, const fs::path& to) {
  const auto answer = node.ask("POST", std::string(flow::gateway::kBackupPath));
  if (!answer) return complain("backup", node.url(), describe(answer.error()));
  if (answer->status != 201) return complain("backup", node.url(), describe_problem(*answer));
  const auto name = nlohmann::json::parse(answer->body, nullptr, false).value("file", "");
  const auto made = data.backups() / fs::path(name).filename();
  const auto copied = copy_durably(made, to);
  std::error_code ignored;
  fs::remove(made, ignored);
  if (!copied) return complain("backup", made.string(), describe(copied.error()));
  return 0;
}

int backup(const std::string& folder, const std::string& file) {
  const DataFolder data{folder};
  const fs::path to = fs::absolute(file);
  if (fs::exists(to)) return complain("backup", file, "is there already; back-ups are not overwritten");
  if (!fs::exists(data.store())) return complain("backup", data.store().string(), "there is no store");
  const auto store = store::open_log_store(data.store().string());
  if (store) {
    if (const auto done = (*store)->backup(to.string()); !done) return complain("backup", file, describe(done.error()));
  } else if (store.error().code == ErrorCode::Conflict) {  // somebody has it open: the node
    if (const int failed = backup_of_running(data, NodeClient(data, std::nullopt), to); failed != 0) return failed;
  } else {
    return complain("backup", data.store().string(), describe(store.error()));
  }
  if (const auto done = write_digest(to); !done) return complain("backup", file, describe(done.error()));
  fmt::print("{}: {} bytes\n", file, fs::file_size(to));
  return 0;
}

/// The store's files, whichever back end wrote them.
std::vector<fs::path> files_of(const fs::path& store) {
  std::vector<fs::path> files;
  for (const auto* suffix : {"", "-wal", "-shm", "-journal"}) {
    if (fs::exists(store.string() + suffix)) files.emplace_back(store.string() + suffix);
  }
  if (const auto segments = store::list_segments(store.string(), system_disk())) {
    for (const auto number : *segments) files.emplace_back(store::segment_path(store.string(), number));
  }
  return files;
}

/// Everything that a restore must put right in the copy before it becomes the store.
Status prepare(const fs::path& copy) {
  METERWAY_TRY(const auto store, store::open_sqlite(copy.string()));
  // Numbers given to commands after the back-up are known to the region: it would take new commands for repeats.
  return store->write([](store::WriteView& view) { return registry::skip_transactions(view); });
}

int restore(const std::string& file, const std::string& folder, bool replace) {
  const DataFolder data{folder};
  if (const auto sound = check_digest(file); !sound) {
    return complain(
        "restore", file,
        describe(sound.error()) +
            (sound.error().code == ErrorCode::NotFound ? ": the back-up and its .sha256 belong together" : ""));
  }
  std::error_code error;
  fs::create_directories(data.platform(), error);
  if (error) return complain("restore", data.platform().string(), error.message());
  const auto lock = system_disk().lock(data.store().string() + "-lock");
  if (!lock) return complain("restore", data.store().string(), describe(lock.error()));
  const auto present = files_of(data.store());
  if (!present.empty() && !replace)
    return complain("restore", data.store().string(), "there is a store; --replace puts the back-up in its place");
  const fs::path copy = data.store().string() + ".restore";
  for (const auto& left : files_of(copy)) fs::remove(left, error);
  const auto ready = [&]() -> Status {
    METERWAY_CHECK(copy_durably(file, copy));
    return prepare(copy);
  }();
  if (!ready) {
    for (const auto& left : files_of(copy)) fs::remove(left, error);
    return complain("restore", file, describe(ready.error()));
  }
  for (const auto& old : present) fs::remove(old, error);
  fs::remove(copy.string() + "-lock", error);
  if (const auto done = system_disk().rename(copy.string(), data.store().string()); !done)
    return complain("restore", data.store().string(), describe(done.error()));
  if (const auto done = system_disk().sync_folder(data.platform().string()); !done)
    return complain("restore", data.platform().string(), describe(done.error()));
  fmt::print("{}: restored from {}\n", data.store().string(), file);
  // It tells of entries that the back-up does not have: what goes on from here has a record of its own.
  if (const auto record = data.audit_record(); fs::exists(record)) {
    auto aside = record;
    for (int n = 1; fs::exists(aside); ++n) aside = record.string() + ".before-restore." + std::to_string(n);
    fs::rename(record, aside, error);
    if (error) return complain("restore", record.string(), error.message());
    fmt::print("{}: how far the audit had got before\n", aside.string());
  }
  return 0;
}

struct Options {
  std::string data;
  std::string file;
  bool replace = false;
};

}  // namespace

void add_backup(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("backup", "Write the platform's store to a file, running or not");
  auto options = std::make_shared<Options>();
  add_data_option(*command, options->data);
  command->add_option("--to", options->file, "New file; its checksum goes to FILE.sha256")->required();
  command->callback([options, &status] { status = backup(options->data, options->file); });
}

void add_restore(Subcommand& app, int& status) {
  auto* command = app.add_subcommand("restore", "Bring a back-up into a data folder whose platform does not run");
  auto options = std::make_shared<Options>();
  add_data_option(*command, options->data);
  command->add_option("--from", options->file, "File that `backup` wrote")->required()->existing_file();
  command->add_flag("--replace", options->replace, "Also where there is a store already; it is removed");
  command->callback([options, &status] { status = restore(options->file, options->data, options->replace); });
}

}  // namespace meterway::apps
