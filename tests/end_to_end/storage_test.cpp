#include <sys/resource.h>

#include <atomic>

#include "tests/end_to_end/node.h"

// What becomes of accepted requests when the disk is full, and when a node is lost and its back-up restored elsewhere.
namespace meterway::end_to_end {
namespace {

std::string request_id(const std::string& document) { return element(document, "RequestID"); }

void limit_file_size(pid_t pid, rlim_t bytes) {
  const rlimit limit{bytes, RLIM_INFINITY};
  ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, &limit, nullptr), 0);
}

TEST(Storage, AFullDiskIs503BeforeAnythingIsLostAndOverOnceThereIsRoom) {
  Node node;
  node.start_platform();
  node.start_estate();
  const auto before = node.signed_request({"4.1.1", "--to", kEsme});
  ASSERT_EQ(code_of(node.post('S', before)), "I99");

  limit_file_size(node.platform(), 4096);  // as ENOSPC would: no file of the platform can grow
  const auto refused = node.signed_request({"4.1.1", "--to", kEsme});
  const auto answer = node.post('S', refused);
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_EQ(answer.headers.at("retry-after"), "1");
  EXPECT_FALSE(node.trace(request_id(before)).empty()) << "reading goes on";
  EXPECT_EQ(code_of(node.post('S', before)), "I99") << "what was accepted is answered as before";

  limit_file_size(node.platform(), RLIM_INFINITY);
  const auto accepted = node.post('S', refused);
  EXPECT_EQ(accepted.status, 200) << "the request that was refused may be sent again as it is";
  EXPECT_EQ(code_of(accepted), "I99") << accepted.body;
  for (const auto& document : {before, refused}) {
    EXPECT_TRUE(Node::eventually([&] { return node.traced(request_id(document), "deliver", "queued"); }, 20))
        << "its answer from the device is stored, whatever the disk did meanwhile";
  }
}

TEST(Storage, WhatWasAcknowledgedBeforeABackUpIsInItAndRestoredElsewhere) {
  Node node, other;
  node.start_platform();
  node.start_estate();
  std::vector<std::string> documents;
  for (int i = 0; i < 12; ++i) documents.push_back(node.signed_request({"4.1.1", "--to", i % 2 == 0 ? kEsme : kGpf}));
  std::atomic<std::size_t> acknowledged{0};
  std::thread load([&] {
    for (const auto& document : documents) {
      if (code_of(node.post('S', document)) == "I99") ++acknowledged;
    }
  });
  EXPECT_TRUE(Node::eventually([&] { return acknowledged >= 5; }, 20));
  const std::size_t before = acknowledged;
  const auto file = (node.root() / "node.backup").string();
  const auto made = node.run({"backup", "--data", node.data(), "--to", file});
  EXPECT_EQ(made.status, 0) << made.out;
  load.join();
  const auto stranger = net::http_request("POST", node.http() + "/api/v1/backup", {}, "", std::chrono::seconds(5));
  ASSERT_TRUE(stranger);
  EXPECT_EQ(stranger->status, 401) << "back-ups are the operator's";
  node.stop_platform(SIGKILL);
  EXPECT_EQ(node.run({"backup", "--data", node.data(), "--to", file}).status, 1) << "a back-up is not overwritten";

  // Damage is noticed, a store that is there is not overwritten by mistake.
  fs::copy_file(file, file + ".damaged");
  fs::copy_file(file + ".sha256", file + ".damaged.sha256");
  {
    std::fstream bytes(file + ".damaged", std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(5000);
    bytes.put('\x55');
  }
  const auto damaged = other.run({"restore", "--data", other.data(), "--from", file + ".damaged"});
  EXPECT_EQ(damaged.status, 1);
  EXPECT_TRUE(has(damaged.out, "digest is wrong")) << damaged.out;
  const auto restored = other.run({"restore", "--data", other.data(), "--from", file});
  EXPECT_EQ(restored.status, 0) << restored.out;
  EXPECT_EQ(other.run({"restore", "--data", other.data(), "--from", file}).status, 1);
  EXPECT_EQ(other.run({"restore", "--data", other.data(), "--from", file, "--replace"}).status, 0);

  other.start_platform();
  EXPECT_EQ(other.run({"restore", "--data", other.data(), "--from", file, "--replace"}).status, 1)
      << "not under a running platform";
  for (std::size_t i = 0; i < before; ++i) {
    EXPECT_FALSE(other.trace(request_id(documents[i])).empty()) << i;
  }
}

TEST(Storage, ABackUpOfAStoppedNodeHoldsAllThatWasAcknowledged) {
  Node node, other;
  node.start_platform();
  const auto document = node.signed_request({"4.1.1", "--to", kEsme});
  ASSERT_EQ(code_of(node.post('S', document)), "I99");
  node.stop_platform(SIGKILL);
  const auto file = (node.root() / "node.backup").string();
  const auto made = node.run({"backup", "--data", node.data(), "--to", file});
  ASSERT_EQ(made.status, 0) << made.out;
  ASSERT_EQ(other.run({"restore", "--data", other.data(), "--from", file}).status, 0);
  other.start_platform();
  EXPECT_TRUE(other.traced(request_id(document), "gateway", "accepted"));
}

}  // namespace
}  // namespace meterway::end_to_end
