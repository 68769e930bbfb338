#include "standard/forms/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace meterway::forms {
namespace {

std::vector<std::string> found(std::string_view query) {
  std::vector<std::string> out;
  for (const auto& one : search_services(query)) out.emplace_back(one.service->variant);
  return out;
}
std::string first(std::string_view query) {
  const auto all = found(query);
  return all.empty() ? "nothing" : all.front();
}

TEST(ServiceSearch, ListsAllOfThemInTheOrderOfTheirNumbersWhenNothingIsAsked) {
  const auto all = found("");
  EXPECT_EQ(all.size(), 129u);
  EXPECT_EQ(all.front(), "1.1.1");
  EXPECT_LT(std::find(all.begin(), all.end(), "4.2"), std::find(all.begin(), all.end(), "4.18"));
}

TEST(ServiceSearch, FindsByTheWordsOfTheNameWhicheverStandBetween) {
  EXPECT_EQ(first("Read Balance"), "4.18");
  EXPECT_EQ(first("read meter balance"), "4.18");
  EXPECT_EQ(first("top up"), "2.2");
  EXPECT_EQ(first("  TOP-UP "), "2.2");
}

TEST(ServiceSearch, FindsEveryVariantByItsOwnNameAndNumberFirst) {
  for (const auto& service : duis::all_services()) {
    EXPECT_EQ(first(service.variant), service.variant);
    const auto by_name = search_services(service.name);
    ASSERT_FALSE(by_name.empty());
    EXPECT_EQ(by_name.front().service->name, service.name) << "first of " << by_name.size();
  }
}

TEST(ServiceSearch, FindsTheServicesOfAUseCaseAndNoOthers) {
  for (const auto& service : duis::all_services()) {
    const auto tag = service.use_cases.substr(0, service.use_cases.find(' '));
    if (tag.empty()) continue;
    const auto all = search_services(tag);
    const auto among = std::find_if(all.begin(), all.end(), [&](const Found& one) { return one.service == &service; });
    ASSERT_NE(among, all.end()) << tag;
    EXPECT_EQ(among->score, all.front().score) << tag << ": none is better";
  }
  EXPECT_EQ(first("ECS17b"), "4.1.1");
}

TEST(ServiceSearch, GivesTheVariantsOfAReferenceFirst) {
  const auto all = found("4.1");
  ASSERT_GE(all.size(), 4u);
  EXPECT_EQ((std::vector<std::string>(all.begin(), all.begin() + 4)),
            (std::vector<std::string>{"4.1.1", "4.1.2", "4.1.3", "4.1.4"}));
}

TEST(ServiceSearch, OverlooksALetterThatIsWrong) {
  EXPECT_EQ(first("raed meter balanse"), "4.18");
  EXPECT_EQ(first("read metr balance"), "4.18");
}

TEST(ServiceSearch, FindsNothingForWhatIsNothing) {
  EXPECT_TRUE(found("qqqqqq").empty());
  EXPECT_EQ(found("../?#").size(), 129u) << "no word in it";
  (void)search_services(std::string(100'000, 'a') + " b");
}

}  // namespace
}  // namespace meterway::forms
