#include "portal/server/query.h"

namespace meterway::portal {
namespace {

/// Some 0.2 s of reading, for somebody whom we may not know.
constexpr std::size_t kMostRead = 20'000;

}  // namespace

Result<ledger::Query, std::string> read_list_query(const Ask& ask, const ledger::Kind& kind) {
  using Wrong = Unexpected<std::string>;
  ledger::Query query;
  query.kind = std::string(kind.name);
  const auto limit = read_limit(ask, 100, ledger::kMostListed);
  if (!limit) return Wrong{"limit: expected 1 to " + std::to_string(ledger::kMostListed)};
  query.limit = *limit;
  query.most_read = kMostRead;
  for (const auto& [name, value] : ask.query) {
    if (name == "limit" || name == "format" || name == "sum") continue;
    if (name == "after") {
      query.after = value;
    } else if (name == "order") {
      if (value != "newest" && value != "oldest") return Wrong{"order: expected oldest or newest"};
      query.newest_first = value == "newest";
    } else if (name == "q") {
      query.words = value;
    } else if (name == "mentions") {
      query.mentions = value;
    } else if (name == "range") {
      const auto* field = kind.field(value);
      if (field == nullptr || !field->indexed) return Wrong{"range: expected an indexed field of the kind"};
      query.range_field = value;
    } else if (name == "from" || name == "to") {
      (name == "from" ? query.from : query.to) = value;
    } else if (name == "state" || name == "class" || kind.field(name) != nullptr) {
      query.filters.push_back({name, value});
    } else {
      return Wrong{name + ": no parameter, and no field of a " + std::string(kind.name)};
    }
  }
  if (query.range_field.empty() && (!query.from.empty() || !query.to.empty())) {
    if (kind.date.empty() || !kind.field(kind.date)->indexed) return Wrong{"range: say of which field"};
    query.range_field = std::string(kind.date);
  }
  return query;
}

}  // namespace meterway::portal
