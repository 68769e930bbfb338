#pragma once
#include <map>

#include "records/ledger/reference.h"
#include "tests/end_to_end/node.h"

/// A running node with the people of the founding documents, each by a role, and what they say to it over HTTP.
namespace meterway::acceptance {

using nlohmann::json;
namespace fs = std::filesystem;

struct Answer {
  int status = 0;
  json body;
  std::string text;
  net::Headers headers;
};

class Office {
 public:
  explicit Office(json oversight = json::object()) : node_(json{{"oversight", std::move(oversight)}}) {
    node_.start_platform();
    person("secretary", "SECAS", {"secretary"}, "Red");
    person("dcc", "DCC", {"reporter"}, "Red");
    person("desk", "DCC", {"desk"}, "Green");
    person("panel", "SEC Panel", {"panel"}, "Red");
    person("ops", "Operations Group", {"member"}, "Green");
    person("large", "Large Supplier 1", {"party"}, "Green");
    person("other", "Large Supplier 2", {"party"}, "Green");
  }

  /// `who` "public": without a token.
  Answer ask(const std::string& who, const std::string& method, const std::string& path, const json& body = {},
             net::Headers headers = {}) {
    const std::string text = body.is_null() ? "" : body.is_string() ? body.get<std::string>() : body.dump();
    return send(who, method, path, text, "application/json", std::move(headers));
  }
  Answer send(const std::string& who, const std::string& method, const std::string& path, const std::string& body,
              const std::string& type, net::Headers headers = {}) {
    if (who == "operator") headers["authorization"] = node_.as_operator().at("authorization");
    if (tokens_.count(who) > 0) headers["authorization"] = "Bearer " + tokens_.at(who);
    if (!body.empty()) headers["content-type"] = type;
    const auto answer =
        net::http_request(method, node_.http() + "/api/v1/" + path, headers, body, std::chrono::seconds(30));
    EXPECT_TRUE(answer) << path;
    if (!answer) return {};
    return {answer->status, json::parse(answer->body, nullptr, false), answer->body, answer->headers};
  }
  json get(const std::string& path, const std::string& who = "dcc") {
    const auto answer = ask(who, "GET", path);
    EXPECT_EQ(answer.status, 200) << path << "\n" << answer.text;
    return answer.body;
  }
  /// The reference of a new record; a failure when there is none.
  std::string made(const std::string& who, const std::string& kind, const json& fields,
                   const std::string& reference = {}, const std::string& level = {}) {
    json draft = {{"fields", fields}};
    if (!reference.empty()) draft["reference"] = reference;
    if (!level.empty()) draft["class"] = level;
    const auto answer = ask(who, "POST", "ledger/" + kind, draft);
    EXPECT_EQ(answer.status, 201) << kind << "\n" << answer.text;
    return answer.status == 201 ? answer.body.at("reference").get<std::string>() : "";
  }
  Answer act(const std::string& who, const std::string& kind, const std::string& reference, const std::string& action,
             const json& fields = json::object()) {
    return ask(who, "POST", "ledger/" + kind + "/" + encoded(reference) + "/" + action, {{"fields", fields}});
  }
  /// The same, which has to succeed.
  json acted(const std::string& who, const std::string& kind, const std::string& reference, const std::string& action,
             const json& fields = json::object()) {
    const auto answer = act(who, kind, reference, action, fields);
    EXPECT_EQ(answer.status, 200) << kind << " " << reference << " " << action << "\n" << answer.text;
    return answer.body;
  }
  json record(const std::string& kind, const std::string& reference) {
    return get("ledger/" + kind + "/" + encoded(reference)).at("fields");
  }
  Answer import(const std::string& kind, const std::string& table, const std::string& who = "dcc") {
    return send(who, "POST", "ledger/" + kind, table, "text/csv");
  }
  Answer publish(const std::string& form, const std::string& month, const std::string& as_at = "2018-10-05") {
    return ask("dcc", "POST", "reports/" + form + "/publish?month=" + month + "&as_at=" + as_at);
  }
  json report(const std::string& form, const std::string& month, const std::string& as_at = "2018-10-05") {
    return get("reports/" + form + "?month=" + month + "&as_at=" + as_at);
  }
  json swept() { return ask("operator", "POST", "operations/sweep").body; }

  /// tests/fixtures/panel_2018_08, through the interface.
  void load_panel() {
    const fs::path folder = fs::path(METERWAY_SOURCE_DIR) / "tests/fixtures/panel_2018_08";
    for (const auto& step : json::parse(end_to_end::slurp(folder / "steps.json"))) {
      if (step.contains("person")) continue;  // they are here already
      if (step.contains("import")) {
        const auto answer = import(step["import"], end_to_end::slurp(folder / step.at("file").get<std::string>()));
        ASSERT_EQ(answer.status, 200) << answer.text;
      } else if (step.contains("make")) {
        const std::string kind = step["make"];
        const auto reference = made(step.at("who"), kind, step.at("fields"), step.value("reference", ""));
        for (const auto& next : step.value("then", json::array()))
          acted(next.at("who"), kind, reference, next.at("do"), next.at("fields"));
      } else {
        acted(step.at("who"), step.at("kind"), step.at("reference"), step.at("do"), step.at("fields"));
      }
    }
  }
  end_to_end::Node& node() { return node_; }

  static std::string encoded(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == ' ' ? "%20" : c == '/' ? "%2F" : std::string(1, c);
    return out;
  }

 private:
  void person(const std::string& id, const std::string& party, const std::vector<std::string>& roles,
              const std::string& clearance) {
    const auto put =
        ask("operator", "PUT", "people/" + id, {{"party", party}, {"roles", roles}, {"clearance", clearance}});
    EXPECT_EQ(put.status, 201) << put.text;
    const auto token = ask("operator", "POST", "people/" + id + "/tokens");
    EXPECT_EQ(token.status, 201) << token.text;
    if (token.status == 201) tokens_[id] = token.body.at("token");
  }

  end_to_end::Node node_;
  std::map<std::string, std::string> tokens_;
};

/// The figure of this name and group in a report; null when there is none.
inline json figure(const json& report, const std::string& name, const std::string& group = {}) {
  for (const auto& one : report.at("figures")) {
    if (one.at("figure") == name && one.at("group") == group) return one;
  }
  return nullptr;
}
/// The rows of a section's table.
inline json rows(const json& report, const std::string& section) {
  for (const auto& one : report.at("tables")) {
    if (one.at("section") == section) return one.at("rows");
  }
  return json::array();
}
/// The first row that has this cell; null when there is none.
inline json row(const json& all, const std::string& cell) {
  for (const auto& one : all) {
    for (const auto& here : one) {
      if (here == cell) return one;
    }
  }
  return nullptr;
}
inline bool says(const Answer& answer, const std::string& words) {
  return answer.text.find(words) != std::string::npos;
}
/// So many days and hours from the start of this month, which the clock of the node knows as well.
inline std::string in(std::chrono::seconds from_now) {
  return to_iso8601(
      std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) + from_now, 0);
}
inline constexpr const char* kNobodyHurt =
    R"({"install_commission": "none", "prepay": "none", "change_of_supplier": "none",
  "reads": "none", "alerts": "none", "users_affected": 0, "estate_share": 0, "workaround": "full", "data_loss": false,
  "financial_loss": "none"})";
inline json answers(const json& other = json::object()) {
  auto out = json::parse(kNobodyHurt);
  out.update(other);
  return out;
}

}  // namespace meterway::acceptance
