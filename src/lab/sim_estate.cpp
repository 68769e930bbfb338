#include "lab/sim_estate.h"

namespace meterway::lab {
namespace {

constexpr std::uint16_t kLinkPort = 8084;
constexpr std::chrono::milliseconds kRetry{500};

}  // namespace

SimEstate::SimEstate(Simulation& simulation, Internet& internet, const SmallWorld& world, History& history,
                     std::string_view region, std::size_t block_bytes)
    : simulation_(simulation),
      internet_(internet),
      world_(world),
      history_(history),
      block_bytes_(block_bytes),
      machine_(simulation, "estate"),
      homes_(world.make_homes({}, region)) {
  start();
}

void SimEstate::crash() {
  machine_.kill();
  endpoint_.reset();
  connection_.reset();
  region_.reset();
  network_.reset();
}

bool SimEstate::lose_supply(Eui64 hub) {
  if (!region_ || region_->lose_supply([hub](Eui64 one) { return one == hub; }, 1) == 0) return false;
  const auto home = SmallWorld::home_of(hub);
  const auto users = world_.supplier_of(home).plain() + "," + world_.network_of(home).plain();
  history_.push_back({Seen::Kind::Lost, simulation_.now(), hub, {}, '-', "", users});
  pass();
  return true;
}

bool SimEstate::restore_supply(Eui64 hub) {
  if (!region_ || region_->restore_supply([hub](Eui64 one) { return one == hub; }, 1) == 0) return false;
  history_.push_back({Seen::Kind::Restored, simulation_.now(), hub, {}, '-', "", ""});
  pass();
  return true;
}

bool SimEstate::raise(Eui64 hub, Eui64 device, std::uint16_t alert) {
  if (!region_ || !region_->raise(hub, device, alert, {})) return false;
  pass();
  return true;
}

void SimEstate::start() {
  if (!machine_.running()) machine_.start();
  network_ = internet_.join(machine_);
  field::RegionSettings settings;
  settings.resend = std::chrono::seconds(3);
  settings.longest_resend = std::chrono::seconds(10);
  settings.block_bytes = block_bytes_;
  region_ = std::make_unique<field::Region>(
      machine_.clock(), homes_, settings, [this](Eui64, const field::HomeEvent& event, UtcTime) {
        const auto write = [&](Seen::Kind kind, std::string code) {
          history_.push_back({kind, simulation_.now(), event.device, event.command, '-', std::move(code), {}});
        };
        if (event.repeated) return;
        write(Seen::Kind::Arrived, "");
        const bool done = std::string_view(event.refusal).empty();
        write(done ? Seen::Kind::Executed : Seen::Kind::Refused, event.refusal);
      });
  net::FramedEvents events;
  events.connected = [this](std::shared_ptr<net::FramedConnection> connection) {
    connection_ = std::move(connection);
    region_->opened([connection = connection_](const Bytes& frame) { (void)connection->send(frame); });
    pass();
  };
  events.frame = [this](const std::shared_ptr<net::FramedConnection>& connection, const Bytes& frame) {
    if (connection != connection_) return;
    region_->take(frame);
    pass();
  };
  events.closed = [this](const std::shared_ptr<net::FramedConnection>& connection) {
    if (connection != connection_) return;
    connection_.reset();
    region_->closed();
    pass();
  };
  next_ = {};
  auto endpoint = network_->connect_framed("", kLinkPort, std::move(events), kRetry, wire::kLinkMaxFrameBytes);
  if (endpoint) endpoint_ = std::move(*endpoint);
  pass();
}

void SimEstate::pass() {
  const auto next = std::max(region_->pass(), machine_.clock().now() + std::chrono::milliseconds(1));
  if (next_ > machine_.clock().now() && next_ <= next) return;  // a call is under way that comes soon enough
  next_ = next;
  machine_.simulation().at(
      next - machine_.clock_error(), machine_,
      [this, next] {
        if (next_ == next) pass();
      },
      next);
}

}  // namespace meterway::lab
