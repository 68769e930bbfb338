#pragma once
#include <string>

#include "base/net/http.h"
#include "flow/envelope/context.h"
#include "flow/gateway/access.h"
#include "flow/outage/outage.h"
#include "flow/outage/report.h"

/// The outage board of a network operator: what is off now, how well the duty of telling is met, and the rows behind
/// both.
namespace meterway::flow::outage {

/// What has become of a loss.
enum class State : std::uint8_t {
  Waiting,     ///< reported; an alert is owed when it has lasted long enough
  Off,         ///< told of, and not back yet
  Restored,    ///< told of, and back
  Short,       ///< back before an alert was owed
  ReturnOnly,  ///< the return was reported, the loss was not
};
std::string_view to_string(State state);
State state_of(const Outage& outage);

/// An outage that somebody may see, and the meters there.
struct Row {
  Outage outage;
  std::size_t meters = 0;  ///< electricity meters behind the hub that are his, or anybody's where he sees all
};

/// Of whom, when and where: Selection says whose and when.
struct BoardQuery {
  Selection selection;
  std::string region;  ///< by commas; "unknown": the inventory has none for the hub. Empty: all
  std::string state;   ///< names of State by commas; empty: all
  std::optional<Eui64> hub;
};

/// In the order of hub and time of loss. What somebody sees of all: losses that one of his Users was told of, or at a
/// hub with a meter that one of them is responsible for. Errors: those of the store.
Result<std::vector<Row>> rows(const store::ReadView& view, const BoardQuery& query);

/// {"target_s", "hubs_off", "definitions", "regions": [{"region", "hubs_off", "losses", "largest_event", "restored",
/// "repeats", "owed", "within_target", "share", "not_acknowledged", "left_out": {"short", "waiting", "nobody_to_tell",
/// "return_only"}, "to_acknowledged_ms": {...}, "to_delivered_ms": {...}, "hops_ms": {...}}]}: a row for all, and one a
/// region.
std::string board_json(const std::vector<Row>& rows, const std::vector<Figure>& figures, UtcTime now);

/// GET /api/v1/outages?state=&region=&hub=&from=&until=&user=&after=&limit=&format=csv: the rows, and
/// GET /api/v1/outages/board with the same selection. The operator sees all, others their own; 401 for nobody.
inline constexpr std::string_view kRowsPath = "/api/v1/outages", kBoardPath = "/api/v1/outages/board";
net::HttpResponse show_rows(const net::HttpRequest& http, const gateway::Caller& caller, const Context& context);
net::HttpResponse show_board(const net::HttpRequest& http, const gateway::Caller& caller, const Context& context);

}  // namespace meterway::flow::outage
