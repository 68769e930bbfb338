#pragma once
#include <map>

#include "flow/jobs/runner.h"
#include "lab/sim_disk.h"
#include "oversight/devices/rules.h"
#include "records/audit/log.h"
#include "records/installation/rules.h"
#include "records/jobs/desk.h"
#include "records/ledger/ledger.h"
#include "records/registry/device_past.h"
#include "records/registry/lifecycle.h"
#include "records/registry/party.h"
#include "records/store/log_store.h"
#include "tests/support/flow_bench.h"

/// Jobs from the file to the last row, over a store on a disk in memory: time and the executor are the test's.
namespace meterway::jobs {

using tests::kOtherSupplier;
using tests::kSupplier;

/// Hub number n of the test, of the supplier's.
inline Eui64 hub(std::uint64_t n) { return Eui64(0x00DB000000000000 + n); }

class JobsBench : public tests::FlowBench {
 protected:
  JobsBench() {
    disk_.emplace();
    start();
  }
  ~JobsBench() override { end(); }

  void start() {
    own_ = *store::open_log_store("data/store.db", {}, *disk_);
    context_.emplace(flow::Context{*own_, context().certificates, context().keys, context().signer, tests::kBroker,
                                   clock, random, executor, context().network, settings});
    runner_ = flow::jobs::Runner::start(*context_, [](const flow::deliver::Place&) {});
  }
  void end() {
    executor.forget();
    runner_.reset();
    context_.reset();
    own_.reset();
  }
  /// A power cut, and the next start.
  void crash(std::uint64_t seed) {
    disk_->stop();
    end();
    disk_->crash(seed);
    start();
  }

  /// Everything anew, on another disk.
  void again() {
    end();
    disk_.emplace();
    clock.set(tests::bench_time());
    start();
  }
  void wake() { runner_->look(); }

  store::Store& kept() { return *own_; }
  template <class Work>
  bool change(Work work) {
    return own_->write([&](store::WriteView& view) -> Status { return work(view); }).has_value();
  }
  template <class Value, class Work>
  Value look(Work work) {
    Value out{};
    const auto done = own_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, work(view));
      return {};
    });
    EXPECT_TRUE(done) << describe(done.error());
    return out;
  }

  /// Users, and hubs 1 to n of the supplier's.
  bool world(std::uint64_t hubs) {
    return change([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(registry::put_user(
          view, {kSupplier, "Supplier", {UserRole::IS, UserRole::GS}, registry::UserState::Live, ""}));
      METERWAY_CHECK(registry::put_user(
          view, {kOtherSupplier, "Other", {UserRole::IS, UserRole::GS}, registry::UserState::Live, ""}));
      for (std::uint64_t n = 1; n <= hubs; ++n) METERWAY_CHECK(put_hub(view, hub(n), kSupplier));
      return {};
    });
  }
  static Status put_hub(store::WriteView& view, Eui64 eui, Eui64 responsible, DeviceType type = DeviceType::CHF) {
    registry::Device device;
    device.eui = eui;
    device.type = type;
    device.state = registry::DeviceState::Commissioned;
    device.hub = eui;
    device.details = {{"CSPRegion", "North"}};
    device.responsible = {{UserRole::IS, responsible, {}, {}}};
    return registry::put_device(view, device);
  }
  static registry::Person person(const std::string& id = "tester", const std::string& party = "Supplier") {
    return {id, id, party, {"party"}, registry::Classification::Green, true};
  }

  static Draft draft(std::vector<Cells> rows, Cells columns = {"hub", "reason"}) {
    Draft out;
    out.kind = "hub-returns";
    out.columns = std::move(columns);
    out.rows = std::move(rows);
    for (const auto& row : out.rows) {
      for (const auto& cell : row) out.digest += cell + ",";
    }
    out.digest = std::to_string(std::hash<std::string>()(out.digest));
    return out;
  }
  static std::vector<Cells> hubs(std::uint64_t from, std::uint64_t to) {
    std::vector<Cells> out;
    for (auto n = from; n <= to; ++n) out.push_back({hub(n).dashed_upper(), "no fault"});
    return out;
  }
  std::uint64_t submitted(Draft one, const registry::Person& by = person()) {
    const auto done = submit(*own_, by, std::move(one), clock.now());
    EXPECT_TRUE(done) << done.error().detail;
    runner_->look();
    return done ? done->job.id : 0;
  }
  std::string asked(std::uint64_t id, const std::string& action, const registry::Person& by = person()) {
    const auto done = act(*own_, by, id, action, clock.now());
    runner_->look();
    return done ? std::string(done->state()) : "refused: " + done.error().detail;
  }
  Job job(std::uint64_t id) {
    auto found = look<std::optional<Job>>([&](const auto& view) { return find_job(view, id); });
    return found ? std::move(*found) : Job();
  }
  std::vector<RowResult> rows(std::uint64_t id) {
    return look<ResultPage>([&](const auto& view) { return results_after(view, job(id), "", 0, kMostRows); }).rows;
  }
  std::map<std::string, std::uint64_t> outcomes(std::uint64_t id) {
    std::map<std::string, std::uint64_t> out;
    for (const auto& row : rows(id)) ++out[row.outcome];
    return out;
  }
  /// Lets time go on until nothing is left to be done; false when it does not come to that.
  bool settle(int most = 20'000) {
    for (; most > 0; --most) {
      if (executor.step()) continue;
      const auto next = executor.next();
      if (!next) return true;
      if (*next > clock.now()) clock.set(*next);
    }
    return false;
  }
  registry::DeviceState state(Eui64 eui) {
    return look<std::optional<registry::Device>>([&](const auto& view) { return registry::find_device(view, eui); })
        ->state;
  }
  /// Records of kind hub_return, by their hub.
  std::map<std::string, int> returns() {
    rules::Rules rules;
    const auto functions = installation::functions();
    ledger::Ledger ledger({*own_, clock, rules, {functions.begin(), functions.end()}, {}, nullptr});
    std::map<std::string, int> out;
    const auto page = ledger.reader(registry::operator_person()).list({.kind = "hub_return", .limit = 100'000});
    EXPECT_TRUE(page);
    if (page) {
      for (const auto& one : page->records) ++out[one.text("hub")];
    }
    return out;
  }
  /// Lines of the audit about each thing, of this function.
  std::map<std::string, int> lines(const std::string& function) {
    std::map<std::string, int> out;
    std::uint64_t before = 0;
    do {
      const auto page =
          look<audit::Page>([&](const auto& view) { return audit::list(view, {.function = function}, before, 1000); });
      for (const auto& one : page.entries) ++out[one.about];
      before = page.next;
    } while (before != 0);
    return out;
  }

  std::optional<lab::SimDisk> disk_;

 private:
  std::unique_ptr<store::Store> own_;
  std::optional<flow::Context> context_;
  std::unique_ptr<flow::jobs::Runner> runner_;
};

}  // namespace meterway::jobs
