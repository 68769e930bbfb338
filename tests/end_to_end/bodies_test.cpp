#include "standard/duis/request.h"
#include "standard/duis/services.h"
#include "tests/end_to_end/node.h"

// `send` makes a document for every service that there is, without being told what stands in it.
namespace meterway::end_to_end {
namespace {

TEST(SentBodies, FitTheSchemaForEveryServiceAndBothFuels) {
  Node node;
  node.start_platform();  // who makes a token asks it for the meter's certificate
  for (const auto& service : duis::all_services()) {
    for (const auto* device : {kEsme, kGsme}) {
      std::vector<std::string> arguments{std::string(service.variant), "--to", device, "--from", kSupplier};
      if (service.variant == "8.11") {
        for (const auto* given : {"DeviceID=00-DB-12-34-56-78-90-A8", "InstallCode=30313233343536373839414243444546"})
          arguments.insert(arguments.end(), {"--param", given});
      }
      const auto read = duis::read_request(node.signed_request(arguments));
      ASSERT_TRUE(read) << service.variant << ": " << read.error().element << ": " << read.error().rule;
      EXPECT_EQ(read->service_reference_variant, service.variant);
    }
  }
}

}  // namespace
}  // namespace meterway::end_to_end
