#pragma once
#include <filesystem>

#include "base/net/http.h"
#include "flow/envelope/context.h"

namespace meterway::flow::gateway {

inline constexpr std::string_view kBackupPath = "/api/v1/backup";

/// POST /api/v1/backup, by the operator: writes a back-up of the store to a new file in `folder` while everything goes
/// on, and answers with its name. 201 {"file": "store-20260601T000000Z.db"}; 403 for anybody else; 503 when it cannot
/// be written, with the reason.
net::HttpResponse make_backup(const net::HttpRequest& http, const std::filesystem::path& folder,
                              const Context& context);

}  // namespace meterway::flow::gateway
