#include "base/xml/document.h"

#include <gtest/gtest.h>

namespace meterway::xml {
namespace {

ErrorCode refused(std::string_view text, const Limits& limits = {}) {
  const auto document = Document::parse(text, limits);
  EXPECT_FALSE(document) << text.substr(0, 80);
  return document ? ErrorCode::UnknownCode : document.error().code;
}

TEST(Document, ResolvesNamespacesAndKeepsLines) {
  const auto document = Document::parse("<r xmlns='urn:d' xmlns:p='urn:p'>\n <p:a k='v' p:k='w'/>\n</r>");
  ASSERT_TRUE(document);
  const Node a = document->root().first_element();
  EXPECT_EQ(a.name(), "a");
  EXPECT_EQ(a.namespace_uri(), "urn:p");
  EXPECT_EQ(a.line(), 2);
  ASSERT_EQ(a.attributes().size(), 2u);
  EXPECT_EQ(a.attributes()[1].namespace_uri, "urn:p");
  EXPECT_EQ(a.attributes()[1].value, "w");
  EXPECT_EQ(a.parent(), document->root());
}

TEST(Document, JoinsTextAcrossCommentsAndCdata) {
  const auto document = Document::parse("<a>12<!-- no -->3<![CDATA[4<]]>&amp;</a>");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().text(), "1234<&");
}

TEST(Document, RefusesADtdWithOrWithoutEntities) {
  EXPECT_EQ(refused("<!DOCTYPE a><a/>"), ErrorCode::BadXml);
  EXPECT_EQ(refused("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"), ErrorCode::BadXml);
  EXPECT_EQ(refused("<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a/>"), ErrorCode::BadXml);
  EXPECT_EQ(refused("<a>&x;</a>"), ErrorCode::BadXml);
}

TEST(Document, RefusesWhatIsNotWellFormed) {
  for (const auto* text :
       {"", " ", "<a>", "<a></b>", "<a/><b/>", "text", "<p:a/>", "<a b='1' b='2'/>", "<a>\x01</a>", "<a>\xff</a>"}) {
    EXPECT_EQ(refused(text), ErrorCode::BadXml) << text;
  }
}

TEST(Document, ReadsUtf8Only) {
  EXPECT_TRUE(Document::parse("<?xml version='1.0' encoding='utf-8'?><a>caf\xC3\xA9</a>"));
  EXPECT_EQ(refused("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), ErrorCode::BadXml);
  EXPECT_EQ(refused("<?xml version='1.1'?><a/>"), ErrorCode::BadXml);
}

TEST(Document, StopsAtItsBounds) {
  Limits limits;
  limits.depth = 3;
  limits.elements = 5;
  limits.size_bytes = 100;
  EXPECT_TRUE(Document::parse("<a><b><c/></b></a>", limits));
  EXPECT_EQ(refused("<a><b><c><d/></c></b></a>", limits), ErrorCode::TooDeep);
  EXPECT_EQ(refused("<a><b/><b/><b/><b/><b/></a>", limits), ErrorCode::TooLarge);
  EXPECT_EQ(refused("<a>" + std::string(100, ' ') + "</a>", limits), ErrorCode::TooLarge);
}

TEST(Document, TellsTheLineOfAMistake) {
  const auto document = Document::parse("<a>\n\n<b></c></a>");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().line, 3);
}

}  // namespace
}  // namespace meterway::xml
