#include "flow/schedule/form.h"

#include <charconv>

#include "flow/envelope/dating.h"
#include "standard/duis/response_body.h"

namespace meterway::flow::schedule {
namespace {

using duis::text_element;
using meterway::schedule::Frequency;

constexpr std::string_view kPeriod[] = {"StartDateOffset", "StartTime", "EndDateOffset", "EndTime"};

duis::Element holding(std::string name, std::vector<duis::Element> children) {
  duis::Element out;
  out.name = std::move(name);
  out.children = std::move(children);
  return out;
}

/// Every schedulable service has an element of its own in DSPSchedule, named after that of its request.
std::string element_of(const duis::Service& service) { return "DSP" + std::string(service.body_element); }

Unexpected<std::string> wrong(std::string why) { return Unexpected<std::string>{std::move(why)}; }

/// "-1" and "00:30:00Z": that time on the day before `day`.
UtcTime offset_from(calendar::Date day, std::string_view days, std::string_view time) {
  int count = 0;
  std::from_chars(days.data(), days.data() + days.size(), count);
  const auto of_day = meterway::schedule::time_of_day(time);
  return UtcTime(day + std::chrono::days(count)) + (of_day ? *of_day : std::chrono::milliseconds(0));
}

/// xs:date may carry a zone, which says nothing that the time does not say better.
Result<calendar::Date> date_in(std::string_view text) { return calendar::parse_date(text.substr(0, 10)); }

}  // namespace

Result<Schedule, std::string> read_form(const duis::Element& form) {
  Schedule out;
  const auto* service = duis::find_service(form.text_at("DSPScheduledServiceReferenceVariant"));
  if (service == nullptr || !service->schedulable) return wrong("DSPScheduledServiceReferenceVariant: not schedulable");
  if (service->reference != form.text_at("DSPScheduledServiceReference"))
    return wrong("DSPScheduledServiceReference: " + std::string(service->variant) + " is no variant of it");
  const auto* body = form.child(element_of(*service));
  if (body == nullptr)
    return wrong(element_of(*service) + ": missing, as it is the content of " + std::string(service->variant));
  out.service = service->variant;
  const auto device = Eui64::parse(form.text_at("DeviceID"));
  const auto frequency = meterway::schedule::parse_frequency(form.text_at("ScheduleFrequency"));
  if (!device || !frequency) return wrong("DeviceID or ScheduleFrequency cannot be read");
  out.device = *device;
  out.timing.frequency = *frequency;
  const auto start = date_in(form.text_at("ScheduleStartDate"));
  if (!start) return wrong("ScheduleStartDate: " + describe(start.error()));
  out.timing.start = *start;
  if (const auto text = form.text_at("ScheduleEndDate"); !text.empty()) {
    const auto end = date_in(text);
    if (!end) return wrong("ScheduleEndDate: " + describe(end.error()));
    if (*end < *start) return wrong("ScheduleEndDate: before ScheduleStartDate");
    out.timing.end = *end;
  }
  out.time_text = form.text_at("ScheduleExecutionStartTime");
  if (!out.time_text.empty()) {
    const auto time = meterway::schedule::time_of_day(out.time_text);
    if (!time) return wrong("ScheduleExecutionStartTime: " + describe(time.error()));
    out.timing.time = *time;
  }
  out.credentials = form.text_at("KAPublicSecurityCredential");
  if (body->children.empty()) return out;
  for (const auto name : kPeriod) out.period.emplace_back(body->text_at(name));
  for (const auto* time : {&out.period[1], &out.period[3]}) {
    if (!meterway::schedule::time_of_day(*time)) return wrong("StartTime or EndTime: no time of day");
  }
  const auto day = out.timing.start;
  if (offset_from(day, out.period[2], out.period[3]) < offset_from(day, out.period[0], out.period[1]))
    return wrong("EndDateOffset, EndTime: before StartDateOffset, StartTime");
  return out;
}

duis::Element write_form(const Schedule& one) {
  const auto* service = duis::find_service(one.service);
  duis::Element out = holding("DSPScheduleDetails", {});
  const auto add = [&](std::string_view name, std::string_view text) {
    if (!text.empty()) out.children.push_back(text_element(name, text));
  };
  add("ScheduleFrequency", to_string(one.timing.frequency));
  add("ScheduleStartDate", calendar::to_text(one.timing.start));
  if (one.timing.end) add("ScheduleEndDate", calendar::to_text(*one.timing.end));
  add("ScheduleExecutionStartTime", one.time_text);
  add("KAPublicSecurityCredential", one.credentials);
  add("DSPScheduledServiceReference", service->reference);
  add("DSPScheduledServiceReferenceVariant", service->variant);
  add("DeviceID", one.device.dashed_upper());
  auto body = holding(element_of(*service), {});
  for (std::size_t i = 0; i < one.period.size(); ++i) body.children.push_back(text_element(kPeriod[i], one.period[i]));
  out.children.push_back(std::move(body));
  return out;
}

duis::Request request_at(const Schedule& one, UtcTime moment, const RequestId& id) {
  const auto* service = duis::find_service(one.service);
  duis::Request out;
  out.schema_version = "5.4";
  out.id = id;
  out.command_variant = CommandVariant::SendCommand;
  out.service_reference = service->reference;
  out.service_reference_variant = service->variant;
  out.body = holding(std::string(service->body_element), {});
  if (!one.period.empty()) {
    const auto day = one.timing.day_of(moment);
    out.body.children.push_back(holding(
        "ReadLogPeriod", {text_element("StartDateTime", to_iso8601(offset_from(day, one.period[0], one.period[1]), 0)),
                          text_element("EndDateTime", to_iso8601(offset_from(day, one.period[2], one.period[3]), 0))}));
  }
  if (!one.credentials.empty())
    out.body.children.push_back(text_element("KAPublicSecurityCredentials", one.credentials));
  return out;
}

bool move_on(Schedule& one, UtcTime from, const Settings& settings) {
  const auto next = one.timing.first_from(from);
  if (!next) return false;
  one.next = *next;
  // One User's schedules for one device keep together: the hub is asked once.
  one.due = *next + place_in_spread(one.device.value() + one.user.value(), settings.schedule_spread);
  return true;
}

}  // namespace meterway::flow::schedule
