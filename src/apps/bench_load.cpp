#include "apps/bench_load.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "apps/bench_http.h"
#include "apps/user_precommand.h"
#include "apps/user_request.h"
#include "apps/user_xml.h"
#include "base/util/base64.h"
#include "base/util/clock.h"

namespace meterway::apps {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{20};  ///< then a request counts as failed
constexpr std::string_view kTaken = "HTTP/1.1 204 No Content\r\n\r\n";

float milliseconds_since(Steady::time_point start) {
  return std::chrono::duration<float, std::milli>(Steady::now() - start).count();
}

/// One home, one connection, one request at a time.
struct Lane {
  std::uint64_t tag = 0;  ///< of its events
  std::unique_ptr<Wire> wire;
  bool broken = true;  ///< needs another connection
  Eui64 device;
  std::uint64_t counter = 0;
  enum class State { Idle, Asked, AskedSigned } state = State::Idle;
  bool replied = true;   ///< the last POST
  bool answered = true;  ///< by a push
  Steady::time_point started;
  RequestId id;
  std::string id_text;

  bool idle() const { return replied && answered; }
};

class EpollLoad final : public Load {
 public:
  EpollLoad(const World& world, const UserKeys& keys) : world_(world), keys_(keys) {}
  ~EpollLoad() override {
    pushers_.clear();
    if (listener_ >= 0) ::close(listener_);
    if (epoll_ >= 0) ::close(epoll_);
  }
  Status start(unsigned lanes);
  Tally run(const LoadCase& what, std::chrono::milliseconds duration, double rate) override;

 private:
  void watch(int fd, std::uint64_t tag) const;
  void wait();
  void accept_pusher();
  void take_push(Wire& wire);
  void take_reply(Lane& lane);
  bool connect(Lane& lane);
  void start_request(Lane& lane, Steady::time_point due);
  void post(Lane& lane, const std::string& xml, char web_service);
  void send_signed(Lane& lane, std::string_view reply);
  void finish_if_idle(Lane& lane);
  void fail_lane(Lane& lane, std::string why);

  const World& world_;
  const UserKeys& keys_;
  int epoll_ = -1;
  int listener_ = -1;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::map<int, std::unique_ptr<Wire>> pushers_;  ///< the platform's connections to the User
  std::map<std::string, Lane*, std::less<>> waiting_;
  const LoadCase* what_ = nullptr;
  Tally tally_;
};

void EpollLoad::watch(int fd, std::uint64_t tag) const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = tag;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
}

Status EpollLoad::start(unsigned lanes) {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  const auto* user = world_.user(keys_.user());
  listener_ = user == nullptr ? -1 : listen_on(world_.address, user->push_port);
  if (listener_ < 0) return fail(ErrorCode::Network, 0, "the User's push port");
  watch(listener_, 0);
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(SystemClock().now().time_since_epoch());
  for (unsigned i = 0; i < lanes; ++i) {
    auto lane = std::make_unique<Lane>();
    lane->tag = 1 + i;
    lane->counter = static_cast<std::uint64_t>(now.count());
    if (!connect(*lane)) return fail(ErrorCode::Network, 0, "the platform's port");
    lanes_.push_back(std::move(lane));
  }
  return {};
}

bool EpollLoad::connect(Lane& lane) {
  const int fd = connect_to(world_.address, world_.http_port);
  if (fd < 0) return false;
  lane.wire = std::make_unique<Wire>(fd);
  lane.broken = false;
  watch(fd, lane.tag);
  return true;
}

Tally EpollLoad::run(const LoadCase& what, std::chrono::milliseconds duration, double rate) {
  what_ = &what;
  tally_ = {};
  std::size_t home = 0;
  for (const auto& device : world_.devices) {
    if (device.type == what.device && home < lanes_.size()) lanes_[home++]->device = device.eui;
  }
  const auto begin = Steady::now();
  const auto end = begin + duration;
  const auto gap = std::chrono::duration<double>(rate > 0 ? 1 / rate : 0);
  std::uint64_t begun = 0;
  bool open = true;
  while (open || !waiting_.empty()) {
    const auto now = Steady::now();
    open = now < end;
    for (auto& lane : lanes_) {
      if (!lane->idle()) {
        if (now - lane->started > kPatience) fail_lane(*lane, "no answer to " + lane->id_text);
        continue;
      }
      if (!open) continue;
      auto due = now;
      if (rate > 0) {
        due = begin + std::chrono::duration_cast<Steady::duration>(gap * static_cast<double>(begun));
        if (due > now) break;
      }
      ++begun;
      start_request(*lane, due);
    }
    wait();
  }
  tally_.elapsed = Steady::now() - begin;
  return std::move(tally_);
}

void EpollLoad::wait() {
  epoll_event events[256];
  const int count = ::epoll_wait(epoll_, events, 256, 1);
  for (int i = 0; i < count; ++i) {
    const auto tag = events[i].data.u64;
    if (tag == 0) {
      accept_pusher();
    } else if (tag <= lanes_.size()) {
      take_reply(*lanes_[tag - 1]);
    } else if (const auto found = pushers_.find(static_cast<int>(tag - lanes_.size() - 1)); found != pushers_.end()) {
      take_push(*found->second);
    }
  }
}

void EpollLoad::accept_pusher() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    pushers_[fd] = std::make_unique<Wire>(fd);
    watch(fd, lanes_.size() + 1 + static_cast<std::uint64_t>(fd));
  }
}

void EpollLoad::take_push(Wire& wire) {
  bool open = wire.receive();
  while (const auto message = wire.next()) {
    open = wire.send(kTaken) && open;
    const auto found = waiting_.find(text_of(message->body, "RequestID"));
    if (found == waiting_.end()) {
      ++tally_.repeated;
      continue;
    }
    Lane& lane = *found->second;
    lane.answered = true;
    tally_.latency_ms.push_back(milliseconds_since(lane.started));
    const auto code = text_of(message->body, "ResponseCode");
    if (code != "I0") {
      fail_lane(lane, fmt::format("{} was answered {}", lane.id_text, code));
      continue;
    }
    if (tally_.answer.empty()) tally_.answer = message->body;
    finish_if_idle(lane);
  }
  if (!open) pushers_.erase(wire.fd());
}

void EpollLoad::take_reply(Lane& lane) {
  if (lane.broken) return;
  const bool open = lane.wire->receive();
  while (!lane.broken) {
    const auto message = lane.wire->next();
    if (!message) break;
    const auto code = text_of(message->body, "ResponseCode");
    const bool transformed = lane.state == Lane::State::Asked && what_->critical();
    if (code != (transformed ? "I0" : "I99")) {
      return fail_lane(lane, fmt::format("{} was told {}: {}", lane.id_text, message->first_line, message->body));
    }
    if (transformed) {
      send_signed(lane, message->body);
      continue;
    }
    if (tally_.reply.empty()) tally_.reply = message->body;
    lane.replied = true;
    tally_.acknowledged_ms.push_back(milliseconds_since(lane.started));
    finish_if_idle(lane);
  }
  if (!open && !lane.broken) fail_lane(lane, "the platform closed a connection");
}

void EpollLoad::start_request(Lane& lane, Steady::time_point due) {
  if (lane.broken && !connect(lane)) return fail_lane(lane, "the platform takes no connection");
  lane.id = {keys_.user(), lane.device, {++lane.counter}};
  lane.id_text = lane.id.text();
  lane.started = due;
  lane.replied = lane.answered = false;
  lane.state = Lane::State::Asked;
  waiting_[lane.id_text] = &lane;
  const auto variant = what_->critical() ? CommandVariant::Transform : CommandVariant::SendCommand;
  post(lane, request_document(lane.id, variant, *what_->service, what_->body),
       static_cast<char>(what_->service->web_service(variant)));
}

void EpollLoad::send_signed(Lane& lane, std::string_view reply) {
  if (tally_.precommand.empty()) tally_.precommand = reply;
  const auto bytes = from_base64(text_of(reply, "GBCSPayload"));
  auto message = bytes ? gbcs::read_message(*bytes) : Result<gbcs::Message>(Unexpected{bytes.error()});
  if (!message || !sign_precommand(*message, keys_)) return fail_lane(lane, "no pre-command for " + lane.id_text);
  lane.state = Lane::State::AskedSigned;
  const Draft draft{lane.id, what_->service, CommandVariant::Transform, {}};
  post(lane, draft_signed_precommand(draft, gbcs::write_message(*message)), 'S');
}

void EpollLoad::post(Lane& lane, const std::string& xml, char web_service) {
  const auto document = sign_as_user(xml, keys_);
  if (!document) return fail_lane(lane, describe(document.error()));
  auto& sample = lane.state == Lane::State::Asked ? tally_.request : tally_.signed_request;
  if (sample.empty()) sample = *document;
  const bool sent =
      lane.wire->send(fmt::format("POST /api/v1/service{} HTTP/1.1\r\nhost: {}:{}\r\ncontent-type: application/xml\r\n"
                                  "content-length: {}\r\n\r\n{}",
                                  web_service, world_.address, world_.http_port, document->size(), *document));
  if (!sent) fail_lane(lane, "the platform closed a connection");
}

void EpollLoad::finish_if_idle(Lane& lane) {
  if (!lane.idle()) return;
  waiting_.erase(lane.id_text);
  ++tally_.done;
}

void EpollLoad::fail_lane(Lane& lane, std::string why) {
  ++tally_.failed;
  if (tally_.problem.empty()) tally_.problem = std::move(why);
  waiting_.erase(lane.id_text);
  lane.replied = lane.answered = true;
  lane.broken = true;  // what may still come on this connection belongs to nobody
}

}  // namespace

Result<std::unique_ptr<Load>> Load::open(const World& world, const UserKeys& keys, unsigned lanes) {
  auto load = std::make_unique<EpollLoad>(world, keys);
  METERWAY_CHECK(load->start(lanes));
  return std::unique_ptr<Load>(std::move(load));
}

}  // namespace meterway::apps
