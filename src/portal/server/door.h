#pragma once
#include "portal/server/ask.h"
#include "records/audit/held.h"
#include "records/permission/permission.h"

namespace meterway::portal {

/// None: he may come in. Otherwise 401 (without a name) or 403, and the audit has a line of it; it has one, too, of who
/// is let in to a function that the table notes.
std::optional<net::HttpResponse> refused_at_door(const ledger::Person& person, const Route& route,
                                                 const net::HttpRequest& http, const Portal& portal);

/// What is not his of a function that the table gives him: the answer, and a line of the audit with `why`, counted.
net::HttpResponse refused_inside(const Ask& ask, const Portal& portal, net::HttpResponse answer, std::string why);

/// 403 `csrf` for a change that some other page may have asked for, and a line of the audit, counted.
net::HttpResponse refused_forgery(const ledger::Person& person, const Route& route, const Portal& portal,
                                  const std::string& why);

/// Before the audit is read: what callers without a name left and is not written yet (audit::Held).
Status write_held(const Portal& portal);

/// Of somebody whom no token and no certificate names.
Status note_nobody(store::WriteView& view, const Route& route, const Portal& portal, const std::string& source,
                   bool locked);

/// A line of the audit, in the write of what it tells of: the caller has done what the route is for.
Status note_done(store::WriteView& view, const Ask& ask, const Portal& portal, std::string about,
                 std::string detail = {});

}  // namespace meterway::portal
