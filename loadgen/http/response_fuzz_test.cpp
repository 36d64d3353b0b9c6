// Responses from a generator, as they should be and damaged. PLIMSOLL_FUZZ_INPUTS says how many
// (10000), PLIMSOLL_FUZZ_SEED which ones. Held of every input: no more is consumed than was given;
// cut anywhere, byte by byte, and with a warm header cache, the end is the same. Held of undamaged
// ones: status, framing and keep-alive are what the generator made. Meant for the sanitizers too.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "loadgen/http/response_parser.hpp"

namespace plimsoll::loadgen::http {
namespace {

using State = ResponseParser::State;

// What became of the bytes of one connection that then ends.
struct Verdict {
  bool complete = false;
  unsigned status = 0;
  bool keep_alive = false;
  std::size_t used = 0;  // bytes through the end of the response
  bool operator==(const Verdict&) const = default;
};

struct Made {
  std::string text;
  Verdict expected;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <std::size_t N>
  std::string pick(const char* const (&from)[N]) {
    return from[below(N)];
  }

  Made make() {
    static constexpr unsigned kStatus[] = {200, 201, 204, 304, 404, 503};
    Made made;
    while (one_in(8)) made.text += "HTTP/1.1 103 Early Hints\r\n" + some_fields() + "\r\n";
    auto& expected = made.expected;
    expected.complete = true;
    expected.status = kStatus[below(std::size(kStatus))];
    const bool old = one_in(6);
    expected.keep_alive = !old;
    made.text += (old ? "HTTP/1.0 " : "HTTP/1.1 ") + std::to_string(expected.status) +
                 pick({" OK", " ", " Not \"what\" you think"}) + "\r\n" + some_fields();
    if (one_in(4)) {
      const bool close = one_in(2);
      made.text += std::string(pick({"Connection: ", "connection:", "CONNECTION: \t"})) +
                   (close ? "close" : "keep-alive") + "\r\n";
      expected.keep_alive = !close;
    }
    add_body(made, old);
    expected.used = made.text.size();
    return made;
  }

  void damage(std::string& text) {
    static constexpr char kCharacters[] = "\r\n :;,0123456789abcfHTPxX-\0\x80\xff";
    constexpr std::string_view kAlphabet(kCharacters, sizeof kCharacters - 1);
    for (auto edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
      const auto at = below(text.size());
      switch (below(5)) {
        case 0:
          text.erase(at, 1 + below(5));
          break;
        case 1:
          text.insert(at, 1, kAlphabet[below(kAlphabet.size())]);
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), below(30)));
          break;
        case 3:
          text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
          break;
        default:
          text[at] = kAlphabet[below(kAlphabet.size())];
      }
    }
  }

 private:
  std::string some_fields() {
    std::string fields;
    while (one_in(2))
      fields += pick({"Date: now", "x-id:7", "ETag: \"x\"", "Set-Cookie: a=b; Path=/",
                      "X-Empty:", "X-Bytes: \x80\xff", "Server: \t padded \t"}) +
                "\r\n";
    return fields;
  }

  void add_body(Made& made, bool old) {
    auto& text = made.text;
    const bool bodiless = made.expected.status == 204 || made.expected.status == 304;
    const auto length = below(one_in(10) ? 5000 : 40);
    if (bodiless) {
      text += one_in(2) ? "Content-Length: 10\r\n\r\n" : "\r\n";
    } else if (one_in(5)) {  // to the end of the connection
      text += "\r\n" + std::string(length, 'e');
      made.expected.keep_alive = false;
    } else if (old || one_in(2)) {
      text += pick({"Content-Length: ", "content-length:", "Content-LENGTH: "}) +
              std::to_string(length) + "\r\n\r\n" + std::string(length, 'b');
    } else {
      text += pick({"Transfer-Encoding: chunked", "transfer-encoding:Chunked"}) + "\r\n\r\n";
      add_chunks(text);
    }
  }

  void add_chunks(std::string& text) {
    for (auto chunks = below(5); chunks > 0; --chunks) {
      const auto size = 1 + below(40);
      char digits[8];
      std::snprintf(digits, sizeof digits, one_in(2) ? "%zx" : "%zX", size);
      text += (one_in(4) ? "00" : "") + std::string(digits) + (one_in(4) ? ";ext=\"1\"" : "") +
              "\r\n" + std::string(size, '\r') + "\r\n";
    }
    text += "0\r\n" + std::string(one_in(3) ? "X-Trailer: yes\r\n" : "") + "\r\n";
  }

  std::mt19937_64 random_;
};

// Feeds text in pieces, keeping what was not consumed, as a connection does, and ends it.
Verdict judge(const std::string& text, const std::vector<std::size_t>& cuts, HeaderCache& cache) {
  ResponseParser parser;
  parser.start(false);
  std::string pending;
  std::size_t from = 0;
  const auto verdict = [&parser](std::size_t used) {
    return Verdict{true, parser.status(), parser.keep_alive(), used};
  };
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const auto to = i < cuts.size() ? cuts[i] : text.size();
    pending.append(text, from, to - from);
    from = to;
    // A copy of the exact size, so that a sanitizer sees each byte that is read beyond it.
    const std::vector<char> exact(pending.begin(), pending.end());
    const auto step = parser.consume(exact.data(), exact.size(), cache);
    if (step.consumed > exact.size()) ADD_FAILURE() << "consumed more than given: " << text;
    pending.erase(0, step.consumed);
    if (step.state == State::kComplete) return verdict(to - pending.size());
    if (step.state == State::kMalformed) return {};
  }
  return parser.finish_at_eof() == State::kComplete ? verdict(text.size()) : Verdict{};
}

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(ResponseFuzzTest, EveryResponseEndsTheSameHoweverItIsCut) {
  const auto inputs = setting("PLIMSOLL_FUZZ_INPUTS", 10'000);
  Generator generator(setting("PLIMSOLL_FUZZ_SEED", 20));
  HeaderCache warm;
  std::uint64_t complete = 0;
  for (std::uint64_t n = 0; n < inputs; ++n) {
    auto made = generator.make();
    const bool sound = n % 4 == 0;
    if (!sound) generator.damage(made.text);
    const auto& text = made.text;
    if (text.size() < 2) continue;
    HeaderCache cold;
    const auto whole = judge(text, {}, cold);
    complete += whole.complete ? 1 : 0;
    if (sound) {
      ASSERT_EQ(whole, made.expected) << text;
    }
    std::vector<std::size_t> every;
    if (text.size() < 400)
      for (std::size_t cut = 1; cut < text.size(); ++cut) every.push_back(cut);
    const auto cut = 1 + generator.below(text.size() - 1);
    for (const auto& cuts : {std::vector<std::size_t>{}, {cut}, every})
      ASSERT_EQ(judge(text, cuts, warm), whole) << "input " << n << ", cut at " << cut << ":\n"
                                                << text;
  }
  // Neither all nor nothing, or the damage tests nothing.
  EXPECT_GT(complete, inputs / 4);
  EXPECT_LT(complete, inputs);
}

}  // namespace
}  // namespace plimsoll::loadgen::http
