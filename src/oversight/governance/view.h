#pragma once
#include <optional>
#include <span>
#include <string>

#include "oversight/document/document.h"
#include "records/ledger/reader.h"
#include "standard/rules/rules.h"

/// What is put together from many records: minutes, agendas, action logs, papers, the state of a proposal, texts of the
/// code. Each as a document and as JSON, as far as the reader's person may see.
namespace meterway::governance {

struct Asked {
  std::string reference;
  std::optional<ledger::Date> on, from, to;
  ledger::Date today;
};
struct View {
  document::Document document;
  std::string json;
};
/// Errors: NotFound; BadValue, in words, for what is asked wrongly.
using MakeView = Result<View> (*)(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
struct NamedView {
  std::string_view name;
  MakeView make;
  std::string_view of;  ///< what `reference` is of
};
std::span<const NamedView> all_views();

Result<View> minutes(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> agenda(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> action_log(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> paper(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> proposal(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> adoption(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> survey(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> legal_text(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> legal_diff(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> matrix(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);
Result<View> assurance_status(const ledger::Reader& reader, const rules::Rules& rules, const Asked& asked);

/// All pages of a list. Their classes raise the document.
Result<std::vector<ledger::Record>> all(const ledger::Reader& reader, ledger::Query query,
                                        document::Document* document = nullptr);

}  // namespace meterway::governance
