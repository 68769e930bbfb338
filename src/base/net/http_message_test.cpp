#include "base/net/http_message.h"

#include <gtest/gtest.h>

namespace meterway::net {
namespace {

constexpr std::string_view kHead =
    "POST /a?b HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nx-one:  2 \r\nContent-Length: 5\r\n\r\n";

/// Feeds the body in pieces of `step` bytes; the status of the fault, or 0 and the body.
std::pair<int, std::string> body_in_steps(const MessageHead& head, std::string_view input, std::size_t step,
                                          std::size_t limit) {
  BodyReader reader(head, limit);
  std::size_t at = 0;
  while (at < input.size() && !reader.done()) {
    const auto taken = reader.take(input.substr(at, step));
    if (!taken) return {taken.error().status, ""};
    at += *taken;
  }
  return {reader.done() ? 0 : -1, reader.release()};
}

TEST(HttpMessage, AHeadIsReadInItsParts) {
  EXPECT_EQ(head_size(kHead), kHead.size());
  const auto head = read_request_head(kHead);
  ASSERT_TRUE(head) << head.error().why;
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->path, "/a");
  EXPECT_EQ(head->query, "b");
  EXPECT_EQ(head->headers.at("x-one"), "1, 2");
  EXPECT_EQ(head->length, 5u);
  EXPECT_TRUE(head->keep_alive);
}

TEST(HttpMessage, NoTruncationOfAHeadIsWhole) {
  for (std::size_t size = 0; size < kHead.size(); ++size) {
    EXPECT_FALSE(head_size(kHead.substr(0, size))) << size;
    EXPECT_EQ(head_size(kHead, size), kHead.size()) << "wherever the first look ended";
  }
}

TEST(HttpMessage, AConnectionStaysAsTheVersionAndTheFieldSay) {
  const auto stays = [](const std::string& version, const std::string& field) {
    return read_request_head("GET / HTTP/" + version + "\r\nHost: h\r\n" + field + "\r\n")->keep_alive;
  };
  EXPECT_TRUE(stays("1.1", ""));
  EXPECT_FALSE(stays("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(stays("1.1", "Connection: x, Close\r\n"));
  EXPECT_FALSE(stays("1.0", ""));
  EXPECT_TRUE(stays("1.0", "Connection: keep-alive\r\n"));
}

TEST(HttpMessage, TheAbsoluteFormIsReadAsItsPath) {
  EXPECT_EQ(read_request_head("GET http://h/x?y HTTP/1.1\r\nHost: h\r\n\r\n")->path, "/x");
  EXPECT_EQ(read_request_head("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n")->path, "/");
}

TEST(HttpMessage, TooManyFieldsAreRefused) {
  std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (std::size_t i = 0; i < kMostHeaderFields; ++i) text += "x-" + std::to_string(i) + ": 1\r\n";
  const auto head = read_request_head(text + "\r\n");
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().status, 431);
}

TEST(HttpMessage, AnAnswerWithoutALengthEndsWithTheConnection) {
  const auto head = read_response_head("HTTP/1.1 200 OK\r\n\r\n");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->framing, Framing::UntilClose);
  EXPECT_FALSE(head->keep_alive);
  BodyReader body(*head, 10);
  EXPECT_TRUE(body.take("abc"));
  EXPECT_FALSE(body.done());
  EXPECT_TRUE(body.finish());
  EXPECT_EQ(body.release(), "abc");
  EXPECT_EQ(read_response_head("HTTP/1.1 204 No Content\r\n\r\n")->framing, Framing::Length);
  EXPECT_EQ(read_response_head("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n", true)->length, 0u) << "to HEAD";
}

TEST(HttpMessage, ChunksAreTheSameInWhateverPiecesTheyCome) {
  MessageHead head;
  head.framing = Framing::Chunked;
  const std::string_view chunks = "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nt: u\r\n\r\n";
  for (std::size_t step = 1; step <= chunks.size(); ++step)
    EXPECT_EQ(body_in_steps(head, chunks, step, 100), std::make_pair(0, std::string("abc0123456789"))) << step;
  for (std::size_t size = 0; size < chunks.size(); ++size)
    EXPECT_EQ(body_in_steps(head, chunks.substr(0, size), 7, 100).first, -1) << size << ": not whole";
}

TEST(HttpMessage, ChunksThatAreNoneAreRefused) {
  MessageHead head;
  head.framing = Framing::Chunked;
  for (const auto* text : {"g\r\n", "\r\n", " 3\r\nabc\r\n", "3\nabc\r\n", "3\r\nabcd\r\n", "-1\r\n", "3 4\r\nabc\r\n",
                           "10000000000000000\r\n", "3\r\rabc"})
    EXPECT_EQ(body_in_steps(head, text, 100, 100).first, 400) << text;
  EXPECT_EQ(body_in_steps(head, "65\r\n", 100, 100).first, 413);
  EXPECT_EQ(body_in_steps(head, "60\r\n" + std::string(0x60, 'x') + "\r\n5\r\n", 1000, 100).first, 413) << "in sum";
  EXPECT_EQ(body_in_steps(head, "fffffffffffffff\r\n", 100, 100).first, 413);
}

}  // namespace
}  // namespace meterway::net
