#pragma once
#include <functional>

#include "base/util/bytes.h"

namespace meterway::field {

/// The entries of one log as bytes, oldest first, so that thousands of meters can keep theirs:
///
///     book  = { size:2 packed }     size of packed
///     packed = the entry, each run of n zero bytes (n at most 255) written as 00 n
///
/// Most registers of most meters are zero, which makes a daily reading of 81 registers some thirty bytes.

/// Adds an entry; of a full book the oldest go first. An entry whose packed form is over 65,535 bytes is left out.
void append_entry(Bytes& book, ByteView entry, std::size_t capacity);
/// Calls `use` with each entry. Bytes that are no book end it.
void each_entry(ByteView book, const std::function<void(ByteView entry)>& use);
std::size_t count_entries(ByteView book);

}  // namespace meterway::field
