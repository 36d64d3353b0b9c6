#include "core/latency/v2.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <bit>

#include "core/latency/base64.hpp"

namespace plimsoll::latency {
namespace {

constexpr std::uint32_t kPayloadCookie = 0x1c849303 | 0x10;
constexpr std::uint32_t kCompressedCookie = 0x1c849304 | 0x10;
constexpr std::size_t kPayloadHeader = 40;
constexpr std::size_t kCompressedHeader = 8;
constexpr std::size_t kLargestPayload = kPayloadHeader + Histogram::kCountsLength * 9;

template <typename Integer>
void put_big_endian(std::string& out, Integer value) {
  const auto bits = static_cast<std::uint64_t>(value);
  for (int shift = static_cast<int>(sizeof(Integer)) * 8 - 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(bits >> shift & 0xff));
}

std::uint64_t big_endian(std::string_view bytes, std::size_t offset, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return value;
}

// At most nine bytes: the ninth carries eight bits and has no continuation flag.
void put_zigzag(std::string& out, std::int64_t value) {
  auto bits = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  for (int i = 0; i < 8; ++i) {
    if (bits < 0x80) {
      out.push_back(static_cast<char>(bits));
      return;
    }
    out.push_back(static_cast<char>((bits & 0x7f) | 0x80));
    bits >>= 7;
  }
  out.push_back(static_cast<char>(bits));
}

// False when the text ends inside a number.
bool take_zigzag(std::string_view& text, std::int64_t& value) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 9; ++i) {
    if (text.empty()) return false;
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    bits |= std::uint64_t{i < 8 ? byte & 0x7fu : byte} << (7 * i);
    if (i == 8 || byte < 0x80) break;
  }
  value = static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
  return true;
}

Error malformed(std::string_view what) {
  return invalid_input(fmt::format("not a V2 histogram of this program: {}", what));
}

std::string inflate(std::string_view compressed, bool& ok) {
  std::string payload(kLargestPayload, '\0');
  uLongf size = payload.size();
  ok = ::uncompress(reinterpret_cast<Bytef*>(payload.data()), &size,
                    reinterpret_cast<const Bytef*>(compressed.data()), compressed.size()) == Z_OK;
  payload.resize(ok ? size : 0);
  return payload;
}

}  // namespace

std::string encode_counts(const Histogram& histogram) {
  std::string out;
  const auto counts = histogram.used_counts();
  for (std::size_t i = 0; i < counts.size();) {
    if (counts[i] != 0) {
      put_zigzag(out, counts[i++]);
      continue;
    }
    std::int64_t zeros = 0;
    while (i < counts.size() && counts[i] == 0) {
      ++zeros;
      ++i;
    }
    put_zigzag(out, zeros == 1 ? 0 : -zeros);
  }
  return out;
}

Result<void> add_counts(std::string_view encoded, Histogram& histogram) {
  std::size_t index = 0;
  while (!encoded.empty()) {
    std::int64_t value = 0;
    if (!take_zigzag(encoded, value)) return malformed("it ends inside a number");
    if (value < 0 && value >= -static_cast<std::int64_t>(Histogram::kCountsLength)) {
      index += static_cast<std::size_t>(-value);
      continue;
    }
    if (value < 0 || index >= Histogram::kCountsLength) return malformed("it has too many buckets");
    histogram.add_to_bucket(index++, value);
  }
  return {};
}

std::string encode_v2(const Histogram& histogram) {
  const std::string counts = encode_counts(histogram);
  std::string out;
  out.reserve(kPayloadHeader + counts.size());
  put_big_endian(out, kPayloadCookie);
  put_big_endian(out, static_cast<std::uint32_t>(counts.size()));
  put_big_endian(out, std::uint32_t{0});  // normalizing index offset
  put_big_endian(out, std::uint32_t{Histogram::kSignificantDigits});
  put_big_endian(out, std::uint64_t{1});
  put_big_endian(out, static_cast<std::uint64_t>(Histogram::kHighest));
  put_big_endian(out, std::bit_cast<std::uint64_t>(1.0));  // integer to double conversion ratio
  return out + counts;
}

std::string encode_v2_base64(const Histogram& histogram) {
  const std::string payload = encode_v2(histogram);
  uLongf size = ::compressBound(payload.size());
  std::string compressed(size, '\0');
  ::compress2(reinterpret_cast<Bytef*>(compressed.data()), &size,
              reinterpret_cast<const Bytef*>(payload.data()), payload.size(),
              Z_DEFAULT_COMPRESSION);
  compressed.resize(size);

  std::string framed;
  put_big_endian(framed, kCompressedCookie);
  put_big_endian(framed, static_cast<std::uint32_t>(compressed.size()));
  framed += compressed;
  return base64_encode(framed);
}

Result<Histogram> decode_v2_base64(std::string_view text) {
  const auto decoded = base64_decode(text);
  if (!decoded) return malformed("it is not base64");
  const std::string& framed = *decoded;
  if (framed.size() < kCompressedHeader || big_endian(framed, 0, 4) != kCompressedCookie)
    return malformed("it does not begin with HISTFAAAA");
  if (big_endian(framed, 4, 4) != framed.size() - kCompressedHeader)
    return malformed("its length does not match");
  bool ok = false;
  const std::string payload = inflate(std::string_view(framed).substr(kCompressedHeader), ok);
  if (!ok || payload.size() < kPayloadHeader || big_endian(payload, 0, 4) != kPayloadCookie)
    return malformed("the compressed part is damaged");
  if (big_endian(payload, 4, 4) != payload.size() - kPayloadHeader ||
      big_endian(payload, 12, 4) != Histogram::kSignificantDigits ||
      big_endian(payload, 16, 8) != 1 ||
      big_endian(payload, 24, 8) != static_cast<std::uint64_t>(Histogram::kHighest))
    return malformed("it was made with another range or precision than 1 ns to 1 h, 3 digits");
  Histogram histogram;
  const auto added = add_counts(std::string_view(payload).substr(kPayloadHeader), histogram);
  if (!added) return added.error();
  return histogram;
}

}  // namespace plimsoll::latency
