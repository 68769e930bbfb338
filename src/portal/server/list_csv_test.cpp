#include "portal/server/list_csv.h"

#include <gtest/gtest.h>

#include <optional>

#include "portal/server/csv.h"

namespace meterway::portal {
namespace {

net::HttpResponse of(const char* body, int status = 200) {
  return rows_as_csv({status, {{"content-type", "application/json"}}, body});
}

TEST(ListCsv, HasALineForEveryRowUnderTheNamesOfTheirMembers) {
  const auto table = of(R"({"as_of":"x","devices":[{"eui":"01","details":{"UPRN":"7"},"on":true,"roles":["IS","GS"]},
                            {"eui":"02","why":null,"of":[{"a":1}]}],"next":"03"})");
  EXPECT_EQ(table.body,
            "eui,details.UPRN,on,roles,why,of\r\n"
            "01,7,true,\"IS\nGS\",,\r\n"
            "02,,,,,\"{\"\"a\"\":1}\"\r\n");
  EXPECT_EQ(table.headers.at("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(table.headers.at("x-next"), "03");
}

TEST(ListCsv, GuardsCellsAndNamesThatASpreadsheetWouldCarryOut) {
  const auto rows = csv::read(of(R"({"rows":[{"=cmd":"=1+1","b":"@x"}]})").body);
  EXPECT_EQ(of(R"({"rows":[{"=cmd":"=1+1","b":"@x"}]})").body, "'=cmd,b\r\n'=1+1,'@x\r\n");
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(1), (csv::Cells{"=1+1", "@x"}));
}

TEST(ListCsv, OfAnEmptyListIsItsNameAlone) {
  const auto table = of(R"({"deliveries":[],"next":null})");
  EXPECT_EQ(table.body, "deliveries\r\n");
  EXPECT_EQ(table.headers.count("x-next"), 0u);
  EXPECT_EQ(of(R"({"names":["a","b"]})").body, "value\r\na\r\nb\r\n");
}

TEST(ListCsv, LeavesWhatIsNoListAsItCame) {
  EXPECT_EQ(of(R"({"status":404,"errors":[]})", 404).body, R"({"status":404,"errors":[]})");
  EXPECT_EQ(of(R"({"one":1})").body, R"({"one":1})");
  EXPECT_EQ(of("no json").body, "no json");
}

TEST(ListCsv, TakesTheFormatOutOfTheQueryOfListsAndOfNothingElse) {
  std::string seen;
  const auto ask = [&](const char* method, const char* path, const char* query) {
    return serve_as_asked({method, path, query, {}, "", {}}, [&](net::HttpRequest&& http) {
      seen = http.query;
      return net::HttpResponse{200, {}, R"({"users":[{"eui":"01"}]})"};
    });
  };
  EXPECT_EQ(ask("GET", "/api/v1/users", "limit=2&format=csv&a=b").body, "eui\r\n01\r\n");
  EXPECT_EQ(seen, "limit=2&a=b");
  EXPECT_EQ(ask("GET", "/api/v1/users", "limit=2").body.front(), '{');
  EXPECT_EQ(ask("GET", "/api/v1/outages/report", "format=csv").body.front(), '{') << "it has a table of its own";
  EXPECT_EQ(seen, "format=csv");
  EXPECT_EQ(ask("POST", "/api/v1/devices", "format=csv").body.front(), '{');
  EXPECT_EQ(seen, "format=csv");
}

}  // namespace
}  // namespace meterway::portal
