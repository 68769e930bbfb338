#pragma once
#include <filesystem>
#include <string>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway {

/// Reads a whole file of at most `limit_bytes`. Errors: NotFound, TooLarge, Io.
Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit_bytes = 64u << 20);
Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t limit_bytes = 64u << 20);

/// Writes beside the file and renames, so that a reader sees the old content or the new.
/// `mode` is the permission of the new file (use 0600 for anything secret). Errors: Io.
Status write_file(const std::filesystem::path& path, ByteView content, unsigned mode = 0644);
Status write_text_file(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);

}  // namespace meterway
