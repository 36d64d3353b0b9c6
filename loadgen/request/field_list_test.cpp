// An HTTP/2 request: its fields, and what of them changes from one to the next.
#include "loadgen/request/field_list.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace plimsoll::loadgen::request {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Request http2_request(const RequestOptions& options, const std::string& url = "http://h:1/") {
  auto request = render_request(*parse_url(url), options, nullptr, Protocol::kHttp2);
  EXPECT_TRUE(request) << request.error().message;
  return *request;
}

Fields fields_of(const RenderedRequest& rendered) {
  Fields fields;
  for (const auto& field : rendered.fields) fields.emplace_back(field.name, field.value);
  return fields;
}

TEST(FieldListTest, PseudoHeaderFieldsComeFirstAndWhatBelongsToHttp1IsLeftOut) {
  const auto request =
      http2_request({"POST",
                     {"host: shop.example", "X-Id:  7 ", "Connection: close", "Keep-Alive: 5",
                      "TE: gzip", "Upgrade: h2c", "User-Agent: me"},
                     "a\r\n"},
                    "https://h:1/a?b=c");
  std::string out;
  FieldList list(request);
  const auto rendered = list.render({}, out);
  EXPECT_EQ(fields_of(rendered), (Fields{{":method", "POST"},
                                         {":scheme", "https"},
                                         {":authority", "shop.example"},
                                         {":path", "/a?b=c"},
                                         {"x-id", "7"},
                                         {"user-agent", "me"},
                                         {"content-length", "3"}}));
  EXPECT_EQ(rendered.bytes, "a\r\n");
  for (const auto& field : rendered.fields) EXPECT_TRUE(field.constant) << field.name;
}

TEST(FieldListTest, AGetHasNoLengthAndTheUrlsAuthority) {
  const auto request = http2_request({"HEAD", {"TE: Trailers"}, ""});
  std::string out;
  FieldList list(request);
  const auto rendered = list.render({}, out);
  EXPECT_TRUE(rendered.head);
  EXPECT_EQ(fields_of(rendered), (Fields{{":method", "HEAD"},
                                         {":scheme", "http"},
                                         {":authority", "h:1"},
                                         {":path", "/"},
                                         {"te", "Trailers"},
                                         {"user-agent", "plimsoll-loadgen/" PLIMSOLL_VERSION}}));
}

TEST(FieldListTest, OnlyWhatHasPlaceholdersChanges) {
  RequestOptions options{"PUT", {"X-N: {{seq}} ", "User-Agent: me"}, "n={{seq}}"};
  options.path = "/p/{{seq}}";
  options.templates = options.body_template = true;
  const auto request = http2_request(options);
  FieldList list(request);
  std::string out;
  (void)list.render({7, 1, 0, nullptr}, out);
  const auto rendered = list.render({1000, 1, 0, nullptr}, out);
  EXPECT_EQ(fields_of(rendered), (Fields{{":method", "PUT"},
                                         {":scheme", "http"},
                                         {":authority", "h:1"},
                                         {":path", "/p/1000"},
                                         {"x-n", "1000"},
                                         {"user-agent", "me"},
                                         {"content-length", "6"}}));
  EXPECT_EQ(rendered.bytes, "n=1000");
  for (const auto& field : rendered.fields)
    EXPECT_EQ(field.constant,
              field.name != ":path" && field.name != "x-n" && field.name != "content-length")
        << field.name;
}

TEST(FieldListTest, PlaceholdersDrawTheSameValuesAsInHttp1) {
  RequestOptions options{"GET", {"X-A: {{random:1:1000000}}", "X-B: {{random:1:1000000}}"}, ""};
  options.templates = true;
  const auto http2 = http2_request(options);
  const auto http1 = render_request(*parse_url("http://h/"), options);
  ASSERT_TRUE(http1);
  FieldList list(http2);
  std::string out;
  std::string body;
  std::string message;
  const TemplateValues values{3, 5, 7, nullptr};
  http1->render(values, false, message, body);
  const auto fields = fields_of(list.render(values, out));
  EXPECT_NE(fields.at(4).second, fields.at(5).second);
  EXPECT_NE(message.find("X-A: " + fields.at(4).second + "\r\n"), std::string::npos) << message;
  EXPECT_NE(message.find("X-B: " + fields.at(5).second + "\r\n"), std::string::npos) << message;
}

}  // namespace
}  // namespace plimsoll::loadgen::request
