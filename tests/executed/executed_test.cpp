#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <map>

#include "tests/executed/runs.h"
#include "tests/reference/table.h"

// Random requests of every service that reaches a device, carried out by emulated devices: what they answer.
namespace meterway::tests {
namespace {

/// Rows of outcomes.tsv: what a device refuses, by form or by service.
class Outcomes {
 public:
  Outcomes() {
    for (auto& row : read_table(std::string(METERWAY_SOURCE_DIR) + "/tests/executed/outcomes.tsv"))
      rows_[row.at("service") + "\t" + row.at("device") + "\t" + row.at("party") + "\t" + row.at("what")] = row;
  }
  /// The row for this refusal; null when there is none.
  const Row* find(const Form& form, const std::string& what) {
    const auto service = std::string(form.service->variant), type = std::string(to_string(form.type));
    for (const auto& key : {form.name() + "\t" + what, service + "\t" + type + "\t*\t" + what,
                            service + "\t*\t*\t" + what, "*\t" + type + "\t*\t" + what}) {
      const auto row = rows_.find(key);
      if (row == rows_.end()) continue;
      met_.insert(key);
      return &row->second;
    }
    return nullptr;
  }
  std::vector<std::string> in_vain() const {
    std::vector<std::string> out;
    for (const auto& [key, row] : rows_) {
      if (met_.count(key) == 0) out.push_back(key);
    }
    return out;
  }

 private:
  std::map<std::string, Row> rows_;
  std::set<std::string> met_;
};

std::string protection_of(const gbcs::Message& answer) {
  const auto mac = gbcs::mac_state(answer, home(), kFormsBroker);
  const auto signature = gbcs::signature_state(answer, home());
  using gbcs::CheckState;
  const bool one = (mac == CheckState::Valid && signature == CheckState::None) ||
                   (mac == CheckState::None && signature == CheckState::Valid);
  return one ? "" : "MAC " + std::string(to_string(mac)) + ", signature " + std::string(to_string(signature));
}

/// Steps: 200 random requests of every service, spread over its devices and parties, each carried out by a device that
/// has been at work for six weeks. Pass: an answer comes; it is of the command, MAC or signature are right, every field
/// of command and answer has a name, every state a word; and each instruction is done, or refused for a reason that
/// stands in outcomes.tsv, where nothing stands in vain.
TEST(Executed, RandomRequestsAreCarriedOutAndAnsweredInNamedFields) {
  Outcomes outcomes;
  std::map<std::string, int> done, said, services;
  int runs = 0, refused = 0;
  for_each_run([&](const OneRun& run) {
    ++runs;
    const auto name = run.form.name() + "\t" + run.made.use_case;
    const auto once = [&](const std::string& what) {
      if (++said[name + what] == 1) ADD_FAILURE() << name << "\t" << what << "\n" << duis::write_request(run.request);
    };
    const Exchange exchange(run.command);
    if (const auto why = nameless_in(gbcs::decode(exchange.command, {&home(), nullptr})); !why.empty())
      once("command: " + why);
    std::string what;
    if (!run.outcome.response) {
      what = std::string("silence: ") + run.outcome.refusal;
    } else {
      const auto answer = gbcs::read_message(*run.outcome.response).value();
      const auto &asked = exchange.command.header, &h = answer.header;
      if (h.kind != gbcs::Kind::Response || h.code != asked.code || h.counter != asked.counter ||
          h.originator != asked.target || h.target != asked.originator ||
          h.supplementary_party != asked.supplementary_party || h.supplementary_counter != asked.supplementary_counter)
        once("answer to another command");
      if (const auto why = protection_of(answer); !why.empty()) once("answer: " + why);
      const auto decoded = gbcs::decode(answer, exchange.to_decode());
      if (const auto why = nameless_in(decoded); !why.empty()) once("answer: " + why);
      if (const auto refusals = refusals_in(decoded); !refusals.empty()) what = refusals.front();
    }
    ++services[std::string(run.form.service->variant)];
    if (what.empty()) {
      ++done[run.form.name()];
    } else {
      ++refused;
      const auto* row = outcomes.find(run.form, what);
      if (row == nullptr)
        once(what);
      else if (row->at("reason").empty())
        once("no reason for " + what);
      if (row != nullptr && row->at("share") == "all") ++done[run.form.name()];
    }
  });
  for (const auto& form : eligible_forms())
    EXPECT_TRUE(kSanitized || done[form.name()] > 0) << form.name() << ": none is carried out";
  for (const auto& row : outcomes.in_vain()) EXPECT_TRUE(kSanitized) << row << " is refused no more";
  EXPECT_EQ(services.size(), 113u);
  for (const auto& [service, count] : services) EXPECT_GE(count, kSanitized ? 10 : 200) << service;
  std::cout << runs << " runs, " << refused << " refused for listed reasons, " << services.size() << " services\n";
}

}  // namespace
}  // namespace meterway::tests
