// Covers: src/portal/server/cookie.cpp src/portal/server/static_files.cpp
// Any page that a person opens can have his browser send these bytes to the portal, and so can whoever reaches its
// port. The input is a request as it comes. Laws: no crash; a cookie that is set is read as what was set; no address
// gives anything but one of the files, or 404; what is the same origin is so in either case of letters.
#include <cstdint>
#include <cstdlib>

#include "base/net/http_message.h"
#include "portal/server/cookie.h"
#include "portal/server/static_files.h"

namespace {

using namespace meterway;

constexpr portal::StaticFile kFiles[] = {
    {"/index.html", "text/html", "0a", false, "page", {}},
    {"/assets/main-1A2B3C4D.js", "text/javascript", "0b", true, "script", "packed"},
};

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = net::head_size(input);
  if (!whole) return 0;
  const auto head = net::read_request_head(input.substr(0, *whole));
  if (!head) return 0;
  net::HttpRequest http{head->method, head->path, head->query, head->headers, "", {}};
  if (const auto secret = portal::session_cookie(http); secret && !secret->empty()) {
    const auto set = portal::set_cookie(*secret, http);
    net::HttpRequest again;
    again.headers["cookie"] = set.substr(0, set.find(';'));
    must(portal::session_cookie(again) == secret);
    must(portal::forgery_token(*secret).size() == 43);
  }
  const bool foreign = portal::foreign_origin(http).has_value();
  if (http.headers.count("host") != 0) {
    auto other = http;
    for (char& c : other.headers["host"]) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    must(portal::foreign_origin(other).has_value() == foreign);
  }
  if (const auto page = portal::serve_page(http, kFiles)) {
    must(page->status == 200 || page->status == 304 || page->status == 404);
    must(page->headers.count("content-security-policy") == 1);
    if (page->status == 200) must(page->body == "page" || page->body == "script" || page->body == "packed");
  }
  return 0;
}
