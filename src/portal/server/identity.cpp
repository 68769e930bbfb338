#include "portal/server/identity.h"

#include "base/net/inside.h"
#include "portal/server/door.h"

namespace meterway::portal {

WrongTokens::Verdict WrongTokens::count(const std::string& source, UtcTime now, std::uint64_t most,
                                        std::chrono::minutes window) {
  const std::lock_guard lock(mutex_);
  if (tries_.size() >= kMostSources && tries_.find(source) == tries_.end()) {
    std::erase_if(tries_, [&](const auto& one) { return now - one.second.first >= window; });
    if (tries_.size() >= kMostSources) return Verdict::Wrong;  // so many guess at once that no one stands out
  }
  auto& tries = tries_[source];
  if (tries.count == 0 || now - tries.first >= window || now < tries.first) tries = {now, 0};
  if (++tries.count <= most) return Verdict::Wrong;
  return tries.count == most + 1 ? Verdict::LockedNow : Verdict::Locked;
}

net::HttpResponse nobodys(const net::HttpRequest& http, const Route& route, const Portal& portal) {
  const auto now = portal.clock.now();
  const auto rule = [&](const char* name, std::int64_t usual) {
    const auto ruling = portal.rules.on(name, calendar::date_of(now));
    return std::max<std::int64_t>(1, ruling ? ruling->integer().value_or(usual) : usual);
  };
  const auto from = http.headers.find(net::kSource);
  const auto source = from == http.headers.end() ? std::string() : from->second;
  const auto window = std::chrono::minutes(rule("people.lockout.minutes", 60));
  auto verdict = WrongTokens::Verdict::Wrong;
  if (portal.wrong_tokens != nullptr && !source.empty())
    verdict =
        portal.wrong_tokens->count(source, now, static_cast<std::uint64_t>(rule("people.lockout.tokens", 5)), window);
  // Of those who go on, the log has said enough.
  if (verdict != WrongTokens::Verdict::Locked) {
    const auto noted = portal.store.write([&](store::WriteView& view) {
      return note_nobody(view, route, portal, source, verdict == WrongTokens::Verdict::LockedNow);
    });
    if (!noted) return failed(noted.error());
  }
  if (verdict == WrongTokens::Verdict::Wrong)
    return problem(401, "who_calls", "this token or certificate is nobody's",
                   "Authorization: Bearer, with a token that is known, and no other person's certificate");
  auto out =
      problem(429, "too_many_tries", "too many wrong tokens from this address", "a right one is let in at any time");
  out.headers["retry-after"] = std::to_string(std::chrono::seconds(window).count());
  return out;
}

}  // namespace meterway::portal
