#include "records/registry/log_backup.h"

#include "records/registry/octets.h"

namespace meterway::registry {
namespace {

constexpr std::string_view kLogBackups = "log-backup";
constexpr std::uint8_t kLogFormat = 1;

std::string backup_key(Eui64 owner) { return string_of(wire::Writer().u64(owner.value())); }

Bytes copied(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Result<std::optional<LogBackup>> find_log_backup(const store::ReadView& view, Eui64 owner) {
  METERWAY_TRY(const auto row, view.get(kLogBackups, backup_key(owner)));
  if (!row) return std::optional<LogBackup>{};
  wire::Reader in(bytes_of(*row));
  in.expect({kLogFormat}, "log backup format");
  LogBackup log;
  log.counter = {in.u64("counter")};
  log.network = copied(in.prefixed("network"));
  const auto count = in.u16("entries");
  for (std::size_t i = 0; in.ok() && i < count; ++i) {
    LogBackupEntry entry;
    entry.device = Eui64(in.u64("device"));
    entry.link_key_hash = copied(in.prefixed("link key hash"));
    entry.type = static_cast<std::uint8_t>(in.u8("type"));
    log.entries.push_back(std::move(entry));
  }
  METERWAY_CHECK(in.finish());
  return std::optional(std::move(log));
}

Status keep_log_backup(store::WriteView& view, Eui64 owner, const LogBackup& log) {
  if (log.entries.size() > kMostLogEntries) return fail(ErrorCode::TooLarge, 0, "device log");
  METERWAY_TRY(const auto kept, find_log_backup(view, owner));
  if (kept && log.counter < kept->counter) return {};
  wire::Writer out;
  out.u8(kLogFormat).u64(log.counter.value).prefixed(log.network).u16(log.entries.size());
  for (const auto& entry : log.entries) {
    out.u64(entry.device.value()).prefixed(entry.link_key_hash).u8(entry.type);
  }
  return view.put(kLogBackups, backup_key(owner), string_of(out));
}

}  // namespace meterway::registry
