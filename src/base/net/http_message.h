#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/net/headers.h"
#include "base/util/result.h"

/// HTTP/1.1 messages as they stand on the wire (RFC 9112), read strictly: where two readers could disagree about where
/// a message ends, it is refused.
///
///     head = start-line CRLF *( name ":" value CRLF ) CRLF
///     body = nothing | content-length bytes | chunks | all up to the end of the connection (answers only)
namespace meterway::net {

inline constexpr std::size_t kMostHeaderFields = 100;

/// What is wrong with a message, and the status a server answers it with.
struct HttpFault {
  int status = 400;
  const char* why = "";
};

/// How the end of the body is known.
enum class Framing : std::uint8_t { Length, Chunked, UntilClose };

struct MessageHead {
  int minor_version = 1;  ///< HTTP/1.minor
  Headers headers;
  bool keep_alive = true;  ///< as far as the sender wishes
  Framing framing = Framing::Length;
  std::uint64_t length = 0;  ///< of the body, for Framing::Length
};

struct RequestHead : MessageHead {
  std::string method;
  std::string path;  ///< without the query
  std::string query;
  bool expects_continue = false;
};

struct ResponseHead : MessageHead {
  int status = 0;
};

/// The size of the head at the beginning of `text`, blank line included; nothing when it is not whole yet. `seen`: how
/// much of the text has been looked at before.
std::optional<std::size_t> head_size(std::string_view text, std::size_t seen = 0);

/// `text` is a whole head. Faults: 400; 417 for an expectation other than 100-continue; 431 for too many fields; 501
/// for a transfer coding other than chunked; 505 for another version.
Result<RequestHead, HttpFault> read_request_head(std::string_view text);
/// `answers_head`: to a HEAD request, so without a body. An answer of 1xx, 204 or 304 has none either.
Result<ResponseHead, HttpFault> read_response_head(std::string_view text, bool answers_head = false);

/// Takes the body that a head announces, in whatever pieces it comes.
class BodyReader {
 public:
  BodyReader() = default;
  BodyReader(const MessageHead& head, std::size_t limit_bytes);
  /// Takes from the front of `input` what belongs to the body; how much that was.
  /// Faults: 413 over the limit, as soon as that is known; 400 for chunks that are none.
  Result<std::size_t, HttpFault> take(std::string_view input);
  bool done() const { return state_ == State::Done; }
  /// No more will come. True when the body is whole.
  bool finish();
  std::string release() { return std::move(body_); }

 private:
  enum class State : std::uint8_t { Plain, UntilClose, Size, Data, DataEnd, Trailer, Done };
  Result<std::size_t, HttpFault> take_chunks(std::string_view input);
  Result<void, HttpFault> take_line();

  State state_ = State::Done;
  std::size_t limit_ = 0;
  std::uint64_t left_ = 0;  ///< of the body, or of the chunk
  std::size_t trailer_ = 0;
  std::string line_;
  std::string body_;
};

/// The reason phrase of a status; "Status" for one that we never send.
std::string_view reason(int status);

}  // namespace meterway::net
