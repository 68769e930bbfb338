#include "apps/node_client.h"

#include <fmt/format.h>

#include "apps/node_tls.h"
#include "base/util/file.h"
#include "records/registry/access_token.h"

namespace meterway::apps {
namespace {

constexpr std::chrono::seconds kPatience{30};

}  // namespace

std::string read_token(const std::filesystem::path& file) {
  auto text = read_text_file(file, 4096);
  if (!text) return {};
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r' || text->back() == ' ')) text->pop_back();
  return *text;
}

net::Headers called_by(const std::filesystem::path& token_file) {
  const auto token = read_token(token_file);
  if (!token.empty()) return {{"authorization", "Bearer " + token}};
  fmt::print(stderr, "{}: there is no token; asking as nobody (--data names the folder of a node)\n",
             token_file.string());
  return {};
}

Result<std::string> operator_token(const DataFolder& data, Random& random) {
  auto known = read_token(data.operator_token());
  if (!known.empty()) return known;
  auto made = registry::new_token(random);
  METERWAY_CHECK(write_text_file(data.operator_token(), made + "\n", 0600));
  return made;
}

std::string platform_url(const DataFolder& data, const std::string& said) {
  if (!said.empty()) return said;
  const auto world = load_world(data.world());
  return world ? world->http_url() : World{}.http_url();
}

NodeClient::NodeClient(const DataFolder& data, std::optional<Eui64> as, const std::string& url)
    : data_(data),
      as_(as),
      url_(platform_url(data, url)),
      headers_(called_by(as ? data.user_token(*as) : data.operator_token())) {}

Status NodeClient::use_tls() {
  METERWAY_TRY(tls_, client_tls(data_, as_));
  if (url_.starts_with("https://")) return {};
  METERWAY_TRY(const auto world, load_world(data_.world()));
  url_ = world.https_url();
  return {};
}

Result<net::HttpResponse> NodeClient::ask(const std::string& method, const std::string& path,
                                          std::string_view body) const {
  auto headers = headers_;
  if (!body.empty()) headers["content-type"] = "application/json";
  return net::http_request(method, url_ + path, headers, body, kPatience, tls_);
}

}  // namespace meterway::apps
