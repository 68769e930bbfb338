#include "flow/transform/body_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/util/base64.h"
#include "flow/transform/transform.h"
#include "standard/duis/schema_tables.h"
#include "standard/duis/services.h"
#include "standard/pki/issue.h"

namespace meterway::flow::transform {
namespace {

using duis::Element;

/// The elements of a path below an element, made where they are not there; of the last one a new one each time.
Element& element_below(Element& at, std::string_view path) {
  auto* here = &at;
  while (!path.empty() && path != ".") {
    const auto slash = path.find('/');
    const std::string name(path.substr(0, slash));
    const bool last = slash == std::string_view::npos;
    path = last ? std::string_view() : path.substr(slash + 1);
    const auto found = std::find_if(here->children.begin(), here->children.end(),
                                    [&](const auto& child) { return child.name == name; });
    if (!last && found != here->children.end()) {
      here = &*found;
      continue;
    }
    here->children.push_back({name, "", {}, {}});
    here = &here->children.back();
  }
  return *here;
}

void put(Element& at, std::string_view path, const std::string& value) {
  const auto mark = path.find('@');
  auto& element = element_below(at, path.substr(0, mark));
  if (mark == std::string_view::npos) {
    element.text = value;
  } else {
    element.attributes.emplace_back(path.substr(mark + 1), value);
  }
}

/// A body with these values at a rule's two paths.
Element body_of(const BodyRule& rule, const std::vector<std::string>& what, const std::vector<std::string>& against) {
  Element body{"Body", "", {}, {}};
  auto& at = element_below(body, rule.at);
  for (const auto& value : what) put(at, rule.what, value);
  for (const auto& value : against) put(at, rule.against, value);
  return body;
}

struct Pair {
  std::vector<std::string> what, against;
};
struct Neighbours {
  Pair good, bad;
};

/// Bodies that differ in one value: one keeps a rule of this kind, the other breaks it.
Neighbours neighbours(RuleKind kind) {
  switch (kind) {
    case RuleKind::Unique:
      return {{{"1", "2"}, {}}, {{"1", "01"}, {}}};
    case RuleKind::Unlike:
      return {{{"1", "01"}, {}}, {{"all", "all"}, {}}};
    case RuleKind::Numbered:
      return {{{"2", "1", "3"}, {}}, {{"2", "1", "4"}, {}}};
    case RuleKind::Refers:
      return {{{"2", "+1", "02"}, {"1", "2"}}, {{"2", "1", "3"}, {"1", "2"}}};
    case RuleKind::Ascending:
      return {{{"00:00:00Z", "06:30:00.00Z"}, {}}, {{"00:00:00Z", "00:00:00.00Z"}, {}}};
    case RuleKind::Ordered:
      return {{{"900"}, {"900"}}, {{"1000"}, {"900"}}};
    case RuleKind::Before:
      return {{{"2026-01-01T00:00:00Z"}, {"2026-01-01T00:00:01Z"}},
              {{"2026-01-01T00:00:01Z"}, {"2026-01-01T00:00:01Z"}}};
    case RuleKind::NotBoth:
      return {{{""}, {}}, {{""}, {""}}};
    case RuleKind::OneFewer:
      return {{{"2"}, {"7", "8", "9"}}, {{"3"}, {"7", "8", "9"}}};
    case RuleKind::LeadsUp:
      break;
  }
  return {};
}

TEST(BodyRules, EachHoldsOfABodyAndNotOfItsNeighbour) {
  for (const auto& rule : body_rules()) {
    if (rule.kind == RuleKind::LeadsUp) continue;  // below
    const auto [good, bad] = neighbours(rule.kind);
    EXPECT_TRUE(judge(rule, body_of(rule, good.what, good.against))) << rule.services << " " << rule.what;
    const auto refused = judge(rule, body_of(rule, bad.what, bad.against));
    ASSERT_FALSE(refused) << rule.services << " " << rule.what;
    EXPECT_EQ(refused.error().code, ErrorCode::BadRequest);
    EXPECT_STREQ(refused.error().field, rule.what);
    EXPECT_TRUE(judge(rule, Element{"Body", "", {}, {}})) << "a body without the elements breaks nothing";
    const auto service = rule.services == "*" ? "4.6.1" : rule.services.substr(0, rule.services.find(' '));
    EXPECT_FALSE(check_body(service, body_of(rule, bad.what, bad.against))) << rule.services << " " << rule.what;
    EXPECT_TRUE(rule.services == "*" || check_body("7.4", body_of(rule, bad.what, bad.against)));
  }
}

TEST(BodyRules, ReplacementCertificatesLeadUpTheirPath) {
  const ManualClock clock(from_iso8601("2026-01-01T00:00:00Z").value());
  SeededRandom random(11);
  const auto ours = pki::make_demo_pki({{Eui64(0x51), PartyRole::Supplier, "one"}}, {}, clock, random).value();
  const auto others = pki::make_demo_pki({{Eui64(0x51), PartyRole::Supplier, "two"}}, {}, clock, random).value();
  const auto text = [](const auto& certificate) { return to_base64(certificate.der); };
  const auto leaf = text(ours.records.front().certificate);
  for (const auto& rule : body_rules()) {
    if (rule.kind != RuleKind::LeadsUp) continue;
    EXPECT_TRUE(judge(rule, body_of(rule, {leaf}, {text(ours.issuing.certificate)}))) << "the root may be left out";
    EXPECT_TRUE(judge(rule, body_of(rule, {leaf}, {text(ours.issuing.certificate), text(ours.root.certificate)})));
    EXPECT_FALSE(judge(rule, body_of(rule, {leaf}, {text(others.issuing.certificate)}))) << "another authority's";
    EXPECT_FALSE(judge(rule, body_of(rule, {leaf}, {leaf}))) << "a certificate is not its own authority";
    EXPECT_FALSE(judge(rule, body_of(rule, {leaf}, {text(ours.root.certificate)}))) << "one is missing between";
    EXPECT_FALSE(judge(rule, body_of(rule, {leaf}, {}))) << "no path";
  }
}

TEST(BodyRules, EveryPathIsMadeOfElementsOfTheSchemaAndEveryServiceIsOne) {
  std::set<std::string_view> known;
  for (const auto& name : duis::schema::names()) known.insert(name.local);
  for (const auto& rule : body_rules()) {
    for (std::string_view path : {rule.at, std::string_view(rule.what), rule.against}) {
      if (path == "-" || path == ".") continue;
      path = path.substr(0, path.find('@'));
      while (!path.empty()) {
        const auto slash = path.find('/');
        EXPECT_TRUE(known.count(path.substr(0, slash))) << path << " in " << rule.services;
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
      }
    }
    auto services = rule.services;
    while (services != "*" && !services.empty()) {
      const auto blank = services.find(' ');
      EXPECT_NE(duis::find_service(services.substr(0, blank)), nullptr) << services;
      services = blank == std::string_view::npos ? std::string_view() : services.substr(blank + 1);
    }
    EXPECT_FALSE(rule.how_sure.empty());
  }
}

TEST(BodyRules, ASenselessBodyIsRefusedBeforeAnyByteIsMade) {
  duis::Request request;
  request.id = {Eui64(0x51), Eui64(0x52), {7}};
  request.service_reference_variant = "4.6.1";
  request.body.name = "RetrieveImportDailyReadLog";
  put(request.body, "ReadLogPeriod/StartDateTime", "2026-01-02T00:00:00Z");
  put(request.body, "ReadLogPeriod/EndDateTime", "2026-01-03T00:00:00Z");
  Context context;
  context.target_type = DeviceType::ESME;
  EXPECT_TRUE(transform(request, context));
  request.body.children[0].children[1].text = "2026-01-01T00:00:00Z";
  const auto refused = transform(request, context);
  ASSERT_FALSE(refused);
  EXPECT_STREQ(refused.error().field, "StartDateTime");
}

}  // namespace
}  // namespace meterway::flow::transform
