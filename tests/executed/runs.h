#pragma once
#include <algorithm>

#include "tests/executed/scene.h"
#include "tests/support/sanitized.h"

/// Runs: a random request, its command, and what an emulated device answers. No road and no store: one process.
namespace meterway::tests {

/// Whether a party of that kind may ask for it. What no supplier, operator or load controller may ask for
/// (commissioning and the like is the DCC's, or any User's) is asked for by the supplier.
inline bool may_ask(const duis::Service& service, Eui64 party) {
  const bool supplier = service.eligible(UserRole::IS) || service.eligible(UserRole::GS);
  const bool network = service.eligible(UserRole::ED) || service.eligible(UserRole::GT);
  const bool controller = service.eligible(UserRole::LC);
  if (party == kFormsSupplier) return supplier || (!network && !controller);
  return party == kFormsNetwork ? network : controller;
}

/// Services to types of devices for the parties that may ask for them (spec/services.tsv).
inline std::vector<Form> eligible_forms() {
  std::vector<Form> out;
  std::set<std::string> seen;
  for (const auto& form : all_forms()) {
    for (const auto party : {kFormsSupplier, kFormsNetwork, kFormsController}) {
      const Form one{form.service, form.type, party};
      if (may_ask(*form.service, party) && seen.insert(one.name()).second) out.push_back(one);
    }
  }
  return out;
}

/// One request and what came of it.
struct OneRun {
  const Form& form;
  const duis::Request& request;
  const flow::transform::Transformed& made;
  const Bytes& command;
  field::Device& device;
  const field::Outcome& outcome;
};

inline constexpr int kRunsOfAService = kSanitized ? 20 : 200;

/// How many runs each form has, so that each service has as many as wanted.
inline int runs_of(const Form& form, const std::vector<Form>& forms, int wanted) {
  const auto same = std::count_if(forms.begin(), forms.end(), [&](const Form& f) { return f.service == form.service; });
  return (wanted + static_cast<int>(same) - 1) / static_cast<int>(same);
}

/// Requests that transform refuses do not count (tests/forms/refusals.tsv says which and why).
/// `types`: of the devices; empty: all.
inline void for_each_run(const std::function<void(const OneRun&)>& take, const std::set<DeviceType>& types = {},
                         int runs_a_service = kRunsOfAService) {
  const auto forms = eligible_forms();
  std::uint64_t seed = 5000;
  for (const auto& form : forms) {
    ++seed;
    if (!types.empty() && types.count(form.type) == 0) continue;
    FormMaker maker(form, seed);
    SeededRandom random(seed);
    for (int left = runs_of(form, forms, runs_a_service), tries = 20 * left; left > 0 && tries > 0; --tries) {
      auto request = maker.request();
      put_in_place(request, form, random);
      const auto made = flow::transform::transform(request, maker.context(request));
      if (!made) continue;
      --left;
      auto state = state_at_work(form.type, maker.variant());
      prepare(request, form, state);
      auto device = device_of_home(form.type, maker.variant(), std::move(state), form.service->variant == "6.21");
      const auto command = protect(*made);
      const auto outcome = device.take(command, executed_now(), anybody);
      take({form, request, *made, command, device, outcome});
    }
  }
}

}  // namespace meterway::tests
