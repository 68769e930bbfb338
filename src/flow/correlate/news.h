#pragma once
#include "flow/correlate/installation.h"

namespace meterway::flow::correlate {

/// What Users are to hear of from the DCC itself (spec/dcc_alerts.tsv) when a device has answered: another version of
/// its firmware than the inventory has (11.2); the log of a predecessor taken over (8.12.1, 8.12.2), where the
/// inventory knows both hubs and both gas proxies, as the body names all four; a display that has left its hub's log
/// (8.11). `installed`: what the answer changes in the inventory. Errors: of the store.
Result<std::vector<DccNews>> news_of(const store::ReadView& view, const registry::RequestRecord& record,
                                     const gbcs::Message& response, const Installed& installed, UtcTime at);

}  // namespace meterway::flow::correlate
