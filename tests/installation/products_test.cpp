#include "records/installation/products.h"

#include "records/ledger/agreeable.h"
#include "records/registry/products.h"
#include "tests/support/flow_bench.h"

// The certified product list as records: what a record says, the list says.
namespace meterway::installation {
namespace {

class Products : public tests::FlowBench {
 protected:
  ledger::Ledger ledger() {
    return ledger::Ledger({context().store,
                           clock,
                           rules,
                           ledger::agreeable_but_for({{"product_can_be_listed", product_can_be_listed, nullptr},
                                                      {"list_product", nullptr, list_product},
                                                      {"removal_takes_it_off", removal_takes_it_off, nullptr},
                                                      {"return_puts_it_back", return_puts_it_back, nullptr},
                                                      {"take_off_list", nullptr, take_off_list},
                                                      {"put_back_on_list", nullptr, put_back_on_list}}),
                           {}});
  }
  /// Its reference, or what is wrong.
  std::string list(const std::string& model, const std::string& from, const std::string& removed_on = {}) {
    ledger::Fields fields = {
        {"manufacturer", {"Meterway"}}, {"model", {model}}, {"version", {"00010001"}}, {"from", {from}}};
    if (!removed_on.empty()) fields["removed_on"] = {removed_on};
    const auto made = ledger().create(operating_, "certified_product", {"", fields, {}, ""});
    return made ? made->reference : made.error().fields.empty() ? made.error().detail : made.error().fields[0].detail;
  }
  /// "" when it was done.
  std::string act(const std::string& reference, const std::string& action, const std::string& moment) {
    const auto field = action == "remove" ? "removed_on" : "returned_on";
    const auto done =
        ledger().act(operating_, "certified_product", reference, {}, action, {"", {{field, {moment}}}, {}, ""});
    return done ? "" : done.error().fields.empty() ? done.error().detail : done.error().fields[0].detail;
  }
  bool listed(const std::string& model) {
    const auto all = read<std::vector<registry::Listing>>([&](const auto& view) {
      return registry::listings_of(view, {"Meterway", model, "00010001"});
    });
    return registry::is_listed(all, clock.now()).value_or(false);
  }

  const registry::Person operating_ = registry::operator_person();
  rules::Rules rules;
};

TEST_F(Products, ARecordNeverSaysOtherThanTheList) {  // it is 2026-06-01
  const auto reference = list("M1", "2026-03-01T00:00:00Z");
  EXPECT_EQ(act(reference, "remove", "2026-02-01T00:00:00Z"), "removed_on: at that moment it is not on the list");
  EXPECT_TRUE(listed("M1"));
  EXPECT_EQ(act(reference, "remove", "2026-04-01T00:00:00Z"), "");
  EXPECT_FALSE(listed("M1"));
  EXPECT_EQ(act(reference, "return", "2026-03-15T00:00:00Z"), "returned_on: at that moment it is on the list");
  EXPECT_EQ(act(reference, "return", "2026-05-01T00:00:00Z"), "");
  EXPECT_TRUE(listed("M1"));
  EXPECT_EQ(act(reference, "remove", "2026-03-10T00:00:00Z"),
            "removed_on: the list has a later entry, which decides now");
  EXPECT_TRUE(listed("M1"));
  EXPECT_EQ(act(reference, "remove", "2026-07-01T00:00:00Z"), "") << "announced";
  EXPECT_TRUE(listed("M1"));
  clock.advance(std::chrono::hours(24 * 31));
  EXPECT_FALSE(listed("M1"));
}

TEST_F(Products, OneThatIsListedWithItsRemovalWasListedBefore) {
  EXPECT_EQ(list("M2", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z"), "removed_on: comes after from");
  EXPECT_EQ(list("M2", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z").substr(0, 3), "CPL");
  EXPECT_FALSE(listed("M2"));
}

}  // namespace
}  // namespace meterway::installation
