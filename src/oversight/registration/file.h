#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/crypto/digest.h"
#include "records/registration/loads.h"

/// Files of registration data as they come and go: lines of an electricity file (bars), a gas file (commas), or a
/// message of the Central Switching Service (JSON). See docs/wire/registration.md, which says what of them is ours.
namespace meterway::registration {

enum class Format : std::uint8_t { Electricity, Gas, Message };
std::string_view to_string(Format format);

/// Bytes of a file, read from the beginning as often as needed, a piece at a time.
class Content {
 public:
  virtual ~Content() = default;
  /// Stops at the first failure, which is given back. Errors besides: Io.
  virtual Status read(const std::function<Status(std::string_view piece)>& take) const = 0;
};
class TextContent final : public Content {
 public:
  explicit TextContent(std::string_view text) : text_(text) {}
  Status read(const std::function<Status(std::string_view)>& take) const override;

 private:
  std::string_view text_;
};
class FileContent final : public Content {
 public:
  explicit FileContent(std::filesystem::path path) : path_(std::move(path)) {}
  Status read(const std::function<Status(std::string_view)>& take) const override;

 private:
  std::filesystem::path path_;
};

/// A file inside a folder by its bare name: one with a folder, "..", a leading dot or anything but letters, digits and
/// . _ - in it is no name. Errors: BadValue.
Result<std::filesystem::path> path_in(const std::filesystem::path& folder, std::string_view name);

inline constexpr std::size_t kMostLineBytes = 2048, kMostFields = 16, kMostMessageBytes = 16u << 20;
inline constexpr std::uint32_t kMostRecords = 10'000'000;

struct Head {
  Format format = Format::Electricity;
  std::string kind;    ///< of the table of kinds in file.cpp: "refresh", "update", "response", "flags"
  std::string sender;  ///< whose link it is: a file of ours to him names him, too
  std::uint64_t sequence = 0;
  bool is_ours = false;  ///< from the DCC (a gas file and a message do not say)
};

struct Line {
  std::uint32_t number = 0;  ///< in the file, from 1; of a message, the place of its record
  std::string code;          ///< "REG"
  std::vector<std::string> fields;
};

/// Why a file is broken, in words, with the line.
struct Broken {
  std::string why;
};

/// Reads a file from its head to its trailer: `take` is called for every record between them, in order, and what it
/// fails with ends the reading. Errors: BadRequest with `broken` for a file that is not whole and right: nothing may be
/// done with what was taken of it. Gives the digest of all bytes.
struct ReadFile {
  Head head;
  std::uint32_t records = 0;
  crypto::Sha256Digest digest{};
};
Result<ReadFile> read_file(const Content& content, const std::function<Status(const Head&)>& begin,
                           const std::function<Status(const Line&)>& take, Broken& broken);

/// Writes a file of this format. Fields are those that read_file() gives; control characters and bars become blanks.
class FileWriter {
 public:
  /// `at`: written as when it was made.
  FileWriter(const Head& head, UtcTime at);
  void line(std::string_view code, const std::vector<std::string>& fields);
  /// What there is so far, which is then forgotten: for files that are written piece by piece. Not of a message.
  std::string take();
  std::string finish();

 private:
  Head head_;
  UtcTime at_;
  std::uint32_t records_ = 0;
  std::string text_;
};

}  // namespace meterway::registration
