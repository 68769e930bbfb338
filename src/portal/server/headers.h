#pragma once
#include "base/net/http.h"

/// What every answer says to a browser besides itself.
namespace meterway::portal {

/// Of the interface: nothing in it is ever run, shown inside another page, guessed to be something else or kept; HTML
/// (documents of records) opens in a sandbox, without scripts, forms and the session. What is set already stays.
net::HttpResponse guarded(net::HttpResponse answer);

/// Of the pages: scripts, style and pictures come from this host alone, and requests go to it alone.
net::HttpResponse guarded_page(net::HttpResponse answer);

}  // namespace meterway::portal
