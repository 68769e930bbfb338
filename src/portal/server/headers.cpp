#include "portal/server/headers.h"

namespace meterway::portal {
namespace {

struct Guard {
  std::string_view name, value;
};

constexpr Guard kEverywhere[] = {
    {"x-content-type-options", "nosniff"},
    {"referrer-policy", "no-referrer"},
    {"cross-origin-resource-policy", "same-origin"},
};
constexpr Guard kOfAnswers[] = {
    {"cache-control", "no-store"},
};
/// A document brings its style with it, and pictures inside it.
constexpr std::string_view kDocument =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox";
constexpr std::string_view kNothing =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
constexpr Guard kOfPages[] = {
    {"content-security-policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
     "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
    {"cross-origin-opener-policy", "same-origin"},
    {"permissions-policy",
     "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
     "midi=(), payment=(), usb=()"},
};

void add(net::HttpResponse& answer, std::string_view name, std::string_view value) {
  if (answer.headers.count(name) == 0) answer.headers[std::string(name)] = std::string(value);
}

}  // namespace

net::HttpResponse guarded(net::HttpResponse answer) {
  for (const auto& one : kEverywhere) add(answer, one.name, one.value);
  for (const auto& one : kOfAnswers) add(answer, one.name, one.value);
  const auto type = answer.headers.find("content-type");
  const bool is_html = type != answer.headers.end() && type->second.starts_with("text/html");
  add(answer, "content-security-policy", is_html ? kDocument : kNothing);
  return answer;
}

net::HttpResponse guarded_page(net::HttpResponse answer) {
  for (const auto& one : kEverywhere) add(answer, one.name, one.value);
  for (const auto& one : kOfPages) add(answer, one.name, one.value);
  return answer;
}

}  // namespace meterway::portal
