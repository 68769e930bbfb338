#include "flow/deliver/upgrade.h"

#include <nlohmann/json.hpp>

#include "flow/deliver/queue.h"

namespace meterway::flow::deliver {
namespace {

constexpr std::size_t kMost = 10'000'000;

/// `key`: user, R or A, time, chance, with colons between. Its class of alerts was one; of responses, another.
Result<Place> take(store::WriteView& view, const store::Row& row, std::uint64_t number) {
  const auto object = nlohmann::json::parse(row.value, nullptr, false);
  if (!object.is_object()) return fail(ErrorCode::BadJson, 0, "delivery of version 0.1");
  const auto time = [&](const char* member) {
    return UtcTime(std::chrono::microseconds(object.value(member, std::int64_t{0})));
  };
  DeliveryId id;
  METERWAY_TRY(id.user, Eui64::parse(object.value("user", "")));
  id.delivery_class = row.key.find(":A:") != std::string::npos ? DeliveryClass::Alert : DeliveryClass::OnDemand;
  id.made = time("created");
  id.chance = number;
  return enqueue(view, id, time("due"), {object.value("trace_key", ""), object.value("document", "")});
}

}  // namespace

Status upgrade_from_version_1(store::Store& store) {
  return store.write([](store::WriteView& view) -> Status {
    std::uint64_t number = 0;
    for (const std::string_view table : {"delivery", "undelivered"}) {
      METERWAY_TRY(const auto rows, view.scan(table, "", "", kMost));
      for (const auto& row : rows) {
        METERWAY_CHECK(view.erase(table, row.key));
        METERWAY_TRY(const auto place, take(view, row, ++number));
        if (table == "delivery") continue;
        METERWAY_CHECK(give_up(view, place, GivenUp::Expired, place.due, "given up by version 0.1"));
      }
    }
    return {};
  });
}

}  // namespace meterway::flow::deliver
