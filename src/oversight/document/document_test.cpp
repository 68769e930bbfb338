#include "oversight/document/document.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace meterway::document {
namespace {

Document sample() {
  Document out;
  out.title = "Panel report - August 2018";
  out.reference = "SECP_61_1210_19";
  out.level = Classification::Amber;
  out.about = {{"Author", "Tŷ Gwyn & Sons <the secretariat>"}};
  out.heading(2, "2.1 Reports").paragraph(linked("SECMP0063 and DP096 – see INC000000294975 (CSC 12/01)."));
  out.bullets({{plain("£1,209,004 — “quoted” ½ €")}, {strong("Llŷn ŵyth Łódź ≤ 30")}});
  Table table{"Variance", {"Figure", "Value"}, {}};
  for (int i = 0; i < 120; ++i)
    table.rows.push_back(
        {{plain("row " + std::to_string(i) + " with a | bar")}, {figure("-82.74 %", {"report", "RPT000001"})}});
  return out.table(std::move(table));
}

TEST(Document, FindsMentionsOfRecordsAndNothingElse) {
  const auto spans = linked("DP096, XDP096, DP0961, MP116/SECMP0063 and DP9.");
  std::string found;
  for (const auto& span : spans) {
    if (!span.target.kind.empty()) found += span.text + ">" + span.target.reference + " ";
  }
  EXPECT_EQ(found, "DP096>DP096 MP116>DP116 SECMP0063>SECMP0063 ");
  std::string whole;
  for (const auto& span : spans) whole += span.text;
  EXPECT_EQ(whole, "DP096, XDP096, DP0961, MP116/SECMP0063 and DP9.");
}

TEST(Document, PrintsItsClassOnEveryRenditionAndChangesItWithTheClass) {  // seed B01
  auto document = sample();
  for (const auto level : {Classification::White, Classification::Red}) {
    document.level = level;
    EXPECT_NE(to_markdown(document).find(statement(level)), std::string::npos);
    EXPECT_NE(to_html(document).find(statement(level)), std::string::npos);
  }
  raise(document, Classification::Green);
  EXPECT_EQ(document.level, Classification::Red) << "it is of the highest class of what stands in it";
}

TEST(Html, EscapesEverythingAndNeedsNothingFromElsewhere) {
  auto document = sample();
  document.title = "<script>alert('x')</script>";
  document.paragraph({{"\"><img src=x onerror=y>", true, {"report", "RPT\"><b>"}}});
  const auto html = to_html(document, "https://example.test");
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_NE(html.find("https://example.test/api/v1/ledger/report/RPT%22%3E%3Cb%3E"), std::string::npos);
  EXPECT_EQ(html.find("src="), html.find("src=x")) << "no source but the escaped one";
  EXPECT_NE(html.find("<html lang=\"en-GB\">"), std::string::npos);
  EXPECT_NE(html.find("<th scope=\"col\">Figure</th>"), std::string::npos);
  EXPECT_NE(html.find("<caption>Variance</caption>"), std::string::npos);
}

TEST(Markdown, KeepsWhatIsTextText) {
  Document document;
  document.title = "a *b* [c](d)";
  document.paragraph({plain("# no heading\n1. no list <b>")})
      .paragraph({plain("12. neither")})
      .paragraph({plain("- nor this")});
  const auto text = to_markdown(document);
  EXPECT_NE(text.find("# a \\*b\\* \\[c\\](d)"), std::string::npos) << text;
  EXPECT_NE(text.find("\\# no heading 1. no list \\<b\\>"), std::string::npos) << text;
  EXPECT_NE(text.find("12\\. neither"), std::string::npos) << text;
  EXPECT_NE(text.find("\\- nor this"), std::string::npos) << text;
}

/// The pages as another program reads them; empty where pdftotext is not installed.
std::string read_by_poppler(const std::string& pdf) {
  const auto file = std::filesystem::temp_directory_path() / ("meterway_" + std::to_string(::getpid()) + ".pdf");
  std::ofstream(file, std::ios::binary) << pdf;
  std::string out;
  if (auto* pipe = ::popen(("pdftotext -layout " + file.string() + " - 2>/dev/null").c_str(), "r")) {
    char part[4096];
    while (const auto size = std::fread(part, 1, sizeof part, pipe)) out.append(part, size);
    ::pclose(pipe);
  }
  std::filesystem::remove(file);
  return out;
}

TEST(Pdf, SaysTheSameInTheSameBytesOnNumberedPages) {
  const auto pdf = to_pdf(sample());
  ASSERT_TRUE(pdf) << describe(pdf.error());
  EXPECT_TRUE(pdf->starts_with("%PDF-1."));
  EXPECT_EQ(*pdf, *to_pdf(sample()));
  const auto text = read_by_poppler(*pdf);
  ASSERT_FALSE(text.empty()) << "pdftotext (package poppler-utils, which ./check installs) said nothing";
  for (const auto* wanted : {"£1,209,004 — “quoted” ½ €", "Llŷn ŵyth Łódź ≤ 30", "Tŷ Gwyn & Sons <the secretariat>",
                             "DP096 – see INC000000294975 (CSC 12/01).", "row 119"})
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted << "\n" << text.substr(0, 600);
  std::size_t pages = 0, banners = 0;
  for (std::size_t at = text.find('\f'); at != std::string::npos; at = text.find('\f', at + 1)) ++pages;
  for (std::size_t at = text.find("AMBER:"); at != std::string::npos; at = text.find("AMBER:", at + 1)) ++banners;
  EXPECT_GT(pages, 2u);
  EXPECT_EQ(banners, 2 * pages) << "above and below on each";
  for (std::size_t i = 1; i <= pages; ++i)
    EXPECT_NE(text.find("page " + std::to_string(i) + " of " + std::to_string(pages)), std::string::npos) << i;
}

TEST(Pdf, BreaksWordsThatAreWiderThanThePage) {
  Document document;
  document.title = std::string(400, 'W');
  std::string accents;
  for (int i = 0; i < 300; ++i) accents += "ŵ";
  document.paragraph({plain(accents)});
  document.table({"", {"", ""}, {{{plain(accents)}, {plain(std::string(5000, 'x'))}}}});
  EXPECT_TRUE(to_pdf(document));
}

}  // namespace
}  // namespace meterway::document
