#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/wire/link_frame.h"
#include "flow/envelope/alert_told.h"
#include "flow/envelope/dcc_event.h"
#include "flow/envelope/refusal.h"
#include "records/registry/device.h"
#include "records/registry/party.h"
#include "standard/rules/rules.h"

namespace meterway::flow {

/// When and how long a push to a User is tried.
struct DeliverySettings {
  std::chrono::milliseconds least_delay{1000};      ///< after the acknowledgement: clients store the context only then
  std::chrono::milliseconds timeout{10000};         ///< of one attempt
  std::chrono::milliseconds first_retry{2000};      ///< doubles with every failure, with jitter,
  std::chrono::milliseconds longest_retry{300000};  ///< up to this (the DCC retries at least once in 300 s)
  std::chrono::milliseconds keep{std::chrono::hours(48)};  ///< then it is only recorded
  unsigned pushers = 16;                                   ///< pushes to one User under way at the same time
  std::chrono::milliseconds gather{10};                    ///< what was taken is written down together, so much later
  std::size_t most_push_bytes = 100'000;  ///< a larger body is compressed, or kept on record only (clients: 100 kB)
};

/// How the store is kept (docs/operations/storage.md).
struct StorageSettings {
  bool append_log = true;          ///< a log in front of SQLite
  std::size_t checkpoint_mb = 32;  ///< changes in memory before they go from the log to SQLite
  std::uint32_t gather_us = 1000;  ///< how long a commit waits for others, while there are others
};

/// How long what has ended is kept, in days; 0: for ever.
struct RetentionSettings {
  unsigned events_days = 0;
  unsigned requests_days = 0;     ///< from when they came
  unsigned undelivered_days = 0;  ///< deliveries that were given up
  unsigned files_days = 0;        ///< what came in files, and what was answered: see flow/retain
};

/// When a device that tells of the same again and again is no longer passed on alert by alert: flow/alert/throttle.h.
/// The numbers are ours.
struct ThrottleSettings {
  unsigned alerts = 30;                       ///< of one device and code in a window, told one by one; 0: all of them
  std::chrono::milliseconds window{3600000};  ///< also how often a storm is summed up
  std::set<std::uint16_t> never{};            ///< codes that are not throttled, beside those of the table
};

/// How firmware images are brought to devices.
struct FirmwareSettings {
  std::chrono::milliseconds keep{std::chrono::hours(120)};  ///< then it is given up; five days: unconfirmed
  std::chrono::milliseconds retry{30000};                   ///< after a failure, doubling,
  std::chrono::milliseconds longest_retry{3600000};         ///< up to this
};

/// What is said on standard error.
struct LogSettings {
  std::string format = "text";  ///< or "json"
  std::string level = "info";   ///< debug, info, warning, error: what is less is left out
};

/// Everything that an operator may set; each has a default, so an empty object is a complete configuration.
struct Settings {
  std::string address = "127.0.0.1";
  std::uint16_t http_port = 8079;
  std::uint16_t tls_port = 0;  ///< the same over TLS with client certificates; 0: off
  std::uint16_t smki_port = 8083;
  std::uint16_t link_port = 8084;
  std::size_t link_block_bytes = wire::kLinkWholeBytes;  ///< a larger command crosses the link in blocks of this
  std::size_t most_body_bytes = 16u << 20;
  unsigned http_workers = 16;
  unsigned workers = 8;                             ///< threads that carry messages to and from devices
  std::size_t most_queued = 10000;                  ///< pieces of work waiting for one worker
  std::size_t refusal_events_per_minute = 600;      ///< written one by one for one source; more are counted
  std::chrono::milliseconds device_timeout{60000};  ///< no response within this time: E21
  std::chrono::milliseconds reach_timeout{10000};   ///< the device's hub not connected for this time: E20
  std::chrono::milliseconds resend{10000};          ///< a command that the region has not confirmed goes once more
  std::chrono::milliseconds drain{5000};            ///< after SIGTERM: how long answers under way are waited for
  unsigned commands_in_flight = 16;                 ///< of one device, sent and not confirmed
  std::chrono::milliseconds outage_after{180000};   ///< a loss of supply that lasts so long owes an alert
  std::chrono::milliseconds dated_spread{5000};     ///< commands of one date are sent over this time, by their device
  bool later_dated_supersedes =
      true;  ///< of a User, service and device the DCC holds one date; else only "never" cancels
  std::chrono::milliseconds dcc_date_allowance{3600000};      ///< a command the DCC held may go this late, then E30
  std::chrono::milliseconds device_date_allowance{86400000};  ///< a device may report this late on its date, then E30
  std::chrono::milliseconds sequence_timeout{86400000};       ///< the longest wait for a preceding request
  std::chrono::milliseconds schedule_spread{3600000};         ///< schedules of one moment run over this time
  std::chrono::milliseconds schedule_allowance{86400000};     ///< a run may be made this late, then E30
  std::chrono::milliseconds schedule_sweep{3600000};          ///< how often it is looked whose schedules still stand
  Eui64 transitional_cos{0x90B3D51F30000004};                 ///< party that signs 6.23; its key is its own
  std::chrono::milliseconds cos_timeout{86400000};            ///< the longest wait for that signature
  bool check_dates = false;                                   ///< refuse certificates outside their validity
  bool check_connection = true;                               ///< over TLS a User asks for itself alone
  std::string gbcs_version = "4.3";                           ///< named beside a pre-command
  std::string schema_version = "5.4";                         ///< of our responses
  std::string signing_serial;  ///< decimal serial of the XML-signing certificate; empty: the only one
  DeliverySettings delivery;
  StorageSettings storage;
  RetentionSettings retention;
  FirmwareSettings firmware;
  LogSettings log;
  bool metrics_open = false;  ///< /metrics answers without a token
  rules::Rules rules;         ///< with what the operator has set (settings of oversight)
  RefusalCodes refusal_codes;
  DccAlertCodes dcc_alert_codes;
  AlertTolds alert_routes;  ///< in place of rows that are not firm
  ThrottleSettings throttle;
  std::vector<registry::User> users;                    ///< written to the registry at every start
  std::vector<registry::Device> devices;                ///< added to the registry where it does not know them
  std::vector<std::filesystem::path> push_authorities;  ///< PEM files: whom to believe at Users' https addresses
  std::vector<std::filesystem::path> certificates;      ///< more folders of certificates, beside the node's own
};

/// Reads a JSON object. Unknown members are refused, with the member's name in `why`.
Result<Settings, std::string> read_settings(std::string_view json);

/// Every member by its name, "delivery.pushers": its value as JSON; empty text for lists and maps, of which what was
/// read is what stands.
std::map<std::string, std::string> shown(Settings settings);

}  // namespace meterway::flow
