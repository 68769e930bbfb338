#include "flow/distribute/distribution.h"

#include <algorithm>

#include "flow/deliver/deliver.h"
#include "flow/distribute/alerts.h"
#include "flow/envelope/trace.h"
#include "records/registry/device.h"

namespace meterway::flow::distribute {
namespace {

namespace rows = firmware;
using rows::Transfer;

constexpr std::uint64_t kLane = 0x6669'726D'7761;  // no device's EUI-64
constexpr std::chrono::seconds kBetween{1};        // when there is more than one step takes, or the store refused
constexpr std::chrono::seconds kSendAgain{10};     // a block that is not confirmed
constexpr std::chrono::minutes kAbandon{2};        // an upload in which nothing is

UtcTime next_try(const Transfer& transfer, const FirmwareSettings& settings, UtcTime now) {
  auto wait = settings.retry;
  for (std::uint32_t i = 0; i < transfer.attempts && wait < settings.longest_retry; ++i) wait *= 2;
  return now + std::min(wait, settings.longest_retry);
}

Hop hop(const char* outcome, std::string detail, UtcTime now) {
  return {"firmware", outcome, std::move(detail), {}, now};
}

Status tell(store::WriteView& view, const alert::DccAlert& alert, const Context& context,
            std::vector<deliver::Place>& places) {
  for (auto& one : alert::outcomes(alert, context)) {
    METERWAY_TRY(const auto more, deliver::store_outcome(view, std::move(one), context));
    places.insert(places.end(), more.begin(), more.end());
  }
  return {};
}

/// Those whose time is up, by request.
Status give_up(store::WriteView& view, const std::vector<Transfer>& transfers, const Context& context,
               std::vector<deliver::Place>& places) {
  std::map<RequestId, std::vector<Transfer>> by_request;
  for (const auto& one : transfers) by_request[one.request].push_back(one);
  for (const auto& [request, group] : by_request) {
    std::vector<Hop> hops;
    for (const auto& one : group) {
      METERWAY_CHECK(rows::erase_transfer(view, one));
      hops.push_back(hop("given up", one.device.dashed_upper() + ", tried " + std::to_string(one.attempts) + " times",
                         context.clock.now()));
    }
    METERWAY_CHECK(trace(view, context, request.text(), hops));
    METERWAY_CHECK(tell(view, given_up(group), context, places));
  }
  return {};
}

}  // namespace

void Distribution::start() { look(); }

void Distribution::look() {
  context_.executor.at(context_.clock.now(), kLane, [this] { run(); });
}

void Distribution::run() {
  const auto now = context_.clock.now();
  (void)step(now);  // what the store does not take is due again the next time
  look_after_uploads(now);
  sleep();
}

/// Until the first transfer is due or an upload needs looking after; for good when there is neither.
void Distribution::sleep() {
  const auto now = context_.clock.now();
  std::optional<UtcTime> until;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(until, rows::next_due(view));
    return {};
  });
  if (!read) until = now;
  for (const auto& [key, upload] : uploads_) {
    const auto next = std::min(upload.sent + kSendAgain, upload.moved + kAbandon);
    until = until ? std::min(*until, next) : next;
  }
  if (!until) return;
  const auto at = std::max(*until, now + kBetween);
  if (wake_ && *wake_ > now && *wake_ <= at) return;  // awake before that anyhow
  wake_ = at;
  context_.executor.at(at, kLane, [this, at] {
    if (wake_ == at) run();
  });
}

Status Distribution::step(UtcTime now) {
  struct Due {
    Transfer transfer;
    std::optional<Eui64> hub;
  };
  std::vector<Due> due;
  METERWAY_CHECK(context_.store.read([&](const store::ReadView& view) -> Status {
    due.clear();
    METERWAY_TRY(auto transfers, rows::due_transfers(view, now, kStep));
    for (auto& one : transfers) {
      METERWAY_TRY(const auto device, registry::find_device(view, one.device));
      due.push_back({std::move(one), device ? device->hub : std::nullopt});
    }
    return {};
  }));
  if (due.empty()) return {};
  std::vector<deliver::Place> places;
  const auto stored = context_.store.write([&](store::WriteView& view) -> Status {
    places.clear();
    std::vector<Transfer> over;
    for (auto one : due) {
      if (one.transfer.deadline <= now) {
        over.push_back(one.transfer);
        continue;
      }
      auto next = one.transfer;
      next.due = std::min(next_try(next, context_.settings.firmware, now), next.deadline);
      ++next.attempts;
      METERWAY_CHECK(rows::put_transfer(view, next));
    }
    return give_up(view, over, context_, places);
  });
  METERWAY_CHECK(stored);
  for (const auto& place : places) post_(place);
  for (const auto& one : due) {
    if (one.transfer.deadline > now && one.hub) ask(one.transfer, *one.hub);
  }
  return {};
}

void Distribution::ask(const Transfer& transfer, Eui64 hub) {
  if (const auto sent = out_.transfer(hub, transfer.device, transfer.image, transfer.request); !sent)
    note(transfer, "failed", transfer.device.dashed_upper() + ": " + describe(sent.error()));
}

void Distribution::note(const Transfer& transfer, const char* outcome, std::string detail) {
  (void)trace(context_, transfer.request.text(), {hop(outcome, std::move(detail), context_.clock.now())});
}

void Distribution::transferred(Eui64 device, std::optional<wire::LinkFailure> why, std::uint64_t hello) {
  (void)context_.executor.post(kLane, [this, device, why, hello] {
    if (!why) return delivered(device);
    if (*why == wire::LinkFailure::ImageMissing) {
      begin_upload(device, hello);
      return sleep();
    }
    std::optional<Transfer> transfer;
    (void)context_.store.read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(transfer, rows::find_transfer(view, device));
      return {};
    });
    if (transfer) note(*transfer, "failed", device.dashed_upper() + ": " + std::string(to_string(*why)));
  });
}

void Distribution::delivered(Eui64 device) {
  std::vector<deliver::Place> places;
  const auto now = context_.clock.now();
  const auto stored = context_.store.write([&](store::WriteView& view) -> Status {
    places.clear();
    METERWAY_TRY(const auto transfer, rows::find_transfer(view, device));
    if (!transfer) return {};  // told before
    METERWAY_CHECK(rows::erase_transfer(view, *transfer));
    METERWAY_CHECK(trace(view, context_, transfer->request.text(), {hop("delivered", device.dashed_upper(), now)}));
    METERWAY_TRY(const auto known, registry::find_device(view, device));
    return tell(view, distribute::delivered(*transfer, known && known->hub ? *known->hub : Eui64(), now), context_,
                places);
  });
  if (!stored) return;  // it is asked again, and the region knows that the device has it
  for (const auto& place : places) post_(place);
}

void Distribution::begin_upload(Eui64 device, std::uint64_t hello) {
  std::optional<Transfer> transfer;
  std::optional<std::uint32_t> size;
  std::optional<Eui64> hub;
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(transfer, rows::find_transfer(view, device));
    if (!transfer) return {};
    METERWAY_TRY(size, rows::image_size(view, transfer->image));
    METERWAY_TRY(const auto known, registry::find_device(view, device));
    if (known) hub = known->hub;
    return {};
  });
  if (!read || !transfer || !size || !hub) return;
  const UploadKey key{hello, transfer->image};
  auto& upload = uploads_[key];
  upload.waiting.insert(device);
  if (upload.size != 0) return;  // it is on its way for another device
  upload.hub = *hub;
  upload.size = *size;
  upload.moved = context_.clock.now();
  go_on(key, upload);
}

void Distribution::go_on(const UploadKey& key, Upload& upload) {
  const auto blocks = (upload.size + rows::kBlockBytes - 1) / rows::kBlockBytes;
  while (upload.out.size() < kWindow && upload.next < blocks) send_block(key, upload, upload.next++);
  if (!upload.out.empty() || upload.next < blocks) return;
  const auto done = std::move(upload);
  uploads_.erase(key);
  finish(done);
}

void Distribution::send_block(const UploadKey& key, Upload& upload, std::uint32_t number) {
  upload.out.insert(number);
  upload.sent = context_.clock.now();
  wire::LinkImageBlock block;
  block.image = key.second;
  block.total = upload.size;
  block.offset = number * static_cast<std::uint32_t>(rows::kBlockBytes);
  const auto read = context_.store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(block.bytes, rows::image_block(view, key.second, number));
    return {};
  });
  // What is not sent is sent again in a while, or the upload is abandoned.
  if (read) (void)out_.block(upload.hub, std::move(block));
}

void Distribution::block_taken(const wire::ImageHash& image, std::uint32_t offset, std::uint64_t hello) {
  (void)context_.executor.post(kLane, [this, image, offset, hello] {
    const UploadKey key{hello, image};
    const auto found = uploads_.find(key);
    if (found == uploads_.end()) return;
    auto& upload = found->second;
    upload.out.erase(offset / static_cast<std::uint32_t>(rows::kBlockBytes));
    upload.moved = context_.clock.now();
    go_on(key, upload);
  });
}

/// The region has all of it: those that waited are asked for at once.
void Distribution::finish(const Upload& upload) {
  (void)context_.store.write([&](store::WriteView& view) -> Status {
    for (const auto device : upload.waiting) {
      METERWAY_TRY(auto transfer, rows::find_transfer(view, device));
      if (!transfer) continue;
      transfer->due = context_.clock.now();
      METERWAY_CHECK(rows::put_transfer(view, *transfer));
    }
    return {};
  });
  (void)step(context_.clock.now());
  sleep();
}

void Distribution::look_after_uploads(UtcTime now) {
  std::erase_if(uploads_, [now](const auto& entry) { return now - entry.second.moved > kAbandon; });
  for (auto& [key, upload] : uploads_) {
    if (now - upload.sent < kSendAgain) continue;
    for (const auto number : std::set<std::uint32_t>(upload.out)) send_block(key, upload, number);
  }
}

}  // namespace meterway::flow::distribute
