#include "records/installation/rules.h"

#include "records/installation/hubs.h"
#include "records/installation/products.h"

namespace meterway::installation {
namespace {

constexpr ledger::Named kFunctions[] = {
    {"coverage_names_a_place", coverage_names_a_place, nullptr},
    {"hub_notice_can_be", hub_notice_can_be, nullptr},
    {"judge_hub_notice", nullptr, judge_hub_notice},
    {"hub_has_returned", hub_has_returned, nullptr},
    {"product_can_be_listed", product_can_be_listed, nullptr},
    {"removal_takes_it_off", removal_takes_it_off, nullptr},
    {"return_puts_it_back", return_puts_it_back, nullptr},
    {"list_product", nullptr, list_product},
    {"take_off_list", nullptr, take_off_list},
    {"put_back_on_list", nullptr, put_back_on_list},
};

}  // namespace

std::span<const ledger::Named> functions() { return kFunctions; }

}  // namespace meterway::installation
