// The pages: which address is a page, what a browser may keep of it, and that no address leads to a file of the
// machine.
#include "portal/server/static_files.h"

#include <gtest/gtest.h>

#include "portal/server/headers.h"
#include "portal/server/routes.h"

namespace meterway::portal {
namespace {

constexpr StaticFile kFiles[] = {
    {"/index.html", "text/html; charset=utf-8", "0a", false, "<!doctype html>", {}},
    {"/assets/main-1A2B3C4D.js", "text/javascript; charset=utf-8", "0b", true, "let a = 1", "packed"},
    {"/icon.svg", "image/svg+xml", "0c", false, "<svg/>", {}},
};

std::optional<net::HttpResponse> get(const std::string& path, net::Headers headers = {},
                                     const std::string& method = "GET") {
  return serve_page({method, path, "", std::move(headers), "", {}}, kFiles);
}

TEST(Pages, AnAddressWithoutAFileIsAPage) {
  for (const auto* path : {"/", "/sign-in", "/ledger/action/CSC%2012%2F01", "/people/anna.b@supplier", "/trace/90-B3:1",
                           "/reports/rsmi", "/apiary", "/healthzone", "/index.html"}) {
    const auto answer = get(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200) << path;
    EXPECT_EQ(answer->body, "<!doctype html>") << path;
    EXPECT_EQ(answer->headers.at("cache-control"), "no-cache") << path;
  }
}

TEST(Pages, WhatTheInterfaceAnswersIsNone) {
  for (const auto& route : all_routes()) EXPECT_FALSE(get(std::string(route.path))) << route.path;
  for (const auto* path : {"/api", "/api/", "/api/v1/tea", "/metrics", "/healthz", "/readyz", "/openapi.json"})
    EXPECT_FALSE(get(path)) << path;
  for (const auto* method : {"POST", "PUT", "DELETE", "BREW"}) EXPECT_FALSE(get("/", {}, method)) << method;
}

TEST(Pages, NoAddressClimbsOutOfThem) {
  for (const auto* path : {"/../etc/passwd",
                           "/assets/../../etc/passwd",
                           "/assets/..%2f..%2fetc/passwd",
                           "/%2e%2e/%2e%2e/etc/passwd",
                           "/..\\..\\etc\\passwd",
                           "/..%2f..%2fetc/passwd",
                           "/%5c..%5cetc",
                           "//etc/passwd",
                           "/assets//main-1A2B3C4D.js",
                           "/a/..",
                           "/a/./b",
                           "/%00",
                           "/assets/main-1A2B3C4D.js/",
                           "/assets/",
                           "/assets",
                           "/main.js",
                           "/favicon.ico",
                           "/.git/config.txt",
                           "/assets/main-1A2B3C4D.js%00",
                           "/assets/MAIN-1A2B3C4D.js",
                           "",
                           "etc/passwd"}) {
    const auto answer = get(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 404) << path;
    EXPECT_EQ(answer->headers.at("content-type"), "application/problem+json") << path;
    EXPECT_EQ(answer->headers.at("x-content-type-options"), "nosniff") << path;
  }
}

TEST(Pages, ANameWithAHashIsKeptForEverAndOthersAreAskedForAgain) {
  const auto script = get("/assets/main-1A2B3C4D.js");
  EXPECT_EQ(script->headers.at("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(script->headers.at("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script->headers.at("vary"), "accept-encoding");
  EXPECT_EQ(get("/icon.svg")->headers.at("cache-control"), "no-cache");
  EXPECT_EQ(get("/icon.svg")->headers.count("vary"), 0u);
}

TEST(Pages, WhatTheBrowserHasIsNotSentAgain) {
  EXPECT_EQ(get("/")->headers.at("etag"), "\"0a\"");
  for (const auto* known : {"\"0a\"", "W/\"0a\"", "\"x\", \"0a\"", "*"}) {
    const auto answer = get("/", {{"if-none-match", known}});
    EXPECT_EQ(answer->status, 304) << known;
    EXPECT_TRUE(answer->body.empty());
    EXPECT_EQ(answer->headers.at("etag"), "\"0a\"");
    EXPECT_EQ(answer->headers.count("content-security-policy"), 1u);
  }
  for (const auto* known : {"\"0b\"", "0a", ""}) EXPECT_EQ(get("/", {{"if-none-match", known}})->status, 200) << known;
}

TEST(Pages, AreCompressedForWhomTakesThat) {
  const auto encoding = [](const std::string& accepted) {
    const auto answer = get("/assets/main-1A2B3C4D.js", {{"accept-encoding", accepted}});
    const bool packed = answer->headers.count("content-encoding") != 0;
    EXPECT_EQ(answer->body, packed ? "packed" : "let a = 1");
    EXPECT_EQ(answer->headers.at("etag"), packed ? "\"0b-gz\"" : "\"0b\"") << "another form has another name";
    return packed;
  };
  for (const auto* takes : {"gzip", "br, gzip", "gzip;q=0.5", "deflate , gzip ; q=1"})
    EXPECT_TRUE(encoding(takes)) << takes;
  for (const auto* not_so : {"", "br", "gzip;q=0", "gzip;q=0.000", "x-gzip", "identity"})
    EXPECT_FALSE(encoding(not_so)) << not_so;
}

TEST(Pages, RunTheirOwnScriptsAndShowInNoOtherPage) {
  const auto answer = get("/", {}, "HEAD");
  ASSERT_TRUE(answer);
  const auto& policy = answer->headers.at("content-security-policy");
  EXPECT_EQ(policy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
  EXPECT_EQ(answer->headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer->headers.at("referrer-policy"), "no-referrer");
  EXPECT_EQ(answer->headers.at("cross-origin-opener-policy"), "same-origin");
  EXPECT_EQ(answer->headers.at("cross-origin-resource-policy"), "same-origin");
  EXPECT_EQ(answer->headers.count("permissions-policy"), 1u);
}

TEST(Pages, AnExecutableWithoutThemSaysSo) {
  const auto answer = serve_page({"GET", "/", "", {}, "", {}}, {});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
}

TEST(Guarded, LeavesNothingToGuessAndRunsNothing) {
  const auto answer = guarded({200, {{"content-type", "application/json"}}, "{}"});
  EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
  EXPECT_EQ(answer.headers.at("content-security-policy"),
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox");
  const auto document = guarded({200, {{"content-type", "text/html; charset=utf-8"}}, "<p>"});
  const auto& policy = document.headers.at("content-security-policy");
  EXPECT_TRUE(policy.ends_with("; sandbox")) << policy;
  EXPECT_EQ(policy.find("script"), std::string::npos) << policy;
}

}  // namespace
}  // namespace meterway::portal
