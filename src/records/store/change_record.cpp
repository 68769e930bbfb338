#include "records/store/change_record.h"

#include "base/wire/reader.h"
#include "records/store/sqlite_file.h"

namespace meterway::store {
namespace {

void put_number(Bytes& out, std::size_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}
void put_text(Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }
std::string_view text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

Status check_row(std::string_view table, std::string_view key, std::string_view value) {
  METERWAY_CHECK(check_size(key, value));
  if (table.size() > kMaxTableBytes) return fail(ErrorCode::TooLarge, table.size(), "store table");
  return {};
}

void write_changes(Bytes& out, const Memtable& changes) {
  for (const auto& table : changes.tables()) {
    for (const auto& [key, version] : table.rows) {
      out.push_back(static_cast<std::uint8_t>(version.change));
      put_number(out, table.name.size(), 1);
      put_text(out, table.name);
      put_number(out, key.size(), 2);
      put_text(out, key);
      if (version.change == Change::Erase) continue;
      put_number(out, version.value.size(), 4);
      put_text(out, version.value);
    }
  }
}

Status read_changes(ByteView body, Memtable& changes) {
  wire::Reader in(body);
  while (in.ok() && in.left() > 0) {
    const auto at = in.offset();
    const auto change = static_cast<Change>(in.u8("change"));
    const auto table = text_of(in.take(in.u8("table"), "table"));
    const auto key = text_of(in.take(in.u16("key"), "key"));
    switch (change) {
      case Change::Erase:
        if (in.ok()) changes.erase(table, key);
        break;
      case Change::Put:
      case Change::Append: {
        const auto value = text_of(in.take(in.u32("value"), "value"));
        if (!in.ok()) break;
        change == Change::Put ? changes.put(table, key, value) : changes.append(table, key, value);
        break;
      }
      default:
        return fail(ErrorCode::UnknownCode, at, "append log");
    }
  }
  return in.finish();
}

}  // namespace meterway::store
