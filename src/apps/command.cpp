#include "apps/command.h"

namespace meterway::apps {

void add_backup(CLI::App& app, int& status);
void add_restore(CLI::App& app, int& status);
void add_addmac(CLI::App& app, int& status);
void add_bench(CLI::App& app, int& status);
void add_check(CLI::App& app, int& status);
void add_cos(CLI::App& app, int& status);
void add_decode(CLI::App& app, int& status);
void add_encode(CLI::App& app, int& status);
void add_pki(CLI::App& app, int& status);
void add_demo(CLI::App& app, int& status);
void add_deliveries(CLI::App& app, int& status);
void add_doctor(CLI::App& app, int& status);
void add_lab(CLI::App& app, int& status);
void add_listen(CLI::App& app, int& status);
void add_send(CLI::App& app, int& status);
void add_serve(CLI::App& app, int& status);
void add_estate(CLI::App& app, int& status);
void add_schedule(CLI::App& app, int& status);
void add_sign(CLI::App& app, int& status);
void add_outages(CLI::App& app, int& status);
void add_trace(CLI::App& app, int& status);
void add_user(CLI::App& app, int& status);
void add_device(CLI::App& app, int& status);
void add_certificate(CLI::App& app, int& status);
void add_bench_registry(CLI::App& app, int& status);
void add_bench_reports(CLI::App& app, int& status);
void add_bench_registration(CLI::App& app, int& status);
void add_bench_access(CLI::App& app, int& status);
void add_registration(CLI::App& app, int& status);
void add_transform(CLI::App& app, int& status);
void add_explain(CLI::App& app, int& status);
void add_person(CLI::App& app, int& status);
void add_anomaly(CLI::App& app, int& status);
void add_audit(CLI::App& app, int& status);
void add_report(CLI::App& app, int& status);
void add_incident(CLI::App& app, int& status);
void add_maintenance(CLI::App& app, int& status);
void add_proposal(CLI::App& app, int& status);
void add_action(CLI::App& app, int& status);
void add_certified_products(CLI::App& app, int& status);
void add_committee(CLI::App& app, int& status);
void add_meeting(CLI::App& app, int& status);
void add_paper(CLI::App& app, int& status);
void add_records(CLI::App& app, int& status);

// One line per subcommand, in the order in which help lists them; each is defined in its own file.
void add_subcommands(CLI::App& app, int& status) {
  add_demo(app, status);
  add_transform(app, status);
  add_addmac(app, status);
  add_check(app, status);
  add_decode(app, status);
  add_encode(app, status);
  add_pki(app, status);
  add_send(app, status);
  add_serve(app, status);
  add_estate(app, status);
  add_sign(app, status);
  add_listen(app, status);
  add_trace(app, status);
  add_user(app, status);
  add_device(app, status);
  add_certificate(app, status);
  add_deliveries(app, status);
  add_backup(app, status);
  add_restore(app, status);
  add_outages(app, status);
  add_schedule(app, status);
  add_cos(app, status);
  add_report(app, status);
  add_incident(app, status);
  add_maintenance(app, status);
  add_proposal(app, status);
  add_action(app, status);
  add_certified_products(app, status);
  add_committee(app, status);
  add_meeting(app, status);
  add_paper(app, status);
  add_records(app, status);
  add_explain(app, status);
  add_person(app, status);
  add_registration(app, status);
  add_anomaly(app, status);
  add_audit(app, status);
  add_doctor(app, status);
  add_bench(app, status);
  add_lab(app, status);
  add_bench_registry(app, status);
  add_bench_reports(app, status);
  add_bench_registration(app, status);
  add_bench_access(app, status);
}

}  // namespace meterway::apps
