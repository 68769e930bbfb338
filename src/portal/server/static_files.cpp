#include "portal/server/static_files.h"

#include <algorithm>
#include <iterator>

#include "portal/server/ask.h"
#include "portal/server/headers.h"

namespace meterway::portal {
namespace {

/// Of the interface and the platform: with what stands below them.
constexpr std::string_view kNoPages[] = {"/api", "/healthz", "/readyz", "/metrics", "/openapi.json"};
/// What a file is called, and no page.
constexpr std::string_view kFileEndings[] = {".js",   ".css",   ".svg",  ".png",        ".ico", ".map",
                                             ".txt",  ".json",  ".html", ".xml",        ".php", ".woff",
                                             ".webp", ".woff2", ".gz",   ".webmanifest"};
constexpr std::string_view kIndex = "/index.html";

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

/// Nothing of a page's address needs these; whoever sends them looks for files of the machine, of which there are none.
bool climbs(std::string_view path) {
  std::string lower(path);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view one : {"/..", "/./", "//", "\\", "%2e%2e", "%00", "%5c"}) {
    if (lower.find(one) != std::string::npos) return true;
  }
  return lower.ends_with("/.");
}

std::string_view header_of(const net::HttpRequest& http, std::string_view name) {
  const auto found = http.headers.find(name);
  return found == http.headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Calls `each` with what stands between commas, until it says true.
template <class Each>
bool any_listed(std::string_view list, Each each) {
  while (!list.empty()) {
    const auto end = list.find(',');
    if (each(trimmed(list.substr(0, end)))) return true;
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
  }
  return false;
}

/// Accept-Encoding (RFC 9110 12.5.3): gzip by name, and not with weight 0.
bool takes_gzip(const net::HttpRequest& http) {
  return any_listed(header_of(http, "accept-encoding"), [](std::string_view one) {
    const auto end = one.find(';');
    if (trimmed(one.substr(0, end)) != "gzip") return false;
    if (end == std::string_view::npos) return true;
    auto weight = trimmed(one.substr(end + 1));
    return !weight.starts_with("q=0") || weight.find_first_of("123456789", 3) != std::string_view::npos;
  });
}

/// If-None-Match (RFC 9110 13.1.2), compared weakly.
bool is_known(const net::HttpRequest& http, std::string_view etag) {
  return any_listed(header_of(http, "if-none-match"), [&](std::string_view one) {
    if (one.starts_with("W/")) one.remove_prefix(2);
    return one == "*" || one == etag;
  });
}

net::HttpResponse answer_of(const StaticFile& file, const net::HttpRequest& http) {
  const bool packed = !file.gzip.empty() && takes_gzip(http);
  net::HttpResponse out;
  const auto etag = "\"" + std::string(file.sha256) + (packed ? "-gz\"" : "\"");
  out.headers["etag"] = etag;
  out.headers["cache-control"] = file.is_forever ? "public, max-age=31536000, immutable" : "no-cache";
  if (!file.gzip.empty()) out.headers["vary"] = "accept-encoding";
  if (is_known(http, etag)) {
    out.status = 304;
    return out;
  }
  out.headers["content-type"] = std::string(file.type);
  if (packed) out.headers["content-encoding"] = "gzip";
  out.body = std::string(packed ? file.gzip : file.content);
  return out;
}

const StaticFile* file_at(std::span<const StaticFile> files, std::string_view path) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const StaticFile& one) { return one.path == path; });
  return found == files.end() ? nullptr : &*found;
}

}  // namespace

std::optional<net::HttpResponse> serve_page(const net::HttpRequest& http, std::span<const StaticFile> files) {
  const std::string_view path = http.path;
  if (http.method != "GET" && http.method != "HEAD") return std::nullopt;
  if (std::any_of(std::begin(kNoPages), std::end(kNoPages), [&](auto one) { return is_below(path, one); }))
    return std::nullopt;
  const auto* file = file_at(files, path);
  if (file == nullptr) {
    const bool is_file = is_below(path, "/assets") || std::any_of(std::begin(kFileEndings), std::end(kFileEndings),
                                                                  [&](auto ending) { return path.ends_with(ending); });
    if (!path.starts_with("/") || is_file || climbs(path)) return guarded(not_found("no such page"));
    file = file_at(files, kIndex);
  }
  if (file == nullptr) return guarded(not_found("this executable was built without pages"));
  return guarded_page(answer_of(*file, http));
}

}  // namespace meterway::portal
