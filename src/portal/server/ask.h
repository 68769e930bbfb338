#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crypto/keys.h"
#include "base/net/http.h"
#include "base/util/random.h"
#include "oversight/document/document.h"
#include "oversight/operations/event_months.h"
#include "oversight/registration/loader.h"
#include "portal/server/replay.h"
#include "portal/server/routes.h"
#include "records/anomaly/desk.h"
#include "records/ledger/ledger.h"

/// What the handlers of this folder share.
namespace meterway::portal {

class WrongTokens;
struct Sending;

/// Outlives the server.
struct Portal {
  ledger::Ledger& ledger;
  store::Store& store;
  const Clock& clock;
  Random& random;
  const rules::Rules& rules;
  const operations::EventMonths& events;
  registration::Loader* loader = nullptr;        ///< none: nothing is taken
  std::string registration_folder{};             ///< where the operator lays files; empty: nowhere
  anomaly::Desk* anomaly = nullptr;              ///< null: its routes are not served
  const crypto::PublicKey* audit_key = nullptr;  ///< what checkpoints of the audit are signed by; null: there are none
  WrongTokens* wrong_tokens = nullptr;           ///< null: nobody counts them
  audit::Held* held_lines = nullptr;             ///< of callers without a name; null: written as they come
  Replay replay{};                               ///< empty: no emulated homes are at hand
  const Sending* sending = nullptr;              ///< null: nothing is known of what requests become, and nobody signs
  Eui64 transitional_cos{};  ///< the party that signs changes of supplier: no User, and has a way in
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Ask {
  const net::HttpRequest& http;
  const Route& route;
  PathParameters path;
  Parameters query;
  ledger::Person person;

  const std::string& part(std::string_view name) const { return path.find(name)->second; }
  /// The first of this name, or none.
  std::optional<std::string> parameter(std::string_view name) const;
  std::string header(std::string_view name) const;
};

Parameters read_query(std::string_view query);
/// From `limit`; the default when it says nothing, nothing when it is no number from 1 to `most`.
std::optional<std::size_t> read_limit(const Ask& ask, std::size_t usual, std::size_t most);

/// A number in decimal digits and nothing else; nothing when it is none.
std::optional<std::uint64_t> read_number(std::string_view text);

/// Compact. What people gave us may hold any bytes: what is no UTF-8 is replaced.
std::string dumped(const nlohmann::json& object);
net::HttpResponse json_answer(int status, std::string body);
/// md, html, pdf.
bool is_document_format(std::string_view format);
net::HttpResponse document_answer(const document::Document& document, std::string_view format);
/// application/problem+json (RFC 9457) with `errors`, [{field, detail}], where there are several.
net::HttpResponse problem(int status, std::string_view name, std::string_view title, const std::string& detail,
                          const std::vector<ledger::FieldProblem>& errors = {});
net::HttpResponse bad_query(const std::string& detail);
net::HttpResponse not_found(const std::string& what);
/// By the code: 400, 403, 404, 409, 412, 413, 503.
net::HttpResponse failed(const Error& error);
net::HttpResponse failed(const ledger::Problem& error);

using Handler = net::HttpResponse (*)(const Ask& ask, const Portal& portal);
struct NamedHandler {
  std::string_view name;
  Handler serve;
};
std::span<const NamedHandler> all_handlers();

net::HttpResponse openapi(const Ask& ask, const Portal& portal);
net::HttpResponse me(const Ask& ask, const Portal& portal);
net::HttpResponse open_session(const Ask& ask, const Portal& portal);
net::HttpResponse show_session(const Ask& ask, const Portal& portal);
net::HttpResponse end_session(const Ask& ask, const Portal& portal);
net::HttpResponse job_types(const Ask& ask, const Portal& portal);
net::HttpResponse explain_permission(const Ask& ask, const Portal& portal);
net::HttpResponse kinds(const Ask& ask, const Portal& portal);
net::HttpResponse kind(const Ask& ask, const Portal& portal);
net::HttpResponse list(const Ask& ask, const Portal& portal);
net::HttpResponse create(const Ask& ask, const Portal& portal);
net::HttpResponse import(const Ask& ask, const Portal& portal);
net::HttpResponse show(const Ask& ask, const Portal& portal);
net::HttpResponse change(const Ask& ask, const Portal& portal);
net::HttpResponse act(const Ask& ask, const Portal& portal);
net::HttpResponse history(const Ask& ask, const Portal& portal);
net::HttpResponse mentions(const Ask& ask, const Portal& portal);
net::HttpResponse document(const Ask& ask, const Portal& portal);
net::HttpResponse attach(const Ask& ask, const Portal& portal);
net::HttpResponse content(const Ask& ask, const Portal& portal);
net::HttpResponse view(const Ask& ask, const Portal& portal);
net::HttpResponse compare_matrix(const Ask& ask, const Portal& portal);
net::HttpResponse invitation_code(const Ask& ask, const Portal& portal);
net::HttpResponse invitation_mail(const Ask& ask, const Portal& portal);
net::HttpResponse accept_invitation(const Ask& ask, const Portal& portal);
net::HttpResponse search(const Ask& ask, const Portal& portal);
net::HttpResponse audit(const Ask& ask, const Portal& portal);
net::HttpResponse audit_entries(const Ask& ask, const Portal& portal);
net::HttpResponse audit_verification(const Ask& ask, const Portal& portal);
net::HttpResponse audit_checkpoints(const Ask& ask, const Portal& portal);
net::HttpResponse list_rules(const Ask& ask, const Portal& portal);
net::HttpResponse show_rule(const Ask& ask, const Portal& portal);
net::HttpResponse explain_access(const Ask& ask, const Portal& portal);
net::HttpResponse explain_request(const Ask& ask, const Portal& portal);
net::HttpResponse services(const Ask& ask, const Portal& portal);
net::HttpResponse service_form(const Ask& ask, const Portal& portal);
net::HttpResponse preview_request(const Ask& ask, const Portal& portal);
net::HttpResponse send_request(const Ask& ask, const Portal& portal);
net::HttpResponse sent_answer(const Ask& ask, const Portal& portal);
net::HttpResponse working_days(const Ask& ask, const Portal& portal);
net::HttpResponse people(const Ask& ask, const Portal& portal);
net::HttpResponse person(const Ask& ask, const Portal& portal);
net::HttpResponse put_person(const Ask& ask, const Portal& portal);
net::HttpResponse remove_person(const Ask& ask, const Portal& portal);
net::HttpResponse tokens(const Ask& ask, const Portal& portal);
net::HttpResponse make_token(const Ask& ask, const Portal& portal);
net::HttpResponse revoke_token(const Ask& ask, const Portal& portal);
net::HttpResponse certificates(const Ask& ask, const Portal& portal);
net::HttpResponse bind_certificate(const Ask& ask, const Portal& portal);
net::HttpResponse unbind_certificate(const Ask& ask, const Portal& portal);
net::HttpResponse report(const Ask& ask, const Portal& portal);
net::HttpResponse publish_report(const Ask& ask, const Portal& portal);
net::HttpResponse draft_events(const Ask& ask, const Portal& portal);
net::HttpResponse figure_events(const Ask& ask, const Portal& portal);
net::HttpResponse obligations(const Ask& ask, const Portal& portal);
net::HttpResponse maintenance(const Ask& ask, const Portal& portal);
net::HttpResponse maintenance_calendar(const Ask& ask, const Portal& portal);
net::HttpResponse sweep(const Ask& ask, const Portal& portal);
net::HttpResponse unread_cells(const Ask& ask, const Portal& portal);
net::HttpResponse registration_point(const Ask& ask, const Portal& portal);
net::HttpResponse registration_addresses(const Ask& ask, const Portal& portal);
net::HttpResponse registration_senders(const Ask& ask, const Portal& portal);
net::HttpResponse registration_sender(const Ask& ask, const Portal& portal);
net::HttpResponse put_registration_sender(const Ask& ask, const Portal& portal);
net::HttpResponse registration_loads(const Ask& ask, const Portal& portal);
net::HttpResponse take_registration_file(const Ask& ask, const Portal& portal);
net::HttpResponse import_registration_file(const Ask& ask, const Portal& portal);
net::HttpResponse registration_response(const Ask& ask, const Portal& portal);
net::HttpResponse make_registration_flags(const Ask& ask, const Portal& portal);
net::HttpResponse registration_flags(const Ask& ask, const Portal& portal);
net::HttpResponse take_registration_answer(const Ask& ask, const Portal& portal);
net::HttpResponse set_thresholds(const Ask& ask, const Portal& portal);
net::HttpResponse take_actions(const Ask& ask, const Portal& portal);
net::HttpResponse set_dcc_thresholds(const Ask& ask, const Portal& portal);
net::HttpResponse set_limits(const Ask& ask, const Portal& portal);
net::HttpResponse thresholds(const Ask& ask, const Portal& portal);
net::HttpResponse submission(const Ask& ask, const Portal& portal);
net::HttpResponse preview_thresholds(const Ask& ask, const Portal& portal);
net::HttpResponse quarantine(const Ask& ask, const Portal& portal);
net::HttpResponse decide_quarantined(const Ask& ask, const Portal& portal);
net::HttpResponse anomaly_notices(const Ask& ask, const Portal& portal);
net::HttpResponse anomaly_audit(const Ask& ask, const Portal& portal);
net::HttpResponse file_authorities(const Ask& ask, const Portal& portal);
net::HttpResponse put_file_authorities(const Ask& ask, const Portal& portal);
net::HttpResponse replay_request(const Ask& ask, const Portal& portal);
net::HttpResponse revoke_file_signer(const Ask& ask, const Portal& portal);
net::HttpResponse submit_job(const Ask& ask, const Portal& portal);
net::HttpResponse list_jobs(const Ask& ask, const Portal& portal);
net::HttpResponse job_kinds(const Ask& ask, const Portal& portal);
net::HttpResponse show_job(const Ask& ask, const Portal& portal);
net::HttpResponse job_rows(const Ask& ask, const Portal& portal);
net::HttpResponse act_on_job(const Ask& ask, const Portal& portal);

}  // namespace meterway::portal
