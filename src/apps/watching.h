#pragma once
#include <chrono>
#include <optional>

#include "apps/configuration.h"
#include "apps/metered_store.h"
#include "apps/readiness.h"
#include "base/net/tls.h"
#include "flow/pipeline.h"

namespace meterway::apps {

/// How a running node is watched: /metrics, /readyz, /api/v1/health (both as JSON), its configuration, a line of the
/// log for each request. See docs/operations/watching.md. Sharing: from any thread.
class Watching {
 public:
  /// What it looks at; outlives it.
  struct Over {
    metrics::Registry& registry;
    const logging::Log& log;
    const flow::Context& context;
    MeteredStore& store;
    const Configuration& configuration;
    flow::Pipeline& pipeline;
    DataFolder data;
  };
  Watching(Over over, std::chrono::system_clock::time_point began);

  /// The port whose handshakes are counted.
  void watch(const net::TlsContext& tls) { tls_ = tls; }
  /// Before the table of permissions is asked: what answers without a name (/readyz, and /metrics where that is set).
  std::optional<net::HttpResponse> serve_anybody(const net::HttpRequest& http);
  /// For whom the table has let in. None: the path is another's.
  std::optional<net::HttpResponse> serve(const net::HttpRequest& http);
  /// `handler`, counted and timed under the function of its route, or under `group`.
  net::Handler counted(net::Handler handler, std::string group = {});
  /// A page of the portal, or a part of one.
  void count_page(int status);
  /// What the server has refused by itself.
  void count_refused(int status);

 private:
  net::HttpResponse show_metrics(const net::HttpRequest& http);
  net::HttpResponse show_health();
  void look();
  void look_at_queues();
  bool store_works() const;
  bool clock_is_right() const;
  std::vector<Check> checks() const;

  const Over over_;
  const std::chrono::system_clock::time_point began_;
  net::TlsContext tls_;
  metrics::Family &requests_, &time_;
};

}  // namespace meterway::apps
