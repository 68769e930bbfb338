#pragma once
#include <string>
#include <string_view>

#include "base/net/http.h"

/// How the commands of oversight speak to the platform's JSON interface: as the operator, or as whoever's token it is.
namespace meterway::apps {

class ApiClient {
 public:
  /// `url` empty: of the data folder; `token_file` empty: the operator's there.
  ApiClient(const std::string& data, const std::string& url, const std::string& token_file);
  /// From now on with this token.
  void use_token(const std::string& token);
  /// `revision`: If-Match. Errors: Network, Timeout.
  Result<net::HttpResponse> ask(const std::string& method, const std::string& path, std::string_view body = {},
                                const std::string& type = "application/json", const std::string& revision = {}) const;

 private:
  std::string url_;
  net::Headers headers_;
};

/// The problem and each of its errors, to standard error, after `who`. Gives 1.
int complain(const std::string& who, const Result<net::HttpResponse>& answer);

}  // namespace meterway::apps
