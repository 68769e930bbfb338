// What a User's inbox does with a push, and that it says 204 of nothing that it does not have.
#include "base/util/gzip.h"
#include "bench_dcc.h"

namespace meterway::apps {
namespace {

namespace fs = std::filesystem;

class Listener : public testing::Test {
 protected:
  ~Listener() override { inbox_.reset(); }

  void open(InboxBehaviour behaviour = {}) {
    inbox_.reset();
    auto opened = Inbox::open(dcc_.keys(), dcc_.world(), dcc_.world().user(kSupplier)->push_port, folder().string(), {},
                              {}, behaviour);
    ASSERT_TRUE(opened) << describe(opened.error());
    inbox_ = std::move(*opened);
  }
  fs::path folder() const { return dcc_.data().user(kSupplier) / "inbox"; }
  std::string answer(const gbcs::Message& message) const {
    return dcc_.response(id_, "I0", BenchDcc::payload(gbcs::write_message(message)));
  }
  int push(const std::string& body, net::Headers headers) const {
    headers["content-type"] = "application/xml";
    const auto* user = dcc_.world().user(kSupplier);
    const auto url = "http://127.0.0.1:" + std::to_string(user->push_port) + user->push_path;
    const auto reply = net::http_request("POST", url, headers, body, std::chrono::seconds(5));
    return reply ? reply->status : 0;
  }
  static std::vector<std::string> files(const fs::path& in, const std::string& extension) {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(in)) {
      if (entry.is_regular_file() && entry.path().extension() == extension)
        out.push_back(*read_text_file(entry.path()));
    }
    return out;
  }

  BenchDcc dcc_;
  const RequestId id_{kSupplier, kMeter, {1000}};
  std::unique_ptr<Inbox> inbox_;
};

TEST_F(Listener, HasOnDiskWhatItHasTaken) {
  open();
  const auto document = answer(dcc_.supply_status(id_));
  ASSERT_EQ(dcc_.push(document), 204);
  EXPECT_EQ(files(folder(), ".xml"), std::vector<std::string>{document});
  EXPECT_TRUE(files(folder() / "refused", ".xml").empty());
}

TEST_F(Listener, TakesNothingThatItCannotKeep) {
  open();
  fs::remove_all(folder());
  EXPECT_EQ(dcc_.push(answer(dcc_.supply_status(id_))), 503);
  open();
  EXPECT_EQ(dcc_.push(answer(dcc_.supply_status(id_))), 204) << "and takes it when it comes again";
}

TEST_F(Listener, TakesWhatCameCompressed) {
  open();
  const auto document = answer(dcc_.supply_status(id_));
  EXPECT_EQ(push(*gzip(document), {{"content-encoding", "gzip"}}), 204);
  EXPECT_EQ(files(folder(), ".xml"), std::vector<std::string>{document});
  EXPECT_EQ(push(document, {{"content-encoding", "gzip"}}), 400) << "it is not compressed";
  EXPECT_EQ(push(document, {{"content-encoding", "br"}}), 415);
  EXPECT_EQ(push(*gzip(std::string(100u << 20, ' ')), {{"content-encoding", "gzip"}}), 400) << "a bomb";
}

// The DCC cannot check the MAC of a non-critical response; its own signature over the response is right.
TEST_F(Listener, RefusesAndRecordsAResponseWhoseMacOnlyTheUserCanCheck) {
  open();
  auto message = dcc_.supply_status(id_);
  message.content.back() ^= 1;  // another supply state than the meter said
  const auto document = answer(message);
  EXPECT_EQ(dcc_.push(document), 400);
  EXPECT_TRUE(files(folder(), ".xml").empty());
  EXPECT_EQ(files(folder() / "refused", ".xml"), std::vector<std::string>{document});
  const auto why = files(folder() / "refused", ".txt");
  ASSERT_EQ(why.size(), 1u);
  EXPECT_NE(why[0].find("MAC of the device"), std::string::npos) << why[0];
}

TEST_F(Listener, FailsEveryNthPushWhenToldTo) {
  InboxBehaviour behaviour;
  behaviour.fail_every = 3;
  open(behaviour);
  const auto document = answer(dcc_.supply_status(id_));
  std::vector<int> said;
  for (int i = 0; i < 6; ++i) said.push_back(dcc_.push(document));
  EXPECT_EQ(said, (std::vector<int>{204, 204, 500, 204, 204, 500}));
  EXPECT_EQ(files(folder(), ".xml").size(), 4u);
}

}  // namespace
}  // namespace meterway::apps
