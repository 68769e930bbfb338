#include "flow/envelope/refusal.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace meterway::flow {
namespace {

/// The codes whose meaning the public reference gives, and what is told with them. Everything else is told with the
/// general one, whatever specific codes there are: what they mean nobody outside knows.
const std::map<std::string, std::string> kDocumented = {{"no_user", "E1"},
                                                        {"not_the_caller", "E1"},
                                                        {"role_not_eligible", "E2"},
                                                        {"user_not_live", "E3"},
                                                        {"not_responsible", "E4"},
                                                        {"device_state", "E5"},
                                                        {"device_type", "E11"},
                                                        {"command_variant", "E12"},
                                                        {"wrong_service", "E13"},
                                                        {"no_local_command", "E17"},
                                                        {"no_device", "E19"},
                                                        {"unreachable", "E20"},
                                                        {"no_answer", "E21"},
                                                        {"future_dated_timeout", "E30"},
                                                        {"hub_is_its_gpf", "E120201"}};
constexpr std::string_view kGeneral = "E100";
using enum Refusal;
constexpr Refusal kEvery[] = {
#define METERWAY_REFUSAL_ENUM
#include "flow/envelope/refusals.inc"
#undef METERWAY_REFUSAL_ENUM
};

TEST(Refusals, AreToldWithTheGeneralCodeUnlessTheReferenceGivesTheMeaningOfAnother) {
  std::size_t documented = 0, general = 0;
  for (const auto why : kEvery) {
    const std::string code(response_code(why)), of(name(why));
    const auto found = kDocumented.find(of);
    if (found != kDocumented.end()) {
      EXPECT_EQ(code, found->second) << of;
      ++documented;
    } else if (!code.empty()) {
      EXPECT_EQ(code, kGeneral) << of << ": its code has no meaning that is known";
      ++general;
    }
    EXPECT_TRUE(code.empty() || !meaning_of(code).empty()) << of;
    EXPECT_EQ(http_status(why) == 200 || http_status(why) == 0, !code.empty())
        << of << ": a DUIS answer has a code, and no other has";
  }
  EXPECT_EQ(documented, kDocumented.size());
  EXPECT_GT(general, 5u);
}

}  // namespace
}  // namespace meterway::flow
