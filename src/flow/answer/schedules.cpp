#include "flow/answer/schedules.h"

#include <algorithm>
#include <charconv>

#include "flow/authorise/authorise.h"
#include "flow/schedule/make.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::answer {
namespace {

using schedule::Schedule;
namespace rows = meterway::schedule;

Step<void> may_have(const Schedule& one, const Context& context) {
  registry::RequestRecord asked;
  asked.id = {one.user, one.device, {}};
  asked.service = one.service;
  return authorise::still_allowed(asked, context);
}

/// Those that the body names, of this User's alone: of another's he does not hear that there are any.
Step<std::vector<Schedule>> named(const AuthorisedRequest& authorised, const Context& context) {
  const auto& request = authorised.verified.request;
  const auto user = request.id.originator;
  std::vector<Schedule> found;
  const auto read = context.store.read([&](const store::ReadView& view) -> Status {
    if (const auto* device = request.body.child("DeviceID")) {
      METERWAY_TRY(const auto eui, Eui64::parse(device->text));
      METERWAY_TRY(found, rows::schedules_of(view, eui, user));
      return {};
    }
    const auto text = request.body.text_at("DSPScheduleID");
    std::uint64_t id = 0;
    std::from_chars(text.data(), text.data() + text.size(), id);
    METERWAY_TRY(auto one, rows::find_schedule(view, id));
    if (one && one->user == user) found.push_back(std::move(*one));
    return {};
  });
  if (!read) return refuse(read.error());
  // Whoever has lost the device has lost them with it, although they may not have been taken away yet.
  std::vector<Schedule> standing;
  for (auto& one : found) {
    const auto state = schedule::standing(one, context);
    if (state.is == schedule::Standing::Is::Busy) return refuse(Refusal::Busy, state.why);
    if (state.is == schedule::Standing::Is::Good) standing.push_back(std::move(one));
  }
  if (standing.empty()) return refuse(Refusal::NoSchedule, "none of this User's by this name");
  return standing;
}

std::string words(const Schedule& one) {
  return "schedule " + std::to_string(one.id) + ": " + one.service + " of " + one.device.dashed_upper() + ", " +
         std::string(to_string(one.timing.frequency)) + ", next " + to_iso8601(one.next, 0);
}

Step<void> write_new(store::WriteView& view, const Schedule& one, Effects& effects) {
  const auto taken = rows::find_schedule(view, one.id);
  if (!taken) return refuse(taken.error());
  if (*taken) return refuse(Refusal::Busy, "the number that was drawn is another's");
  const auto others = rows::schedules_of(view, one.device, one.user);
  if (!others) return refuse(others.error());
  if (others->size() >= rows::kMostForDevice)
    return refuse(Refusal::Senseless, "there are " + std::to_string(others->size()) + " schedules for the device");
  if (const auto put = rows::put_schedule(view, one); !put) return refuse(put.error());
  effects.hops.push_back({"schedule", "made", words(one), {}, {}});
  return {};
}

}  // namespace

Step<DccAnswer> create_schedule(AuthorisedRequest&& authorised, const Context& context) {
  const auto& request = authorised.verified.request;
  auto read = schedule::read_form(request.body);
  if (!read) return refuse(Refusal::Senseless, read.error());
  auto one = std::move(*read);
  one.user = request.id.originator;
  one.request = request.id.counter;
  one.created = context.clock.now();
  // Drawn, so that nobody can count other people's; whether one has it already is asked when it is written.
  one.id = 1 + context.random.next_u64() % rows::kGreatestId;
  METERWAY_CHECK(may_have(one, context));
  if (!schedule::move_on(one, one.created, context.settings))
    return refuse(Refusal::Senseless, "ScheduleEndDate: no moment of it is to come");
  schedule::Given none;
  METERWAY_CHECK(schedule::make(one, one.next, context, none));
  DccAnswer out{std::move(authorised), duis::schedule_id(one.id)};
  out.effect = [one](store::WriteView& view, const AuthorisedRequest&, Effects& effects) {
    return write_new(view, one, effects);
  };
  return out;
}

Step<DccAnswer> read_schedule(AuthorisedRequest&& authorised, const Context& context) {
  METERWAY_TRY(const auto found, named(authorised, context));
  duis::Element list;
  list.name = "DSPSchedulesRead";
  for (const auto& one : found) {
    duis::Element item;
    item.name = "DSPSchedules";
    item.children = {duis::schedule_id(one.id), schedule::write_form(one)};
    list.children.push_back(std::move(item));
  }
  return DccAnswer{std::move(authorised), std::move(list)};
}

Step<DccAnswer> delete_schedule(AuthorisedRequest&& authorised, const Context& context) {
  METERWAY_TRY(const auto found, named(authorised, context));
  DccAnswer out{std::move(authorised), std::nullopt};
  out.effect = [found](store::WriteView& view, const AuthorisedRequest&, Effects& effects) -> Step<void> {
    for (const auto& one : found) {
      if (const auto erased = rows::erase_schedule(view, one.id); !erased) return refuse(erased.error());
      effects.hops.push_back({"schedule", "deleted", words(one), {}, {}});
    }
    return {};
  };
  return out;
}

}  // namespace meterway::flow::answer
