// Covers: src/base/net/http_message.cpp src/base/net/url.cpp
// Whoever reaches a port of the platform sends these bytes before anything else is known of him; a server that a User
// names sends the answers. Laws: no crash; a message means the same in whatever pieces it comes; a body is never over
// its limit.
#include <cstdlib>

#include "base/net/http_message.h"
#include "base/net/url.h"

namespace {

using namespace meterway::net;
constexpr std::size_t kLimit = 4096;

struct Body {
  int fault = 0;
  bool done = false;
  std::size_t taken = 0;
  std::string text;
  bool operator==(const Body&) const = default;
};

Body read_body(const MessageHead& head, std::string_view input, std::size_t step) {
  BodyReader reader(head, kLimit);
  Body out;
  while (out.taken < input.size() && !reader.done()) {
    const auto taken = reader.take(input.substr(out.taken, step));
    if (!taken) {
      out.fault = taken.error().status;
      return {out.fault, false, 0, ""};
    }
    out.taken += *taken;
    if (*taken == 0 && !reader.done()) std::abort();
  }
  out.done = reader.finish();
  out.text = reader.release();
  if (out.text.size() > kLimit) std::abort();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)parse_url(input);
  const auto whole = head_size(input);
  if (!whole) return 0;
  for (std::size_t seen = 0; seen < *whole; ++seen) {
    if (head_size(input, seen) != whole) std::abort();
  }
  const auto rest = input.substr(*whole);
  const auto both = [&](const MessageHead& head) {
    if (!(read_body(head, rest, rest.size()) == read_body(head, rest, 1))) std::abort();
  };
  if (const auto request = read_request_head(input.substr(0, *whole))) both(*request);
  if (const auto response = read_response_head(input.substr(0, *whole))) both(*response);
  return 0;
}
