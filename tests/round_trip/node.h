#pragma once
#include <deque>
#include <optional>

#include "field/hub/region.h"
#include "flow/admin/take_over.h"
#include "flow/pipeline.h"
#include "lab/sim_disk.h"
#include "lab/sim_network.h"
#include "records/installation/rules.h"
#include "records/ledger/ledger.h"
#include "records/registry/broker.h"
#include "records/registry/certificates.h"
#include "records/registry/person.h"
#include "records/registry/slots.h"
#include "records/store/log_store.h"
#include "tests/round_trip/town.h"

namespace meterway::round_trip {

/// The platform, whole, on the clock and the network of a simulation and a disk of memory.
class Platform {
 public:
  Platform(lab::Simulation& simulation, lab::Internet& internet, const Town& town, const std::vector<Place>& places)
      : machine_(simulation, "platform"),
        directory_(town.platform()),
        keys_(pki::key_store_of(directory_)),
        signer_(directory_->xml_signer(kBroker)),
        network_(internet.join(machine_)) {
    settings_.schedule_spread = settings_.dated_spread = std::chrono::milliseconds(0);
    settings_.delivery.least_delay = std::chrono::milliseconds(10);
    settings_.users = Town::users();
    settings_.devices = Town::devices(places);
    store::LogOptions log;
    log.random = &random_;
    store_ = store::open_log_store("platform/store.db", log, disk_).value();
    directory_->set_source(registry::certificate_source(*store_));
    context_.emplace(flow::Context{*store_, *directory_, *keys_, *signer_, kBroker, machine_.clock(), random_,
                                   machine_.executor(), *network_, settings_});
    EXPECT_TRUE(flow::admin::take_over({}, *context_));
    EXPECT_TRUE(store_->write([&](store::WriteView& view) -> Status {
      METERWAY_CHECK(registry::put_broker(view, kBroker));
      const auto& issuer = town.issuing().certificate;
      return registry::put_issuer(view, issuer.subject_key_identifier, issuer.der);
    }));
    note_coverage();
    pipeline_ = flow::Pipeline::start(*context_).value();
    internet.serve("platform", machine_, [this](net::HttpRequest request, const lab::Internet::Reply& reply) {
      reply(pipeline_->serve(std::move(request)));
    });
  }
  ~Platform() {
    machine_.kill();
    network_->stop();
    pipeline_.reset();
  }
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  const flow::Context& context() const { return *context_; }
  flow::Pipeline& pipeline() { return *pipeline_; }
  std::uint16_t link_port() const { return pipeline_->link_port(); }

  std::optional<registry::Device> device(Eui64 eui) const {
    std::optional<registry::Device> out;
    EXPECT_TRUE(store_->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, registry::find_device(view, eui));
      return {};
    }));
    return out;
  }
  void put(const registry::Device& device) {
    EXPECT_TRUE(store_->write([&](store::WriteView& view) { return registry::put_device(view, device); }));
  }

 private:
  /// What the operator's records say of coverage, of which 12.1 tells.
  void note_coverage() {
    EXPECT_TRUE(store_->write([&](store::WriteView& view) -> Status {
      ledger::Surroundings around{*store_, machine_.clock(), settings_.rules, {}, {}};
      const auto functions = installation::functions();
      around.functions.assign(functions.begin(), functions.end());
      ledger::Change change(view, around, registry::operator_person());
      const auto made = change.create("coverage", {.fields = {{"uprn", {"100000000001"}},
                                                              {"region", {"North"}},
                                                              {"available", {"true"}},
                                                              {"likelihood", {"High"}},
                                                              {"technology", {"cellular"}},
                                                              {"mesh", {"false"}},
                                                              {"from", {"2018-01-01"}}}});
      return made ? Status() : Status(Unexpected{made.error()});
    }));
  }

  SeededRandom random_{9};
  lab::Machine machine_;
  lab::SimDisk disk_;
  flow::Settings settings_;
  std::shared_ptr<pki::CertificateDirectory> directory_;
  std::unique_ptr<pki::KeyStore> keys_;
  pki::CertificateHandle signer_;
  std::unique_ptr<net::Network> network_;
  std::unique_ptr<store::Store> store_;
  std::optional<flow::Context> context_;
  std::unique_ptr<flow::Pipeline> pipeline_;
};

/// The region with all the homes, and a terminal that can be held to a device: what it is given there goes past the
/// platform, and so does the answer.
class Estate {
 public:
  Estate(lab::Simulation& simulation, lab::Internet& internet, const Town& town, std::uint16_t link_port)
      : machine_(simulation, "estate"), network_(internet.join(machine_)) {
    plan_ = field::load_plan(town.estate(), {}).value();
    homes_ = field::open_homes(plan_, field::Csp::North).value();
    region_ = std::make_unique<field::Region>(machine_.clock(), *homes_, field::RegionSettings{},
                                              [this](Eui64, const field::HomeEvent& event, UtcTime) {
                                                if (std::string_view(event.refusal).empty()) return;
                                                refused_.emplace_back(event.command, event.refusal);
                                              });
    net::FramedEvents events;
    events.connected = [this](std::shared_ptr<net::FramedConnection> connection) {
      connection_ = std::move(connection);
      region_->opened([this](const Bytes& frame) { say(frame); });
      pass();
    };
    events.frame = [this](const auto&, const Bytes& frame) {
      if (const auto read = wire::read_link_frame(frame)) {
        if (const auto* deliver = std::get_if<wire::LinkDeliver>(&*read)) commands_.push_back(deliver->message);
      }
      region_->take(frame);
      pass();
    };
    endpoint_ =
        network_
            ->connect_framed("", link_port, std::move(events), std::chrono::milliseconds(500), wire::kLinkMaxFrameBytes)
            .value();
  }

  ~Estate() { machine_.kill(); }
  Estate(const Estate&) = delete;
  Estate& operator=(const Estate&) = delete;

  bool connected() const { return connection_ != nullptr && region_->accepted(); }
  /// Commands that came over the link, oldest first.
  const std::deque<Bytes>& commands() const { return commands_; }
  std::string refusal_of(const RequestId& command) const {
    for (auto at = refused_.rbegin(); at != refused_.rend(); ++at) {
      if (at->first == command) return at->second;
    }
    return "";
  }
  std::string refusal_of_latest() const { return refused_.empty() ? "" : "the device: " + refused_.back().second; }
  /// Gives a command to a device past the platform; its answer is caught by caught().
  void hand_over(Eui64 hub, Eui64 device, const Bytes& command) {
    const auto message = gbcs::read_message(command);
    if (!message) return;
    awaited_ = RequestId{message->header.originator, message->header.target, message->header.counter};
    caught_.reset();
    region_->take(wire::write_link_frame(wire::LinkDeliver{++local_, hub.value(), device.value(), command}));
    pass();
  }
  std::optional<Bytes> caught() const { return caught_; }
  void let_go() { awaited_.reset(); }

  /// The device tells of an event of its own accord.
  bool raise(Eui64 hub, Eui64 device, std::uint16_t alert) {
    const bool raised = region_->raise(hub, device, alert, {}).has_value();
    pass();
    return raised;
  }
  /// What the device remembers, as its memory is kept.
  nlohmann::json memory(Eui64 hub, Eui64 device) {
    const auto home = homes_->wake(hub);
    const auto* found = home ? (*home)->device(device) : nullptr;
    if (found == nullptr) return nullptr;
    return nlohmann::json::from_cbor(field::write_state(found->state()), true, false);
  }

 private:
  static constexpr std::uint64_t kLocal = 1ULL << 62;  ///< transactions of the terminal begin here

  void say(const Bytes& frame) {
    const auto read = wire::read_link_frame(frame);
    if (!read) return;
    const auto is_local = [&](std::uint64_t transaction) { return transaction > kLocal && transaction <= local_; };
    if (const auto* ack = std::get_if<wire::LinkAck>(&*read); ack != nullptr && is_local(ack->transaction)) return;
    if (const auto* failed = std::get_if<wire::LinkDeliverFailed>(&*read);
        failed != nullptr && is_local(failed->transaction))
      return;
    if (const auto* inbound = std::get_if<wire::LinkInbound>(&*read); inbound != nullptr && awaited_) {
      const auto message = gbcs::read_message(inbound->message);
      if (message && message->header.kind == gbcs::Kind::Response && message->header.counter == awaited_->counter &&
          message->header.originator == awaited_->target) {
        caught_ = inbound->message;
        const auto transaction = inbound->transaction;
        machine_.simulation().at(machine_.simulation().now(), machine_, [this, transaction] {
          region_->take(wire::write_link_frame(wire::LinkAck{transaction}));
          pass();
        });
        return;
      }
    }
    (void)connection_->send(frame);
  }
  void pass() {
    const auto next = std::max(region_->pass(), machine_.clock().now() + std::chrono::milliseconds(1));
    if (next_ > machine_.clock().now() && next_ <= next) return;
    next_ = next;
    machine_.simulation().at(next, machine_, [this, next] {
      if (next_ == next) pass();
    });
  }

  lab::Machine machine_;
  std::unique_ptr<net::Network> network_;
  std::shared_ptr<const field::EstatePlan> plan_;
  std::unique_ptr<field::HomeStore> homes_;
  std::unique_ptr<field::Region> region_;
  std::shared_ptr<net::FramedConnection> connection_;
  std::deque<Bytes> commands_;
  std::vector<std::pair<RequestId, std::string>> refused_;
  std::optional<RequestId> awaited_;
  std::optional<Bytes> caught_;
  std::uint64_t local_ = kLocal;
  UtcTime next_{};
  std::unique_ptr<net::FramedEndpoint> endpoint_;  ///< last: it stops before the rest goes
};

}  // namespace meterway::round_trip
