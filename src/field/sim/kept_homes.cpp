#include <algorithm>
#include <map>
#include <set>

#include "base/crypto/digest.h"
#include "base/util/file.h"
#include "base/util/hex.h"
#include "base/wire/reader.h"
#include "base/wire/writer.h"
#include "field/sim/estate.h"
#include "field/sim/estate_table.h"
#include "field/sim/state_log.h"
#include "standard/pki/certificate.h"

namespace meterway::field {

using pki::KeyUse;

struct EstatePlan {
  EstatePaths paths;
  HomeSettings settings;
  UtcTime founded{};
  std::vector<EstateRow> rows;  ///< ordered by hub
  std::map<DeviceType, TrustAnchors> anchors;
  std::unique_ptr<pki::KeyStore> keys;  ///< null when all keys follow from the seed
  Bytes seed;
  bool old_states = false;  ///< there are states in files of their own, as estates were kept at first

  std::span<const EstateRow> home(Eui64 hub) const {
    const auto by_hub = [](const EstateRow& a, const EstateRow& b) { return a.hub < b.hub; };
    EstateRow key;
    key.hub = hub;
    const auto [first, last] = std::equal_range(rows.begin(), rows.end(), key, by_hub);
    return {first, last};
  }
};

namespace {

constexpr char kDevice = 'd', kHome = 'h', kOutbox = 'o';

/// The state a device is delivered in.
DeviceState first_state(const EstateRow& row, std::span<const EstateRow> rows, UtcTime now) {
  DeviceState state;
  state.commissioned = state.registers.read_at = now;
  if (row.type == DeviceType::ESME || row.type == DeviceType::GSME) {
    // A meter has run at the factory and at its first home: nobody's register reads zero.
    state.registers.import_milli = (1000 + row.seed % 9000) * 1'000'000 + row.seed * 7'919 % 1'000'000;
    state.registers.reactive_milli = state.registers.import_milli / 5;
    if (row.type == DeviceType::ESME) state.registers.tariff_milli[0] = state.registers.import_milli;
    state.registers.balance = 1'000'000;
  }
  if (row.type != DeviceType::CHF) return state;
  for (const auto& other : rows) {
    if (other.hub != row.hub || other.device == row.device || !other.joined) continue;
    LogEntry entry{other.device, {}, other.install_code, now};
    if (other.type != DeviceType::GPF) {
      const auto digest = crypto::sha256({row.device.wire(), other.device.wire(), ByteView(other.install_code)});
      entry.key_hash.assign(digest.begin(), digest.begin() + 16);
    }
    state.device_log.push_back(std::move(entry));
  }
  return state;
}

Result<TrustAnchors> load_anchors(DeviceType type, const pki::KeyStore& certificates,
                                  const std::vector<AnchorRow>& rows, const std::optional<pki::Certificate>& root) {
  TrustAnchors anchors;
  for (const auto& kind : cells_of(type)) {
    if (kind.role == PartyRole::Root) {
      if (root) anchors.put({kind.role, kind.use, Eui64(), root->public_key, root->der});
      continue;
    }
    const auto row_for = [&](DeviceType of) {
      return std::find_if(rows.begin(), rows.end(),
                          [&](const AnchorRow& r) { return r.role == kind.role && r.type == of; });
    };
    auto row = row_for(type);
    if (row == rows.end()) row = row_for(DeviceType::Unknown);
    if (row == rows.end()) continue;
    const auto* key = certificates.public_key(row->eui, kind.use);
    if (key == nullptr) continue;
    const ByteView der = certificates.certificate(row->eui, kind.use);
    anchors.put({kind.role, kind.use, row->eui, *key, Bytes(der.begin(), der.end())});
  }
  if (anchors.find(PartyRole::AccessControlBroker, KeyUse::KeyAgreement) == nullptr) {
    return fail(ErrorCode::UnknownKey, 0, "access control broker's key agreement certificate among the anchors");
  }
  return anchors;
}

Result<crypto::PrivateKey> key_of(const EstatePlan& plan, Eui64 device, KeyUse use) {
  const auto* own = plan.keys ? plan.keys->private_key(device, use) : nullptr;
  if (own != nullptr) return *own;
  if (plan.seed.empty()) return fail(ErrorCode::BadKey, 0, "private key of a device");
  return derive_key(plan.seed, device, use);
}

std::int64_t micros(UtcTime time) { return time.time_since_epoch().count(); }
UtcTime time_of(std::uint64_t micros) { return UtcTime(std::chrono::microseconds(micros)); }

/// home = flags:1 lost:8 due:8 count:1 { device:8 count:1 { transaction:8 } } [ count:1 { device:8 size:2 message } ];
/// flags 1: without supply, 2: told, 4: something is due, 8: the last part, messages unsaid, is there.
Bytes write_home(const Home& home) {
  const auto& memory = home.memory();
  const auto due = home.next_due();
  wire::Writer out;
  out.u8((memory.lost ? 1u : 0u) | (memory.told ? 2u : 0u) | (due ? 4u : 0u) | (memory.unsaid.empty() ? 0u : 8u));
  out.u64(static_cast<std::uint64_t>(memory.lost ? micros(*memory.lost) : 0));
  out.u64(static_cast<std::uint64_t>(due ? micros(*due) : 0)).u8(memory.taken.size());
  for (const auto& [device, taken] : memory.taken) {
    out.u64(device.value()).u8(taken.size());
    for (const auto transaction : taken) out.u64(transaction);
  }
  if (memory.unsaid.empty()) return out.take();
  out.u8(memory.unsaid.size());
  for (const auto& [device, message] : memory.unsaid) out.u64(device.value()).u16(message.size()).bytes(message);
  return out.take();
}

struct KeptHome {
  HomeMemory memory;
  std::optional<UtcTime> due;
};

Result<KeptHome> read_home(ByteView bytes) {
  wire::Reader in(bytes);
  KeptHome home;
  const auto flags = in.u8("flags");
  const auto lost = in.u64("time of loss"), due = in.u64("due");
  if ((flags & 1) != 0) home.memory.lost = time_of(lost);
  home.memory.told = (flags & 2) != 0;
  if ((flags & 4) != 0) home.due = time_of(due);
  const std::size_t devices = in.u8("devices");
  for (std::size_t i = 0; in.ok() && i < devices; ++i) {
    auto& taken = home.memory.taken[Eui64(in.u64("device"))];
    const std::size_t count = in.u8("transactions");
    for (std::size_t k = 0; in.ok() && k < count; ++k) taken.push_back(in.u64("transaction"));
  }
  const std::size_t unsaid = (flags & 8) != 0 ? in.u8("messages unsaid") : 0u;
  for (std::size_t i = 0; in.ok() && i < unsaid; ++i) {
    const Eui64 device(in.u64("device"));
    const auto message = in.take(in.u16("size of a message"), "message");
    if (in.ok()) home.memory.unsaid.emplace_back(device, Bytes(message.begin(), message.end()));
  }
  METERWAY_CHECK(in.finish());
  return home;
}

class KeptHomes final : public HomeStore {
 public:
  KeptHomes(std::shared_ptr<const EstatePlan> plan, std::unique_ptr<StateLog> log)
      : plan_(std::move(plan)), log_(std::move(log)) {}

  Status load(Csp region);
  std::vector<Eui64> hubs() const override { return hubs_; }
  Result<std::unique_ptr<Home>> wake(Eui64 hub) override;
  std::vector<Unacknowledged> outbox() const override { return outbox_; }
  std::vector<std::pair<UtcTime, Eui64>> due() const override { return due_; }
  std::vector<Eui64> without_supply() const override { return dark_; }
  Status keep(const RegionChange& change) override;

 private:
  Result<DeviceState> state_of(const EstateRow& row, std::span<const EstateRow> home);

  std::shared_ptr<const EstatePlan> plan_;
  std::unique_ptr<StateLog> log_;
  std::vector<Eui64> hubs_;
  // As the log was when it was opened.
  std::vector<Unacknowledged> outbox_;
  std::vector<std::pair<UtcTime, Eui64>> due_;
  std::vector<Eui64> dark_;
};

Status KeptHomes::load(Csp region) {
  for (const auto& row : plan_->rows) {
    if (row.type == DeviceType::CHF && row.region == region) hubs_.push_back(row.hub);
  }
  METERWAY_CHECK(log_->each(kHome, [&](std::uint64_t hub, ByteView value) -> Status {
    METERWAY_TRY(const auto home, read_home(value));
    if (home.due) due_.emplace_back(*home.due, Eui64(hub));
    if (home.memory.lost) dark_.emplace_back(hub);
    return {};
  }));
  return log_->each(kOutbox, [&](std::uint64_t, ByteView value) -> Status {
    METERWAY_TRY(const auto frame, wire::read_link_frame(value));
    if (const auto* inbound = std::get_if<wire::LinkInbound>(&frame)) {
      outbox_.push_back({inbound->transaction, Eui64(inbound->hub), Eui64(inbound->device), inbound->message, {}});
    } else if (const auto* event = std::get_if<wire::LinkHubEvent>(&frame)) {
      outbox_.push_back({event->transaction, Eui64(event->hub), Eui64(event->hub), {}, *event});
    }
    return {};
  });
}

Result<DeviceState> KeptHomes::state_of(const EstateRow& row, std::span<const EstateRow> home) {
  METERWAY_TRY(const auto kept, log_->get({kDevice, row.device.value()}));
  if (kept) return read_state(*kept);
  if (plan_->old_states) {
    const auto old = read_file(plan_->paths.state() / (row.device.plain() + ".json"));
    if (old) return read_state(*old);
  }
  return first_state(row, home, plan_->founded);
}

Result<std::unique_ptr<Home>> KeptHomes::wake(Eui64 hub) {
  const auto rows = plan_->home(hub);
  if (rows.empty()) return fail(ErrorCode::NotFound, 0, "hub");
  const auto proxy =
      std::find_if(rows.begin(), rows.end(), [](const EstateRow& row) { return row.type == DeviceType::GPF; });
  // A home's network is named after its gas proxy.
  const Eui64 pan = proxy == rows.end() ? Eui64() : proxy->device;
  std::vector<Installed> devices;
  for (const auto& row : rows) {
    METERWAY_TRY(auto signing, key_of(*plan_, row.device, KeyUse::DigitalSignature));
    METERWAY_TRY(auto agreement, key_of(*plan_, row.device, KeyUse::KeyAgreement));
    METERWAY_TRY(auto state, state_of(row, rows));
    const LoadProfile profile(row.type == DeviceType::ESME ? Fuel::Electricity : Fuel::Gas, row.seed);
    Identity identity{row.device, row.type, std::move(signing), std::move(agreement), pan};
    if (!row.variant.empty()) identity.variant = row.variant;
    if (plan_->keys) {
      const auto held = [&](KeyUse use) {
        const auto der = plan_->keys->certificate(row.device, use);
        return Bytes(der.begin(), der.end());
      };
      identity.signing_certificate = held(KeyUse::DigitalSignature);
      identity.agreement_certificate = held(KeyUse::KeyAgreement);
    }
    devices.push_back(
        {Device(std::move(identity), plan_->anchors.at(row.type), profile, std::move(state)), row.install_code});
  }
  KeptHome kept;
  METERWAY_TRY(const auto bytes, log_->get({kHome, hub.value()}));
  if (bytes) {
    METERWAY_TRY(kept, read_home(*bytes));
  }
  return std::make_unique<Home>(std::move(devices), plan_->settings, std::move(kept.memory));
}

Status KeptHomes::keep(const RegionChange& change) {
  for (Home* home : change.homes) {
    log_->put({kHome, home->hub().value()}, write_home(*home));
    for (const Device* device : home->take_changed())
      log_->put({kDevice, device->identity().eui.value()}, write_state(device->state()));
  }
  for (const auto* waiting : change.added) {
    const auto& w = *waiting;
    log_->put({kOutbox, w.transaction}, w.event ? wire::write_link_frame(*w.event)
                                                : wire::write_link_frame(wire::LinkInbound{
                                                      w.transaction, w.hub.value(), w.device.value(), w.message}));
  }
  for (const auto transaction : change.acknowledged) log_->erase({kOutbox, transaction});
  return log_->commit();
}

/// The first form of an estate had one file for all of the outbox.
Status adopt_old_outbox(const EstatePlan& plan, StateLog& log) {
  const auto file = plan.paths.folder / "outbox.json";
  const auto text = read_text_file(file);
  if (!text) return {};
  METERWAY_TRY(const auto outbox, read_outbox(*text));
  for (const auto& w : outbox) {
    if (w.message.empty() || w.transaction == 0) continue;
    log.put({kOutbox, w.transaction},
            wire::write_link_frame(wire::LinkInbound{w.transaction, w.hub.value(), w.device.value(), w.message}));
  }
  METERWAY_CHECK(log.commit());
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return {};
}

}  // namespace

Result<std::shared_ptr<const EstatePlan>> load_plan(const EstatePaths& paths, HomeSettings settings) {
  auto plan = std::make_shared<EstatePlan>();
  plan->paths = paths;
  plan->settings = settings;
  METERWAY_TRY(const auto table, read_text_file(paths.table()));
  METERWAY_TRY(plan->rows, read_rows(table));
  const auto by_hub = [](const EstateRow& a, const EstateRow& b) { return a.hub < b.hub; };
  std::stable_sort(plan->rows.begin(), plan->rows.end(), by_hub);
  if (const auto founded = read_text_file(paths.founded())) {
    METERWAY_TRY(plan->founded, from_iso8601(founded->substr(0, founded->find('\n'))));
  }
  METERWAY_TRY(const auto anchor_table, read_text_file(paths.anchors()));
  METERWAY_TRY(const auto anchor_rows, read_anchor_rows(anchor_table));
  METERWAY_TRY(const auto certificates, pki::open_key_folder(paths.certificates()));
  std::optional<pki::Certificate> root;
  if (const auto pem = read_file(paths.certificates() / "root.pem")) {
    METERWAY_TRY(root, pki::parse_certificate(*pem));
  }
  std::map<Eui64, int> hubs;
  for (const auto& row : plan->rows) {
    hubs[row.hub] += row.type == DeviceType::CHF && row.device == row.hub ? 1 : 0;
    if (plan->anchors.count(row.type) != 0) continue;
    METERWAY_TRY(auto anchors, load_anchors(row.type, *certificates, anchor_rows, root));
    plan->anchors.emplace(row.type, std::move(anchors));
  }
  for (const auto& [hub, count] : hubs) {
    if (count != 1) return fail(ErrorCode::BadValue, 0, "estate.tsv: a home has one CHF");
  }
  if (std::filesystem::exists(paths.keys())) {
    METERWAY_TRY(plan->keys, pki::open_key_folder(paths.keys()));
  }
  if (const auto seed = read_text_file(paths.key_seed())) {
    METERWAY_TRY(plan->seed, from_hex(*seed));
  }
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(paths.state(), ignored))
    plan->old_states = plan->old_states || entry.path().extension() == ".json";
  return std::shared_ptr<const EstatePlan>(std::move(plan));
}

const EstateRow* find_row(const EstatePlan& plan, Eui64 device) {
  const auto row =
      std::find_if(plan.rows.begin(), plan.rows.end(), [&](const EstateRow& one) { return one.device == device; });
  return row == plan.rows.end() ? nullptr : &*row;
}

std::vector<Csp> regions_of(const EstatePlan& plan) {
  std::set<Csp> regions;
  for (const auto& row : plan.rows) regions.insert(row.region);
  return {regions.begin(), regions.end()};
}

Result<std::unique_ptr<HomeStore>> open_homes(std::shared_ptr<const EstatePlan> plan, Csp region) {
  std::error_code ignored;
  std::filesystem::create_directories(plan->paths.state(), ignored);
  METERWAY_TRY(auto log, StateLog::open(plan->paths.log(region)));
  if (region == regions_of(*plan).front()) METERWAY_CHECK(adopt_old_outbox(*plan, *log));
  auto homes = std::make_unique<KeptHomes>(std::move(plan), std::move(log));
  METERWAY_CHECK(homes->load(region));
  return std::unique_ptr<HomeStore>(std::move(homes));
}

}  // namespace meterway::field
