#include "base/xml/canonical.h"

#include <gtest/gtest.h>

namespace meterway::xml {
namespace {

Document parsed(std::string_view text) {
  auto document = Document::parse(text);
  EXPECT_TRUE(document);
  return *std::move(document);
}

TEST(Canonical, KeepsEveryNamespaceOfTheRootSortedByPrefixAndDropsComments) {
  const auto document =
      parsed("<?xml version=\"1.0\"?>\n<r:a  xmlns:z='urn:z' xmlns:r='urn:r' b='2' a='1'><!-- c --><r:b/></r:a>\n");
  EXPECT_EQ(*canonical_without(document, {}),
            "<r:a xmlns:r=\"urn:r\" xmlns:z=\"urn:z\" a=\"1\" b=\"2\"><r:b></r:b></r:a>");
}

TEST(Canonical, LeavesOneElementOutAndPutsItBack) {
  const auto document = parsed("<a>x<b/>y<c><d/></c>z</a>");
  const Node b = document.root().first_element();
  const Node c = b.next_element();
  EXPECT_EQ(*canonical_without(document, c), "<a>x<b></b>yz</a>");
  EXPECT_EQ(*canonical_without(document, b), "<a>xy<c><d></d></c>z</a>");
  EXPECT_EQ(*canonical_without(document, c.first_element()), "<a>x<b></b>y<c></c>z</a>");
  EXPECT_EQ(*canonical_without(document, {}), "<a>x<b></b>y<c><d></d></c>z</a>");
}

TEST(Canonical, OfTheExclusiveKindDeclaresOnlyWhatIsUsed) {
  const auto document = parsed("<r xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><p:a x='1'><p:b q:y='2'/></p:a></r>");
  EXPECT_EQ(*exclusive_canonical(document.root().first_element()),
            "<p:a xmlns:p=\"urn:p\" x=\"1\"><p:b xmlns:q=\"urn:q\" q:y=\"2\"></p:b></p:a>");
}

TEST(Canonical, WritesACarriageReturnAsAReference) {
  EXPECT_EQ(*canonical_without(parsed("<a>1&#13;\n&amp;<![CDATA[<]]></a>"), {}), "<a>1&#xD;\n&amp;&lt;</a>");
}

}  // namespace
}  // namespace meterway::xml
