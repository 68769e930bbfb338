#pragma once
#include "base/util/bytes.h"
#include "base/util/result.h"
#include "records/store/memtable.h"

/// The body of a record of the append log: one change of a row after another, each row at most once.
///
///   change: 01 put, 02 erase, 03 append | length:1 table | length:2 key | unless it is erased: length:4 value
namespace meterway::store {

inline constexpr std::size_t kMaxTableBytes = 255;  ///< of a table's name: its length is one byte
/// What can be put or appended. Errors: TooLarge.
Status check_row(std::string_view table, std::string_view key, std::string_view value);

/// Adds them to `out`.
void write_changes(Bytes& out, const Memtable& changes);
/// Errors: UnknownCode, at a change of another kind; those of wire::Reader.
Status read_changes(ByteView body, Memtable& changes);

}  // namespace meterway::store
