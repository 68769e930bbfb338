#include "base/util/gzip.h"

#include <zlib.h>

#include <algorithm>

namespace meterway {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, with gzip's own header
constexpr int kMemory = 8;            // zlib's default
constexpr std::size_t kStep = 64u << 10;

Bytef* input(std::string_view text) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));  // zlib does not write there
}
Bytef* output(std::string& text, std::size_t at) { return reinterpret_cast<Bytef*>(text.data() + at); }

struct Deflate {
  z_stream stream{};
  ~Deflate() { deflateEnd(&stream); }
};
struct Inflate {
  z_stream stream{};
  ~Inflate() { inflateEnd(&stream); }
};

}  // namespace

Result<std::string> gzip(std::string_view plain) {
  if (plain.size() > UINT32_MAX / 2) return fail(ErrorCode::TooLarge, 0, "gzip");
  Deflate deflater;
  auto& stream = deflater.stream;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    return fail(ErrorCode::Full, 0, "gzip");
  std::string out(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
  stream.next_in = input(plain);
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = output(out, 0);
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return fail(ErrorCode::Full, 0, "gzip");
  out.resize(stream.total_out);
  return out;
}

Result<std::string> gunzip(std::string_view packed, std::size_t most) {
  if (packed.size() > UINT32_MAX / 2) return fail(ErrorCode::TooLarge, 0, "gzip");
  Inflate inflater;
  auto& stream = inflater.stream;
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return fail(ErrorCode::Full, 0, "gzip");
  stream.next_in = input(packed);
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  for (;;) {
    const auto at = out.size();
    if (at > most) return fail(ErrorCode::TooLarge, static_cast<std::uint32_t>(most), "gzip");
    out.resize(at + std::min(kStep, most + 1 - at));
    stream.next_out = output(out, at);
    stream.avail_out = static_cast<uInt>(out.size() - at);
    const int done = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    const auto offset = static_cast<std::uint32_t>(stream.total_in);
    if (out.size() > most) return fail(ErrorCode::TooLarge, offset, "gzip");
    if (done == Z_STREAM_END) {
      if (stream.avail_in != 0) return fail(ErrorCode::TrailingBytes, offset, "gzip");
      return out;
    }
    if (done == Z_BUF_ERROR || (done == Z_OK && stream.avail_in == 0 && stream.avail_out != 0))
      return fail(ErrorCode::Truncated, offset, "gzip");
    if (done != Z_OK) return fail(ErrorCode::BadValue, offset, "gzip");
  }
}

}  // namespace meterway
