#include "apps/audit_record.h"

#include "base/util/file.h"

namespace meterway::apps {

Result<std::optional<audit::Checkpoint>> read_audit_record(const std::filesystem::path& file) {
  const auto text = read_text_file(file, 4096);
  if (!text && text.error().code == ErrorCode::NotFound) return std::optional<audit::Checkpoint>();
  if (!text) return Unexpected{text.error()};
  METERWAY_TRY(const auto checkpoint, audit::Checkpoint::parse(*text));
  return std::optional(checkpoint);
}

Result<bool> keep_audit_record(const std::filesystem::path& file, const store::Store& store) {
  METERWAY_TRY(const auto before, read_audit_record(file));
  std::optional<audit::Checkpoint> last;
  bool goes_on = true;
  METERWAY_CHECK(store.read([&](const store::ReadView& view) -> Status {
    METERWAY_TRY(last, audit::last_checkpoint(view));
    if (before) {
      METERWAY_TRY(goes_on, audit::has_entry_of(view, *before));
    }
    return {};
  }));
  if (!goes_on) return false;
  if (last && (!before || before->sequence < last->sequence))
    METERWAY_CHECK(write_text_file(file, last->text() + "\n", 0600));
  return true;
}

}  // namespace meterway::apps
