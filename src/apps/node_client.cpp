#include "apps/node_client.h"

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

Result<std::string> operator_token(const DataFolder& data, Random& random) {
  auto known = read_token(data.operator_token());
  if (!known.empty()) return known;
  auto made = registry::new_token(random);
  METERWAY_CHECK(write_text_file(data.operator_token(), made + "\n", 0600));
  return made;
}

NodeClient::NodeClient(const DataFolder& data, std::optional<Eui64> as, std::string url)
    : data_(data), as_(as), url_(std::move(url)) {
  if (url_.empty()) {
    const auto world = load_world(data.world());
    url_ = world ? world->http_url() : World{}.http_url();
  }
  const auto token = read_token(as ? data.user_token(*as) : data.operator_token());
  if (!token.empty()) headers_["authorization"] = "Bearer " + token;
}

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
