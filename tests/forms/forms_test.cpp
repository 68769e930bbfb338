#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "standard/duis/request.h"
#include "tests/forms/maker.h"
#include "tests/support/sanitized.h"

// Every form of a request that the schema allows, not only the published examples: bodies drawn from the schema tables
// for each service that reaches a device, each type of device and each role that its use cases tell apart.
namespace meterway::tests {
namespace {

/// Rows of a table of tests/forms: the first three cells say which form.
std::map<std::string, std::string> table(const char* file) {
  std::map<std::string, std::string> rows;
  std::ifstream in(std::string(METERWAY_SOURCE_DIR) + "/tests/forms/" + file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#' || line.starts_with("service\t")) continue;
    const auto last = line.rfind('\t');
    rows.emplace(line.substr(0, last), line.substr(last + 1));
  }
  return rows;
}

/// The row for something of a form: its own, or one for every device and party. Empty when there is none.
std::string listed(const std::map<std::string, std::string>& rows, const Form& form, const std::string& what) {
  for (const auto& row : {form.name() + "\t" + what, std::string(form.service->variant) + "\t*\t*\t" + what}) {
    if (rows.count(row)) return row;
  }
  return "";
}

constexpr int kRequests = kSanitized ? 40 : 200;

/// Steps: 200 requests of every form; each fits the schema, becomes a command, and the command reads back. Pass: none
/// is refused but for what tests/forms/refusals.tsv lists with its reason, and nothing is listed in vain.
TEST(Forms, TwoHundredRandomRequestsOfEachBecomeCommands) {
  const auto known = table("refusals.tsv");
  std::set<std::string> met;
  std::set<std::string_view> services;
  int requests = 0, commands = 0;
  std::uint64_t seed = 0;
  for (const auto& form : all_forms()) {
    FormMaker maker(form, ++seed);
    int made = 0;
    for (int i = 0; i < kRequests; ++i) {
      const auto request = maker.request();
      const auto read = duis::read_request(duis::write_request(request));
      ASSERT_TRUE(read) << form.name() << ": " << read.error().element << ": " << read.error().rule << "\n"
                        << duis::write_request(request);
      ++requests;
      const auto result = flow::transform::transform(*read, maker.context(request));
      if (!result) {
        const std::string field = result.error().field == nullptr ? "-" : result.error().field;
        const auto row = listed(known, form, field);
        const bool first = met.insert(row.empty() ? form.name() + "\t" + field : row).second;
        if (row.empty() && first) ADD_FAILURE() << form.name() << "\t" << field << "\n" << duis::write_request(request);
        continue;
      }
      ++made;
      const auto bytes = gbcs::write_message(result->message);
      const auto again = gbcs::read_message(bytes);
      ASSERT_TRUE(again) << form.name();
      EXPECT_EQ(gbcs::write_message(*again), bytes) << form.name();
    }
    commands += made;
    if (made > 0) services.insert(form.service->variant);
    EXPECT_GT(made, 0) << form.name() << ": not one";
  }
  for (const auto& [row, reason] : known) {
    EXPECT_TRUE(kSanitized || met.count(row)) << row << " is refused no more";
    EXPECT_FALSE(reason.empty()) << row;
  }
  std::cout << commands << " commands of " << requests << " requests, " << services.size() << " services\n";
  RecordProperty("commands", commands);
  EXPECT_EQ(services.size(), 113u) << "services that reach a device";
}

/// The leaves of a body by their path.
void collect_leaves(duis::Element& at, std::vector<std::string>& path,
                    const std::function<void(duis::Element&, const std::vector<std::string>&)>& take) {
  for (auto& child : at.children) {
    path.push_back(child.name.str());
    if (child.children.empty()) {
      take(child, path);
    } else {
      collect_leaves(child, path, take);
    }
    path.pop_back();
  }
}

/// Steps: in requests of every form each leaf in turn takes another value. Pass: the command changes, but for the
/// leaves that tests/forms/silent.tsv lists with the reason, and the dates that the DCC keeps: what a request says must
/// not get lost.
TEST(Forms, EveryLeafReachesTheBytesOfTheCommand) {
  const auto known = table("silent.tsv");
  std::map<std::string, Form> silent;
  std::set<std::string> heard, used;
  std::uint64_t seed = 1000;
  for (const auto& form : all_forms()) {
    FormMaker maker(form, ++seed);
    for (int i = 0; i < (kSanitized ? 1 : 30); ++i) {
      auto request = maker.request();
      auto context = maker.context(request);
      if (form.type == DeviceType::ESME) context.facts = flow::transform::device_facts("BC", "4.2");  // has everything
      const auto before = flow::transform::transform(request, context);
      if (!before) continue;
      std::vector<std::string> path;
      collect_leaves(request.body, path, [&](duis::Element& leaf, const std::vector<std::string>& where) {
        std::string name;
        for (std::size_t k = 0; k < where.size(); ++k) name += (k > 0 ? "/" : "") + where[k];
        const bool kept = form.service->future_dating == duis::FutureDating::Dcc && name == "ExecutionDateTime";
        const auto full = form.name() + "\t" + name;
        if (kept || heard.count(full)) return;
        const auto was = leaf.text;
        for (int again = 0; again < 4; ++again) {
          const auto other = maker.bodies().another(*form.service, where);
          if (!other || *other == was) continue;
          leaf.text = *other;
          const auto after = flow::transform::transform(request, context);
          if (!after) continue;
          if (gbcs::write_message(after->message) == gbcs::write_message(before->message)) {
            silent.emplace(full, form);
          } else {
            heard.insert(full);
          }
        }
        leaf.text = was;
      });
    }
  }
  for (const auto& [leaf, form] : silent) {
    if (heard.count(leaf)) continue;
    const auto row = listed(known, form, leaf.substr(leaf.rfind('\t') + 1));
    EXPECT_NE(row, "") << leaf << " changes nothing";
    used.insert(row);
  }
  for (const auto& [leaf, reason] : known) {
    EXPECT_TRUE(kSanitized || used.count(leaf)) << leaf << " is listed in vain";
    EXPECT_FALSE(reason.empty()) << leaf;
  }
  std::cout << heard.size() << " leaves change their command, " << used.size() << " rows say which do not\n";
}

}  // namespace
}  // namespace meterway::tests
