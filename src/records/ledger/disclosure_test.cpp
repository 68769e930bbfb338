#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "records/ledger/agreeable.h"
#include "records/ledger/ledger.h"

/// What a person may not see does not show: for random records and people, everything that a Reader answers is what it
/// would answer if those records, and those fields, had never been.
namespace meterway::ledger {
namespace {

constexpr unsigned kRecords = 36, kRounds = 12;
const char* const kParties[] = {"DCC", "EDF", "SECAS", "ENWL"};
const char* const kWords[] = {"outage", "North", "DP096", "INC000000000003", "alert", "CSC 12/07", "quarantine"};

struct Planned {
  std::string kind;
  Draft draft;
};

class World {
 public:
  explicit World(const Clock& clock) {
    auto pattern = (std::filesystem::temp_directory_path() / "meterway_disclosure_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = *store::open_sqlite((folder_ / "store.db").string());
    ledger_.emplace(Surroundings{*store_, clock, rules_, agreeable_but_for({}), {}});
  }
  ~World() { std::filesystem::remove_all(folder_); }
  void make(const std::vector<Planned>& all) {
    const auto done = ledger_->write(registry::operator_person(), [&](Change& change) -> Result<Record> {
      METERWAY_TRY(auto last, change.create("committee", {"", {{"code", {"CSC"}}, {"name", {"c"}}}, {}, ""}));
      for (const auto& one : all) {
        METERWAY_TRY(last, change.create_by_rule(one.kind, one.draft));
      }
      return last;
    });
    EXPECT_TRUE(done) << done.error().detail << (done.error().fields.empty() ? "" : done.error().fields[0].detail);
  }
  Reader reader(const Person& person) { return ledger_->reader(person); }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  rules::Rules rules_;
  std::optional<Ledger> ledger_;
};

template <class T, std::size_t N>
T pick(Random& random, T const (&list)[N]) {
  return list[random.next_u64() % N];
}

Person random_person(Random& random) {
  Person person{
      "p" + std::to_string(random.next_u64() % 5), "", pick(random, kParties), {}, Classification::White, true};
  person.clearance = static_cast<Classification>(random.next_u64() % 4);
  if (random.next_u64() % 2 == 0) person.roles.push_back("chair");
  return person;
}

std::vector<Planned> random_records(Random& random) {
  std::vector<Planned> all;
  for (unsigned i = 1; i <= kRecords; ++i) {
    Planned one;
    const bool action = random.next_u64() % 2 == 0;
    one.kind = action ? "action" : "incident";
    auto& fields = one.draft.fields;
    std::string text;
    for (int n = 0; n < 4; ++n) text += std::string(n == 0 ? "" : " ") + pick(random, kWords);
    fields["owner"] = {pick(random, kParties)};
    if (action) {
      one.draft.reference = "CSC 12/" + std::string(i < 10 ? "0" : "") + std::to_string(i);
      fields["committee"] = {"CSC"};
      fields["number"] = {"12"};
      fields["text"] = {text};
      if (random.next_u64() % 2 == 0) fields["due"] = {"2020-03-0" + std::to_string(1 + random.next_u64() % 9)};
    } else {
      one.draft.reference = "INC0000000000" + std::string(i < 10 ? "0" : "") + std::to_string(i);
      fields["title"] = {text};
      fields["raised"] = {"2020-02-0" + std::to_string(1 + random.next_u64() % 9) + "T10:00:00Z"};
      fields["description"] = {text};
      fields["category"] = {std::to_string(1 + random.next_u64() % 5)};
      if (random.next_u64() % 2 == 0) fields["security_detail"] = {"unspeakable " + text};
    }
    one.draft.level = static_cast<Classification>(random.next_u64() % 4);
    if (random.next_u64() % 3 == 0)
      fields["audience"] = {random.next_u64() % 2 == 0 ? "chair" : pick(random, kParties)};
    all.push_back(std::move(one));
  }
  return all;
}

/// The same, with an oracle of its own: only what the person may see was ever written.
std::vector<Planned> without_what_is_hidden(std::vector<Planned> all, const Person& person) {
  std::erase_if(all, [&](const Planned& one) {
    const auto level = *one.draft.level;
    if (level == Classification::White) return false;
    if (person.clearance < level) return true;
    const auto audience = one.draft.fields.find("audience");
    if (level == Classification::Green || audience == one.draft.fields.end()) return false;
    const auto& name = audience->second.front();
    return name != person.party && !(name == "chair" && person.has_role("chair"));
  });
  if (person.clearance < Classification::Red) {
    for (auto& one : all) one.draft.fields.erase("security_detail");
  }
  return all;
}

void tell(std::string& out, const Record& record) {
  out += record.reference + " " + record.state + " " + std::to_string(record.revision) + " ";
  out += to_string(record.level);
  for (const auto& [name, value] : record.fields) {
    out += "|" + name;
    for (const auto& item : value) out += "=" + item;
  }
  out += "\n";
}

/// Everything that can be asked, in one text.
std::string everything(const Reader& reader) {
  std::string out;
  const auto pages = [&](Query query) {
    query.limit = 7;
    for (int n = 0; n < 20; ++n) {
      const auto page = reader.list(query);
      if (!page) return static_cast<void>(out += "failed " + describe(page.error()) + "\n");
      out += "total " + std::to_string(page->total) + " next " + page->next + "\n";
      for (const auto& record : page->records) tell(out, record);
      if (page->next.empty()) break;
      query.after = page->next;
    }
  };
  for (const auto* kind : {"action", "incident"}) {
    pages({kind});
    for (const auto* level : {"White", "Green", "Amber", "Red"}) pages({kind, {{"class", level}}});
    for (const auto* party : kParties) pages({kind, {{"owner", party}}});
    for (const auto* word : kWords) {
      pages({kind, {}, "", "", "", word});
      if (read_target(word)) pages({kind, {}, "", "", "", "", word});
    }
    pages({kind, {}, "", "", "", "unspeakable"});
    Query latest{kind, {{"state", "open"}}};
    latest.newest_first = true;
    pages(latest);
  }
  pages({"incident", {{"category", "1"}}});
  pages({"incident", {{"security_detail", "unspeakable outage"}}});
  pages({"action", {}, "due", "2020-03-02", "2020-03-07"});
  for (const auto* field : {"number", "due"}) {
    const auto sum = reader.sum({"action"}, field);
    out += sum ? sum->total + " " + std::to_string(sum->counted) + " " + std::to_string(sum->not_recorded)
               : describe(sum.error());
  }
  for (const auto* words : {"outage", "north ALERT", "unspeakable", "red"}) {
    const auto found = reader.search(words, 1000);
    for (const auto& one : *found) out += one.target.reference + " " + one.label + one.state + "\n";
    out += "-\n";
  }
  for (unsigned i = 1; i <= kRecords; ++i) {
    const auto two = std::string(i < 10 ? "0" : "") + std::to_string(i);
    for (const auto& target : {Target{"action", "CSC 12/" + two}, Target{"incident", "INC0000000000" + two}}) {
      const auto record = reader.find(target.kind, target.reference);
      if (record) tell(out, *record);
      if (!record) out += describe(record.error()) + "\n";
      const auto mentions = reader.mentioned_in(target.kind, target.reference);
      out += mentions ? std::to_string(mentions->size()) : describe(mentions.error());
      if (mentions) {
        for (const auto& one : *mentions) out += " " + one.target.reference + one.label;
      }
      const auto history = reader.history(target.kind, target.reference);
      if (!history) out += describe(history.error());
      if (!history) continue;
      for (const auto& entry : *history) {
        for (const auto& change : entry.changes) out += " " + change.field + change.after.front();
      }
      out += "\n";
    }
  }
  return out;
}

TEST(Disclosure, NothingThatAPersonMayNotSeeChangesAnythingThatHeIsTold) {
  const ManualClock clock(*from_iso8601("2020-02-25T10:00:00Z"));
  unsigned hidden = 0;
  for (unsigned round = 1; round <= kRounds; ++round) {
    SeededRandom random(round);
    const auto person = round == kRounds ? registry::public_reader() : random_person(random);
    const auto all = random_records(random);
    const auto visible = without_what_is_hidden(all, person);
    hidden += static_cast<unsigned>(all.size() - visible.size());
    World with(clock), without(clock);
    with.make(all);
    without.make(visible);
    const auto told = everything(with.reader(person));
    ASSERT_GT(told.size(), 1000u);
    ASSERT_EQ(told, everything(without.reader(person))) << "round " << round;
  }
  EXPECT_GT(hidden, 100u) << "the rounds have something to hide";
}

}  // namespace
}  // namespace meterway::ledger
