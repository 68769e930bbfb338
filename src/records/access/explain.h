#pragma once
#include <string>
#include <vector>

#include "records/access/decide.h"

/// Decisions in words: for events and refusals, and question by question with rule, clause, data and how sure we are.
namespace meterway::access {

/// Whom and what the words are about.
struct Names {
  Eui64 user, device, dcc;
  const std::optional<registry::User>& known_user;
  const std::vector<registration::Holder>& holders;
};

/// One sentence for the one who is refused; neither who else stands in registration data nor a metering point is in it.
std::string why_not(const Decision& decision, const Facts& facts, const Names& names);
std::string why_not(const Decision& decision, const duis::Service& service, CommandVariant variant);

/// One question of a decision, in the order in which they are asked.
struct Line {
  std::string question;  ///< "role": what spec/access_*.tsv calls it
  bool met = false;
  const Row* rule = nullptr;
  std::string data;  ///< what it was answered from
};
/// Every question up to the one that decided, for the role that did.
std::vector<Line> lines_of(const Decision& decision, const Facts& facts, const Tables& tables = Tables::standard());

/// What is different: "state of the device: Commissioned then, Suspended now".
std::vector<std::string> differences(const Facts& then, const Facts& now);

}  // namespace meterway::access
