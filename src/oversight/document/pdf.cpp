#include <hpdf.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "oversight/document/document.h"

/// The document on pages. libharu writes the file; what stands where is ours.
namespace meterway::document {
namespace {

constexpr float kShort = 595, kLong = 842, kMargin = 50, kTop = 78, kBottom = 64, kBody = 10, kSmall = 8;
constexpr float kLeading = 1.4F, kCellPad = 3;
constexpr std::size_t kMostPages = 5000;

struct Free {
  void operator()(HPDF_Doc doc) const { HPDF_Free(doc); }
};
using Handle = std::unique_ptr<std::remove_pointer_t<HPDF_Doc>, Free>;

/// Words of one line, each where it begins.
struct Word {
  std::string text;
  bool strong = false;
  float width = 0;
  const Target* target = nullptr;
  bool glued = false;  ///< no blank before it
};
using Line = std::vector<Word>;

class Pages {
 public:
  Pages(const Document& document, std::string_view base) : document_(document), base_(base) {}
  Result<std::string> write();

 private:
  struct Draw;
  bool open();
  void new_page();
  void need(float height) {
    if (y_ - height < kBottom) new_page();
  }
  float width_of(const std::string& text, bool strong, float size) {
    HPDF_Page_SetFontAndSize(page_, strong ? bold_ : regular_, size);
    return HPDF_Page_TextWidth(page_, text.c_str());
  }
  std::vector<Line> lines_of(const Inline& spans, float width, float size);
  void put(const std::string& text, bool strong, float size, float x, float y);
  void put_line(const Line& line, float size, float x, float y);
  void flow(const Inline& text, float size, float indent);
  void table(const Table& table);
  void table_row(const std::vector<std::vector<Line>>& cells, const std::vector<float>& widths);
  struct Widths {
    float least = 0;  ///< of the longest word
    float wish = 0;   ///< of the longest line
  };
  std::vector<Widths> asked_by(const Table& table);
  std::vector<float> widths_of(const Table& table);
  bool is_wide();
  void finish_pages();

  const Document& document_;
  const std::string base_;
  Handle doc_;
  HPDF_Font regular_ = nullptr, bold_ = nullptr;
  HPDF_Page page_ = nullptr;
  std::vector<HPDF_Page> pages_;
  float width_ = kShort, height_ = kLong;  ///< of every page; the other way round where a table needs it
  float y_ = 0;
  float blank_ = 0;
};

bool Pages::open() {
  doc_.reset(HPDF_New(nullptr, nullptr));  // errors are kept in the document, and asked for at the end
  if (!doc_) return false;
  HPDF_SetCompressionMode(doc_.get(), HPDF_COMP_ALL);
  HPDF_UseUTFEncodings(doc_.get());
  HPDF_SetCurrentEncoder(doc_.get(), "UTF-8");
  const std::string folder = METERWAY_FONT_FOLDER;
  const char* regular = HPDF_LoadTTFontFromFile(doc_.get(), (folder + "/DejaVuSans.ttf").c_str(), HPDF_TRUE);
  const char* bold = HPDF_LoadTTFontFromFile(doc_.get(), (folder + "/DejaVuSans-Bold.ttf").c_str(), HPDF_TRUE);
  if (regular == nullptr || bold == nullptr) return false;
  regular_ = HPDF_GetFont(doc_.get(), regular, "UTF-8");
  bold_ = HPDF_GetFont(doc_.get(), bold, "UTF-8");
  HPDF_SetInfoAttr(doc_.get(), HPDF_INFO_TITLE, document_.title.c_str());
  return regular_ != nullptr && bold_ != nullptr;
}

void Pages::new_page() {
  page_ = HPDF_AddPage(doc_.get());
  HPDF_Page_SetWidth(page_, width_);
  HPDF_Page_SetHeight(page_, height_);
  HPDF_Page_SetLineWidth(page_, 0.5F);
  pages_.push_back(page_);
  y_ = height_ - kTop;
}

void Pages::put(const std::string& text, bool strong, float size, float x, float y) {
  HPDF_Page_BeginText(page_);
  HPDF_Page_SetFontAndSize(page_, strong ? bold_ : regular_, size);
  HPDF_Page_TextOut(page_, x, y, text.c_str());
  HPDF_Page_EndText(page_);
}

/// Breaks between words; a word that is wider than the line, between characters.
std::vector<Line> Pages::lines_of(const Inline& spans, float width, float size) {
  std::vector<Line> lines(1);
  float at = 0;
  blank_ = width_of(" ", false, size);
  const auto add = [&](Word word) {
    const float before = lines.back().empty() || word.glued ? 0 : blank_;
    if (!lines.back().empty() && at + before + word.width > width) {
      lines.emplace_back();
      at = 0;
      word.glued = true;
    } else {
      at += before;
    }
    at += word.width;
    lines.back().push_back(std::move(word));
  };
  for (const auto& span : spans) {
    const Target* target = span.target.kind.empty() ? nullptr : &span.target;
    std::size_t begin = 0;
    const auto& text = span.text;
    while (begin < text.size()) {
      if (text[begin] == ' ' || text[begin] == '\t') {
        ++begin;
        continue;
      }
      if (text[begin] == '\n') {
        lines.emplace_back();
        at = 0;
        ++begin;
        continue;
      }
      const auto end = std::min(text.find_first_of(" \t\n", begin), text.size());
      const bool glued = begin == 0 && &span != &spans.front() && !lines.back().empty() && text[0] != ' ' &&
                         ((&span - 1)->text.empty() || (&span - 1)->text.back() != ' ');
      Word word{text.substr(begin, end - begin), span.strong, 0, target, glued};
      begin = end;
      word.width = width_of(word.text, word.strong, size);
      while (word.width > width && word.text.size() > 1) {
        std::size_t cut = word.text.size();
        do {
          cut = cut > 8 ? cut * 3 / 4 : cut - 1;
          while (cut > 1 && (static_cast<unsigned char>(word.text[cut]) & 0xC0) == 0x80) --cut;
        } while (cut > 1 && width_of(word.text.substr(0, cut), word.strong, size) > width);
        Word piece{word.text.substr(0, cut), word.strong, 0, target, word.glued};
        piece.width = width_of(piece.text, piece.strong, size);
        add(std::move(piece));
        word.text.erase(0, cut);
        word.glued = true;
        word.width = width_of(word.text, word.strong, size);
      }
      add(std::move(word));
    }
  }
  return lines;
}

/// Words of one kind go out together, with real blanks between them: what is copied out of the file, or read aloud, is
/// the text.
void Pages::put_line(const Line& line, float size, float x, float y) {
  for (std::size_t at = 0; at < line.size();) {
    const auto& first = line[at];
    std::string run = first.text;
    for (++at; at < line.size() && line[at].strong == first.strong && line[at].target == first.target; ++at)
      run += (line[at].glued ? "" : " ") + line[at].text;
    const auto width = width_of(run, first.strong, size);
    const bool blank = at < line.size() && !line[at].glued;
    put(blank ? run + " " : run, first.strong, size, x, y);
    if (first.target != nullptr) {
      HPDF_Page_MoveTo(page_, x, y - 1.5F);
      HPDF_Page_LineTo(page_, x + width, y - 1.5F);
      HPDF_Page_Stroke(page_);
      if (!base_.empty())
        HPDF_Page_CreateURILinkAnnot(page_, {x, y - 2, x + width, y + size}, address(*first.target, base_).c_str());
    }
    x += width + (blank ? blank_ : 0);
  }
}

void Pages::flow(const Inline& text, float size, float indent) {
  for (const auto& line : lines_of(text, width_ - 2 * kMargin - indent, size)) {
    need(size * kLeading);
    y_ -= size * kLeading;
    put_line(line, size, kMargin + indent, y_);
  }
}

std::vector<Pages::Widths> Pages::asked_by(const Table& table) {
  constexpr float kSize = kSmall + 1, kMostWish = 300;
  std::vector<Widths> out(table.head.size());
  const auto take = [&](Widths& column, const std::string& text, bool is_strong) {
    column.wish = std::max(column.wish, std::min(width_of(text, is_strong, kSize), kMostWish));
    for (std::size_t begin = 0; begin < text.size();) {
      const auto end = std::min(text.find_first_of(" \t\n", begin), text.size());
      column.least = std::max(column.least, width_of(text.substr(begin, end - begin), is_strong, kSize));
      begin = end + 1;
    }
  };
  for (std::size_t i = 0; i < out.size(); ++i) {
    take(out[i], table.head[i], true);
    for (const auto& row : table.rows) {
      std::string whole;
      bool any_strong = false;
      for (const auto& span : row[i]) {
        whole += span.text;
        any_strong = any_strong || span.strong;
      }
      take(out[i], whole, any_strong);
    }
    constexpr float kPads = 2 * kCellPad + 1;  // widths of words do not add up to the last digit
    out[i] = {std::max(out[i].least, 20.0F) + kPads, std::max(out[i].wish, 20.0F) + kPads};
    out[i].wish = std::max(out[i].wish, out[i].least);
  }
  return out;
}

/// No word is broken where there is room for all; what is left goes to those whose lines are long.
std::vector<float> Pages::widths_of(const Table& table) {
  const float all = width_ - 2 * kMargin;
  const auto asked = asked_by(table);
  float least = 0, wish = 0;
  for (const auto& column : asked) {
    least += column.least;
    wish += column.wish;
  }
  std::vector<float> out;
  for (const auto& column : asked) {
    if (wish <= all) {
      out.push_back(column.wish);
    } else if (least >= all) {
      out.push_back(column.least * all / least);
    } else {
      out.push_back(column.least + (column.wish - column.least) * (all - least) / (wish - least));
    }
  }
  return out;
}

/// Whether a table asks for more than an upright page has.
bool Pages::is_wide() {
  for (const auto& block : document_.blocks) {
    const auto* table = std::get_if<Table>(&block);
    if (table == nullptr) continue;
    float least = 0, wish = 0;
    for (const auto& column : asked_by(*table)) {
      least += column.least;
      wish += column.wish;
    }
    if (least > kShort - 2 * kMargin || wish > 2 * (kShort - 2 * kMargin)) return true;
  }
  return false;
}

void Pages::table_row(const std::vector<std::vector<Line>>& cells, const std::vector<float>& widths) {
  constexpr float kSize = kSmall + 1;
  std::size_t most = 1;
  for (const auto& cell : cells) most = std::max(most, cell.size());
  for (std::size_t line = 0; line < most; ++line) {
    need(kSize * kLeading + kCellPad);
    y_ -= kSize * kLeading;
    float x = kMargin;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (line < cells[i].size()) put_line(cells[i][line], kSize, x + kCellPad, y_);
      x += widths[i];
    }
  }
  y_ -= kCellPad;
  HPDF_Page_MoveTo(page_, kMargin, y_);
  HPDF_Page_LineTo(page_, width_ - kMargin, y_);
  HPDF_Page_Stroke(page_);
}

void Pages::table(const Table& table) {
  constexpr float kSize = kSmall + 1;
  if (table.head.empty()) return;
  y_ -= kBody * 0.5F;
  if (!table.caption.empty()) flow({strong(table.caption)}, kBody, 0);
  const auto widths = widths_of(table);
  const auto cells_of = [&](const std::vector<Inline>& row) {
    std::vector<std::vector<Line>> cells;
    for (std::size_t i = 0; i < widths.size(); ++i) cells.push_back(lines_of(row[i], widths[i] - 2 * kCellPad, kSize));
    return cells;
  };
  std::vector<Inline> head;
  for (const auto& text : table.head) head.push_back({strong(text)});
  const auto head_cells = cells_of(head);
  need(4 * kSize * kLeading);
  table_row(head_cells, widths);
  for (const auto& row : table.rows) {
    const auto cells = cells_of(row);
    std::size_t most = 1;
    for (const auto& cell : cells) most = std::max(most, cell.size());
    const float height = static_cast<float>(std::min<std::size_t>(most, 20)) * kSize * kLeading + kCellPad;
    if (y_ - height < kBottom) {
      new_page();
      table_row(head_cells, widths);
    }
    table_row(cells, widths);
  }
  y_ -= kBody * 0.5F;
}

struct Pages::Draw {
  Pages& pages;
  void operator()(const Heading& heading) const {
    const float size = heading.level == 2 ? 14 : heading.level == 3 ? 12 : 11;
    pages.need(size * 4);  // not alone at the foot of a page
    pages.y_ -= size * 0.6F;
    pages.flow({strong(heading.text)}, size, 0);
    pages.y_ -= 2;
  }
  void operator()(const Paragraph& paragraph) const {
    pages.flow(paragraph.text, kBody, 0);
    pages.y_ -= kBody * 0.6F;
  }
  void operator()(const Bullets& bullets) const {
    for (const auto& item : bullets.items) {
      pages.need(kBody * kLeading);
      pages.put("\xE2\x80\xA2", false, kBody, kMargin + 4, pages.y_ - kBody * kLeading);
      pages.flow(item, kBody, 16);
    }
    pages.y_ -= kBody * 0.6F;
  }
  void operator()(const Table& table) const { pages.table(table); }
};

void Pages::finish_pages() {
  const std::string banner(statement(document_.level));
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    page_ = pages_[i];
    const auto number = "page " + std::to_string(i + 1) + " of " + std::to_string(pages_.size());
    put(banner, true, kSmall, kMargin, height_ - 40);
    HPDF_Page_Rectangle(page_, kMargin - 6, height_ - 46, width_ - 2 * kMargin + 12, 18);
    HPDF_Page_Stroke(page_);
    put(banner, false, kSmall - 1, kMargin, 30);
    put(document_.reference, false, kSmall, kMargin, 42);
    put(number, false, kSmall, width_ - kMargin - width_of(number, false, kSmall), 42);
  }
}

Result<std::string> Pages::write() {
  if (!open()) return fail(ErrorCode::Io, 0, "font DejaVu Sans (package fonts-dejavu-core)");
  // Words are measured on a page; it is the first, whichever way it turns out to lie.
  new_page();
  if (is_wide()) {
    width_ = kLong;
    height_ = kShort;
    HPDF_Page_SetWidth(page_, width_);
    HPDF_Page_SetHeight(page_, height_);
    y_ = height_ - kTop;
  }
  flow({strong(document_.title)}, 18, 0);
  y_ -= 6;
  for (const auto& [name, value] : document_.about) flow({strong(name + ": "), plain(value)}, kBody, 0);
  y_ -= 8;
  for (const auto& block : document_.blocks) {
    std::visit(Draw{*this}, block);
    if (pages_.size() > kMostPages) return fail(ErrorCode::TooLarge, 0, "pages");
  }
  finish_pages();
  if (HPDF_SaveToStream(doc_.get()) != HPDF_OK || HPDF_GetError(doc_.get()) != HPDF_OK)
    return fail(ErrorCode::Unsupported, static_cast<std::size_t>(HPDF_GetError(doc_.get())), "PDF");
  std::string out;
  HPDF_ResetStream(doc_.get());
  std::vector<HPDF_BYTE> part(65536);
  while (true) {
    auto size = static_cast<HPDF_UINT32>(part.size());
    HPDF_ReadFromStream(doc_.get(), part.data(), &size);
    if (size == 0) break;
    out.append(reinterpret_cast<const char*>(part.data()), size);
  }
  return out;
}

}  // namespace

Result<std::string> to_pdf(const Document& document, std::string_view base) { return Pages(document, base).write(); }

}  // namespace meterway::document
