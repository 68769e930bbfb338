#pragma once
#include <optional>
#include <string>
#include <vector>

#include "flow/envelope/context.h"
#include "records/registry/request_record.h"
#include "records/store/event_log.h"

/// Everything that the store knows of one key of the event log, read in one view: its events, the legs of its request,
/// and what it hangs together with.
namespace meterway::flow::tracing {

/// Another trace that belongs to this one, and how: "preceding", "schedule", "mentioned".
struct Link {
  std::string relation;
  std::string key;
};

struct Story {
  std::string key;
  std::optional<RequestId> id;  ///< none for alerts, devices and what operators changed
  std::vector<store::Event> events;
  std::vector<registry::RequestRecord> legs;  ///< the request, then the signed pre-command; empty when it was refused
  std::vector<Link> links;
  Eui64 broker;

  /// Service reference variant; empty when no leg is known.
  std::string service() const { return legs.empty() ? std::string() : legs.front().service; }
  bool is_empty() const { return events.empty(); }
};

/// A key as people paste it: a RequestID with or without dashes, in either case, with blanks around it, becomes the
/// log's; other keys stay.
std::string key_as_kept(std::string_view pasted);

/// Errors: those of the store.
Result<Story> read_story(const store::ReadView& view, std::string key);

/// RequestIDs and names of alerts that stand in a text, each once.
std::vector<std::string> keys_in(std::string_view text);

}  // namespace meterway::flow::tracing
