#include "standard/duis/sample_body.h"

#include <gtest/gtest.h>

#include "standard/duis/request.h"

namespace meterway::duis {
namespace {

const SampleOf kAbout{*from_iso8601("2026-06-01T12:00:00Z"), Eui64(0x00DB1234567890A0), false};

std::string request(const Service& service, const std::string& body) {
  const auto cv = service.non_device ? "8" : service.critical ? "4" : "1";
  return "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.4\"><sr:Header>"
         "<sr:RequestID>90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0:1000</sr:RequestID><sr:CommandVariant>" +
         std::string(cv) + "</sr:CommandVariant><sr:ServiceReference>" + std::string(service.reference) +
         "</sr:ServiceReference><sr:ServiceReferenceVariant>" + std::string(service.variant) +
         "</sr:ServiceReferenceVariant></sr:Header><sr:Body>" + body + "</sr:Body></sr:Request>";
}

/// What is wrong with it; empty when nothing is.
std::string problem(const Service& service, const std::string& body) {
  const auto read = read_request(request(service, body));
  return read ? std::string() : read.error().element + ": " + read.error().rule + "\n" + body;
}

TEST(SampleBody, IsValidForEveryService) {
  std::size_t services = 0;
  for (const auto& service : all_services()) {
    for (const bool gas : {false, true}) {
      auto about = kAbout;
      about.gas = gas;
      EXPECT_EQ(problem(service, sample_body(service, {}, about)), "") << service.variant;
    }
    ++services;
  }
  EXPECT_EQ(services, 129u);
}

TEST(SampleBody, HasNothingThatTheSchemaDoesNotDemand) {
  EXPECT_EQ(sample_body(*find_service("7.4"), {}, kAbout), "<sr:ReadSupplyStatus></sr:ReadSupplyStatus>");
  EXPECT_EQ(sample_body(*find_service("4.1.1"), {}, kAbout),
            "<sr:ReadInstantaneousImportRegisters></sr:ReadInstantaneousImportRegisters>");
}

TEST(SampleBody, PutsWhatIsGivenInItsPlaceWhereverItComesInTheSchema) {
  const auto& service = *find_service("8.11");
  const auto body = sample_body(service,
                                {{"InstallCode", "30313233343536373839414243444546"},
                                 {"RequestType", "Add"},
                                 {"DeviceID", "00-DB-12-34-56-78-90-A8"}},
                                kAbout);
  EXPECT_EQ(problem(service, body), "");
  EXPECT_NE(body.find("<sr:DeviceID>00-DB-12-34-56-78-90-A8</sr:DeviceID><sr:RequestType>Add</sr:RequestType>"),
            std::string::npos)
      << body;
  EXPECT_NE(body.find("<sr:InstallCode>30313233343536373839414243444546</sr:InstallCode>"), std::string::npos) << body;
  const auto dated = sample_body(*find_service("4.1.1"), {{"ExecutionDateTime", "2026-07-01T00:00:00Z"}}, kAbout);
  EXPECT_EQ(problem(*find_service("4.1.1"), dated), "");
  EXPECT_NE(dated.find("<sr:ExecutionDateTime>2026-07-01T00:00:00Z</sr:ExecutionDateTime>"), std::string::npos)
      << dated;
}

TEST(SampleBody, LeavesWhatTheSchemaHasNoPlaceForToTheOneWhoChecks) {
  const auto& service = *find_service("7.4");
  EXPECT_NE(problem(service, sample_body(service, {{"Colour", "red"}}, kAbout)).find("Colour"), std::string::npos);
  EXPECT_NE(problem(service, sample_body(service, {{"ExecutionDateTime", "soon"}}, kAbout)), "");
}

TEST(SampleBody, KnowsWhereTheBodyOfAServiceMayHoldAValue) {
  const auto& mode = *find_service("1.5");
  for (const auto* path : {"AdjustMeterBalance", "PrepaymentMode/AdjustMeterBalance",
                           "UpdateMeterBalance/PrepaymentMode/AdjustMeterBalance"})
    EXPECT_TRUE(may_hold(mode, path)) << path;
  for (const auto* path :
       {"", "/", "Balance", "PrepaymentMode", "CreditMode/AdjustMeterBalance/", "TopUpAmount", "/AdjustMeterBalance"})
    EXPECT_FALSE(may_hold(mode, path)) << path;
  EXPECT_FALSE(may_hold(*find_service("7.4"), "AdjustMeterBalance"));
}

TEST(SampleBody, ReadsALogOfTheLastDay) {
  const auto body = sample_body(*find_service("4.6.1"), {}, kAbout);
  EXPECT_NE(body.find("2026-05-31T12:00:00Z"), std::string::npos) << body;
  EXPECT_NE(body.find("2026-06-01T12:00:00Z"), std::string::npos) << body;
}

}  // namespace
}  // namespace meterway::duis
