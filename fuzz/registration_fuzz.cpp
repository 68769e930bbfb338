#include <cstdint>
#include <cstdlib>

#include "oversight/registration/record.h"
#include "oversight/registration/service_flags.h"

// Covers: src/oversight/registration/file.cpp, src/oversight/registration/message.cpp,
// src/oversight/registration/record.cpp

/// A registration data provider sends files, anybody who speaks for one. Invariants: of a file that is whole every
/// record is either refused with a word or gives operations that read as they were written; what is broken says why; a
/// file that is written from what was read reads as the same; the same bytes in other pieces are the same file.
namespace {

using namespace meterway;
using namespace meterway::registration;

class InPieces final : public Content {
 public:
  InPieces(std::string_view text, std::size_t size) : text_(text), size_(size) {}
  Status read(const std::function<Status(std::string_view)>& take) const override {
    for (std::size_t at = 0; at < text_.size(); at += size_) METERWAY_CHECK(take(text_.substr(at, size_)));
    return {};
  }

 private:
  std::string_view text_;
  std::size_t size_;
};

struct Seen {
  bool good = false;
  ReadFile file;
  std::vector<Line> lines;
  std::string why;
};
Seen look(const Content& content) {
  Seen out;
  Broken broken;
  const auto read = read_file(
      content, [](const Head&) { return Status(); },
      [&](const Line& line) {
        out.lines.push_back(line);
        return Status();
      },
      broken);
  out.good = read.has_value();
  if (read) out.file = *read;
  out.why = broken.why;
  if (!read && broken.why.empty()) std::abort();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Rows of the store, and what the API takes as a sender, from the same bytes: errors at most.
  (void)read_sender(text, "X");
  (void)read_point(Mpxn::mprn(1), text);
  (void)read_operations(text);
  (void)read_address(text);
  Broken no_flags;
  (void)read_batch(TextContent(text), no_flags);
  const auto whole = look(TextContent(text));
  const auto pieces = look(InPieces(text, 1 + size % 7));
  if (whole.good != pieces.good || whole.why != pieces.why || whole.lines.size() != pieces.lines.size()) std::abort();
  if (!whole.good) return 0;
  static const rules::Rules kRules;
  Sender sender{"X", "X", 2, {}, 1, 1, Route::File, "", false};
  for (const auto& line : whole.lines) {
    const auto said = read_record(line, sender, kRules, {});
    if (said.refused) {
      if (!said.operations.empty() || said.refused->code.empty()) std::abort();
      continue;
    }
    std::string bytes;
    for (const auto& one : said.operations) append_operation(bytes, one);
    const auto again = read_operations(bytes);
    if (!again || again->size() != said.operations.size()) std::abort();
    Point point{said.mpxn, {}, {}};
    apply(point, *again, 1, nullptr);
    const auto row = read_point(said.mpxn, write_point(point));
    if (!row || !(*row == point)) std::abort();
  }
  if (whole.file.head.format == Format::Message) return 0;  // what a message does not know it has dropped
  for (const auto& line : whole.lines) {
    for (const auto& field : line.fields) {
      if (field.size() > 60) return 0;  // with its quotes doubled a line may be too long
    }
  }
  FileWriter writer(whole.file.head, UtcTime());
  for (const auto& line : whole.lines) writer.line(line.code, line.fields);
  const auto written = writer.finish();
  const auto read = look(TextContent(written));
  if (!read.good || read.lines.size() != whole.lines.size()) std::abort();
  return 0;
}
