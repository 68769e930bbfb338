// The portal as a browser meets it: the real pages on its port and on TLS, what every kind of answer says besides
// itself, and that nothing which people write is ever run.
#include <set>

#include "tests/acceptance/oversight_node.h"

namespace meterway::acceptance {
namespace {

namespace fs = std::filesystem;
constexpr auto kPatience = std::chrono::seconds(20);

class PortalNode : public OversightNode {
 public:
  explicit PortalNode(json config = json::object()) : OversightNode(std::move(config)) {
    url = "http://127.0.0.1:" + std::to_string(node.world().at("portal_port").get<int>());
  }
  net::HttpResponse send(const std::string& method, const std::string& path, const net::Headers& headers = {},
                         const std::string& body = {}) const {
    const auto answer = net::http_request(method, url + path, headers, body, kPatience);
    EXPECT_TRUE(answer) << method << " " << path;
    return answer ? *answer : net::HttpResponse{};
  }
  /// What index.html asks for.
  std::set<std::string> assets() const {
    std::set<std::string> out;
    const auto page = send("GET", "/").body;
    for (auto at = page.find("/assets/"); at != std::string::npos; at = page.find("/assets/", at + 1))
      out.insert(page.substr(at, page.find('"', at) - at));
    return out;
  }
  std::string url;
};

std::string header(const net::HttpResponse& answer, const std::string& name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() ? "" : found->second;
}

/// What must hold of all answers, whatever they are.
void expect_guarded(const net::HttpResponse& answer, const std::string& what) {
  EXPECT_EQ(header(answer, "x-content-type-options"), "nosniff") << what;
  EXPECT_EQ(header(answer, "access-control-allow-origin"), "") << what;
  EXPECT_EQ(header(answer, "location"), "") << what;
}

TEST(Portal, ShowsItsPagesAndAnswersTheInterfaceOnOnePort) {
  PortalNode dcc;
  const auto page = dcc.send("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(header(page, "content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(dcc.send("GET", "/ledger/paper?state=draft").body, page.body);
  EXPECT_EQ(page.body.find("<script>"), std::string::npos) << "no script stands in the page";
  EXPECT_EQ(page.body.find(" style="), std::string::npos);
  const auto assets = dcc.assets();
  EXPECT_GE(assets.size(), 2u) << page.body;
  for (const auto& asset : assets) {
    const auto whole = dcc.send("GET", asset), packed = dcc.send("GET", asset, {{"accept-encoding", "gzip"}});
    EXPECT_EQ(whole.status, 200) << asset;
    EXPECT_EQ(header(whole, "cache-control"), "public, max-age=31536000, immutable") << asset;
    EXPECT_EQ(header(packed, "content-encoding"), "gzip") << asset;
    EXPECT_LT(packed.body.size(), whole.body.size()) << asset;
    EXPECT_EQ(dcc.send("GET", asset, {{"if-none-match", header(whole, "etag")}}).status, 304) << asset;
    const auto head = dcc.send("HEAD", asset);
    EXPECT_EQ(head.status, 200) << asset;
    EXPECT_TRUE(head.body.empty()) << asset;
    EXPECT_EQ(header(head, "etag"), header(whole, "etag")) << asset;
  }
  EXPECT_EQ(dcc.send("GET", "/healthz").status, 200);
  EXPECT_EQ(parsed(dcc.send("GET", "/openapi.json")).at("openapi"), "3.1.0");
  EXPECT_EQ(dcc.send("GET", "/api/v1/kinds").body, dcc.ask("GET", "kinds", "public").body);
  EXPECT_EQ(dcc.send("GET", "/assets/../../platform/operator.token").status, 404);
  EXPECT_EQ(dcc.send("GET", "/..%2f..%2fplatform/operator.token").status, 404);
  EXPECT_NE(dcc.ask("GET", "../../", "public").status, 200) << "the port of the services has no pages";
}

TEST(Portal, SignsAPersonInAndOut) {
  PortalNode dcc;
  const auto token = end_to_end::slurp(fs::path(dcc.node.data()) / "platform" / "operator.token");
  const net::Headers page{{"origin", dcc.url}, {"sec-fetch-site", "same-origin"}};
  const auto in = dcc.send("POST", "/api/v1/session", page, json{{"token", token}}.dump());
  ASSERT_EQ(in.status, 201) << in.body;
  const auto set = header(in, "set-cookie");
  const auto cookie = set.substr(0, set.find(';'));
  EXPECT_EQ(set.substr(set.find(';')), "; Path=/; HttpOnly; SameSite=Strict");
  const auto csrf = parsed(in).at("csrf").get<std::string>();
  // The platform's own routes take him for the operator as well.
  for (const auto* path : {"/api/v1/me", "/api/v1/users", "/api/v1/devices", "/api/v1/backlog", "/api/v1/deliveries"})
    EXPECT_EQ(dcc.send("GET", path, {{"cookie", cookie}}).status, 200) << path;
  EXPECT_EQ(dcc.send("GET", "/api/v1/users").status, 401);
  auto change = page;
  change["cookie"] = cookie;
  const std::string user = R"({"name":"another","roles":["OU"]})";
  EXPECT_EQ(dcc.send("PUT", "/api/v1/users/90b3d51f30050000", change, user).status, 403);
  change["x-meterway-csrf"] = csrf;
  EXPECT_EQ(dcc.send("PUT", "/api/v1/users/90b3d51f30050000", change, user).status, 201);
  change["origin"] = "http://127.0.0.1:1";
  EXPECT_EQ(dcc.send("DELETE", "/api/v1/users/90b3d51f30050000", change).status, 403);
  change["origin"] = dcc.url;
  EXPECT_EQ(dcc.send("DELETE", "/api/v1/session", change).status, 204);
  EXPECT_EQ(dcc.send("GET", "/api/v1/me", {{"cookie", cookie}}).status, 401);
  // A session outlives the process that made it.
  const auto again = header(dcc.send("POST", "/api/v1/session", page, json{{"token", token}}.dump()), "set-cookie");
  dcc.node.stop_platform();
  dcc.node.start_platform();
  dcc.url = "http://127.0.0.1:" + std::to_string(dcc.node.world().at("portal_port").get<int>());
  EXPECT_EQ(dcc.send("GET", "/api/v1/users", {{"cookie", again.substr(0, again.find(';'))}}).status, 200);
}

TEST(Portal, EveryKindOfAnswerLeavesABrowserNothingToGuess) {
  PortalNode dcc(json{{"most_body_bytes", 65536}});
  const auto expect_of_interface = [](const net::HttpResponse& answer, const std::string& what) {
    expect_guarded(answer, what);
    EXPECT_EQ(header(answer, "cache-control"), "no-store") << what;
    EXPECT_NE(header(answer, "content-security-policy").find("default-src 'none'"), std::string::npos) << what;
    EXPECT_TRUE(header(answer, "content-security-policy").ends_with("; sandbox")) << what;
  };
  const auto operators = dcc.node.as_operator();
  for (const auto* path : {"/api/v1/me", "/api/v1/kinds", "/openapi.json", "/healthz", "/readyz", "/api/v1/tea",
                           "/api/v1/ledger/paper?format=csv", "/api/v1/backlog", "/api/v1/maintenance.ics",
                           "/api/v1/reports/panel?month=2018-08&format=html", "/api/v1/outages/report?format=csv",
                           "/api/v1/trace/nothing", "/api/v1/session"}) {
    expect_of_interface(dcc.send("GET", path, operators), path);
    expect_of_interface(dcc.send("GET", path), std::string(path) + " by nobody");
    expect_of_interface(dcc.send("BREW", path, operators), std::string(path) + " by a method that there is not");
  }
  expect_of_interface(dcc.send("POST", "/api/v1/serviceS", {}, "<x/>"), "a service request");
  for (const auto* path : {"/", "/sign-in", "/icon.svg", "/assets/none.js", "/../x"})
    expect_guarded(dcc.send("GET", path), path);
  const auto large = dcc.send("POST", "/api/v1/ledger/paper", operators, std::string(65537, 'a'));
  EXPECT_EQ(large.status, 413);
  expect_guarded(large, "too large");
  EXPECT_EQ(parsed(large).at("detail"), "a body may have 65536 bytes");
  const auto long_header = dcc.send("GET", "/", {{"x-long", std::string(20000, 'a')}});
  EXPECT_EQ(long_header.status, 431);
  expect_guarded(long_header, "a long header");
}

TEST(Portal, WhatPeopleWriteIsShownAndNeverRun) {
  PortalNode dcc;
  const std::string script = "<script>alert(1)</script><img src=x onerror=alert(2)>";
  dcc.made("committee", {{"code", "XSS"}, {"name", script}});
  const auto action = dcc.made("action", {{"committee", "XSS"}, {"number", 1}, {"text", script}, {"owner", script}});
  const auto path = OversightNode::path_of("action", action);
  const auto shown = dcc.ask("GET", path);
  EXPECT_EQ(header(shown, "content-type"), "application/json");
  EXPECT_EQ(header(shown, "x-content-type-options"), "nosniff");
  const auto document = dcc.ask("GET", path + "/document?format=html");
  EXPECT_EQ(document.status, 200) << document.body;
  EXPECT_EQ(header(document, "content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(document.body.find("<script>alert"), std::string::npos);
  EXPECT_EQ(document.body.find("<img src=x"), std::string::npos);
  EXPECT_TRUE(header(document, "content-security-policy").ends_with("; sandbox"))
      << "were something of it markup, it would run nothing and read nothing";
  const auto pdf = dcc.ask("GET", path + "/document?format=pdf");
  EXPECT_EQ(header(pdf, "content-disposition"), "attachment");
  for (const auto* type : {"text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"}) {
    const auto attached =
        dcc.ask("POST", path + "/attachments?title=a.html", "secretary", script, {{"if-match", "*"}}, type);
    EXPECT_GE(attached.status, 400) << type << " is nothing that is kept: " << attached.body;
  }
  const auto attached = dcc.ask("POST", path + "/attachments?title=" + encoded("a\"\r\nx: y.html"), "secretary", script,
                                {{"if-match", "*"}}, "text/plain");
  if (attached.status == 201 || attached.status == 200) {
    const auto id = parsed(attached).at("attachments").at(0).at("id").get<std::string>();
    const auto content = dcc.ask("GET", path + "/attachments/" + id);
    EXPECT_EQ(header(content, "content-type").substr(0, 10), "text/plain");
    EXPECT_EQ(header(content, "content-disposition").substr(0, 11), "attachment;");
    EXPECT_EQ(header(content, "x"), "");
    EXPECT_TRUE(header(content, "content-security-policy").ends_with("; sandbox"));
  } else {
    EXPECT_EQ(attached.status, 400) << attached.body;
  }
}

TEST(Portal, HasItsPagesOnTheTlsPortWithTheCertificateForAToken) {
  const tests::PortBlock spare;
  PortalNode dcc(json{{"tls_port", spare[0]}});
  dcc.person("ops", "DCC", {"operations"}, "Green");
  const auto identity = dcc.identify("ops");
  std::ofstream((dcc.node.root() / "persons.pem").string()) << identity.chain;
  ASSERT_EQ(
      dcc.node.run({"person", "trust", (dcc.node.root() / "persons.pem").string(), "--data", dcc.node.data()}).status,
      0);
  dcc.node.stop_platform();
  dcc.node.start_platform();
  const auto platform = end_to_end::slurp(fs::path(dcc.node.data()) / "platform" / "tls" / "authority.pem");
  const auto tls = net::TlsContext::client({identity.certificate, identity.key}, platform).value();
  const auto url = "https://127.0.0.1:" + std::to_string(spare[0]);
  const auto send = [&](const std::string& method, const std::string& path, const net::Headers& headers = {}) {
    return net::http_request(method, url + path, headers, "", kPatience, tls).value();
  };
  EXPECT_EQ(send("GET", "/").headers.at("content-type"), "text/html; charset=utf-8");
  const auto who = parsed(send("GET", "/api/v1/session"));
  EXPECT_EQ(who.at("by"), "certificate");
  EXPECT_EQ(who.at("person").at("id"), "ops");
  EXPECT_EQ(send("POST", "/api/v1/operations/sweep", {{"origin", "https://elsewhere.example"}}).status, 403);
  EXPECT_EQ(send("POST", "/api/v1/operations/sweep", {{"origin", url}}).status, 200);
}

}  // namespace
}  // namespace meterway::acceptance
