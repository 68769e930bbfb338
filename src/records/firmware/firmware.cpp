#include "records/firmware/firmware.h"

#include <algorithm>

#include "records/registry/octets.h"

namespace meterway::firmware {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::string_view kImages = "firmware-image", kBlocks = "firmware-block", kTransfers = "firmware",
                           kDue = "firmware-due";
constexpr std::uint8_t kFormat = 1;

std::uint64_t number_of(UtcTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
UtcTime time_of(std::uint64_t number) { return UtcTime(std::chrono::microseconds(static_cast<std::int64_t>(number))); }

std::string key_of(Eui64 device) { return string_of(wire::Writer().u64(device.value())); }
std::string key_of(const Hash& hash) { return string_of(ByteView(hash)); }
std::string block_key(const Hash& hash, std::uint32_t number) {
  return string_of(wire::Writer().bytes(ByteView(hash)).u32(number));
}
std::string due_key(const Transfer& one) {
  return string_of(wire::Writer().u64(number_of(one.due)).u64(one.device.value()));
}

//   format:1 originator:8 target:8 counter:8 image:32 asked:8 deadline:8 due:8 attempts:4, length and version
std::string write_transfer(const Transfer& one) {
  wire::Writer out;
  out.u8(kFormat).u64(one.request.originator.value()).u64(one.request.target.value()).u64(one.request.counter.value);
  out.bytes(ByteView(one.image)).u64(number_of(one.asked)).u64(number_of(one.deadline)).u64(number_of(one.due));
  out.u32(one.attempts).prefixed(bytes_of(one.version));
  return string_of(out);
}

Result<Transfer> read_transfer(Eui64 device, std::string_view value) {
  wire::Reader in(bytes_of(value));
  Transfer one;
  one.device = device;
  in.expect({kFormat}, "firmware format");
  one.request.originator = Eui64(in.u64("originator"));
  one.request.target = Eui64(in.u64("target"));
  one.request.counter.value = in.u64("counter");
  const auto image = in.take(one.image.size(), "image");
  if (in.ok()) std::copy(image.begin(), image.end(), one.image.begin());
  one.asked = time_of(in.u64("asked"));
  one.deadline = time_of(in.u64("deadline"));
  one.due = time_of(in.u64("due"));
  one.attempts = in.u32("attempts");
  one.version = string_of(in.prefixed("version"));
  METERWAY_CHECK(in.finish("firmware"));
  return one;
}

struct ImageRow {
  std::uint32_t size = 0;
  std::uint32_t devices = 0;
};

Result<std::optional<ImageRow>> find_image(const store::ReadView& view, const Hash& hash) {
  METERWAY_TRY(const auto row, view.get(kImages, key_of(hash)));
  if (!row) return std::optional<ImageRow>();
  wire::Reader in(bytes_of(*row));
  ImageRow image{in.u32("size"), in.u32("devices")};
  METERWAY_CHECK(in.finish("firmware image"));
  return std::optional(image);
}

Status put_row(store::WriteView& view, const Hash& hash, const ImageRow& row) {
  return view.put(kImages, key_of(hash), string_of(wire::Writer().u32(row.size).u32(row.devices)));
}

std::uint32_t blocks_of(std::uint32_t size) {
  return static_cast<std::uint32_t>((size + kBlockBytes - 1) / kBlockBytes);
}

}  // namespace

Result<std::optional<Transfer>> find_transfer(const store::ReadView& view, Eui64 device) {
  METERWAY_TRY(const auto row, view.get(kTransfers, key_of(device)));
  if (!row) return std::optional<Transfer>();
  METERWAY_TRY(auto one, read_transfer(device, *row));
  return std::optional(std::move(one));
}

Result<std::vector<Transfer>> due_transfers(const store::ReadView& view, UtcTime now, std::size_t limit) {
  std::vector<Transfer> out;
  METERWAY_TRY(const auto rows, view.scan(kDue, "", string_of(wire::Writer().u64(number_of(now) + 1)), limit));
  for (const auto& row : rows) {
    const Eui64 device(wire::Reader(bytes_of(row.key).subspan(8)).u64("device"));
    METERWAY_TRY(auto one, find_transfer(view, device));
    if (one) out.push_back(*std::move(one));
  }
  return out;
}

Result<std::optional<UtcTime>> next_due(const store::ReadView& view) {
  METERWAY_TRY(const auto rows, view.scan(kDue, "", "", 1));
  if (rows.empty()) return std::optional<UtcTime>();
  return std::optional(time_of(wire::Reader(bytes_of(rows.front().key)).u64("moment")));
}

Result<std::vector<Transfer>> transfers_after(const store::ReadView& view, Eui64 device, std::size_t limit) {
  std::vector<Transfer> out;
  METERWAY_TRY(const auto rows, view.scan(kTransfers, key_of(Eui64(device.value() + 1)), "", limit));
  for (const auto& row : rows) {
    METERWAY_TRY(auto one, read_transfer(Eui64(wire::Reader(bytes_of(row.key)).u64("device")), row.value));
    out.push_back(std::move(one));
  }
  return out;
}

Status put_image(store::WriteView& view, const Hash& hash, ByteView image) {
  if (image.empty()) return fail(ErrorCode::Truncated, 0, "image");
  METERWAY_TRY(const auto known, find_image(view, hash));
  if (known) return {};
  const auto size = static_cast<std::uint32_t>(image.size());
  for (std::uint32_t number = 0; number < blocks_of(size); ++number) {
    const auto from = number * kBlockBytes;
    const auto block = image.subspan(from, std::min(kBlockBytes, image.size() - from));
    METERWAY_CHECK(view.put(kBlocks, block_key(hash, number), string_of(block)));
  }
  return put_row(view, hash, {size, 0});
}

Status put_transfer(store::WriteView& view, const Transfer& transfer) {
  METERWAY_TRY(const auto before, find_transfer(view, transfer.device));
  if (before) METERWAY_CHECK(view.erase(kDue, due_key(*before)));
  if (before && before->image != transfer.image) return fail(ErrorCode::Conflict, 0, "another firmware image");
  if (!before) {
    METERWAY_TRY(auto image, find_image(view, transfer.image));
    if (!image) return fail(ErrorCode::NotFound, 0, "firmware image");
    ++image->devices;
    METERWAY_CHECK(put_row(view, transfer.image, *image));
  }
  METERWAY_CHECK(view.put(kTransfers, key_of(transfer.device), write_transfer(transfer)));
  return view.put(kDue, due_key(transfer), "");
}

Status erase_transfer(store::WriteView& view, const Transfer& transfer) {
  METERWAY_CHECK(view.erase(kDue, due_key(transfer)));
  METERWAY_CHECK(view.erase(kTransfers, key_of(transfer.device)));
  METERWAY_TRY(auto image, find_image(view, transfer.image));
  if (!image) return {};
  if (image->devices > 1) {
    --image->devices;
    return put_row(view, transfer.image, *image);
  }
  for (std::uint32_t number = 0; number < blocks_of(image->size); ++number)
    METERWAY_CHECK(view.erase(kBlocks, block_key(transfer.image, number)));
  return view.erase(kImages, key_of(transfer.image));
}

Result<std::optional<std::uint32_t>> image_size(const store::ReadView& view, const Hash& hash) {
  METERWAY_TRY(const auto image, find_image(view, hash));
  return image ? std::optional(image->size) : std::nullopt;
}

Result<Bytes> image_block(const store::ReadView& view, const Hash& hash, std::uint32_t number) {
  METERWAY_TRY(const auto row, view.get(kBlocks, block_key(hash, number)));
  if (!row) return fail(ErrorCode::NotFound, 0, "block of a firmware image");
  const auto bytes = bytes_of(*row);
  return Bytes(bytes.begin(), bytes.end());
}

}  // namespace meterway::firmware
