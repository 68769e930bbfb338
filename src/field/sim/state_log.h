#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/util/bytes.h"
#include "base/util/result.h"

namespace meterway::field {

/// What the devices of a region remember: values under short keys in one file that only grows, until it is written
/// anew without what nobody needs. The values stay on disk; memory holds where they are.
///
///     file    = { record }
///     record  = length:4 digest:8 content        of the content; digest: the first bytes of its SHA-256
///     content = { put | erase }
///     put     = 'P' kind:1 id:8 size:4 value
///     erase   = 'E' kind:1 id:8
///
/// A record is one commit: it counts as a whole or not at all, and opening cuts off a torn one at the end.
/// Sharing: one thread at a time, one process.
class StateLog {
 public:
  struct Key {
    char kind = 0;
    std::uint64_t id = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  static constexpr std::uint64_t kLeastRewriteBytes = 64u << 20;  ///< smaller files are left to grow

  /// Makes the file (mode 0600) when there is none. Errors: Io; TooLarge when a record is over 1 GiB.
  static Result<std::unique_ptr<StateLog>> open(const std::filesystem::path& path);
  ~StateLog();
  StateLog(const StateLog&) = delete;
  StateLog& operator=(const StateLog&) = delete;

  void put(Key key, Bytes value) { pending_[key] = std::move(value); }
  void erase(Key key) { pending_[key] = std::nullopt; }
  /// Writes what was put and erased since the last commit; it is on disk when this returns. After a failure it is all
  /// still to be committed. Errors: Io, Full.
  Status commit();

  /// As committed; nothing when there is none. Errors: Io.
  Result<std::optional<Bytes>> get(Key key) const;
  /// All of one kind in the order of their ids. Errors: Io.
  Status each(char kind, const std::function<Status(std::uint64_t id, ByteView value)>& use) const;

  std::uint64_t file_bytes() const { return size_; }
  std::uint64_t live_bytes() const { return live_; }
  std::size_t entries() const { return places_.size(); }

 private:
  struct Place {
    std::uint64_t offset = 0;
    std::uint32_t size = 0;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return static_cast<std::size_t>((key.id ^ static_cast<std::uint64_t>(key.kind) << 56) * 0x9E3779B97F4A7C15u);
    }
  };
  StateLog(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}
  Status load();
  Status read_content(ByteView content, std::uint64_t offset);
  void set(Key key, std::optional<Place> place);
  Status append(ByteView content);
  Status rewrite();

  std::filesystem::path path_;
  int file_;
  std::uint64_t size_ = 0;
  std::uint64_t live_ = 0;
  std::unordered_map<Key, Place, Hash> places_;
  std::map<Key, std::optional<Bytes>> pending_;
};

}  // namespace meterway::field
