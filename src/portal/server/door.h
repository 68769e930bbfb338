#pragma once
#include <map>
#include <mutex>

#include "portal/server/ask.h"
#include "records/audit/entry.h"
#include "records/permission/permission.h"

namespace meterway::portal {

/// Refusals of whoever has no name: anybody may make as many as he likes, and each would be a write. The first of a
/// route is written at once, what follows within `kAtLeast` is counted here and written together. There are no more of
/// them than routes. Sharing: from any thread.
class HeldRefusals {
 public:
  static constexpr std::chrono::seconds kAtLeast{10};
  struct Due {
    audit::Entry line;
    std::uint64_t times = 0;
  };
  /// One more. What is to be written now; nothing: it waits with others.
  std::optional<Due> count(const audit::Entry& line);
  /// Writes what has waited long enough, or `all`. What cannot be written waits on.
  Status write_due(store::Store& store, UtcTime now, bool all = false);
  /// It could not be written: it waits with the next.
  void give_back(const Due& due);

 private:
  struct Waiting {
    audit::Entry line;
    std::uint64_t times = 0;
    UtcTime written{};
    bool is_due(UtcTime now) const { return now - written >= kAtLeast || now < written; }
  };
  std::mutex mutex_;
  std::map<std::string, Waiting> waiting_;  ///< by function and route
};

/// None: he may come in. Otherwise 401 (without a name) or 403, and the audit has a line of it; it has one, too, of who
/// is let in to a function that the table notes.
std::optional<net::HttpResponse> refused_at_door(const ledger::Person& person, const Route& route,
                                                 const net::HttpRequest& http, const Portal& portal);

/// What is not his of a function that the table gives him: the answer, and a line of the audit with `why`, counted.
net::HttpResponse refused_inside(const Ask& ask, const Portal& portal, net::HttpResponse answer, std::string why);

/// Of somebody whom no token and no certificate names.
Status note_nobody(store::WriteView& view, const Route& route, const Portal& portal, const std::string& source,
                   bool locked);

/// A line of the audit, in the write of what it tells of: the caller has done what the route is for.
Status note_done(store::WriteView& view, const Ask& ask, const Portal& portal, std::string about,
                 std::string detail = {});

}  // namespace meterway::portal
