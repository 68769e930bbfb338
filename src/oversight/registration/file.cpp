#include "oversight/registration/file.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <memory>
#include <optional>

#include "oversight/registration/message.h"
#include "records/registry/octets.h"
#include "standard/calendar/civil_time.h"

namespace meterway::registration {
namespace {

constexpr std::size_t kPiece = 64u << 10;
constexpr std::string_view kFormats[] = {"electricity", "gas", "message"};
constexpr std::string_view kDcc = "DCC";

/// How the head of a file names what it is. The names are ours, with the version of the layout in them.
struct KindRow {
  std::string_view kind, flow, type;  ///< electricity: data flow and version; gas: file type T3
};
constexpr KindRow kKinds[] = {{"refresh", "MWREF001", "RF1"},
                              {"update", "MWUPD001", "UP1"},
                              {"response", "MWRSP001", "DXR"},
                              {"flags", "D0350001", "DXI"}};

class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  crypto::Sha256Digest finish() {
    crypto::Sha256Digest out{};
    EVP_DigestFinal_ex(context_.get(), out.data(), nullptr);
    return out;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  if (text.empty() || text.size() > 12 || text[0] == '+' || text[0] == '-') return std::nullopt;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(out) : std::nullopt;
}

/// Fields between bars, each with one after it.
bool split_bars(std::string_view text, std::vector<std::string>& fields) {
  while (!text.empty()) {
    const auto bar = text.find('|');
    if (bar == std::string_view::npos || fields.size() == kMostFields) return false;
    fields.emplace_back(text.substr(0, bar));
    text.remove_prefix(bar + 1);
  }
  return !fields.empty();
}

/// Fields between commas; text in quotes, a quote in it twice.
bool split_commas(std::string_view text, std::vector<std::string>& fields) {
  for (;;) {
    if (fields.size() == kMostFields) return false;
    std::string field;
    if (!text.empty() && text.front() == '"') {
      text.remove_prefix(1);
      for (;; text.remove_prefix(1)) {
        if (text.empty()) return false;
        if (text.front() != '"') {
          field += text.front();
          continue;
        }
        text.remove_prefix(1);
        if (text.empty() || text.front() != '"') break;
        field += '"';
      }
    } else {
      const auto end = std::min(text.find(','), text.size());
      field = text.substr(0, end);
      if (field.find('"') != std::string::npos) return false;
      text.remove_prefix(end);
    }
    fields.push_back(std::move(field));
    if (text.empty()) return true;
    if (text.front() != ',') return false;
    text.remove_prefix(1);
  }
}

std::string kind_of(bool gas, std::string_view name) {
  for (const auto& row : kKinds) {
    if ((gas ? row.type : row.flow) == name) return std::string(row.kind);
  }
  return {};
}
std::string_view name_of(bool gas, std::string_view kind) {
  for (const auto& row : kKinds) {
    if (row.kind == kind) return gas ? row.type : row.flow;
  }
  return {};
}

/// Takes the lines of a file one after the other and knows where in it they stand.
class LineFile {
 public:
  LineFile(const std::function<Status(const Head&)>& begin, const std::function<Status(const Line&)>& take,
           Broken& broken)
      : begin_(begin), take_(take), broken_(broken) {}

  Status piece(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      const auto part = bytes.substr(0, end);
      if (left_.size() + part.size() > kMostLineBytes) return bad("is longer than " + std::to_string(kMostLineBytes));
      left_ += part;
      if (end == std::string_view::npos) return {};
      bytes.remove_prefix(end + 1);
      if (!left_.empty() && left_.back() == '\r') left_.pop_back();
      METERWAY_CHECK(whole_line());
      left_.clear();
      ++line_;
    }
    return {};
  }
  Status end() {
    if (line_ == 1 && left_.empty()) return bad("is missing: the file is empty");
    if (!left_.empty()) return bad("has no end");
    return ended_ ? Status() : bad("is missing: there is no trailer");
  }
  ReadFile out;

 private:
  Unexpected<Error> bad(const std::string& why) {
    broken_.why = "line " + std::to_string(line_) + " " + why;
    return fail(ErrorCode::BadRequest, line_, "file");
  }

  Status whole_line() {
    if (ended_) return bad("follows the trailer");
    if (std::any_of(left_.begin(), left_.end(), [](char c) { return c >= 0 && c < ' '; }))
      return bad("has a control character");
    if (line_ == 1) gas_ = !left_.empty() && left_.front() == '"';
    Line line;
    line.number = line_;
    const bool split = gas_ ? split_commas(left_, line.fields) : split_bars(left_, line.fields);
    if (!split) return bad("is not a row of fields");
    line.code = std::move(line.fields.front());
    line.fields.erase(line.fields.begin());
    if (line_ == 1) return head(line);
    if (line.code == (gas_ ? "Z99" : "ZPT")) return trailer(line);
    if (line.code == "A00" || line.code == "ZHV") return bad("is a second head");
    if (++out.records > kMostRecords) return bad("is one record too many");
    return take_(line);
  }

  Status head(const Line& line) {
    auto& to = out.head;
    std::string_view name, sequence;
    if (gas_) {  // "A00",organisation,"type",YYYYMMDD,HHMMSS,generation
      if (line.code != "A00" || line.fields.size() != 5) return bad("is no head of a gas file");
      to.format = Format::Gas;
      to.sender = line.fields[0];
      name = line.fields[1];
      if (!calendar::parse_compact_date(line.fields[2]) || !is_time(line.fields[3])) return bad("has no date and time");
      sequence = line.fields[4];
    } else {  // ZHV|file id|flow|from|to|YYYYMMDDHHMMSS|sequence|
      if (line.code != "ZHV" || line.fields.size() != 6) return bad("is no head of a file");
      to.format = Format::Electricity;
      file_id_ = line.fields[0];
      name = line.fields[1];
      to.is_ours = line.fields[2] == kDcc;
      to.sender = line.fields[to.is_ours ? 3 : 2];
      if (!to.is_ours && line.fields[3] != kDcc) return bad("is not addressed to the DCC");
      const std::string_view made = line.fields[4];
      if (made.size() != 14 || !calendar::parse_compact_date(made.substr(0, 8)) || !is_time(made.substr(8)))
        return bad("has no date and time");
      sequence = line.fields[5];
    }
    to.kind = kind_of(gas_, name);
    if (to.kind.empty()) return bad("names a version or kind of file that is not supported");
    if (!is_sender_id(to.sender)) return bad("names no sender");
    const auto read = number(sequence);
    if (!read || *read == 0) return bad("has no sequence number");
    to.sequence = *read;
    return begin_(to);
  }

  Status trailer(const Line& line) {
    const std::size_t at = gas_ ? 0 : 1;
    if (line.fields.size() != at + 1) return bad("is no trailer");
    if (!gas_ && line.fields[0] != file_id_) return bad("is the trailer of another file");
    const auto count = number(line.fields[at]);
    if (!count || *count != out.records)
      return bad("says " + line.fields[at] + " records, there are " + std::to_string(out.records));
    ended_ = true;
    return {};
  }

  static bool is_time(std::string_view text) {
    const auto read = number(text);
    return text.size() == 6 && read && *read / 10000 < 24 && *read / 100 % 100 < 60 && *read % 100 < 60;
  }

  const std::function<Status(const Head&)>& begin_;
  const std::function<Status(const Line&)>& take_;
  Broken& broken_;
  std::string left_, file_id_;
  std::uint32_t line_ = 1;
  bool gas_ = false, ended_ = false;
};

std::string clean(std::string_view text, char separator) {
  std::string out(text);
  for (auto& c : out) {
    if ((c >= 0 && c < ' ') || c == separator) c = ' ';
  }
  return out;
}

std::string compact_time(UtcTime at) {
  auto text = to_iso8601(at, 0);
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; }), text.end());
  return text;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : clean(text, '\0')) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

}  // namespace

std::string_view to_string(Format format) { return kFormats[static_cast<std::size_t>(format)]; }

Status TextContent::read(const std::function<Status(std::string_view)>& take) const {
  for (std::size_t at = 0; at < text_.size(); at += kPiece) METERWAY_CHECK(take(text_.substr(at, kPiece)));
  return {};
}

Status FileContent::read(const std::function<Status(std::string_view)>& take) const {
  std::ifstream in(path_, std::ios::binary);
  if (!in) return fail(ErrorCode::NotFound, 0, "file");
  std::string piece(kPiece, '\0');
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto size = static_cast<std::size_t>(in.gcount());
    if (size > 0) METERWAY_CHECK(take(std::string_view(piece).substr(0, size)));
  }
  return in.bad() ? Status(fail(ErrorCode::Io, 0, "file")) : Status();
}

Result<std::filesystem::path> path_in(const std::filesystem::path& folder, std::string_view name) {
  const bool plain =
      !name.empty() && name.size() <= 100 && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
      });
  if (!plain) return fail(ErrorCode::BadValue, 0, "name of a file");
  return folder / std::string(name);
}

Result<ReadFile> read_file(const Content& content, const std::function<Status(const Head&)>& begin,
                           const std::function<Status(const Line&)>& take, Broken& broken) {
  Digest digest;
  LineFile lines(begin, take, broken);
  bool is_first = true, is_message = false;
  std::string message;
  METERWAY_CHECK(content.read([&](std::string_view piece) -> Status {
    digest.add(piece);
    if (is_first) {
      is_message = piece.front() == '{';
      is_first = false;
    }
    if (!is_message) return lines.piece(piece);
    message += piece;
    if (message.size() <= kMostMessageBytes) return {};
    broken.why = "a message of more than " + std::to_string(kMostMessageBytes) + " bytes";
    return fail(ErrorCode::BadRequest, 0, "message");
  }));
  if (is_message) {
    METERWAY_CHECK(read_message(message, lines.out, begin, take, broken));
  } else {
    METERWAY_CHECK(lines.end());
  }
  lines.out.digest = digest.finish();
  return std::move(lines.out);
}

FileWriter::FileWriter(const Head& head, UtcTime at) : head_(head), at_(at) {
  const auto made = compact_time(at);
  const auto sequence = std::to_string(head.sequence);
  if (head.format == Format::Electricity) {
    text_ = "ZHV|" + head.sender + "-" + sequence + "|" + std::string(name_of(false, head.kind)) + "|" +
            (head.is_ours ? std::string(kDcc) + "|" + head.sender : head.sender + "|" + std::string(kDcc)) + "|" +
            made + "|" + sequence + "|\r\n";
  } else if (head.format == Format::Gas) {
    text_ = "\"A00\"," + head.sender + "," + in_quotes(name_of(true, head.kind)) + "," + made.substr(0, 8) + "," +
            made.substr(8, 6) + "," + sequence + "\r\n";
  }
}

void FileWriter::line(std::string_view code, const std::vector<std::string>& fields) {
  ++records_;
  if (head_.format == Format::Message) {
    text_ += (text_.empty() ? "" : ",") + message_record(code, fields);
    return;
  }
  const bool gas = head_.format == Format::Gas;
  text_ += gas ? in_quotes(code) : std::string(code) + "|";
  for (const auto& field : fields) {
    const bool plain = gas && (field.empty() || number(field));
    text_ += gas ? "," + (plain ? field : in_quotes(field)) : clean(field, '|') + "|";
  }
  text_ += "\r\n";
}

std::string FileWriter::take() {
  std::string out;
  out.swap(text_);
  return out;
}

std::string FileWriter::finish() {
  const auto count = std::to_string(records_);
  if (head_.format == Format::Message) return whole_message(head_, at_, take());
  if (head_.format == Format::Gas) return take() + "\"Z99\"," + count + "\r\n";
  return take() + "ZPT|" + head_.sender + "-" + std::to_string(head_.sequence) + "|" + count + "|\r\n";
}

}  // namespace meterway::registration
