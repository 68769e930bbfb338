#include <fmt/format.h>

#include "apps/command.h"
#include "apps/command_line.h"
#include "base/util/file.h"
#include "lab/month_check.h"
#include "lab/run.h"

namespace meterway::apps {
namespace {

struct Options {
  std::uint64_t seed = 1;
  std::size_t runs = 1, homes = 6, requests = 40;
  unsigned seconds = 60;
  std::string faults = "all", plant = "none", history;
  bool quiet = false;
  unsigned share = 100;
  std::string month = "2018-08", month_plant = "none";
  std::vector<std::string> files;
};

int complain(std::string_view what, const Error& error) {
  fmt::print(stderr, "lab: {}: {}\n", what, describe(error));
  return 2;
}

int run(const Options& options) {
  lab::RunSettings settings;
  const auto faults = lab::parse_faults(options.faults);
  if (!faults) return complain(options.faults, faults.error());
  const auto plant = lab::parse_plant(options.plant);
  if (!plant) return complain(options.plant, plant.error());
  settings.faults = *faults;
  settings.plant = *plant;
  settings.homes = options.homes;
  settings.requests = options.requests;
  settings.load = std::chrono::seconds(options.seconds);
  std::size_t failed = 0, sent = 0, accepted = 0, with_result = 0, crashes = 0;
  for (std::size_t i = 0; i < options.runs; ++i) {
    settings.seed = options.seed + i;
    const auto result = lab::run_lab(settings);
    const bool holds = result && result->verdict.holds();
    if (!holds) ++failed;
    if (result) {
      sent += result->verdict.sent;
      accepted += result->verdict.accepted;
      with_result += result->verdict.with_result;
      crashes += result->crashes;
    }
    if (!options.quiet || !holds) {
      fmt::print("seed {}  digest {}  {} events, {} faults, {} crashes: {}", settings.seed,
                 result ? result->digest : "-", result ? result->events : 0, result ? result->faults : 0,
                 result ? result->crashes : 0, result ? result->verdict.text() : describe(result.error()) + "\n");
    }
    if (!holds) fmt::print("  again: {}\n", lab::repeat_command(settings));
    if (!options.history.empty() && result) {
      if (const auto saved = write_text_file(options.history, lab::write_history(result->history)); !saved)
        return complain(options.history, saved.error());
    }
  }
  fmt::print("{} runs, {} failed; {} requests, {} accepted, {:.1f} % of them ended in I0; {} crashes\n", options.runs,
             failed, sent, accepted,
             accepted == 0 ? 0.0 : 100.0 * static_cast<double>(with_result) / static_cast<double>(accepted), crashes);
  return failed == 0 ? 0 : 1;
}

int check(const Options& options) {
  lab::History history;
  for (const auto& file : options.files) {
    const auto text = read_text_file(file);
    if (!text) return complain(file, text.error());
    auto part = lab::read_history(*text);
    if (!part) return complain(file, part.error());
    history.insert(history.end(), part->begin(), part->end());
  }
  const auto verdict = lab::judge(history);
  fmt::print("{}", verdict.text());
  return verdict.holds() ? 0 : 1;
}

int run_month(const Options& options) {
  lab::MonthSettings settings;
  settings.seed = options.seed;
  settings.share = options.share;
  const auto first = calendar::parse_date(options.month + "-01");
  if (!first) return complain(options.month, first.error());
  settings.month = *first;
  settings.plant = options.month_plant == "count-twice"   ? lab::MonthPlant::CountTwice
                   : options.month_plant == "lose-events" ? lab::MonthPlant::LoseEvents
                                                          : lab::MonthPlant::None;
  const auto begun = std::chrono::steady_clock::now();
  auto month = lab::Month::run(settings);
  if (!month) return complain(options.month, month.error());
  const rules::Rules rules;
  const auto check = lab::check_month(**month, rules);
  if (!check) return complain("reports", check.error());
  const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun);
  const auto& own = (*month)->own();
  fmt::print("{}{}", check->text(), (*month)->verdict().text());
  fmt::print("{} requests refused, {} posts, {} pushes, {} crashes; {:.1f} s\n", own.refused, own.posts, own.pushes,
             (*month)->crashes(), took.count());
  if (!options.history.empty()) {
    if (const auto saved = write_text_file(options.history, check->report + "\n" + check->performance); !saved)
      return complain(options.history, saved.error());
  }
  return check->holds() && (*month)->verdict().holds() ? 0 : 1;
}

}  // namespace

void add_lab(Subcommand& app, int& status) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("lab", "Run a whole node with its estate and Users in virtual time, from a seed");
  command->add_option("--seed", options->seed, "Of the first run")->capture_default_str();
  command->add_option("--runs", options->runs, "How many seeds, one after the other")->capture_default_str();
  command->add_option("--seconds", options->seconds, "Simulated seconds of load")->capture_default_str();
  command->add_option("--homes", options->homes, "Homes of hub and meter")->capture_default_str()->between(1, 500);
  command->add_option("--requests", options->requests, "Requests of the Users")->capture_default_str();
  command->add_option("--faults", options->faults, "crash,torn,full,pause,clock,link,region,users,http; all; none")
      ->capture_default_str();
  command->add_option("--plant", options->plant, "A fault built in: commit-after-i99, ack-before-delivery")
      ->capture_default_str();
  command->add_option("--history", options->history, "File for the history of the last run");
  command->add_flag("--quiet", options->quiet, "Print runs that fail, and the sum");
  auto* judge = command->add_subcommand("check", "Judge recorded histories");
  judge->add_option("files", options->files, "Histories of Users and estate")->required();
  judge->callback([options, &status] { status = check(*options); });
  auto* month = command->add_subcommand("month", "A month of requests: what Users counted against the reports");
  month->add_option("--seed", options->seed, "What chance follows from")->capture_default_str();
  month->add_option("--share", options->share, "One request of so many of those of August 2018")
      ->capture_default_str()
      ->between(1, 10'000);
  month->add_option("--month", options->month, "Which month it is")->capture_default_str();
  month->add_option("--plant", options->month_plant, "An error built in: count-twice, lose-events")
      ->capture_default_str()
      ->one_of({"none", "count-twice", "lose-events"});
  month->add_option("--reports", options->history, "File for both reports, in Markdown");
  month->callback([options, &status] { status = run_month(*options); });
  command->callback([options, judge, month, &status] {
    if (!judge->parsed() && !month->parsed()) status = run(*options);
  });
}

}  // namespace meterway::apps
