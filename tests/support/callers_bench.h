#pragma once
#include "flow/gateway/access.h"
#include "records/registry/access_token.h"
#include "tests/support/flow_bench.h"

namespace meterway::tests {

using flow::gateway::Caller;

/// A flow and those who call it: by token, by the certificate of their connection, or by neither.
class CallersBench : public FlowBench {
 protected:
  std::string let_in(std::optional<Eui64> user) {
    auto secret = registry::new_token(random);
    write([&](store::WriteView& view) -> Status {
      METERWAY_TRY(made_, registry::put_token(view, secret, user, clock.now()));
      return {};
    });
    return secret;
  }
  Caller caller(const std::string& authorization, Bytes certificate = {}) {
    net::HttpRequest http{"GET", "/", "", {}, "", std::move(certificate)};
    if (!authorization.empty()) http.headers["authorization"] = authorization;
    const auto found = flow::gateway::who_calls(http, context());
    EXPECT_TRUE(found);
    return found ? *found : Caller{};
  }
  Bytes certificate_of(Eui64 user) { return record(user, pki::KeyUse::DigitalSignature).certificate.der; }

  registry::AccessToken made_;
};

}  // namespace meterway::tests
