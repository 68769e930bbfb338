#pragma once
#include <gtest/gtest.h>

#include "base/util/clock.h"
#include "lab/sim_disk.h"
#include "oversight/registration/loader.h"
#include "oversight/registration/service_flags.h"
#include "records/store/log_store.h"
#include "tests/registration/files.h"

/// A store with senders and a loader, without HTTP.
namespace meterway::registration {

class Office {
 public:
  explicit Office(Disk& disk, std::size_t batch = 2, bool new_senders = true)
      : store(*store::open_log_store("data/store.db", small(), disk)),
        loader(*store, clock, rules,
               [this](store::WriteView&, const Sender&, const std::string& title, const std::string&) {
                 incidents.push_back(title);
                 return Result<std::string>("INC" + std::to_string(incidents.size()));
               },
               {batch}) {
    if (!new_senders) return;
    sender({"RDPE", "Electricity RDP", 0, {}, 1, 1, Route::File, "", false});
    sender({"1000000007", "Gas RDP", 1, {}, 1, 1, Route::File, "", false});
    sender({"CSS", "CSS", 2, {}, 1, 1, Route::Message, "", false});
  }
  static store::LogOptions small() {
    store::LogOptions options;
    options.checkpoint_bytes = 4000;
    options.most_bytes = 200000;
    options.allocate_bytes = 4096;
    return options;
  }
  void sender(const Sender& one) {
    ASSERT_TRUE(store->write([&](store::WriteView& view) { return put_sender(view, one); }));
  }
  Result<Load, NotTaken> take(const std::string& text, const std::string& signature = {},
                              const Bringer& by = {"op", "", true}) {
    return loader.take({TextContent(text), "a file", signature, by});
  }
  /// "" when it was taken.
  std::string why(const std::string& text) {
    const auto done = take(text);
    return done ? std::string() : done.error().why;
  }
  std::string supplier(const char* moment, const char* mpxn = kPoints[0], UserRole role = UserRole::IS) const {
    MarketParticipant out;
    const auto read = store->read([&](const store::ReadView& view) -> Status {
      METERWAY_TRY(out, registrant(view, *Mpxn::parse(mpxn), role, at(moment)));
      return {};
    });
    EXPECT_TRUE(read);
    return out.text();
  }
  std::string response(const Load& load) const {
    std::string out;
    EXPECT_TRUE(store->read([&](const store::ReadView& view) {
      return write_response(view, load, 2, [&](std::string_view piece) {
        out += piece;
        return Status();
      });
    }));
    return out;
  }
  /// Every row of registration data, for "nothing has changed". Numbers that were given out may change.
  std::string everything() const {
    std::string out;
    EXPECT_TRUE(store->read([&](const store::ReadView& view) -> Status {
      for (const auto* table :
           {"registration", "registration-was", "registration-staged", "registration-staged-postcode",
            "registration-live", "registration-sender", "registration-load", "registration-outcome",
            "registration-address", "registration-postcode", "registration-flag", "registration-out",
            "registration-answer"}) {
        METERWAY_TRY(const auto rows, view.scan(table, "", "", 100000));
        for (const auto& row : rows) out += std::string(table) + ":" + row.key + "=" + row.value + "\n";
      }
      return {};
    }));
    return out;
  }

  ManualClock clock{at("2026-11-22T12:00:00Z")};
  rules::Rules rules;
  std::unique_ptr<store::Store> store;
  std::vector<std::string> incidents;
  Loader loader;
};

}  // namespace meterway::registration
