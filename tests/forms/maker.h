#pragma once
#include <set>

#include "flow/transform/use_case_choice.h"
#include "standard/gbcs/utrn.h"
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
  /// `first`: its requests have the counters after this one.
  FormMaker(const Form& form, std::uint64_t seed, std::uint64_t first = 1000)
      : form_(form), count_(first), random_(seed), bodies_(seed, [this](auto parent, auto name) {
          const auto owner = form_.service->variant == "8.5" ? kFormsBroker : form_.party;  // whose certificates
          return name == "UTRN" ? token() : home().given(owner, FormsHome::device(form_.type), random_, parent, name);
        }) {}

  duis::Request request() {
    duis::Request out;
    out.schema_version = "5.4";
    ++count_;
    out.id = {form_.party, FormsHome::device(form_.type), counter()};
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
    variant_ = form_.type == DeviceType::ESME ? kVariants[random_.next_u64() % 4] : "";
    out.facts = flow::transform::device_facts(variant_, "");
    out.facts.gbcs = flow::transform::parse_gbcs_version(kVersions[random_.next_u64() % 5]);
    out.cin = "0042";
    out.dcc_counter = OriginatorCounter{9000};
    out.keys = &home();
    out.log.emplace();
    out.log->network = Bytes(8, 0x14);
    const auto other = FormsHome::device(form_.type == DeviceType::GPF ? DeviceType::PPMID : DeviceType::ESME);
    out.log->entries = {{other, Bytes(16, 0x55), static_cast<std::uint8_t>(form_.type == DeviceType::GPF ? 5 : 1)}};
    return out;
  }

  RandomBody& bodies() { return bodies_; }
  /// ESMEVariant in the last context; empty: not known, or no electricity meter.
  const std::string& variant() const { return variant_; }

 private:
  /// That of a top-up has no low word (gbcs/utrn.h).
  OriginatorCounter counter() const { return {form_.service->variant == "2.2" ? count_ << 32 : count_}; }
  std::optional<std::string> token() {
    const auto target = FormsHome::device(form_.type);
    const auto value = random_.next_u64();
    return gbcs::make_utrn({kFormsSupplier, target, counter()}, static_cast<std::uint16_t>(value % 8192),
                           static_cast<std::uint8_t>(value >> 32 & 1),
                           *home().private_key(kFormsSupplier, pki::KeyUse::PrepaymentKeyAgreement),
                           *home().public_key(target, pki::KeyUse::KeyAgreement))
        .value();
  }

  Form form_;
  std::uint64_t count_;
  std::string variant_;
  SeededRandom random_;
  RandomBody bodies_;
};

}  // namespace meterway::tests
