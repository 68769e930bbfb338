// The scanner against libxml2: whatever it reads must come out alike, tree, lines and canonical forms.
#include "base/xml/scanner.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/same_document.h"

namespace meterway::xml {
namespace {

/// True when the scanner reads the text; then libxml2 must read the same.
bool scans_alike(const std::string& text, const Limits& limits = {}) {
  const auto ours = Document::parse(text, limits);
  const auto theirs = Document::parse_by_libxml2(text, limits);
  EXPECT_EQ(ours.has_value(), theirs.has_value()) << text;
  if (!ours || !theirs || !ours->is_scanned()) return false;
  EXPECT_EQ(tests::difference(*ours, *theirs), "") << text;
  return true;
}

TEST(Scanner, ReadsWhatIsUsual) {
  for (const std::string text : {
           "<a/>",
           "<a />\n",
           "<!-- 1 -->\n<!----><a>1<!-- <b>&x;\n caf\xC3\xA9 -->2<!-- - --><b/><!-- --></a>\n<!-- 2 -->",
           "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n<a\n>\n</a\n>\n \t\n",
           "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\" ?><a></a>",
           "<a>1 &amp; &lt;&gt; &quot;&apos; > \" ' &#13;&#xD;&#xd;&#x20ac;&#60;&#38;amp;</a>",
           "<a> caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x92\xA1 \x7F ]] > ]>x</a>",
           "<a z='1' b=\"2\"   c = \"'\" d='\"' e='&quot;&apos;&#10;&#x9;&gt;>&lt;&amp;' f=\"\xC3\xA9\"/>",
           "<p:a xmlns:p='urn:p'><p:b p:x=\"1\" x=\"2\"/></p:a>",
           "<p:a xmlns:q=\"urn:q\" b=\"1\" xmlns:p=\"urn:p\" q:a=\"1\" p:z=\"1\" a=\"1\" "
           "xmlns=\"http://d/e.f#\"><c/></p:a>",
           "<p:a xmlns:p=\"urn:p\"><p:b xmlns:p=\"urn:p\"><p:c xmlns:p=\"urn:p\" xmlns:q=\"urn:p\"/></p:b></p:a>",
           "<a><p:b xmlns:p=\"urn:p\"/><p:b xmlns:p=\"urn:q\"><p:c/></p:b><b xmlns=\"urn:d\"><c/></b><b/></a>",
           "<a>1<b>2</b>3<c/>4<d>\n5<e/>6\n</d>7</a>",
           "<_a.b-c1 _=\"\"></_a.b-c1>",
       }) {
    EXPECT_TRUE(scans_alike(text)) << text;
  }
}

TEST(Scanner, LeavesWhatIsUnusualToOthers) {
  for (const std::string text : {

           "<a><![CDATA[x]]></a>",
           "<?p i?><a/>",
           "<a><?p i?></a>",

           "\xEF\xBB\xBF<a/>",
           " <a/>",
           "<a>\r\n</a>",
           "<a b='1\t2'/>",
           "<a b='1\n2'/>",
           "<a xml:space='preserve'/>",
           "<a xmlns=''/>",
           "<a xmlns='urn:x'><b xmlns='urn:y'/></a>",
           "<a xmlns:p='relative'/>",
           "<a xmlns:p='mailto:x'/>",
           "<caf\xC3\xA9/>",
           "<?xml version='1.0'?><a/>",
           "<?xml version=\"1.0\" encoding=\"Utf-8\"?><a/>",
           "<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>",
       }) {
    EXPECT_FALSE(scans_alike(text)) << text;
    EXPECT_TRUE(Document::parse(text)) << text;
  }
}

TEST(Scanner, LeavesWhatIsWrongToOthers) {
  const std::string many(300, 'x');
  for (const std::string text : {
           "",
           "<",
           "<a",
           "<a>",
           "<a/",
           "<a/><b/>",
           "<a></b>",
           "<a></ab>",
           "<ab></a>",
           "<a>]]></a>",
           "<a><!-- -- --></a>",
           "<a><!-- ---></a>",
           "<a><!--></a>",
           "<a><!-- \x01 --></a>",
           "<a><! -- --></a>",
           "<a/><!--",
           "<a>&x;</a>",
           "<a>&amp</a>",
           "<a>&#0;</a>",
           "<a>&#;</a>",
           "<a>&#x;</a>",
           "<a>&#xD800;</a>",
           "<a>&#x110000;</a>",
           "<a>&#99999999999;</a>",
           "<a>\x01</a>",
           "<a>\xFF</a>",
           "<a>\xC0\x80</a>",
           "<a>\xED\xA0\x80</a>",
           "<a>\xEF\xBF\xBF</a>",
           "<a>\xC3</a>",
           "<a b='<'/>",
           "<a b=1/>",
           "<a b/>",
           "<a b='1'c='2'/>",
           "<a b='1' b='2'/>",
           "<a b='1/>",
           "<p:a/>",
           "<a p:b='1'/>",
           "<a xmlns:p='urn:p' xmlns:q='urn:p' p:b='1' q:b='2'/>",
           "<a xmlns:p='urn:p' xmlns:p='urn:p'/>",
           "<a:b:c/>",
           "<:a/>",
           "<a:/>",
           "<a xmlns:xmlns='urn:x'/>",
           "<a xmlns:p=''/>",
           "<1/>",
           "< a/>",
           "<a></ a>",
           "</a>",
           "<!DOCTYPE a><a/>",
           "<a/>x",
           "x<a/>",
           "<a/>&#10;",
           "<?xml version=\"1.1\"?><a/>",
           "<a><?xml version=\"1.0\"?></a>",
       }) {
    EXPECT_FALSE(scans_alike(text)) << text;
    EXPECT_FALSE(Document::parse(text)) << text;
  }
  EXPECT_FALSE(scans_alike(std::string("<a>\0</a>", 8)));
  EXPECT_FALSE(scans_alike(std::string("<a/>\0", 5)));
}

TEST(Scanner, StopsWhereTheLimitsAre) {
  Limits limits;
  limits.depth = 3;
  limits.elements = 4;
  limits.size_bytes = 60;
  EXPECT_TRUE(scans_alike("<a><b><c/></b><d/></a>", limits));
  EXPECT_FALSE(scans_alike("<a><b><c><d/></c></b></a>", limits));
  EXPECT_FALSE(scans_alike("<a><b/><b/><b/><b/></a>", limits));
  EXPECT_FALSE(scans_alike("<a>" + std::string(60, ' ') + "</a>", limits));
  EXPECT_FALSE(scans_alike("<a>" + std::string(70'000, '\n') + "<b/></a>"));
}

TEST(Scanner, LeavesWhatIsHardlyCanonicalAnywhereToOthers) {
  for (const std::string piece : {">", "&#65;", "<!---->", "<b></b >", "<b/>"}) {
    std::string text = "<a>";
    for (int i = 0; i < 20'001; ++i) text += piece;
    EXPECT_FALSE(Document::parse(text + "</a>")->is_scanned()) << piece;
  }
}

/// Writes documents of any form that the scanner may meet.
class Writer {
 public:
  explicit Writer(std::uint32_t seed) : random_(seed) {}

  std::string document() {
    std::string out = below(2) == 0 ? "" : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + blanks();
    element(out, 4, true);
    return out + blanks();
  }

  std::string damaged(std::string text) {
    for (std::size_t left = 1 + below(3); left > 0 && !text.empty(); --left) {
      const std::size_t at = below(text.size());
      const std::size_t other = below(text.size());
      const std::size_t size = below(12);
      switch (below(4)) {
        case 0:
          text.erase(at, size);
          break;
        case 1:
          text[at] = text[other];
          break;
        case 2:
          text.insert(at, text.substr(other, size));
          break;
        default:
          text.insert(at,
                      pick({"&", "<", ">", "]]>", "\r", "&#9;", "/", "'", "\"", "<!--", " xmlns:p='urn:q'", "\xE2"}));
      }
    }
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::string pick(std::initializer_list<const char*> all) { return *(all.begin() + below(all.size())); }
  std::string blanks() { return below(3) == 0 ? pick({" ", "\n", "\t", "  ", "\n "}) : ""; }
  std::string gap() { return below(4) == 0 ? pick({"  ", "\n", "\t "}) : " "; }

  std::string text(bool in_attribute) {
    std::string out;
    for (std::size_t left = below(5); left > 0; --left) {
      if (!in_attribute && below(8) == 0) out += pick({"<!-- c -->", "<!--\n<d>&-->"});
      out += pick({"x", "12 ", "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#13;", "&#xD;", "&#xA;", "&#9;", "&#38;",
                   "&#60;", "\xC3\xA9", "&#x10FFFF;", ">", "]]"});
      if (!in_attribute && below(4) == 0) out += pick({"\n", "\t", "\"", "'"});
    }
    return out;
  }

  void attribute(std::string& out, const std::string& name, const std::string& value) {
    const char* quote = below(3) == 0 ? "'" : "\"";
    out += gap() + name + (below(6) == 0 ? blanks() + "=" + blanks() : "=") + quote + value + quote;
  }

  void element(std::string& out, std::size_t depth, bool root) {
    const std::string prefix = pick({"p:", "q:", "", "p:"});
    const std::string name = (root ? "" : prefix) + pick({"a", "b", "c"});
    out += "<" + name;
    if (root || below(12) == 0) attribute(out, "xmlns:q", "urn:q");
    if (root || below(12) == 0) attribute(out, "xmlns:p", "http://p/r#s");
    if (root && below(2) == 0) attribute(out, "xmlns", "urn:d");
    for (const auto* wanted : {"z", "a", "p:a", "q:z", "b"}) {
      if (below(6) == 0) attribute(out, wanted, text(true));
    }
    if (below(20) == 0) attribute(out, "xmlns:w", "urn:w");
    if (below(8) == 0) out += " ";
    if (below(5) == 0) {
      out += "/>";
      return;
    }
    out += ">" + text(false);
    for (std::size_t left = depth == 0 ? 0 : below(4); left > 0; --left) {
      element(out, depth - 1, false);
      out += text(false);
    }
    out += "</" + name + blanks() + ">";
  }

  std::mt19937 random_;
};

TEST(Scanner, AgreesWithLibxml2OnWhateverIsWrittenOrDamaged) {
  std::size_t scanned = 0;
  std::size_t scanned_damaged = 0;
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    Writer writer(seed);
    const auto text = writer.document();
    scanned += scans_alike(text) ? 1 : 0;
    scanned_damaged += scans_alike(writer.damaged(text)) ? 1 : 0;
    if (HasFailure()) return;
  }
  EXPECT_GT(scanned, 2800u);
  EXPECT_GT(scanned_damaged, 150u);
}

}  // namespace
}  // namespace meterway::xml
