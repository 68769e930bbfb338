#include "records/registration/address.h"

#include <algorithm>
#include <set>

#include "base/wire/reader.h"
#include "records/registration/overlay.h"
#include "records/registration/tables.h"
#include "records/registry/octets.h"

namespace meterway::registration {
namespace {

using registry::bytes_of;
using registry::string_of;

constexpr std::string_view kTable = "registration-address", kByPostCode = "registration-postcode";
constexpr std::size_t kPostCodeBytes = 8, kPage = 500, kMostAtPostCode = 20000;

int precedence(std::uint8_t source, Date on) {
  const auto* row = find_source(source, on);
  return row == nullptr ? 1000 : row->address_precedence;
}

std::string post_code_key(const std::string& plain, std::uint8_t source, Mpxn mpxn) {
  auto out = plain;
  out.resize(kPostCodeBytes, '\0');
  out += static_cast<char>(source);
  return out + mpxn.key();
}

std::string key_of(Mpxn mpxn, std::uint8_t source) { return mpxn.key() + static_cast<char>(source); }

Result<Address> read_row(std::uint8_t source, std::string_view row) {
  wire::Reader in(bytes_of(row));
  const auto load = in.u32("load");
  const auto rest = in.rest();
  if (!in.ok()) return Unexpected{in.error()};
  METERWAY_TRY(auto out, read_address(string_of(rest)));
  out.source = source;
  out.load = load;
  return out;
}

Result<std::optional<Address>> find_address(const store::ReadView& view, Mpxn mpxn, std::uint8_t source) {
  METERWAY_TRY(const auto row, view.get(kTable, key_of(mpxn, source)));
  if (!row) return std::optional<Address>();
  METERWAY_TRY(auto out, read_row(source, *row));
  return std::optional<Address>(std::move(out));
}

/// Of one source, as it is after what lies staged.
Result<std::optional<Address>> address_now(const store::ReadView& view, Mpxn mpxn, std::uint8_t source,
                                           const std::vector<Live>& live) {
  METERWAY_TRY(auto out, find_address(view, mpxn, source));
  for (const auto& one : live) {
    METERWAY_TRY(const auto operations, staged_operations(view, one.load, mpxn));
    METERWAY_CHECK(apply_addresses(operations, one.load, [&](std::uint8_t of, const std::optional<Address>& now) {
      if (of == source) out = now;
      return Status();
    }));
  }
  return out;
}

/// Adds the points that have rows at this post code, in whatever is behind `prefix`. Errors: Full.
Status add_near(const store::ReadView& view, std::string_view table, const std::string& prefix,
                const std::string& post_code, std::set<std::pair<std::uint8_t, Mpxn>>& out) {
  auto begin = post_code;
  begin.resize(kPostCodeBytes, '\0');
  begin = prefix + begin;
  const auto end = begin + '\x10';
  for (std::string from = begin;;) {
    METERWAY_TRY(const auto rows, view.scan(table, from, end, kPage));
    for (const auto& row : rows) {
      if (row.key.size() != begin.size() + 1 + Mpxn::kKeyBytes) return fail(ErrorCode::BadLength, 0, "post code row");
      METERWAY_TRY(const auto point, Mpxn::from_key(std::string_view(row.key).substr(begin.size() + 1)));
      out.emplace(static_cast<std::uint8_t>(row.key[begin.size()]), point);
    }
    if (out.size() > kMostAtPostCode) return fail(ErrorCode::Full, 0, "addresses at one post code");
    if (rows.size() < kPage) return {};
    from = rows.back().key + '\0';
  }
}

std::string staged_prefix(std::uint32_t load) {
  wire::Writer out;
  return string_of(out.u32(load));
}

template <class Visit>
Status each_staged_post_code(std::uint32_t load, Mpxn mpxn, const std::vector<Operation>& operations,
                             const Visit& visit) {
  return apply_addresses(operations, load, [&](std::uint8_t source, const std::optional<Address>& address) -> Status {
    if (!address) return {};
    const auto plain = plain_post_code(address->post_code);
    return plain ? visit(staged_prefix(load) + post_code_key(*plain, source, mpxn)) : Status();
  });
}

}  // namespace

Status put_staged_post_codes(store::WriteView& view, std::uint32_t load, Mpxn mpxn,
                             const std::vector<Operation>& operations) {
  return each_staged_post_code(load, mpxn, operations,
                               [&](const std::string& key) { return view.put(kStagedPostCodes, key, ""); });
}

Status erase_staged_post_codes(store::WriteView& view, std::uint32_t load, Mpxn mpxn,
                               const std::vector<Operation>& operations) {
  return each_staged_post_code(load, mpxn, operations,
                               [&](const std::string& key) { return view.erase(kStagedPostCodes, key); });
}

Result<std::string> plain_post_code(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) return fail(ErrorCode::BadValue, 0, "post code");
    out += c;
  }
  if (out.size() < 5 || out.size() > 7) return fail(ErrorCode::BadValue, 0, "post code");
  return out;
}

std::string plain_address(std::string_view text) {
  std::string out;
  bool gap = false;
  for (char c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const bool counts = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (c == '\'') continue;  // St John's, St Johns
    if (!counts) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += c;
  }
  return out;
}

std::string write_address(const Address& address) {
  wire::Writer out;
  out.u8(static_cast<std::uint8_t>(address.quality)).u64(address.uprn);
  for (const auto* text : {&address.post_code, &address.identifier, &address.lines})
    out.prefixed(bytes_of(std::string_view(*text).substr(0, kMostAddressBytes)));
  return string_of(out);
}

Result<Address> read_address(std::string_view record) {
  wire::Reader in(bytes_of(record));
  Address out;
  out.quality = static_cast<char>(in.u8("quality"));
  out.uprn = in.u64("uprn");
  out.post_code = string_of(in.prefixed("post code"));
  out.identifier = string_of(in.prefixed("identifier"));
  out.lines = string_of(in.prefixed("lines"));
  METERWAY_CHECK(in.finish());
  return out;
}

Result<std::vector<Address>> addresses_of(const store::ReadView& view, Mpxn mpxn, Date on) {
  const auto from = mpxn.key();
  METERWAY_TRY(const auto rows, view.scan(kTable, from, from + '\x10', 16));
  std::vector<Address> out;
  for (const auto& row : rows) {
    METERWAY_TRY(auto one, read_row(static_cast<std::uint8_t>(row.key.back()), row.value));
    out.push_back(std::move(one));
  }
  METERWAY_CHECK(overlay_addresses(view, mpxn, out));
  std::stable_sort(out.begin(), out.end(), [&](const Address& a, const Address& b) {
    return std::pair(precedence(a.source, on), a.source) < std::pair(precedence(b.source, on), b.source);
  });
  return out;
}

bool is_at(const Address& address, std::string_view post_code, std::string_view identifier) {
  const auto wanted = plain_address(identifier);
  if (wanted.empty() || plain_address(address.identifier) != wanted) return false;
  const auto there = plain_post_code(address.post_code), plain = plain_post_code(post_code);
  return there && plain && *there == *plain;
}

Result<std::vector<AddressMatch>> match_address(const store::ReadView& view, std::string_view post_code,
                                                std::string_view identifier, std::optional<std::uint8_t> source,
                                                Date on) {
  METERWAY_TRY(const auto plain, plain_post_code(post_code));
  const auto wanted = plain_address(identifier);
  METERWAY_TRY(const auto live, live_loads(view));
  std::set<std::pair<std::uint8_t, Mpxn>> near;
  METERWAY_CHECK(add_near(view, kByPostCode, {}, plain, near));
  for (const auto& one : live) METERWAY_CHECK(add_near(view, kStagedPostCodes, staged_prefix(one.load), plain, near));
  std::vector<AddressMatch> out;
  for (const auto& [of, point] : near) {
    if (source && *source != of) continue;
    METERWAY_TRY(const auto address, address_now(view, point, of, live));
    if (!address || !is_at(*address, plain, wanted)) continue;
    if (out.empty() || out.back().source != of) out.push_back({of, {}});
    out.back().points.push_back(point);
  }
  std::stable_sort(out.begin(), out.end(), [&](const AddressMatch& a, const AddressMatch& b) {
    return std::pair(precedence(a.source, on), a.source) < std::pair(precedence(b.source, on), b.source);
  });
  return out;
}

Status put_address(store::WriteView& view, Mpxn mpxn, std::uint8_t source, const std::optional<Address>& address) {
  METERWAY_TRY(const auto before, find_address(view, mpxn, source));
  const auto plain_of = [](const Address& one) { return plain_post_code(one.post_code); };
  if (before) {
    if (const auto plain = plain_of(*before); plain)
      METERWAY_CHECK(view.erase(kByPostCode, post_code_key(*plain, source, mpxn)));
    if (!address) return view.erase(kTable, key_of(mpxn, source));
  }
  if (!address) return {};
  if (const auto plain = plain_of(*address); plain)
    METERWAY_CHECK(view.put(kByPostCode, post_code_key(*plain, source, mpxn), ""));
  wire::Writer out;
  out.u32(address->load).bytes(bytes_of(write_address(*address)));
  return view.put(kTable, key_of(mpxn, source), string_of(out));
}

}  // namespace meterway::registration
