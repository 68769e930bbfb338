#include "flow/answer/services.h"

#include "base/util/base64.h"
#include "flow/answer/answer.h"
#include "flow/answer/work.h"
#include "records/audit/log.h"
#include "records/firmware/firmware.h"
#include "records/installation/rules.h"
#include "records/registry/products.h"
#include "standard/duis/request.h"
#include "standard/duis/response.h"
#include "standard/duis/response_body.h"
#include "standard/gbcs/ota_image.h"
#include "tests/support/flow_bench.h"
#include "tests/support/registration_rows.h"

namespace meterway::flow::answer {
namespace {

using registry::Device;
using registry::DeviceState;
using tests::kBroker;
using tests::kHub;
using tests::kMeter;
using tests::kOtherSupplier;
using tests::kSupplier;

constexpr Eui64 kGpf{0x00DB1234567890A3}, kDisplay{0x00DB1234567890A4};

class Services : public tests::FlowBench {
 protected:
  Services() {
    user(kSupplier, {UserRole::IS, UserRole::GS, UserRole::OU});
    user(kOtherSupplier, {UserRole::IS, UserRole::OU});
  }
  void user(Eui64 eui, std::vector<UserRole> roles) {
    registry::User user;
    user.eui = eui;
    user.name = eui == kSupplier ? "Supplier" : "Other";
    user.roles = std::move(roles);
    write([&](auto& view) { return registry::put_user(view, user); });
  }
  void put(Eui64 eui, DeviceType type, DeviceState state, std::optional<Eui64> responsible = kSupplier) {
    Device device;
    device.eui = eui;
    device.type = type;
    device.state = state;
    device.hub = kHub;
    device.details = {{"DeviceManufacturer", "Meterway"}, {"DeviceModel", "M1"}, {"DeviceFirmwareVersion", "00010001"}};
    if (responsible) device.responsible = {{UserRole::IS, *responsible, {}, {}}};
    write([&](auto& view) { return registry::put_device(view, device); });
  }
  void home(DeviceState state = DeviceState::Commissioned) {
    put(kHub, DeviceType::CHF, state, std::nullopt);
    put(kGpf, DeviceType::GPF, state, std::nullopt);
    put(kMeter, DeviceType::ESME, state);
    put(kDisplay, DeviceType::PPMID, state);
  }
  std::optional<Device> device(Eui64 eui) {
    return read<std::optional<Device>>([&](const auto& view) { return registry::find_device(view, eui); });
  }
  DeviceState state(Eui64 eui) { return device(eui)->state; }

  /// The answer to a body of this service, its effect done in one write. What is refused, by its name.
  std::string ask(const std::string& service, const std::string& inside, Eui64 by = kSupplier) {
    const auto* row = duis::find_service(service);
    const std::string name(row->body_element);
    duis::Request request;
    request.id = {by, kBroker, {++counter_}};
    request.service_reference_variant = service;
    const auto whole =
        "<sr:Request xmlns:sr=\"http://www.dccinterface.co.uk/ServiceUserGateway\" schemaVersion=\"5.4\"><sr:Header>"
        "<sr:RequestID>" +
        request.id.text() + "</sr:RequestID><sr:CommandVariant>8</sr:CommandVariant><sr:ServiceReference>" +
        std::string(row->reference) + "</sr:ServiceReference><sr:ServiceReferenceVariant>" + service +
        "</sr:ServiceReferenceVariant></sr:Header><sr:Body><sr:" + name + ">" + inside + "</sr:" + name +
        "></sr:Body></sr:Request>";
    auto parsed = duis::read_request(whole);
    EXPECT_TRUE(parsed) << whole;
    if (!parsed) return "schema";
    AuthorisedRequest authorised;
    authorised.decided = "; rule responsible.IS allowed as IS; facts of the test";
    authorised.verified.request = std::move(*parsed);
    authorised.service = row;
    authorised.user =
        *read<std::optional<registry::User>>([&](const auto& view) { return registry::find_user(view, by); });
    auto made = answer(std::move(authorised), context());
    if (!made) return std::string(flow::name(made.error().why));
    content_ = made->content;
    fits_the_schema(*row, by);
    effects_ = {};
    if (!made->effect) return "";
    std::string refused;
    const auto done = const_cast<store::Store&>(context().store).write([&](store::WriteView& view) -> Status {
      const auto worked = made->effect(view, made->request, effects_);
      if (worked) return {};
      refused = std::string(flow::name(worked.error().why));
      why_ = worked.error().detail;
      return fail(ErrorCode::Refused);
    });
    EXPECT_TRUE(done || !refused.empty());
    return refused;
  }
  /// The whole ResponseMessage, by our reader of schema 5.4 (held against the official schema in tests/schema).
  void fits_the_schema(const duis::Service& service, Eui64 by) {
    duis::Response response;
    response.request_id = RequestId{by, kBroker, {counter_}};
    response.code = content_ ? "I0" : "I99";
    response.time = clock.now();
    response.body = duis::response_message(service.reference, service.variant, content_);
    const auto read_back = duis::read_response(duis::write_response(response));
    EXPECT_TRUE(read_back) << read_back.error().element << ": " << read_back.error().rule;
  }
  static std::string id(Eui64 eui, const char* element = "DeviceID") {
    return std::string("<sr:") + element + ">" + eui.dashed_upper() + "</sr:" + element + ">";
  }
  std::string prenotified(Eui64 eui, const std::string& type, const std::string& more = {},
                          const std::string& before_more = {}, Eui64 by = kSupplier) {
    return ask("12.2",
               id(eui) +
                   "<sr:DeviceManufacturer>Meterway</sr:DeviceManufacturer><sr:DeviceModel>M1</sr:DeviceModel>"
                   "<sr:DeviceType>" +
                   type + "</sr:DeviceType>" + before_more + "<sr:FirmwareVersion>00010001</sr:FirmwareVersion>" + more,
               by);
  }
  std::string returned(Eui64 hub, Eui64 by = kSupplier) {
    return ask("8.14.4", id(hub) + "<sr:CHFNoFaultReturnType>No Fault Return (general)</sr:CHFNoFaultReturnType>", by);
  }
  std::string installed(Eui64 hub, const std::string& mpxn = "1000999888") {
    return ask("8.14.1", id(hub) + "<sr:CHFInstallType>New CHF Install</sr:CHFInstallType><sr:MPxN>" + mpxn +
                             "</sr:MPxN><sr:AerialInstall>true</sr:AerialInstall><sr:CHFLocation>Basement or "
                             "Cellar</sr:CHFLocation>");
  }

  std::vector<audit::Entry> lines() {
    auto all = read<audit::Page>([](const auto& view) { return audit::list(view, {}, 0, 100); }).entries;
    std::erase_if(all, [](const auto& one) { return !one.function.starts_with("service."); });
    std::reverse(all.begin(), all.end());
    return all;
  }

  std::optional<duis::Element> content_;
  Effects effects_;
  std::string why_;
  std::uint64_t counter_ = 1000;
};

TEST_F(Services, APreNotifiedDeviceIsPendingWithItsDetails) {
  EXPECT_EQ(prenotified(kMeter, "ESME", "<sr:ESMEVariant>AD</sr:ESMEVariant>"), "");
  const auto entered = device(kMeter);
  ASSERT_TRUE(entered);
  EXPECT_EQ(entered->state, DeviceState::Pending);
  EXPECT_EQ(entered->type, DeviceType::ESME);
  EXPECT_EQ(entered->detail("DeviceFirmwareVersion"), "00010001");
  EXPECT_EQ(entered->detail("ESMEVariant"), "AD");
  EXPECT_FALSE(entered->hub);
  EXPECT_EQ(read<registry::Life>([&](const auto& view) { return registry::life_of(view, kMeter); }).notified_by,
            kSupplier);
  EXPECT_EQ(prenotified(kMeter, "ESME"), "device_known");
}

TEST_F(Services, AHubBringsItsGpfAndNeitherHasTheOthersName) {
  EXPECT_EQ(prenotified(kHub, "CHF", id(kHub, "AssociatedGPFDeviceID")), "hub_is_its_gpf");
  EXPECT_FALSE(device(kHub));
  EXPECT_EQ(prenotified(kHub, "CHF", id(kGpf, "AssociatedGPFDeviceID")), "");
  EXPECT_EQ(device(kHub)->hub, kHub);
  EXPECT_EQ(device(kGpf)->hub, kHub);
  EXPECT_EQ(device(kGpf)->type, DeviceType::GPF);
  EXPECT_EQ(prenotified(Eui64(0x00DB000000000001), "CHF", id(kGpf, "AssociatedGPFDeviceID")), "device_known");
  EXPECT_FALSE(device(Eui64(0x00DB000000000001))) << "all or nothing";
}

TEST_F(Services, WhatMakesNoSenseIsNotPreNotified) {
  EXPECT_EQ(prenotified(kMeter, "GSME", "<sr:ESMEVariant>A</sr:ESMEVariant>"), "senseless");
  EXPECT_EQ(prenotified(kMeter, "ESME", id(kGpf, "AssociatedGPFDeviceID")), "senseless");
  EXPECT_EQ(prenotified(kSupplier, "ESME"), "senseless") << "a party's identifier";
  EXPECT_EQ(prenotified(kBroker, "ESME"), "senseless");
  EXPECT_FALSE(device(kMeter));
}

TEST_F(Services, OnlyCertifiedProductsWhereTheRuleSaysSo) {
  ASSERT_TRUE(settings.rules.set("prenotification.certified", "1"));
  EXPECT_EQ(prenotified(kMeter, "ESME"), "not_certified");
  const registry::Product product{"Meterway", "M1", "00010001"};
  write([&](auto& view) { return registry::put_listing(view, product, {clock.now(), true}); });
  EXPECT_EQ(prenotified(kMeter, "ESME"), "");
  EXPECT_EQ(device(kMeter)->detail("CPLStatus"), "Active");
  write([&](auto& view) { return registry::put_listing(view, product, {clock.now(), false}); });
  EXPECT_EQ(prenotified(kDisplay, "PPMID"), "not_certified");
}

TEST_F(Services, WhatIsOffTheListEntersSuspended) {
  write([&](auto& view) { return registry::put_listing(view, {"Meterway", "M1", "00010001"}, {clock.now(), false}); });
  EXPECT_EQ(prenotified(kMeter, "ESME"), "");
  EXPECT_EQ(state(kMeter), DeviceState::Suspended);
  EXPECT_EQ(device(kMeter)->detail("CPLStatus"), "Withdrawn");
}

TEST_F(Services, ADecommissionedMeterIsGoneAndItsJoinsWithIt) {
  home();
  write([&](auto& view) { return registry::join(view, kDisplay, kMeter); });
  EXPECT_EQ(ask("8.3", id(kMeter)), "");
  EXPECT_EQ(state(kMeter), DeviceState::Decommissioned);
  EXPECT_TRUE(
      read<std::vector<registry::Join>>([&](const auto& view) { return registry::joins_of(view, kDisplay); }).empty());
  EXPECT_EQ(state(kDisplay), DeviceState::Commissioned);
  EXPECT_EQ(ask("8.3", id(kMeter)), "device_state") << "it cannot go twice";
}

TEST_F(Services, WhatTheyChangeIsInTheHistoryOfTheDeviceAndInTheAudit) {
  const auto past = [&](Eui64 eui) {
    return read<registry::Past>([&](const auto& view) { return registry::past_of(view, eui); });
  };
  EXPECT_EQ(prenotified(kMeter, "ESME"), "");
  clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:DeleteDevice/>"), "");
  ASSERT_EQ(past(kMeter).changes.size(), 2u);
  EXPECT_FALSE(past(kMeter).state) << "before it was not there";
  EXPECT_EQ(past(kMeter).changes[0].state, DeviceState::Pending);
  EXPECT_EQ(past(kMeter).changes[0].what, "12.2");
  EXPECT_EQ(past(kMeter).changes[0].who, "user-" + kSupplier.plain());
  EXPECT_FALSE(past(kMeter).changes[1].state);
  home();
  EXPECT_EQ(ask("8.3", id(kHub)), "");
  EXPECT_EQ(past(kDisplay).changes.back().state, DeviceState::Pending) << "its log has gone with the hub";
  EXPECT_EQ(past(kDisplay).changes.back().what, "8.3");
  EXPECT_EQ(ask("8.3", id(kHub)), "device_state");

  const auto written = lines();
  ASSERT_EQ(written.size(), 3u) << "what was refused has changed nothing";
  EXPECT_EQ(written[0].function, "service.12.2");
  EXPECT_EQ(written[1].function, "service.8.4");
  EXPECT_EQ(written[2].function, "service.8.3");
  EXPECT_EQ(written[2].person, "user-" + kSupplier.plain());
  EXPECT_EQ(written[2].party, "Supplier");
  EXPECT_EQ(written[2].about, "device:" + kHub.plain());
  EXPECT_EQ(written[2].outcome, "done");
  EXPECT_EQ(written[2].rule, "responsible.IS");
  for (const auto* words : {"facts of the test", "00-DB-12-34-56-78-90-A2 is Decommissioned", "A4 is Pending"})
    EXPECT_NE(written[2].detail.find(words), std::string::npos) << written[2].detail;
}

TEST_F(Services, ADecommissionedHubTakesItsLogWithIt) {
  home();
  EXPECT_EQ(ask("8.3", id(kGpf)), "device_type") << "a part of its hub";
  EXPECT_EQ(ask("8.3", id(kHub)), "");
  EXPECT_EQ(state(kHub), DeviceState::Decommissioned);
  EXPECT_EQ(state(kGpf), DeviceState::Decommissioned);
  for (const auto one : {kMeter, kDisplay}) {
    EXPECT_EQ(state(one), DeviceState::Pending);
    EXPECT_FALSE(device(one)->hub);
  }
}

TEST_F(Services, OtherPeoplesDevicesStayAsTheyAre) {
  home();
  for (const auto one : {kMeter, kHub}) {
    EXPECT_EQ(ask("8.3", id(one), kOtherSupplier), "not_responsible");
    EXPECT_EQ(ask("8.4", id(one) + "<sr:DeleteDevice/>", kOtherSupplier), "not_responsible");
  }
  EXPECT_EQ(returned(kHub, kOtherSupplier), "not_responsible") << "a hub is its home's";
  EXPECT_EQ(ask("8.3", id(Eui64(1))), "no_device");
  EXPECT_EQ(state(kMeter), DeviceState::Commissioned);
  EXPECT_EQ(state(kHub), DeviceState::Commissioned);
}

TEST_F(Services, ADeviceThatNobodyIsResponsibleForIsItsNotifiers) {
  user(kOtherSupplier, {UserRole::OU});
  EXPECT_EQ(prenotified(kMeter, "ESME"), "");
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:DeleteDevice/>", kOtherSupplier), "not_responsible");
  EXPECT_EQ(prenotified(kDisplay, "PPMID", "", "", kOtherSupplier), "");
  EXPECT_EQ(ask("8.4", id(kDisplay) + "<sr:DeleteDevice/>", kOtherSupplier), "");
  EXPECT_FALSE(device(kDisplay));
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:DeleteDevice/>"), "");
  EXPECT_FALSE(device(kMeter));
}

TEST_F(Services, WhatOneSupplierPreNotifiedIsNoOthers) {
  user(kOtherSupplier, {UserRole::IS});
  EXPECT_EQ(prenotified(kMeter, "ESME"), "");
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:DeleteDevice/>", kOtherSupplier), "not_responsible");
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:UpdateMPxN><sr:ImportMPxN>1000999888</sr:ImportMPxN></sr:UpdateMPxN>",
                kOtherSupplier),
            "not_responsible");
  EXPECT_TRUE(device(kMeter)->detail("ImportMPxN").empty());
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:DeleteDevice/>"), "");
}

TEST_F(Services, AStateIsSetOnlyByARow) {
  home();
  const auto except = [&](const char* to) {
    return ask("8.4", id(kMeter) + "<sr:UpdateDeviceStatusExceptCH>" + to + "</sr:UpdateDeviceStatusExceptCH>");
  };
  EXPECT_EQ(except("Pending"), "device_state") << "it is at work";
  EXPECT_EQ(ask("8.3", id(kMeter)), "");
  EXPECT_EQ(except("InstalledNotCommissioned"), "device_state");
  EXPECT_EQ(except("Pending"), "");
  EXPECT_EQ(state(kMeter), DeviceState::Pending);
  EXPECT_EQ(ask("8.4", id(kHub) + "<sr:UpdateDeviceStatusExceptCH>Pending</sr:UpdateDeviceStatusExceptCH>"),
            "device_type");
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:UpdateDeviceStatusCH>Withdrawn</sr:UpdateDeviceStatusCH>"), "device_type");
  EXPECT_EQ(ask("8.4", id(kHub) + "<sr:UpdateDeviceStatusCH>Withdrawn</sr:UpdateDeviceStatusCH>"), "device_state");
  put(kHub, DeviceType::CHF, DeviceState::InstalledNotCommissioned, std::nullopt);
  EXPECT_EQ(ask("8.4", id(kHub) + "<sr:UpdateDeviceStatusCH>Commissioned</sr:UpdateDeviceStatusCH>"), "");
  EXPECT_EQ(device(kHub)->detail("DateCommissioned"), "2026-06-01");
}

TEST_F(Services, DetailsAndMeteringPointsAreUpdated) {
  home();
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:UpdateDeviceDetails><sr:FirmwareVersion>00020002</sr:FirmwareVersion>"
                                    "</sr:UpdateDeviceDetails>"),
            "");
  EXPECT_EQ(device(kMeter)->detail("DeviceFirmwareVersion"), "00020002");
  EXPECT_EQ(device(kMeter)->detail("DeviceModel"), "M1");
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:UpdateMPxN><sr:ExportMPAN>1312345678333</sr:ExportMPAN></sr:UpdateMPxN>"), "");
  EXPECT_EQ(device(kMeter)->detail("ExportMPAN"), "1312345678333");
  EXPECT_EQ(ask("8.4", id(kDisplay) + "<sr:UpdateMPxN><sr:ImportMPxN>1312345678333</sr:ImportMPxN></sr:UpdateMPxN>"),
            "device_type");
}

/// The two suppliers are participants, each registered for a point.
class Registered : public Services {
 protected:
  Registered() {
    write([&](store::WriteView& view) -> Status {
      for (const auto& [eui, who] : {std::pair{kSupplier, us}, std::pair{kOtherSupplier, them}}) {
        METERWAY_TRY(auto user, registry::find_user(view, eui));
        user->participants = {{UserRole::IS, who}};
        METERWAY_CHECK(registry::put_user(view, *user));
      }
      METERWAY_CHECK(tests::put_registered(view, ours, UserRole::IS, us));
      return tests::put_registered(view, theirs, UserRole::IS, them);
    });
  }
  void put_meter(Eui64 eui, const Mpxn& point, DeviceState state, std::optional<Eui64> listed = {}) {
    Device meter;
    meter.eui = eui;
    meter.type = DeviceType::ESME;
    meter.state = state;
    meter.details = {
        {"ImportMPxN", point.text()}, {"PostCode", "ZZ9 9ZZ"}, {"AddressIdentifier", "17"}, {"UPRN", "777"}};
    if (listed) meter.responsible = {{UserRole::IS, *listed, {}, {}}};
    write([&](auto& view) { return registry::put_device(view, meter); });
  }
  std::string update(Eui64 eui, const std::string& name, const Mpxn& point, Eui64 by = kSupplier) {
    return ask("8.4",
               id(eui) + "<sr:UpdateMPxN><sr:" + name + ">" + point.text() + "</sr:" + name + "></sr:UpdateMPxN>", by);
  }
  const MarketParticipant us = *MarketParticipant::parse("US"), them = *MarketParticipant::parse("THEM");
  const Mpxn ours = Mpxn::mpan(130000000001), theirs = Mpxn::mpan(130000000002), unknown = Mpxn::mpan(130000000003);
};

TEST_F(Registered, EachMeteringPointThatADeviceGetsIsHisWhoGivesItToIt) {
  put_meter(kMeter, ours, DeviceState::Commissioned, kSupplier);
  for (const auto* name : {"ExportMPAN", "SecondaryImportMPAN", "ImportMPxN"}) {
    EXPECT_EQ(update(kMeter, name, theirs), "not_responsible") << name;
    EXPECT_NE(why_.find(name), std::string::npos) << why_;
    EXPECT_EQ(why_.find(theirs.text()), std::string::npos) << why_;
  }
  EXPECT_EQ(device(kMeter)->detail("ExportMPAN"), "");
  EXPECT_EQ(update(kMeter, "ExportMPAN", unknown), "") << "registration knows nothing of it";
  const auto more = Mpxn::mpan(130000000004);
  write([&](auto& view) { return tests::put_registered(view, more, UserRole::IS, us); });
  EXPECT_EQ(update(kMeter, "SecondaryImportMPAN", more), "");
  EXPECT_EQ(update(kMeter, "ImportMPxN", more, kOtherSupplier), "not_responsible");
}

TEST_F(Registered, AHubGetsTheAddressOfNobodyElsesMeteringPoint) {
  put_meter(kMeter, unknown, DeviceState::Commissioned, kOtherSupplier);
  const auto address_only = Mpxn::mpan(130000000005);
  write([&](store::WriteView& view) -> Status {
    METERWAY_CHECK(tests::put_address(view, address_only, 888, "YY8 8YY", "8"));
    return tests::put_address(view, ours, 999, "XX9 9XX", "9");
  });
  EXPECT_EQ(prenotified(kHub, "CHF"), "");
  for (const auto& point : {unknown, address_only}) {
    EXPECT_EQ(installed(kHub, point.text()), "") << why_;
    for (const auto* name : {"UPRN", "PostCode", "AddressIdentifier"})
      EXPECT_EQ(device(kHub)->detail(name), "") << name;
    for (const auto& hop : effects_.hops) {
      for (const auto* secret : {"777", "888", "ZZ9", "YY8"})
        EXPECT_EQ(hop.detail.find(secret), std::string::npos) << hop.detail;
    }
  }
  EXPECT_EQ(installed(kHub, theirs.text()), "not_responsible");
  EXPECT_EQ(installed(kHub, ours.text()), "");
  EXPECT_EQ(device(kHub)->detail("UPRN"), "999");
  EXPECT_EQ(device(kHub)->detail("PostCode"), "XX9 9XX");
}

TEST_F(Registered, AHubGetsTheAddressOfADeviceThatNamesTheUserWhereRegistrationDoesNotKnowIt) {
  put_meter(kMeter, unknown, DeviceState::Commissioned, kSupplier);
  EXPECT_EQ(prenotified(kHub, "CHF"), "");
  EXPECT_EQ(installed(kHub, unknown.text()), "");
  EXPECT_EQ(device(kHub)->detail("PostCode"), "ZZ9 9ZZ");
  EXPECT_EQ(device(kHub)->detail("UPRN"), "777");
}

TEST_F(Registered, ARefusalSaysNothingOfWhereADeviceIs) {
  put_meter(kMeter, theirs, DeviceState::Commissioned);
  const auto silent = [&](const std::string& refused) {
    EXPECT_NE(refused, "");
    for (const auto& secret : std::vector<std::string>{theirs.text(), "ZZ9", "777", "THEM", "Other"})
      EXPECT_EQ(why_.find(secret), std::string::npos) << why_;
  };
  silent(prenotified(kMeter, "ESME"));
  silent(ask("8.3", id(kMeter)));
  silent(ask("8.4", id(kMeter) + "<sr:DeleteDevice/>"));
  silent(update(kMeter, "ExportMPAN", ours));
  EXPECT_EQ(prenotified(kHub, "CHF"), "");
  silent(installed(kHub, theirs.text()));
}

TEST_F(Registered, WhoPreNotifiedADeviceKeepsItUntilItIsAnothersAndHasBeenAtWork) {
  EXPECT_EQ(prenotified(kMeter, "ESME"), "");
  auto meter = *device(kMeter);
  meter.details["ImportMPxN"] = theirs.text();
  const auto put_again = [&] { write([&](auto& view) { return registry::put_device(view, meter); }); };
  put_again();
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:UpdateDeviceDetails><sr:FirmwareVersion>00020002</sr:FirmwareVersion>"
                                    "</sr:UpdateDeviceDetails>"),
            "")
      << "it has never been commissioned";
  meter.details["DateCommissioned"] = "2026-05-01";  // and its hub has gone since
  put_again();
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:DeleteDevice/>"), "not_responsible");
  EXPECT_EQ(ask("8.4", id(kMeter) + "<sr:DeleteDevice/>", kOtherSupplier), "device_state")
      << "what was at work stays on record";
  EXPECT_TRUE(device(kMeter));
}

TEST_F(Services, AnInstalledHubIsCommissionedWithItsGpf) {
  EXPECT_EQ(prenotified(kHub, "CHF", id(kGpf, "AssociatedGPFDeviceID")), "");
  EXPECT_EQ(installed(kHub), "");
  EXPECT_EQ(state(kHub), DeviceState::Commissioned);
  EXPECT_EQ(state(kGpf), DeviceState::Commissioned);
  EXPECT_EQ(installed(kHub), "") << "the hub may have reported itself before the installer does";
  put(kMeter, DeviceType::ESME, DeviceState::Commissioned);
  EXPECT_EQ(installed(kMeter), "device_type");
  EXPECT_EQ(returned(kHub), "");
  EXPECT_EQ(state(kHub), DeviceState::Decommissioned);
  EXPECT_EQ(state(kGpf), DeviceState::Decommissioned);
  EXPECT_EQ(state(kMeter), DeviceState::Pending);
  EXPECT_EQ(installed(kHub), "device_state");
}

TEST_F(Services, AHubThatComesBackBeforeItWasInstalledIsWithdrawn) {
  EXPECT_EQ(prenotified(kHub, "CHF", id(kGpf, "AssociatedGPFDeviceID")), "");
  EXPECT_EQ(ask("8.14.3", id(kHub) + "<sr:CHFFaultReturnType>Fault identified prior to installation"
                                     "</sr:CHFFaultReturnType><sr:OtherDeviceID>00-DB-12-34-56-78-90-A0"
                                     "</sr:OtherDeviceID><sr:CHFConnectionMethod>Hot-shoe</sr:CHFConnectionMethod>"
                                     "<sr:CHFFaultReason>Damaged Connector</sr:CHFFaultReason>"),
            "")
      << why_;
  EXPECT_EQ(state(kHub), DeviceState::Withdrawn);
}

TEST_F(Services, ATimeThatHasNotComeIsRefused) {
  home();
  EXPECT_EQ(ask("8.14.4", id(kHub) + "<sr:CHFNoFaultReturnType>Lost or Stolen Hub</sr:CHFNoFaultReturnType>"
                                     "<sr:UserRefDateTime>2026-06-02T00:00:00Z</sr:UserRefDateTime>"),
            "senseless");
  EXPECT_EQ(state(kHub), DeviceState::Commissioned);
}

TEST_F(Services, AMeterOptsInAgainAndItsSupplierHearsTheBrokersCertificates) {
  home();
  const auto body = id(kMeter) +
                    "<sr:DeviceType>ESME</sr:DeviceType><sr:MPxNs><sr:ImportMPxN>1312345678111"
                    "</sr:ImportMPxN></sr:MPxNs><sr:OptInDate>2026-07-01</sr:OptInDate>";
  EXPECT_EQ(ask("8.6", body), "device_state") << "it takes part already";
  put(kMeter, DeviceType::ESME, DeviceState::Withdrawn);
  EXPECT_EQ(ask("8.6", body), "");
  EXPECT_EQ(state(kMeter), DeviceState::Pending);
  ASSERT_TRUE(content_);
  EXPECT_EQ(content_->name, "DSPOptIn");
  EXPECT_FALSE(content_->text_at("DSPBrokerSecurityCredentialsKeyAgreement").empty());
}

TEST_F(Services, WithoutCoverageDataTheWanMatrixSaysSo) {
  EXPECT_EQ(ask("12.1", "<sr:UPRN>100012345678</sr:UPRN>"), "");
  ASSERT_TRUE(content_);
  EXPECT_EQ(content_->text_at("Request/UPRN"), "100012345678");
  EXPECT_EQ(content_->text_at("DSPWANMatrixResponse/CSPRegionResponseCode"), "E100");
  EXPECT_EQ(content_->find("DSPWANMatrixResponse/CoverageAvailability"), nullptr);
}

TEST_F(Services, TheWanMatrixSaysWhatCoverageHasOfAProperty) {
  const auto coverage = [&](ledger::Fields fields) {
    fields["technology"] = {"cellular"};
    fields["mesh"] = {"true"};
    fields["from"] = {"2018-01-01"};
    const ledger::Surroundings around{const_cast<store::Store&>(context().store), clock, settings.rules, {}, {}};
    write([&](store::WriteView& view) -> Status {
      ledger::Surroundings with = around;
      const auto functions = installation::functions();
      with.functions.assign(functions.begin(), functions.end());
      ledger::Change change(view, with, registry::operator_person());
      const auto made = change.create("coverage", {.fields = fields});
      EXPECT_TRUE(made) << (change.problem() ? change.problem()->detail : "");
      return made ? Status() : Status(Unexpected{made.error()});
    });
  };
  coverage({{"uprn", {"100012345678"}}, {"region", {"Central"}}, {"available", {"true"}}, {"likelihood", {"High"}}});
  coverage({{"postcode", {"M220RR"}}, {"region", {"North"}}, {"available", {"false"}}, {"likelihood", {"Low"}}});
  coverage({{"postcode", {"M220RS"}}});
  EXPECT_EQ(ask("12.1", "<sr:UPRN>100012345678</sr:UPRN>"), "");
  EXPECT_EQ(content_->text_at("DSPWANMatrixResponse/CSPRegion"), "Central");
  EXPECT_EQ(content_->text_at("DSPWANMatrixResponse/CoverageAvailability"), "true");
  const auto at = [&](const std::string& postcode) {
    return ask("12.1", "<sr:PartialAddress><sr:PostCode>" + postcode +
                           "</sr:PostCode><sr:AddressIdentifier>1</sr:AddressIdentifier></sr:PartialAddress>");
  };
  EXPECT_EQ(at("M22 0RR"), "");
  EXPECT_EQ(content_->text_at("DSPWANMatrixResponse/CoverageAvailability"), "false");
  EXPECT_EQ(at("M22 0RS"), "");
  EXPECT_EQ(content_->text_at("DSPWANMatrixResponse/CSPRegionResponseCode"), "E100") << "it says no likelihood";
}

TEST_F(Services, AlertsAreToldWhereTheyHaveACode) {
  home();
  settings.dcc_alert_codes[DccEvent::HubDecommissioned] = "N1";
  EXPECT_EQ(ask("8.3", id(kMeter)), "");
  EXPECT_TRUE(effects_.tell.empty());
  put(kHub, DeviceType::CHF, DeviceState::Commissioned, kSupplier);
  EXPECT_EQ(ask("8.3", id(kHub)), "");
  ASSERT_EQ(effects_.tell.size(), 1u);
  EXPECT_EQ(effects_.tell[0].user, kSupplier);
}

std::string firmware_body(gbcs::ImageKind kind, const std::string& devices) {
  gbcs::OtaImage image;
  image.manufacturer_image = Bytes(100, 0x5A);
  if (kind == gbcs::ImageKind::Signed) image.signature.emplace();
  return "<sr:FirmwareImage>" + to_base64(gbcs::write_ota_image(image)) +
         "</sr:FirmwareImage><sr:FirmwareVersion>00020000</sr:FirmwareVersion><sr:DeviceIDList>" + devices +
         "</sr:DeviceIDList>";
}

TEST_F(Services, FirmwareIsAcceptedForTheDevicesThatCanHaveItAndTheOthersAreNamed) {
  home();
  const Eui64 strange(0x00DB1234567890F1), young(0x00DB1234567890F2), others(0x00DB1234567890F3);
  put(young, DeviceType::ESME, DeviceState::InstalledNotCommissioned);
  put(others, DeviceType::ESME, DeviceState::Commissioned, kOtherSupplier);
  const auto list = kMeter.dashed_upper() + "," + strange.dashed_upper() + "," + young.dashed_upper() + "," +
                    others.dashed_upper() + "," + kDisplay.dashed_upper();
  EXPECT_EQ(ask("11.1", firmware_body(gbcs::ImageKind::Signed, list)), "");
  ASSERT_TRUE(content_);
  EXPECT_EQ(content_->name, "DSPUpdateFirmwareWarning");
  EXPECT_EQ(content_->text_at("InvalidDeviceIDList"),
            kDisplay.dashed_upper() + "," + strange.dashed_upper() + "," + others.dashed_upper());
  EXPECT_EQ(content_->text_at("NotCommissionedDeviceIDList"), young.dashed_upper());
  const auto waits = [&](Eui64 eui) {
    return read<std::optional<firmware::Transfer>>([&](const auto& view) { return firmware::find_transfer(view, eui); })
        .has_value();
  };
  EXPECT_TRUE(waits(kMeter));
  EXPECT_FALSE(waits(young));
  EXPECT_FALSE(waits(others));

  EXPECT_EQ(ask("11.1", firmware_body(gbcs::ImageKind::Signed, kMeter.dashed_upper())), "");
  EXPECT_EQ(content_->text_at("OtherRequestInProgressList"), kMeter.dashed_upper());
}

TEST_F(Services, FirmwareThatTheListDoesNotKnowIsNotApplicable) {
  home();
  const auto body = firmware_body(gbcs::ImageKind::Signed, kMeter.dashed_upper());
  const auto hour_ago = clock.now() - std::chrono::hours(1);
  write([&](auto& view) { return registry::put_listing(view, {"Meterway", "M1", "00010001"}, {hour_ago, true}); });
  EXPECT_EQ(ask("11.1", body), "");
  ASSERT_TRUE(content_);
  EXPECT_EQ(content_->text_at("NotApplicableFirmwareDeviceIDList"), kMeter.dashed_upper());
  write([&](auto& view) { return registry::put_listing(view, {"Meterway", "M1", "00020000"}, {hour_ago, true}); });
  EXPECT_EQ(ask("11.1", body), "");
  EXPECT_FALSE(content_) << "nobody is left out";
}

TEST_F(Services, FirmwareOfADisplayHasNoSignatureAndOfAMeterOne) {
  home();
  EXPECT_EQ(ask("11.4", firmware_body(gbcs::ImageKind::Unsigned, kDisplay.dashed_upper())), "");
  EXPECT_EQ(ask("11.1", firmware_body(gbcs::ImageKind::Unsigned, kMeter.dashed_upper())), "senseless");
  EXPECT_EQ(ask("11.1",
                "<sr:FirmwareImage>bm90aGluZw==</sr:FirmwareImage><sr:FirmwareVersion>1</sr:FirmwareVersion>"
                "<sr:DeviceIDList>" +
                    kMeter.dashed_upper() + "</sr:DeviceIDList>"),
            "senseless");
}

}  // namespace
}  // namespace meterway::flow::answer
