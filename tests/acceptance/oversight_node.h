#pragma once
#include <map>

#include "base/util/random.h"
#include "standard/pki/issue.h"
#include "standard/pki/pem.h"
#include "tests/end_to_end/node.h"

/// A running node whose ledger is driven over HTTP, by persons with tokens of their own.
namespace meterway::acceptance {

using nlohmann::json;

inline std::string encoded(const std::string& text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, c) : std::string{'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

inline json parsed(const net::HttpResponse& answer) { return json::parse(answer.body, nullptr, false); }

/// Whether one of the errors of a problem says this.
inline bool says(const net::HttpResponse& answer, std::string_view words) {
  return answer.body.find(words) != std::string::npos;
}

class OversightNode {
 public:
  explicit OversightNode(json config = json::object()) : node(std::move(config)) {
    node.start_platform();
    operator_ = node.as_operator().at("authorization").substr(7);
    person("secretary", "SECAS", {"secretary"}, "Red");
    person("panel", "SEC Panel", {"panel"}, "Red");
    person("chair", "SECAS", {"chair"}, "Amber");
    person("dcc", "DCC", {"reporter"}, "Green");
    person("member", "Network Party", {"member", "party"}, "Green");
    person("assessor", "User CIO", {"assessor"}, "Red");
  }

  /// `who`: a person, "operator", or "public".
  net::HttpResponse ask(const std::string& method, const std::string& path, const std::string& who = "secretary",
                        const json& body = nullptr, net::Headers headers = {}, std::string type = "application/json") {
    if (who != "public") headers["authorization"] = "Bearer " + (who == "operator" ? operator_ : tokens_.at(who));
    const auto text = body.is_null() ? std::string() : body.is_string() ? body.get<std::string>() : body.dump();
    if (!text.empty()) headers["content-type"] = type;
    const auto answer =
        net::http_request(method, node.http() + "/api/v1/" + path, headers, text, std::chrono::seconds(20));
    EXPECT_TRUE(answer) << method << " " << path;
    return answer ? *answer : net::HttpResponse{};
  }
  json got(const std::string& path, const std::string& who = "secretary") {
    const auto answer = ask("GET", path, who);
    EXPECT_EQ(answer.status, 200) << path << ": " << answer.body;
    return parsed(answer);
  }
  static std::string path_of(const std::string& kind, const std::string& reference) {
    return "ledger/" + kind + "/" + encoded(reference);
  }
  json record(const std::string& kind, const std::string& reference, const std::string& who = "secretary") {
    return got(path_of(kind, reference), who);
  }
  json fields(const std::string& kind, const std::string& reference) { return record(kind, reference).at("fields"); }
  json view(const std::string& name, const std::string& reference, const std::string& query = {},
            const std::string& who = "secretary") {
    return got("governance/" + name + "/" + encoded(reference) + (query.empty() ? "" : "?" + query), who);
  }
  std::string page(const std::string& name, const std::string& reference, const std::string& format = "md") {
    const auto answer = ask("GET", "governance/" + name + "/" + encoded(reference) + "?format=" + format);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  }
  net::HttpResponse make(const std::string& kind, const json& fields, const std::string& who = "secretary",
                         const json& more = json::object()) {
    json body = {{"fields", fields}};
    body.update(more);
    return ask("POST", "ledger/" + kind, who, body);
  }
  /// Its reference.
  std::string made(const std::string& kind, const json& fields, const std::string& who = "secretary",
                   const json& more = json::object()) {
    const auto answer = make(kind, fields, who, more);
    EXPECT_EQ(answer.status, 201) << kind << " " << fields << ": " << answer.body;
    return answer.status == 201 ? parsed(answer).at("reference").get<std::string>() : "";
  }
  net::HttpResponse act(const std::string& kind, const std::string& reference, const std::string& action,
                        const json& fields = json::object(), const std::string& who = "secretary") {
    return ask("POST", path_of(kind, reference) + "/" + action, who, {{"fields", fields}});
  }
  /// The record after it.
  json done(const std::string& kind, const std::string& reference, const std::string& action,
            const json& fields = json::object(), const std::string& who = "secretary") {
    const auto answer = act(kind, reference, action, fields, who);
    EXPECT_EQ(answer.status, 200) << reference << " " << action << ": " << answer.body;
    return parsed(answer);
  }
  net::HttpResponse patch(const std::string& kind, const std::string& reference, const json& body,
                          const std::string& who = "secretary") {
    return ask("PATCH", path_of(kind, reference), who, body, {{"if-match", "*"}});
  }
  /// With the revision of the proposal that there is now.
  net::HttpResponse decide(json fields, const std::string& who = "secretary") {
    if (!fields.contains("revision")) fields["revision"] = record("proposal", fields.at("subject")).at("revision");
    return make("decision", fields, who);
  }
  json decided(const json& fields, const std::string& who = "secretary") {
    const auto answer = decide(fields, who);
    EXPECT_EQ(answer.status, 201) << fields << ": " << answer.body;
    return answer.status == 201 ? parsed(answer).at("fields") : json::object();
  }
  void person(const std::string& id, const std::string& party, const std::vector<std::string>& roles,
              const std::string& clearance) {
    const auto put =
        ask("PUT", "people/" + id, "operator", {{"party", party}, {"roles", roles}, {"clearance", clearance}});
    EXPECT_EQ(put.status, 201) << put.body;
    tokens_[id] = parsed(ask("POST", "people/" + id + "/tokens", "operator")).at("token");
    for (const auto& role : roles) {
      if (role != "aro" && role != "sro") continue;
      identify(id);
      return;
    }
  }
  /// A client certificate for him, which stands behind his name from now on; with its key (DER).
  struct Identity {
    std::string certificate, chain, key;  ///< PEM
    std::string fingerprint;
  };
  Identity identify(const std::string& id, int days = 30) {
    const SystemClock clock;
    SystemRandom random;
    static const auto authority = pki::issue_root("Test persons", pki::Validity::years(clock.now(), 5), random).value();
    const auto key = crypto::PrivateKey::generate().value();
    const auto now = clock.now();
    const auto made = pki::issue_person(authority, id, {now - std::chrono::hours(1), now + std::chrono::days(days)},
                                        key.public_key(), random)
                          .value();
    Identity out{pki::to_pem(made.der, pki::kPemCertificate),
                 pki::to_pem(authority.certificate.der, pki::kPemCertificate),
                 pki::to_pem(key.to_pkcs8(), pki::kPemPrivateKey),
                 {}};
    const auto bound = ask("POST", "people/" + id + "/certificates", "operator", out.certificate, {}, "text/plain");
    EXPECT_EQ(bound.status, 201) << bound.body;
    out.fingerprint = parsed(bound).value("fingerprint", "");
    return out;
  }
  void know(const std::string& who, const std::string& token) { tokens_[who] = token; }

  /// What a fixture says, in its order: {"make": kind, "fields", "reference"?, "class"?}, {"do": action, "kind",
  /// "reference", "fields"}, or {"decide": fields}.
  void enter(const std::string& fixture) {
    const auto text = end_to_end::slurp(METERWAY_SOURCE_DIR "/tests/fixtures/" + fixture);
    const auto steps = json::parse(text, nullptr, false);
    ASSERT_TRUE(steps.is_array()) << fixture;
    for (const auto& step : steps) {
      if (step.contains("person")) continue;  // they are here already
      if (step.contains("decide")) {
        decided(step["decide"]);
      } else if (step.contains("make")) {
        json more = json::object();
        for (const auto* key : {"reference", "class"}) {
          if (step.contains(key)) more[key] = step[key];
        }
        made(step["make"], step["fields"], "secretary", more);
      } else {
        done(step["kind"], step["reference"], step["do"], step.value("fields", json::object()),
             step.value("who", "secretary"));
      }
    }
  }

  end_to_end::Node node;

 private:
  std::string operator_;
  std::map<std::string, std::string> tokens_;
};

}  // namespace meterway::acceptance
