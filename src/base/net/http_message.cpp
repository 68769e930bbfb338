#include "base/net/http_message.h"

#include <array>

namespace meterway::net {
namespace {

constexpr std::size_t kMostChunkLine = 1024;   ///< size and extensions of a chunk, or one trailer field
constexpr std::size_t kMostTrailer = 8192;     ///< all of them; they are read over
constexpr std::size_t kMostReserve = 1 << 20;  ///< a length is only a promise: no more memory is taken in advance

Unexpected<HttpFault> fault(int status, const char* why) { return {HttpFault{status, why}}; }

/// RFC 9110 5.6.2.
bool is_token(char c) {
  static const auto kTable = [] {
    std::array<bool, 256> table{};
    for (const char one :
         std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
      table[static_cast<unsigned char>(one)] = true;
    return table;
  }();
  return kTable[static_cast<unsigned char>(c)];
}
bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!is_token(c)) return false;
  }
  return !text.empty();
}
/// Visible characters and bytes above 0x7F, with blanks between them.
bool is_value(std::string_view text) {
  for (const char c : text) {
    if (c != '\t' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)) return false;
  }
  return true;
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}
bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == y; });
}
std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}
/// "close, x" has the word close.
bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (same_word(trimmed(list.substr(0, comma)), word)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

/// Takes the text up to CRLF; the head is whole, so there is one.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find("\r\n");
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 2, text.size()));
  return line;
}

Result<void, HttpFault> read_fields(std::string_view text, MessageHead& head, bool is_request) {
  bool has_length = false, has_coding = false, has_host = false, wants_close = false, wants_stay = false;
  for (auto line = next_line(text); !line.empty(); line = next_line(text)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return fault(400, "a header line is none");
    const auto value = trimmed(line.substr(colon + 1));
    if (!is_value(value)) return fault(400, "a header value holds control characters");
    if (head.headers.size() >= kMostHeaderFields) return fault(431, "too many header fields");
    auto name = lower(line.substr(0, colon));
    if (name == "content-length") {
      const auto length = decimal(value);
      if (!length || has_length) return fault(400, "the content length is no number, or comes twice");
      head.length = *length;
      has_length = true;
    } else if (name == "transfer-encoding") {
      if (has_coding) return fault(400, "the transfer encoding comes twice");
      if (!same_word(value, "chunked")) return fault(501, "the only transfer encoding known is chunked");
      has_coding = true;
    } else if (name == "connection") {
      wants_close = wants_close || has_word(value, "close");
      wants_stay = wants_stay || has_word(value, "keep-alive");
    } else if (name == "host") {
      if (has_host) return fault(400, "two hosts are named");
      has_host = true;
    }
    head.headers.add(std::move(name), value);
  }
  if (has_length && has_coding) return fault(400, "both a content length and a transfer encoding");
  if (has_coding && head.minor_version == 0) return fault(400, "a transfer encoding in HTTP/1.0");
  if (is_request && !has_host && head.minor_version == 1) return fault(400, "no host is named");
  head.keep_alive = !wants_close && (head.minor_version == 1 || wants_stay);
  head.framing = has_coding ? Framing::Chunked : has_length || is_request ? Framing::Length : Framing::UntilClose;
  return {};
}

Result<int, HttpFault> read_version(std::string_view text) {
  if (text.size() != 8 || !text.starts_with("HTTP/") || text[6] != '.') return fault(400, "this is not HTTP");
  if (text[5] != '1' || text[7] < '0' || text[7] > '9') return fault(505, "the version is not HTTP/1.1");
  return text[7] == '0' ? 0 : 1;
}

}  // namespace

std::optional<std::size_t> head_size(std::string_view text, std::size_t seen) {
  const auto end = text.find("\r\n\r\n", seen < 3 ? 0 : seen - 3);
  if (end == std::string_view::npos) return std::nullopt;
  return end + 4;
}

Result<RequestHead, HttpFault> read_request_head(std::string_view text) {
  RequestHead head;
  const auto line = next_line(text);
  const auto first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return fault(400, "this is not HTTP");
  METERWAY_TRY(head.minor_version, read_version(line.substr(last + 1)));
  if (!is_token(line.substr(0, first))) return fault(400, "the method is none");
  head.method = line.substr(0, first);
  auto target = line.substr(first + 1, last - first - 1);
  for (const char c : target) {
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F)
      return fault(400, "the target holds characters that it may not");
  }
  if (target.starts_with("http://") || target.starts_with("https://")) {  // the absolute form, meant for proxies
    const auto slash = target.find('/', target.find("//") + 2);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  if (!target.starts_with('/') && target != "*") return fault(400, "the target is no path");
  const auto query = target.find('?');
  head.path = target.substr(0, query);
  if (query != std::string_view::npos) head.query = target.substr(query + 1);
  if (auto done = read_fields(text, head, true); !done) return Unexpected{done.error()};
  if (const auto expect = head.headers.find("expect"); expect != head.headers.end()) {
    if (!same_word(expect->second, "100-continue")) return fault(417, "the only expectation known is 100-continue");
    head.expects_continue = head.minor_version == 1;
  }
  return head;
}

Result<ResponseHead, HttpFault> read_response_head(std::string_view text, bool answers_head) {
  ResponseHead head;
  const auto line = next_line(text);
  if (line.size() < 12 || line[8] != ' ' || (line.size() > 12 && line[12] != ' '))
    return fault(400, "this is not HTTP");
  METERWAY_TRY(head.minor_version, read_version(line.substr(0, 8)));
  const auto status = decimal(line.substr(9, 3));
  if (!status || *status < 100 || !is_value(line)) return fault(400, "the status is none");
  head.status = static_cast<int>(*status);
  if (auto done = read_fields(text, head, false); !done) return Unexpected{done.error()};
  if (answers_head || head.status < 200 || head.status == 204 || head.status == 304) {
    head.framing = Framing::Length;
    head.length = 0;
  }
  if (head.framing == Framing::UntilClose) head.keep_alive = false;
  return head;
}

BodyReader::BodyReader(const MessageHead& head, std::size_t limit_bytes) : limit_(limit_bytes) {
  switch (head.framing) {
    case Framing::Chunked:
      state_ = State::Size;
      break;
    case Framing::UntilClose:
      state_ = State::UntilClose;
      break;
    case Framing::Length:
      left_ = head.length;
      state_ = left_ == 0 ? State::Done : State::Plain;
      body_.reserve(std::min<std::uint64_t>(left_, std::min(kMostReserve, limit_)));
  }
}

Result<std::size_t, HttpFault> BodyReader::take(std::string_view input) {
  if (state_ == State::Done) return std::size_t{0};
  if (state_ != State::Plain && state_ != State::UntilClose) return take_chunks(input);
  if (state_ == State::Plain && left_ > limit_) return fault(413, "the body is too large");
  const auto size =
      state_ == State::Plain ? static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())) : input.size();
  if (state_ == State::UntilClose && body_.size() + size > limit_) return fault(413, "the body is too large");
  body_.append(input.substr(0, size));
  if (state_ == State::Plain && (left_ -= size) == 0) state_ = State::Done;
  return size;
}

///     chunk = 1*HEXDIG [ ";" extension ] CRLF data CRLF;  last: size 0, then trailer fields, then an empty line
Result<std::size_t, HttpFault> BodyReader::take_chunks(std::string_view input) {
  std::size_t at = 0;
  while (at < input.size() && state_ != State::Done) {
    if (state_ == State::Data) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - at));
      body_.append(input.substr(at, size));
      at += size;
      if ((left_ -= size) == 0) state_ = State::DataEnd;
      continue;
    }
    const char c = input[at++];
    if (c == '\n') {
      if (line_.empty() || line_.back() != '\r') return fault(400, "a line of the chunked body ends in no CR LF");
      line_.pop_back();
      if (auto done = take_line(); !done) return Unexpected{done.error()};
      line_.clear();
      continue;
    }
    if (!line_.empty() && line_.back() == '\r') return fault(400, "a line of the chunked body ends in no CR LF");
    line_ += c;
    if (line_.size() > kMostChunkLine) return fault(400, "a line of the chunked body is too long");
  }
  return at;
}

Result<void, HttpFault> BodyReader::take_line() {
  if (state_ == State::DataEnd) {
    if (!line_.empty()) return fault(400, "a chunk is longer than it says");
    state_ = State::Size;
    return {};
  }
  if (state_ == State::Trailer) {
    trailer_ += line_.size();
    if (trailer_ > kMostTrailer) return fault(431, "the trailer is too large");
    if (line_.empty()) state_ = State::Done;
    return {};
  }
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < line_.size(); ++digits) {
    const char c = lower(line_[digits]);
    const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (value < 0) break;
    if (digits == 15) return fault(400, "the size of a chunk has too many digits");
    size = size << 4 | static_cast<std::uint64_t>(value);
  }
  const auto rest = trimmed(std::string_view(line_).substr(digits));
  if (digits == 0 || (!rest.empty() && rest[0] != ';') || !is_value(rest))
    return fault(400, "the size of a chunk is no number");
  if (size > limit_ - body_.size()) return fault(413, "the body is too large");
  left_ = size;
  state_ = size == 0 ? State::Trailer : State::Data;
  return {};
}

bool BodyReader::finish() {
  if (state_ == State::UntilClose) state_ = State::Done;
  return done();
}

std::string_view reason(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

}  // namespace meterway::net
