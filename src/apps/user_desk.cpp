#include "apps/user_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/util/clock.h"
#include "standard/duis/request.h"

namespace meterway::apps {
namespace {

constexpr std::chrono::seconds kKeepPort{60};  ///< after the last order or push of a User
constexpr std::chrono::milliseconds kTending{200};
constexpr std::chrono::seconds kListenerPatience{2};

}  // namespace

UserDesk::UserDesk(DataFolder data, World world) : data_(std::move(data)), world_(std::move(world)) {
  for (auto& lane : lanes_) lane.worker = std::thread([this, &lane] { work(lane); });
  tender_ = std::thread([this] { tend(); });
}

UserDesk::~UserDesk() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  for (auto& lane : lanes_) lane.worker.join();
  tender_.join();
  for (auto& one : persons_) one.second->inbox.reset();
}

Result<UserDesk::Person*> UserDesk::person(Eui64 user) {
  auto& known = persons_[user];
  if (known) return known.get();
  auto keys = UserKeys::open(data_, world_, user);
  if (!keys) {
    persons_.erase(user);
    return fail(ErrorCode::NotFound, 0, "keys of this User");
  }
  known = std::make_unique<Person>();
  known->keys = *std::move(keys);
  return known.get();
}

OriginatorCounter UserDesk::next_counter(Person& person, const duis::Service& service, Eui64 target) const {
  auto counter = counter_for(service, SystemClock().now());
  auto& last = person.last[service.variant == "2.2" ? Eui64(~target.value()) : target];  // tokens count by themselves
  const std::uint64_t step = service.variant == "2.2" ? std::uint64_t{1} << 32 : 1;
  if (counter.value <= last) counter.value = last + step;
  last = counter.value;
  return counter;
}

Result<RequestId> UserDesk::take(const DeskOrder& order) {
  auto request = duis::read_request(order.xml);
  if (!request || request->has_signature) return fail(ErrorCode::BadRequest, 0, "unsigned request of schema 5.4");
  const auto* service = duis::find_service(request->service_reference_variant);
  if (service == nullptr || !service->permits(request->command_variant))
    return fail(ErrorCode::BadRequest, 0, "service and command variant");
  std::unique_lock lock(mutex_);
  if (queued_ >= kMostQueued) return fail(ErrorCode::TooLarge, 0, "queue of requests to be signed");
  METERWAY_TRY(auto* sender, person(request->id.originator));
  request->id.counter = next_counter(*sender, *service, request->id.target);
  if (order.pounds || order.pence) {
    // It may ask the certificate search for the meter's key.
    lock.unlock();
    Wish wish{std::string(service->variant), request->id.target, {}, {}, order.pounds, order.pence};
    METERWAY_TRY(const auto token, make_token(wish, *sender->keys, request->id.counter));
    for (auto& child : request->body.children) {
      if (child.name == "UTRN") child.text = token;
    }
    lock.lock();
  }
  Draft draft{request->id, service, request->command_variant, duis::write_request(*request)};
  progress_[draft.id].service = service->variant;
  order_.push_back(draft.id);
  if (order_.size() > kMostKept) {
    progress_.erase(order_.front());
    order_.pop_front();
  }
  sender->busy_until = std::chrono::steady_clock::now() + kKeepPort;
  const auto id = draft.id;
  ++queued_;
  lanes_[id.target.value() % kLanes].waiting.push_back(std::move(draft));
  lock.unlock();
  wake_.notify_all();
  return id;
}

std::optional<DeskProgress> UserDesk::look(const RequestId& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = progress_.find(id);
  return found == progress_.end() ? std::nullopt : std::optional(found->second);
}

void UserDesk::work(Lane& lane) {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return ending_ || !lane.waiting.empty(); });
    if (ending_) return;
    const auto draft = std::move(lane.waiting.front());
    lane.waiting.pop_front();
    --queued_;
    lock.unlock();
    send(draft);
    lock.lock();
  }
}

void UserDesk::send(const Draft& draft) {
  const UserKeys* keys = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    auto& sender = *persons_.at(draft.id.originator);
    keys = sender.keys.get();
  }
  enter(draft.id, "sending");
  UserSession session(world_, *keys, [&](const std::string& line) { tell(draft.id, line); });
  const auto ending = session.submit(draft);
  const auto& reply = session.reply();
  if (reply && (ending == Ending::Refused || draft.variant == CommandVariant::NonDevice || !reply->payload.empty())) {
    std::optional<Result<Opened>> opened;
    if (!reply->payload.empty() && reply->carrier != "PreCommand" && !is_local(draft.variant))
      opened = open_payload(reply->payload, *keys, world_, draft.id);
    take_answer(draft.id, *reply, opened ? &*opened : nullptr);
  }
  const std::scoped_lock lock(mutex_);
  auto& mine = progress_[draft.id];
  if (ending == Ending::Refused) {
    mine.state = "refused";
  } else if (ending != Ending::Answered) {
    mine.state = "failed";
  } else if (mine.state == "sending") {  // otherwise the answer was quicker than this
    mine.state = draft.variant == CommandVariant::NonDevice || draft.variant == CommandVariant::LocalCommand
                     ? "answered"
                     : "waiting";
  }
}

void UserDesk::tell(const RequestId& id, const std::string& line) {
  const std::scoped_lock lock(mutex_);
  const auto found = progress_.find(id);
  if (found != progress_.end()) found->second.told.push_back(line);
}

void UserDesk::enter(const RequestId& id, const std::string& state) {
  const std::scoped_lock lock(mutex_);
  const auto found = progress_.find(id);
  if (found != progress_.end()) found->second.state = state;
}

void UserDesk::take_answer(const RequestId& id, const Answer& answer, const Result<Opened>* opened) {
  DeskAnswer out{answer.date_time, answer.code, describe_answer(answer, opened), opened == nullptr || *opened};
  const std::scoped_lock lock(mutex_);
  const auto found = progress_.find(id);
  if (found == progress_.end()) return;
  const bool known = std::any_of(found->second.answers.begin(), found->second.answers.end(),
                                 [&](const DeskAnswer& one) { return one.words == out.words; });
  if (!known) found->second.answers.push_back(std::move(out));
  found->second.state = answer.accepted() ? "answered" : "refused";
}

/// Holds the ports of Users for whom something may come, and asks whoever has one instead.
void UserDesk::tend() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kTending, [this] { return ending_; })) {
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::unique_ptr<Inbox>> closed;
    std::vector<std::pair<Eui64, Person*>> without;
    for (auto& [user, one] : persons_) {
      if (now >= one->busy_until) {
        closed.push_back(std::move(one->inbox));
      } else if (!one->inbox) {
        without.emplace_back(user, one.get());
      }
    }
    std::vector<RequestId> waiting;
    for (const auto& [id, how] : progress_) {
      if (how.state == "waiting") waiting.push_back(id);
    }
    lock.unlock();
    closed.clear();  // an inbox lets its last push be answered, which asks for the lock
    for (const auto& [user, one] : without) {
      open_inbox(user, *one);
      for (const auto& id : waiting) {
        if (id.originator == user) ask_listener(id, *one);
      }
    }
    lock.lock();
  }
}

void UserDesk::open_inbox(Eui64 user, Person& person) {
  const auto* known = world_.user(user);
  if (known == nullptr || known->push_port == 0) return;
  auto inbox = Inbox::open(*person.keys, world_, known->push_port, (data_.user(user) / "inbox").string(),
                           [this, user](const Answer& answer, const Result<Opened>* opened) {
                             if (answer.request_id) take_answer(*answer.request_id, answer, opened);
                             const std::scoped_lock lock(mutex_);
                             persons_.at(user)->busy_until = std::chrono::steady_clock::now() + kKeepPort;
                           });
  if (!inbox) return;  // a listen or a send has it: it is asked
  const std::scoped_lock lock(mutex_);
  person.inbox = *std::move(inbox);
}

void UserDesk::ask_listener(const RequestId& id, Person& person) {
  const auto* known = world_.user(id.originator);
  {
    const std::scoped_lock lock(mutex_);
    if (person.inbox || known == nullptr) return;
  }
  const auto found =
      net::http_request("GET", fmt::format("http://{}:{}/inbox/{}", world_.address, known->push_port, id.text()), {},
                        "", kListenerPatience);
  if (!found || found->status != 200) return;
  const auto answer = read_answer(found->body, *person.keys);
  if (!answer) return;
  std::optional<Result<Opened>> opened;
  if (!answer->payload.empty()) opened = open_payload(answer->payload, *person.keys, world_, id);
  take_answer(id, *answer, opened ? &*opened : nullptr);
}

}  // namespace meterway::apps
