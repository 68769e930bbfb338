#include "flow/tracing/zip_file.h"

#include <zip.h>

#include <algorithm>
#include <memory>

namespace meterway::flow::tracing {
namespace {

/// ZIP's own calendar: from 1980, in pairs of seconds.
struct DosTime {
  std::uint16_t time = 0, date = 0;
};
DosTime dos_time(UtcTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(at - day));
  const auto year = std::clamp(static_cast<int>(date.year()), 1980, 2107);
  return {static_cast<std::uint16_t>(clock.hours().count() << 11 | clock.minutes().count() << 5 |
                                     clock.seconds().count() / 2),
          static_cast<std::uint16_t>((year - 1980) << 9 | static_cast<int>(static_cast<unsigned>(date.month())) << 5 |
                                     static_cast<int>(static_cast<unsigned>(date.day())))};
}

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

Status add(zip_t* archive, const ArchivedFile& file) {
  auto* content = zip_source_buffer(archive, file.content.data(), file.content.size(), 0);
  if (content == nullptr) return fail(ErrorCode::Io, 0, "zip");
  const auto index = zip_file_add(archive, file.name.c_str(), content, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(content);
    return fail(ErrorCode::Io, 0, "zip");
  }
  const auto at = dos_time(file.at);
  const auto which = static_cast<zip_uint64_t>(index);
  if (zip_file_set_dostime(archive, which, at.time, at.date, 0) != 0 ||
      zip_set_file_compression(archive, which, ZIP_CM_DEFLATE, 9) != 0 ||
      zip_file_set_external_attributes(archive, which, 0, ZIP_OPSYS_UNIX, 0100644u << 16) != 0)
    return fail(ErrorCode::Io, 0, "zip");
  return {};
}

}  // namespace

Result<std::string> write_zip(const std::vector<ArchivedFile>& files) {
  zip_error_t error;
  zip_error_init(&error);
  auto* source = zip_source_buffer_create(nullptr, 0, 0, &error);
  if (source == nullptr) return fail(ErrorCode::Io, 0, "zip");
  const std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> kept(source, zip_source_free);
  std::unique_ptr<zip_t, Discard> archive(zip_open_from_source(source, ZIP_TRUNCATE, &error));
  if (!archive) return fail(ErrorCode::Io, 0, "zip");
  zip_source_keep(source);  // the archive takes one hold of it, we another
  for (const auto& file : files) METERWAY_CHECK(add(archive.get(), file));
  if (zip_close(archive.get()) != 0) return fail(ErrorCode::Io, 0, "zip");
  (void)archive.release();
  if (zip_source_open(source) != 0) return fail(ErrorCode::Io, 0, "zip");
  std::string out;
  char buffer[16384];
  for (;;) {
    const auto read = zip_source_read(source, buffer, sizeof buffer);
    if (read <= 0) break;
    out.append(buffer, static_cast<std::size_t>(read));
  }
  zip_source_close(source);
  return out;
}

}  // namespace meterway::flow::tracing
