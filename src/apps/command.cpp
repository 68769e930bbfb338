#include "apps/command.h"

namespace meterway::apps {

void add_backup(Subcommand& app, int& status);
void add_restore(Subcommand& app, int& status);
void add_addmac(Subcommand& app, int& status);
void add_bench(Subcommand& app, int& status);
void add_check(Subcommand& app, int& status);
void add_configuration(Subcommand& app, int& status);
void add_cos(Subcommand& app, int& status);
void add_decode(Subcommand& app, int& status);
void add_encode(Subcommand& app, int& status);
void add_pki(Subcommand& app, int& status);
void add_firmware(Subcommand& app, int& status);
void add_demo(Subcommand& app, int& status);
void add_deliveries(Subcommand& app, int& status);
void add_doctor(Subcommand& app, int& status);
void add_lab(Subcommand& app, int& status);
void add_listen(Subcommand& app, int& status);
void add_live(Subcommand& app, int& status);
void add_send(Subcommand& app, int& status);
void add_serve(Subcommand& app, int& status);
void add_estate(Subcommand& app, int& status);
void add_schedule(Subcommand& app, int& status);
void add_job(Subcommand& app, int& status);
void add_sign(Subcommand& app, int& status);
void add_outages(Subcommand& app, int& status);
void add_trace(Subcommand& app, int& status);
void add_user(Subcommand& app, int& status);
void add_device(Subcommand& app, int& status);
void add_certificate(Subcommand& app, int& status);
void add_bench_registry(Subcommand& app, int& status);
void add_bench_reports(Subcommand& app, int& status);
void add_bench_registration(Subcommand& app, int& status);
void add_bench_access(Subcommand& app, int& status);
void add_bench_trace(Subcommand& app, int& status);
void add_registration(Subcommand& app, int& status);
void add_transform(Subcommand& app, int& status);
void add_explain(Subcommand& app, int& status);
void add_person(Subcommand& app, int& status);
void add_anomaly(Subcommand& app, int& status);
void add_audit(Subcommand& app, int& status);
void add_report(Subcommand& app, int& status);
void add_incident(Subcommand& app, int& status);
void add_maintenance(Subcommand& app, int& status);
void add_proposal(Subcommand& app, int& status);
void add_action(Subcommand& app, int& status);
void add_certified_products(Subcommand& app, int& status);
void add_committee(Subcommand& app, int& status);
void add_meeting(Subcommand& app, int& status);
void add_paper(Subcommand& app, int& status);
void add_records(Subcommand& app, int& status);

// One line per subcommand, in the order in which help lists them; each is defined in its own file.
void add_subcommands(Subcommand& app, int& status) {
  add_demo(app, status);
  add_transform(app, status);
  add_addmac(app, status);
  add_check(app, status);
  add_decode(app, status);
  add_encode(app, status);
  add_pki(app, status);
  add_firmware(app, status);
  add_send(app, status);
  add_serve(app, status);
  add_estate(app, status);
  add_sign(app, status);
  add_listen(app, status);
  add_trace(app, status);
  add_live(app, status);
  add_user(app, status);
  add_device(app, status);
  add_certificate(app, status);
  add_deliveries(app, status);
  add_backup(app, status);
  add_restore(app, status);
  add_outages(app, status);
  add_schedule(app, status);
  add_job(app, status);
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
  add_configuration(app, status);
  add_doctor(app, status);
  add_bench(app, status);
  add_lab(app, status);
  add_bench_registry(app, status);
  add_bench_reports(app, status);
  add_bench_registration(app, status);
  add_bench_access(app, status);
  add_bench_trace(app, status);
}

}  // namespace meterway::apps
