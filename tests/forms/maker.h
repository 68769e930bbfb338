#pragma once
#include <set>

#include "flow/transform/use_case_choice.h"
#include "tests/forms/home.h"
#include "tests/forms/random_body.h"

/// Random requests of every form: service, type of device and role of the party that its use cases tell apart.
namespace meterway::tests {

using flow::transform::Context;

/// A service to a type of device for a party.
struct Form {
  const duis::Service* service;
  DeviceType type;
  Eui64 party;
  std::string name() const {
    const auto* role = party == kFormsNetwork      ? "NetworkOperator"
                       : party == kFormsController ? "LoadController"
                                                   : "Supplier";
    return std::string(service->variant) + "\t" + std::string(to_string(type)) + "\t" + role;
  }
};

inline std::vector<Form> all_forms() {
  std::vector<Form> out;
  std::set<std::string> seen;
  for (const auto& row : flow::transform::use_case_choices()) {
    for (const auto type : {DeviceType::ESME, DeviceType::GSME, DeviceType::GPF, DeviceType::CHF, DeviceType::PPMID,
                            DeviceType::HCALCS}) {
      const auto words = " " + std::string(row.devices) + " ";
      if (row.devices != "*" && words.find(" " + std::string(to_string(type)) + " ") == std::string::npos) continue;
      for (const auto party : {kFormsSupplier, kFormsNetwork, kFormsController}) {
        if (party == kFormsNetwork && row.when.find("role=NetworkOperator") == std::string_view::npos) continue;
        if (party == kFormsController && row.when.find("role=LoadController") == std::string_view::npos) continue;
        const Form form{duis::find_service(row.service), type, party};
        if (seen.insert(form.name()).second) out.push_back(form);
      }
    }
  }
  return out;
}

inline const FormsHome& home() {
  static const FormsHome instance;
  return instance;
}

inline DeviceType type_of(std::string_view eui) {
  for (const auto type : {DeviceType::ESME, DeviceType::GSME, DeviceType::GPF, DeviceType::PPMID, DeviceType::HCALCS}) {
    if (FormsHome::device(type).dashed_upper() == eui) return type;
  }
  return DeviceType::Unknown;
}

/// Requests of one form, and what a platform knows when they come.
class FormMaker {
 public:
  FormMaker(const Form& form, std::uint64_t seed)
      : form_(form), random_(seed), bodies_(seed, [this](auto parent, auto name) {
          return home().given(form_.party, FormsHome::device(form_.type), random_, parent, name);
        }) {}

  duis::Request request() {
    duis::Request out;
    out.schema_version = "5.4";
    out.id = {form_.party, FormsHome::device(form_.type), {1000 + ++count_}};
    out.service_reference = form_.service->reference;
    out.service_reference_variant = form_.service->variant;
    out.body = bodies_.body(*form_.service, form_.type == DeviceType::GSME || form_.type == DeviceType::GPF);
    return out;
  }

  Context context(const duis::Request& request) {
    Context out;
    out.now = from_iso8601("2026-06-01T12:00:00Z").value();
    out.access_control_broker = kFormsBroker;
    out.transitional_cos = kFormsCos;
    out.target_type = form_.type;
    out.other_type = type_of(request.body.text_at("OtherDeviceID"));
    static constexpr const char* kVariants[] = {"", "A", "BD", "CDE"};
    static constexpr const char* kVersions[] = {"", "1.1", "2.0", "3.2", "4.2"};
    if (form_.type == DeviceType::ESME)
      out.facts = flow::transform::device_facts(kVariants[random_.next_u64() % 4], "");
    out.facts.gbcs = flow::transform::parse_gbcs_version(kVersions[random_.next_u64() % 5]);
    out.cin = "0042";
    out.dcc_counter = OriginatorCounter{9000};
    out.keys = &home();
    out.log.emplace();
    out.log->network = Bytes(8, 0x14);
    out.log->entries = {{FormsHome::device(DeviceType::ESME), Bytes(16, 0x55), 1}};
    return out;
  }

  RandomBody& bodies() { return bodies_; }

 private:
  Form form_;
  SeededRandom random_;
  RandomBody bodies_;
  std::uint64_t count_ = 0;
};

}  // namespace meterway::tests
