#pragma once
#include <optional>
#include <string>

#include "apps/world.h"
#include "base/net/http.h"
#include "base/util/random.h"

namespace meterway::apps {

/// The platform's JSON interface, as the operator of a data folder (or one of its Users) calls it: with the token that
/// lies there. See docs/wire/api.md.
class NodeClient {
 public:
  /// `as`: a User, by DATA/users/<eui>/token; none: the operator, by DATA/platform/operator.token. `url` empty: from
  /// the data folder. A folder without the token gives a client that calls as nobody.
  NodeClient(const DataFolder& data, std::optional<Eui64> as, const std::string& url = {});
  /// From now on over TLS, as the same caller. Errors: those of client_tls().
  Status use_tls();

  const std::string& url() const { return url_; }
  /// `body` is JSON unless empty. Errors: Network, Timeout.
  Result<net::HttpResponse> ask(const std::string& method, const std::string& path, std::string_view body = {}) const;

 private:
  const DataFolder data_;
  const std::optional<Eui64> as_;
  std::string url_;
  net::TlsContext tls_;
  net::Headers headers_;
};

/// What is said, or the address in the data folder, or that of a node as it is made.
std::string platform_url(const DataFolder& data, const std::string& said);
/// Reads a token file; empty when there is none.
std::string read_token(const std::filesystem::path& file);
/// The header that says who calls. A file that is not there is told on standard error: the call is nobody's then.
net::Headers called_by(const std::filesystem::path& token_file);
/// Makes the operator's token at the first start; gives the one that lies there afterwards. Errors: Io.
Result<std::string> operator_token(const DataFolder& data, Random& random);

}  // namespace meterway::apps
