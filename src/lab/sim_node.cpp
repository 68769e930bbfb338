#include "lab/sim_node.h"

#include "records/store/log_store.h"

namespace meterway::lab {
namespace {

constexpr const char* kStore = "platform/store.db";
constexpr std::chrono::milliseconds kLateSync{400};

}  // namespace

/// Plant: tells the Postman "204" and sends the document on its way, once.
class SimNode::Impatient final : public net::Network {
 public:
  Impatient(SimNode& node, std::unique_ptr<net::Network> real) : node_(node), real_(std::move(real)) {}
  Result<std::unique_ptr<net::FramedEndpoint>> listen_framed(const std::string& address, std::uint16_t port,
                                                             net::FramedEvents events, std::size_t limit) override {
    return real_->listen_framed(address, port, std::move(events), limit);
  }
  Result<std::unique_ptr<net::FramedEndpoint>> connect_framed(const std::string& address, std::uint16_t port,
                                                              net::FramedEvents events, std::chrono::milliseconds retry,
                                                              std::size_t limit) override {
    return real_->connect_framed(address, port, std::move(events), retry, limit);
  }
  void call(net::HttpCall call, std::function<void(Result<net::HttpResponse>)> done) override {
    real_->call(std::move(call), [](const auto&) {});
    node_.simulation_.at(node_.simulation_.now() + std::chrono::milliseconds(1), node_.machine_,
                         [done = std::move(done)] {
                           done(net::HttpResponse{204, {}, ""});
                         });
  }
  void stop() override { real_->stop(); }

 private:
  SimNode& node_;
  std::unique_ptr<net::Network> real_;
};

/// Plant: a disk whose sync comes after it was said to be done.
class SimNode::Liar final : public Disk {
 public:
  explicit Liar(SimNode& node) : node_(node) {}
  Result<std::unique_ptr<DiskFile>> open(const std::string& path, Open how) override {
    METERWAY_TRY(auto file, node_.disk_.open(path, how));
    return std::unique_ptr<DiskFile>(std::make_unique<File>(node_, std::move(file)));
  }
  Result<std::unique_ptr<DiskFile>> lock(const std::string& path) override { return node_.disk_.lock(path); }
  Status rename(const std::string& from, const std::string& to) override { return node_.disk_.rename(from, to); }
  Status remove(const std::string& path) override { return node_.disk_.remove(path); }
  Result<bool> exists(const std::string& path) const override { return node_.disk_.exists(path); }
  Result<std::vector<std::string>> list(const std::string& folder) const override { return node_.disk_.list(folder); }
  Status sync_folder(const std::string& folder) override { return node_.disk_.sync_folder(folder); }
  Result<std::uint64_t> free_bytes(const std::string& folder) const override { return node_.disk_.free_bytes(folder); }

 private:
  class File final : public DiskFile {
   public:
    File(SimNode& node, std::unique_ptr<DiskFile> real) : node_(node), real_(std::move(real)) {}
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override {
      return real_->read_at(offset, out);
    }
    Status write_at(std::uint64_t offset, ByteView bytes) override { return real_->write_at(offset, bytes); }
    Status truncate(std::uint64_t size_bytes) override { return real_->truncate(size_bytes); }
    Status sync() override {
      node_.simulation_.at(node_.simulation_.now() + kLateSync, node_.machine_, [file = real_] { (void)file->sync(); });
      return {};
    }
    Result<std::uint64_t> size() const override { return real_->size(); }

   private:
    SimNode& node_;
    std::shared_ptr<DiskFile> real_;
  };
  SimNode& node_;
};

SimNode::SimNode(Simulation& simulation, Internet& internet, const SmallWorld& world, std::uint64_t seed, Plant plant)
    : simulation_(simulation),
      internet_(internet),
      world_(world),
      plant_(plant),
      machine_(simulation, "platform"),
      lying_(std::make_unique<Liar>(*this)),
      random_(seed),
      directory_(world.platform_directory()),
      keys_(pki::key_store_of(directory_)),
      signer_(directory_->xml_signer(kBroker)) {
  settings_.device_timeout = std::chrono::seconds(30);
  settings_.reach_timeout = std::chrono::seconds(10);
  settings_.resend = std::chrono::seconds(3);
  settings_.commands_in_flight = 1;
  settings_.schedule_spread = std::chrono::seconds(5);
  settings_.delivery.timeout = std::chrono::seconds(5);
  settings_.delivery.first_retry = std::chrono::seconds(1);
  settings_.delivery.longest_retry = std::chrono::seconds(8);
  machine_.dying = [this] { return died(); };
  machine_.kill();
}

SimNode::~SimNode() { crash(); }

void SimNode::crash_within(std::uint64_t operations) {
  dies_at_ = disk_.operations() + operations;
  disk_.stop_at(dies_at_);
}

bool SimNode::died() const { return dies_at_ != 0 && disk_.operations() >= dies_at_; }

void SimNode::crash() {
  if (!machine_.running()) return;
  disk_.stop();  // whoever is destroyed now can change nothing more
  machine_.kill();
  if (network_) network_->stop();
  pipeline_.reset();
  context_.reset();
  store_.reset();
  network_.reset();
  disk_.crash(random_.next_u64());
  disk_.stop_at(0);
  dies_at_ = 0;
}

Status SimNode::start() {
  if (!machine_.running()) machine_.start();
  Disk& disk = plant_ == Plant::CommitAfterI99 ? *lying_ : static_cast<Disk&>(disk_);
  store::LogOptions log;
  log.checkpoint_bytes = checkpoint_bytes_;
  log.random = &random_;
  auto opened = store::open_log_store(kStore, log, disk);
  if (!opened) {
    machine_.kill();
    return Unexpected{opened.error()};
  }
  store_ = std::move(*opened);
  const auto filled = store_->write([&](store::WriteView& view) -> Status {
    for (const auto& user : world_.users()) METERWAY_CHECK(registry::put_user(view, user));
    for (const auto& device : world_.devices()) {
      METERWAY_TRY(const auto known, registry::find_device(view, device.eui));
      if (!known) METERWAY_CHECK(registry::put_device(view, device));
    }
    return {};
  });
  network_ = internet_.join(machine_);
  if (plant_ == Plant::AckBeforeDelivery) network_ = std::make_unique<Impatient>(*this, std::move(network_));
  context_.emplace(flow::Context{*store_, *directory_, *keys_, *signer_, kBroker, machine_.clock(), random_,
                                 machine_.executor(), *network_, settings_});
  auto started =
      filled ? flow::Pipeline::start(*context_) : Result<std::unique_ptr<flow::Pipeline>>(Unexpected{filled.error()});
  if (!started) {
    const auto why = started.error();
    crash();
    return Unexpected{why};
  }
  pipeline_ = std::move(*started);
  internet_.serve("platform", machine_, [this](net::HttpRequest request, const Internet::Reply& reply) {
    reply(pipeline_->serve(std::move(request)));
  });
  return {};
}

}  // namespace meterway::lab
