#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "base/net/http.h"

/// The pages: files that are part of the executable, made from src/portal/web while building.
namespace meterway::portal {

struct StaticFile {
  std::string_view path;  ///< "/assets/main-1A2B3C4D.js"
  std::string_view type;  ///< what Content-Type says
  std::string_view sha256;
  bool is_forever = false;         ///< its name changes with what is in it
  std::string_view content, gzip;  ///< gzip: the same compressed; empty where that is no smaller
};

/// Which paths are pages': all but those of the interface and of the platform. Of a file there is one answer; a path
/// that names none is a page, which the script of /index.html shows, unless it ends like a file: 404. None: no page's
/// path, or a method that is neither GET nor HEAD.
///
/// ETag is the content's SHA-256, and of the compressed form another; If-None-Match: 304.
std::optional<net::HttpResponse> serve_page(const net::HttpRequest& http, std::span<const StaticFile> files);

}  // namespace meterway::portal
