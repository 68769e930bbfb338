#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/util/base64.h"
#include "flow/admin/ask.h"
#include "flow/admin/certificate_body.h"
#include "records/registry/party.h"

namespace meterway::flow::admin {
namespace {

using nlohmann::json;
using pki::CertificateStatus;
using pki::KeyUse;
using registry::StoredCertificate;
constexpr std::string_view kUses[] = {"ds", "ka", "pp-ka", "xml"};
constexpr std::size_t kMostLookedAt = 20'000;  // for one page of those that a filter lets through

std::string key_of(const pki::SmkiSerial& serial) { return "certificate:" + serial.hex(); }

std::string_view status_name(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::Pending:
      return "pending";
    case CertificateStatus::InUse:
      return "in use";
    case CertificateStatus::NotInUse:
      return "not in use";
    case CertificateStatus::Expired:
      return "expired";
    case CertificateStatus::Revoked:
      return "revoked";
  }
  return "";
}

json shown(const StoredCertificate& stored) {
  auto out = certificate_line(stored);
  out["certificate"] = to_base64(stored.der);
  return out;
}

/// What a list is asked for by.
struct Wanted {
  std::optional<Eui64> owner;
  Eui64 from;
  bool of_users = false;
  std::optional<UtcTime> expires_before;
  std::string use, status;

  bool takes(const json& line) const {
    if (!use.empty() && line["use"] != use) return false;
    if (!status.empty() && line["status"] != status) return false;
    if (!expires_before) return true;
    const auto until = from_iso8601(line.value("not_after", ""));
    return until && *until < *expires_before;
  }
};

Result<Wanted, std::string> read_wanted(const Ask& ask) {
  using Wrong = Unexpected<std::string>;
  Wanted out;
  const auto text = [&](const char* name) {
    const auto found = ask.query.find(name);
    return found == ask.query.end() ? std::string() : found->second;
  };
  for (const auto* name : {"owner", "from"}) {
    if (ask.query.count(name) == 0) continue;
    const auto eui = Eui64::parse(text(name));
    if (!eui) return Wrong{std::string(name) + ": expected an EUI-64"};
    (name == std::string_view("owner") ? out.owner.emplace() : out.from) = *eui;
  }
  if (const auto of = text("of"); !of.empty()) {
    if (of != "users") return Wrong{"of: expected users"};
    out.of_users = true;
  }
  if (const auto before = text("expires_before"); !before.empty()) {
    const auto time = from_iso8601(before.size() == 10 ? before + "T00:00:00Z" : before);
    if (!time) return Wrong{"expires_before: expected a date, or a date and time"};
    out.expires_before = *time;
  }
  out.use = text("use");
  out.status = text("status");
  if (!out.use.empty() && std::find(std::begin(kUses), std::end(kUses), out.use) == std::end(kUses))
    return Wrong{"use: expected ds, ka, pp-ka or xml"};
  return out;
}

/// Certificates of Users alone: of all, or of those of the caller's party; some thousands at most.
Result<std::vector<Eui64>> owners_among_users(const store::ReadView& view, const gateway::Caller& caller) {
  if (auto own = caller.readable()) return std::move(*own);
  METERWAY_TRY(const auto users, registry::all_users(view));
  std::vector<Eui64> out;
  for (const auto& user : users) out.push_back(user.eui);
  std::sort(out.begin(), out.end());
  return out;
}

/// A page: the certificates, and the owner that the next one begins with.
struct CertificatePage {
  json lines = json::array();
  std::optional<Eui64> next;

  void add(const std::vector<StoredCertificate>& some, const Wanted& wanted) {
    for (const auto& stored : some) {
      auto line = shown(stored);
      if (wanted.takes(line)) lines.push_back(std::move(line));
    }
  }
};

Status read_page(const store::ReadView& view, const Wanted& wanted, const gateway::Caller& caller, std::size_t limit,
                 CertificatePage& page) {
  if (wanted.owner) {
    if (!caller.reads_of(*wanted.owner)) return {};  // as of somebody who has none
    METERWAY_TRY(const auto found, registry::certificates_of(view, *wanted.owner));
    page.add(found, wanted);
    return {};
  }
  if (wanted.of_users || !caller.is_operator()) {
    METERWAY_TRY(const auto owners, owners_among_users(view, caller));
    for (const auto owner : owners) {
      if (owner < wanted.from) continue;
      if (page.lines.size() >= limit) {
        page.next = owner;
        return {};
      }
      METERWAY_TRY(const auto found, registry::certificates_of(view, owner));
      page.add(found, wanted);
    }
    return {};
  }
  page.next = wanted.from;
  for (std::size_t looked_at = 0; page.next && page.lines.size() < limit && looked_at < kMostLookedAt;) {
    METERWAY_TRY(const auto found, registry::certificates_from(view, *page.next, limit));
    page.add(found, wanted);
    looked_at += found.size();
    const bool more = found.size() >= limit && found.back().owner.value() != UINT64_MAX;
    page.next = more ? std::optional(Eui64(found.back().owner.value() + 1)) : std::nullopt;
  }
  return {};
}

net::HttpResponse list(const Ask& ask, const Context& context) {
  const auto wanted = read_wanted(ask);
  if (!wanted) return bad_body(wanted.error());
  CertificatePage page;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    page = {};
    return read_page(view, *wanted, ask.caller, limit_of(ask), page);
  });
  if (!read) return failed(read.error());
  json out = {{"certificates", std::move(page.lines)}};
  if (page.next) out["next"] = page.next->plain();
  return json_answer(200, out.dump(-1, ' ', false, json::error_handler_t::replace));
}

/// What is not the caller's is told as what is not there.
net::HttpResponse show(const gateway::Caller& caller, const pki::SmkiSerial& serial, const Context& context) {
  std::optional<StoredCertificate> found;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(found, registry::find_certificate(view, serial));
    return {};
  });
  if (!read) return failed(read.error());
  if (!found || !caller.reads_of(found->owner)) return not_found(serial.hex());
  return json_answer(200, shown(*found).dump(-1, ' ', false, json::error_handler_t::replace));
}

net::HttpResponse add(const Ask& ask, const Context& context) {
  const auto body = read_certificate_body(ask.body);
  if (!body) return bad_body(body.error());
  bool added = false;
  const auto serial = body->certificate.serial;
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(added, registry::add_certificate(view, body->certificate, body->use, body->name));
    if (!added) return {};
    return note(view, context, ask, key_of(serial), "added",
                std::string(use_name(body->use)) + " of " + body->certificate.owner().value_or(Eui64()).plain());
  });
  if (!done) return failed(done.error());
  context.certificates.forget(body->certificate.owner().value_or(Eui64()));
  auto answer = show(ask.caller, serial, context);
  if (added && answer.status == 200) answer.status = 201;
  return answer;
}

/// Revoked for good, or put in use instead of the one that is; either is seen by the next request.
net::HttpResponse change(const Ask& ask, const pki::SmkiSerial& serial, bool revoke, const Context& context) {
  if (context.certificates.holds(serial)) return conflict("this certificate is the platform's own");
  std::optional<StoredCertificate> found;
  const auto done = context.store.write([&](store::WriteView& view) -> Status {
    METERWAY_TRY(found, registry::find_certificate(view, serial));
    METERWAY_CHECK(revoke ? registry::revoke_certificate(view, serial)
                          : registry::put_certificate_in_use(view, serial));
    return note(view, context, ask, key_of(serial), revoke ? "revoked" : "put in use",
                found ? std::string(use_name(found->use)) + " of " + found->owner.plain() : std::string());
  });
  if (!done) return failed(done.error());
  context.certificates.forget(found->owner);
  return show(ask.caller, serial, context);
}

net::HttpResponse put(const Ask& ask, const pki::SmkiSerial& serial, const Context& context) {
  const auto object = json::parse(ask.body, nullptr, false);
  if (!object.is_object() || object.size() != 1 || !object.contains("status") || !object["status"].is_string())
    return bad_body("status: expected \"in use\" or \"revoked\", and nothing else");
  const auto status = object["status"].get<std::string>();
  if (status != status_name(CertificateStatus::InUse) && status != status_name(CertificateStatus::Revoked))
    return bad_body("status: expected \"in use\" or \"revoked\"");
  return change(ask, serial, status == status_name(CertificateStatus::Revoked), context);
}

}  // namespace

json certificate_line(const StoredCertificate& stored) {
  json out = {{"serial", stored.serial.hex()},
              {"owner", stored.owner.plain()},
              {"use", use_name(stored.use)},
              {"status", status_name(stored.status)},
              {"name", stored.name}};
  if (const auto certificate = pki::parse_certificate(stored.der)) {
    out["issuer"] = certificate->issuer;
    out["not_before"] = to_iso8601(certificate->not_before, 0);
    out["not_after"] = to_iso8601(certificate->not_after, 0);
  }
  return out;
}

std::string_view use_name(KeyUse use) { return kUses[static_cast<std::size_t>(use)]; }

Result<CertificateBody, std::string> read_certificate_body(std::string_view body) {
  using Wrong = Unexpected<std::string>;
  const auto object = json::parse(body, nullptr, false);
  if (!object.is_object()) return Wrong{object.is_discarded() ? "not JSON" : "expected an object"};
  std::string text, name, use;
  for (const auto& [key, value] : object.items()) {
    auto* member = key == "certificate" ? &text : key == "name" ? &name : key == "use" ? &use : nullptr;
    if (member == nullptr) return Wrong{key + ": unknown member"};
    if (!value.is_string()) return Wrong{key + ": expected text"};
    *member = value.get<std::string>();
  }
  if (name.size() > 200) return Wrong{"name: too long"};
  Bytes encoded(text.begin(), text.end());
  if (text.find("-----BEGIN") == std::string::npos) {
    const auto der = from_base64(text);
    if (!der) return Wrong{"certificate: " + describe(der.error())};
    encoded = *der;
  }
  auto certificate = pki::parse_certificate(encoded);
  if (!certificate) return Wrong{"certificate: " + describe(certificate.error())};
  if (!certificate->owner()) return Wrong{"certificate: names no EUI-64"};
  auto chosen = pki::use_from_name(*certificate, name);
  if (!use.empty()) {
    const auto found = std::find(std::begin(kUses), std::end(kUses), use);
    if (found == std::end(kUses)) return Wrong{"use: expected ds, ka, pp-ka or xml"};
    chosen = static_cast<KeyUse>(found - std::begin(kUses));
  }
  const bool agrees = chosen == KeyUse::KeyAgreement || chosen == KeyUse::PrepaymentKeyAgreement;
  if ((certificate->key_usage & (agrees ? pki::kUsageKeyAgreement : pki::kUsageDigitalSignature)) == 0)
    return Wrong{"use: the certificate's key usage does not allow it"};
  return CertificateBody{std::move(*certificate), chosen, std::move(name)};
}

net::HttpResponse certificates(const Ask& ask, const Context& context) {
  if (ask.path.size() == 1) {
    if (ask.method == "POST") return add(ask, context);
    return ask.method == "GET" ? list(ask, context) : wrong_method("GET, POST");
  }
  const auto serial = pki::SmkiSerial::from_hex(ask.path[1]);
  if (!serial || ask.path.size() > 2) return not_found(ask.path[1]);
  if (ask.method == "GET") return show(ask.caller, *serial, context);
  if (ask.method == "PUT") return put(ask, *serial, context);
  return ask.method == "DELETE" ? change(ask, *serial, true, context) : wrong_method("GET, PUT, DELETE");
}

}  // namespace meterway::flow::admin
