#include "flow/deliver/deliver.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/net/http.h"
#include "base/util/hex.h"
#include "flow/envelope/response.h"
#include "flow/envelope/trace.h"
#include "records/registry/trace_reader.h"

namespace meterway::flow::deliver {
namespace {

using nlohmann::json;
constexpr std::string_view kQueue = "delivery";       // <user>:<class>:<time>:<chance> -> delivery
constexpr std::string_view kGivenUp = "undelivered";  // the same, once it is only recorded
constexpr std::string_view kAlerts = "alert";         // alerts that have been told, so that a repeat is not
constexpr std::size_t kMostQueued = 10000000;
constexpr std::chrono::milliseconds kLongestSleep{
    50};  // however far the next push is: a clock set forward wakes no one
constexpr int kAccepted = 204;

struct Delivery {
  Eui64 user;
  std::string trace_key;
  std::string document;
  unsigned failures = 0;
  UtcTime created{};
  UtcTime due{};
};

std::string write(const Delivery& d) {
  return json{{"user", d.user.plain()},
              {"trace_key", d.trace_key},
              {"document", d.document},
              {"failures", d.failures},
              {"created", d.created.time_since_epoch().count()},
              {"due", d.due.time_since_epoch().count()}}
      .dump();
}

Result<Delivery> read(std::string_view text) {
  const auto object = json::parse(text, nullptr, false);
  if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "delivery");
  Delivery d;
  METERWAY_TRY(d.user, Eui64::parse(object.value("user", "")));
  d.trace_key = object.value("trace_key", "");
  d.document = object.value("document", "");
  d.failures = object.value("failures", 0u);
  d.created = UtcTime(std::chrono::microseconds(object.value("created", std::int64_t{0})));
  d.due = UtcTime(std::chrono::microseconds(object.value("due", std::int64_t{0})));
  return d;
}

std::string new_key(const Delivery& d, DeliveryClass delivery_class, Random& random) {
  auto time = std::to_string(d.created.time_since_epoch().count());
  time.insert(0, 20 - std::min<std::size_t>(20, time.size()), '0');
  std::uint8_t chance[6];
  random.fill(chance);
  return d.user.plain() + ":" + std::to_string(static_cast<int>(delivery_class)) + ":" + time + ":" + to_hex(chance);
}

/// False when the outcome was written before.
Result<bool> take_request(store::WriteView& view, Outcome& outcome) {
  if (!outcome.alert_key.empty()) {
    METERWAY_TRY(const auto told, view.get(kAlerts, outcome.alert_key));
    if (told) return false;
    METERWAY_CHECK(view.put(kAlerts, outcome.alert_key, ""));
  }
  if (!outcome.request) return true;
  METERWAY_TRY(const auto now, registry::find_request(view, outcome.request->id, outcome.request->leg));
  if (outcome.alert_key.empty() && now && now->progress == registry::Progress::Done) return false;
  if (outcome.alert_key.empty()) {
    outcome.request->progress = registry::Progress::Done;
    outcome.request->outcome = outcome.response_code;
  }
  METERWAY_CHECK(registry::put_request(view, *outcome.request));
  return true;
}

Result<std::string> write_document(const Outcome& outcome, const Context& context) {
  duis::Response response;
  if (outcome.request) response.request_id = outcome.request->id;
  response.response_id = outcome.response_id;
  response.code = outcome.response_code;
  response.body = outcome.body;
  return sign_response(std::move(response), context);
}

/// What is to be written for one outcome; signed before the transaction, as signing takes time.
struct Prepared {
  Outcome* outcome;
  Delivery delivery;
  std::optional<Due> due;
};

Status prepare(Outcome& outcome, const Context& context, std::vector<Prepared>& out) {
  Prepared one{&outcome, {}, std::nullopt};
  if (outcome.user) {
    one.delivery.user = *outcome.user;
    one.delivery.trace_key = outcome.trace_key;
    METERWAY_TRY(one.delivery.document, write_document(outcome, context));
    one.delivery.created = one.delivery.due = context.clock.now();
    if (outcome.request) {
      one.delivery.due = std::max(one.delivery.due, outcome.request->send_at + context.settings.delivery.least_delay);
    }
    one.due = Due{new_key(one.delivery, outcome.delivery_class.value_or(DeliveryClass::OnDemand), context.random),
                  one.delivery.due};
  }
  out.push_back(std::move(one));
  for (auto& also : outcome.also) METERWAY_CHECK(prepare(also, context, out));
  return {};
}

Status write_down(store::WriteView& view, Prepared& one, const Context& context) {
  const auto& outcome = *one.outcome;
  for (const auto& device : outcome.inventory) METERWAY_CHECK(registry::put_device(view, device));
  auto hops = outcome.hops;
  for (const auto& device : outcome.inventory)
    hops.push_back({"correlate",
                    "inventory",
                    device.eui.dashed_upper() + " is " + std::string(registry::to_string(device.state)),
                    {},
                    {}});
  if (one.due) {
    if (!outcome.request) METERWAY_CHECK(registry::let_read_trace(view, outcome.trace_key, one.delivery.user));
    METERWAY_CHECK(view.put(kQueue, one.due->key, write(one.delivery)));
    hops.push_back({"deliver", "queued", outcome.response_code, {}, {}});
  }
  return trace(view, context, outcome.trace_key, hops);
}

}  // namespace

Result<std::vector<Due>> store_outcome(Outcome&& outcome, const Context& context) {
  std::vector<Prepared> all;
  METERWAY_CHECK(prepare(outcome, context, all));
  std::vector<Due> dues;
  const auto stored = context.store.write([&](store::WriteView& view) -> Status {
    dues.clear();
    for (auto& one : all) {
      METERWAY_TRY(const bool first, take_request(view, *one.outcome));
      if (!first && one.outcome == &outcome) return {};  // and what it gave rise to was written with it
      if (!first) continue;
      METERWAY_CHECK(write_down(view, one, context));
      if (one.due) dues.push_back(*one.due);
    }
    return {};
  });
  METERWAY_CHECK(stored);
  return dues;
}

std::chrono::milliseconds retry_delay(unsigned failures, const DeliverySettings& settings, Random& random) {
  auto delay = std::max(settings.first_retry, std::chrono::milliseconds(1));
  for (unsigned i = 1; i < failures && delay < settings.longest_retry; ++i) delay *= 2;
  delay = std::min(delay, std::max(settings.longest_retry, std::chrono::milliseconds(1)));
  const auto chance = static_cast<std::int64_t>(random.next_u64() % static_cast<std::uint64_t>(delay.count() / 2 + 1));
  return delay - std::chrono::milliseconds(chance);
}

Result<std::unique_ptr<Postman>> Postman::start(const Context& context) {
  std::unique_ptr<Postman> postman(new Postman(context));
  METERWAY_CHECK(context.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto rows, view.scan(kQueue, "", "", kMostQueued));
    for (const auto& row : rows) {
      METERWAY_TRY(const auto delivery, read(row.value));
      postman->due_.emplace(delivery.due, row.key);
    }
    return {};
  }));
  for (unsigned i = 0; i < context.settings.delivery.pushers; ++i)
    postman->threads_.emplace_back([p = postman.get()] { p->run(); });
  return postman;
}

Postman::~Postman() { stop(); }

void Postman::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Postman::post(Due due) {
  {
    const std::lock_guard lock(mutex_);
    due_.emplace(due.at, std::move(due.key));
  }
  wake_.notify_one();
}

void Postman::run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (due_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto first = due_.begin();
    const auto now = context_.clock.now();
    if (first->first > now) {
      wake_.wait_for(lock, std::min<std::chrono::microseconds>(first->first - now, kLongestSleep));
      continue;
    }
    const auto key = std::move(first->second);
    due_.erase(first);
    lock.unlock();
    push(key);
    lock.lock();
  }
}

void Postman::push(const std::string& key) {
  Delivery delivery;
  std::string url;
  const auto found = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(const auto value, view.get(kQueue, key));
    if (!value) return fail(ErrorCode::NotFound, 0, "delivery");
    METERWAY_TRY(delivery, read(*value));
    METERWAY_TRY(const auto user, registry::find_user(view, delivery.user));
    if (user) url = user->push_url;
    return {};
  });
  if (!found) {
    if (found.error().code != ErrorCode::NotFound)
      post({key, context_.clock.now() + context_.settings.delivery.first_retry});
    return;
  }
  std::string why = "no address is known of the User";
  if (!url.empty()) {
    const auto reply = net::http_request("POST", url, {{"content-type", "application/xml"}}, delivery.document,
                                         context_.settings.delivery.timeout);
    if (reply && reply->status == kAccepted) {
      const auto done = context_.store.write([&](store::WriteView& view) -> Status {
        METERWAY_CHECK(view.erase(kQueue, key));
        return trace(view, context_, delivery.trace_key, {{"deliver", "delivered", url + " took it, 204", {}, {}}});
      });
      if (!done) post({key, context_.clock.now() + context_.settings.delivery.first_retry});
      return;
    }
    why = url + (reply ? " answered " + std::to_string(reply->status) : ": " + describe(reply.error()));
  }
  ++delivery.failures;
  const auto now = context_.clock.now();
  const bool over = now - delivery.created >= context_.settings.delivery.keep;
  const auto delay = retry_delay(delivery.failures, context_.settings.delivery, context_.random);
  delivery.due = now + delay;
  const auto stored = context_.store.write([&](store::WriteView& view) -> Status {
    if (over) METERWAY_CHECK(view.erase(kQueue, key));
    METERWAY_CHECK(view.put(over ? kGivenUp : kQueue, key, write(delivery)));
    const auto next =
        over ? std::string("; kept on record only") : "; again in " + std::to_string(delay.count()) + " ms";
    return trace(view, context_, delivery.trace_key, {{"deliver", over ? "given up" : "failed", why + next, {}, {}}});
  });
  if (!over || !stored) post({key, delivery.due});
}

}  // namespace meterway::flow::deliver
