#include "oversight/governance/view.h"

namespace meterway::governance {
namespace {

constexpr NamedView kViews[] = {
    {"minutes", minutes, "meeting"},
    {"agenda", agenda, "meeting"},
    {"action-log", action_log, "committee"},
    {"paper", paper, "paper"},
    {"proposal", proposal, "proposal"},
    {"adoption", adoption, "committee"},
    {"survey", survey, "survey"},
    {"legal-text", legal_text, "legal text"},
    {"legal-diff", legal_diff, "legal text"},
    {"matrix", matrix, "services"},
    {"assurance-status", assurance_status, "name or code of a status"},
};

}  // namespace

std::span<const NamedView> all_views() { return kViews; }

Result<std::vector<ledger::Record>> all(const ledger::Reader& reader, ledger::Query query,
                                        document::Document* document) {
  std::vector<ledger::Record> out;
  query.limit = ledger::kMostListed;
  while (true) {
    METERWAY_TRY(auto page, reader.list(query));
    for (auto& record : page.records) {
      if (document != nullptr) raise(*document, record.level);
      out.push_back(std::move(record));
    }
    if (page.next.empty()) return out;
    query.after = page.next;
  }
}

}  // namespace meterway::governance
