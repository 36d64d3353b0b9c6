#include "loadgen/request/mix_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>

namespace plimsoll::loadgen::request {
namespace {

using Json = nlohmann::ordered_json;

// Gives nlohmann's parser the text, and keeps how far it has read.
struct LineCountingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at = nullptr;
  std::size_t* line = nullptr;

  reference operator*() const { return *at; }
  LineCountingIterator& operator++() {
    if (*at++ == '\n') ++*line;
    return *this;
  }
  bool operator==(const LineCountingIterator& other) const { return at == other.at; }
};

struct Document {
  Json root;
  std::vector<std::size_t> request_lines;  // where the objects of "requests" begin
};

// "syntax error while parsing value - ..." of nlohmann's "[json.exception...] ... column 5: ...".
std::string reason_of(const Json::parse_error& error) {
  const std::string_view what = error.what();
  const auto column = what.find(", column ");
  const auto colon = what.find(": ", column == std::string_view::npos ? 0 : column);
  return std::string(colon == std::string_view::npos ? what : what.substr(colon + 2));
}

Result<Document> parse_json(const std::string& path, std::string_view text) {
  Document document;
  std::size_t line = 1;
  std::vector<std::vector<std::string>> keys;  // of the objects that are open
  std::string twice;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) {
      keys.emplace_back();
      if (depth == 2) document.request_lines.push_back(line);
    } else if (event == Json::parse_event_t::object_end) {
      keys.pop_back();
    } else if (event == Json::parse_event_t::key) {
      auto& seen = keys.back();
      const auto& key = parsed.get_ref<const std::string&>();
      if (twice.empty() && std::find(seen.begin(), seen.end(), key) != seen.end())
        twice = fmt::format("{}:{}: key '{}' is there twice", path, line, key);
      seen.push_back(key);
    }
    return true;
  };
  try {
    document.root = Json::parse(LineCountingIterator{text.data(), &line},
                                LineCountingIterator{text.data() + text.size(), &line}, watch);
  } catch (const Json::parse_error& error) {
    const auto before = text.substr(0, error.byte > 0 ? error.byte - 1 : 0);
    return invalid_input(fmt::format("{}:{}: not JSON: {}", path,
                                     1 + std::count(before.begin(), before.end(), '\n'),
                                     reason_of(error)));
  }
  if (!twice.empty()) return invalid_input(twice);
  return document;
}

// The keys of one object, each of its own type. The first error is kept.
class Fields {
 public:
  Fields(const Json& object, std::string where, std::initializer_list<std::string_view> known)
      : object_(object), where_(std::move(where)) {
    for (const auto& [key, value] : object.items())
      if (std::find(known.begin(), known.end(), key) == known.end())
        refuse(fmt::format("key '{}' is none of {}", key, fmt::join(known, ", ")));
  }

  [[nodiscard]] const Json* find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  [[nodiscard]] std::string text(const char* key, std::string otherwise = "") {
    const auto* value = find(key);
    if (value == nullptr) return otherwise;
    if (value->is_string()) return value->get<std::string>();
    refuse(fmt::format("'{}' must be a text in quotes", key));
    return otherwise;
  }
  void refuse(std::string_view reason) {
    if (error_.empty()) error_ = fmt::format("{}: {}", where_, reason);
  }
  [[nodiscard]] Result<void> finish() const {
    if (!error_.empty()) return invalid_input(error_);
    return {};
  }

 private:
  const Json& object_;
  std::string where_;
  std::string error_;
};

std::string beside(const std::string& path, const std::string& file) {
  return (std::filesystem::path(path).parent_path() / file).string();
}

void read_headers(Fields& fields, RequestOptions& request) {
  const auto* headers = fields.find("headers");
  if (headers == nullptr) return;
  if (!headers->is_object())
    return fields.refuse("'headers' must be an object: {\"Name\": \"value\"}");
  for (const auto& [name, value] : headers->items()) {
    if (!value.is_string())
      return fields.refuse(fmt::format("the value of header '{}' must be a text in quotes", name));
    request.headers.push_back(fmt::format("{}: {}", name, value.get_ref<const std::string&>()));
  }
}

void read_body(Fields& fields, const std::string& path, MixRequest& into) {
  const auto* body = fields.find("body");
  if (fields.find("bodyFile") != nullptr) {
    if (body != nullptr) return fields.refuse("'body' and 'bodyFile' exclude each other");
    const auto whole = read_whole(beside(path, fields.text("bodyFile")), "the body");
    if (!whole) return fields.refuse(whole.error().message);
    into.request.body = *whole;
    return;
  }
  if (body == nullptr) return;
  into.request.body_template = true;
  into.json_body = body->is_structured();
  if (into.json_body)
    into.request.body = body->dump();
  else
    into.request.body = fields.text("body");
}

Result<MixRequest> read_request(const Json& object, const std::string& path, std::size_t line) {
  MixRequest made;
  made.where = fmt::format("{}:{}", path, line);
  if (const auto name = object.find("name"); name != object.end() && name->is_string())
    made.where += fmt::format(": request '{}'", name->get_ref<const std::string&>());
  Fields fields(object, made.where,
                {"name", "weight", "method", "path", "headers", "body", "bodyFile"});
  made.name = fields.text("name");
  if (made.name.empty()) fields.refuse("'name' is missing: the results are shown under it");
  if (const auto* weight = fields.find("weight")) {
    made.weight = weight->is_number() ? weight->get<double>() : 0;
    if (!(made.weight > 0 && made.weight <= 1e9))
      fields.refuse("'weight' must be a number above 0");
  }
  auto& request = made.request;
  request.templates = true;
  request.method = fields.text("method", request.method);
  if (fields.find("path") != nullptr) request.path = fields.text("path");
  read_headers(fields, request);
  read_body(fields, path, made);
  if (const auto finished = fields.finish(); !finished) return finished.error();
  return made;
}

Result<void> read_data_of(const Json& root, const std::string& path, MixFile& mix) {
  const auto found = root.find("data");
  if (found == root.end()) return {};
  const auto where = path + ": data";
  if (!found->is_object())
    return invalid_input(where + ": must be an object: {\"file\": \"users.csv\"}");
  Fields fields(*found, where, {"file", "order"});
  const auto file = fields.text("file");
  const auto order = fields.text("order", "sequential");
  if (file.empty()) fields.refuse("'file' is missing");
  if (order != "sequential" && order != "random")
    fields.refuse(fmt::format("'order' is '{}', not sequential or random", order));
  if (const auto finished = fields.finish(); !finished) return finished.error();
  auto data = read_data(beside(path, file));
  if (!data) return data.error();
  mix.data = std::make_shared<const DataFile>(std::move(*data));
  mix.random_rows = order == "random";
  return {};
}

}  // namespace

Result<MixFile> parse_mix(const std::string& path, std::string_view text) {
  const auto document = parse_json(path, text);
  if (!document) return document.error();
  const auto& root = document->root;
  if (!root.is_object())
    return invalid_input(path + ":1: must be an object: {\"requests\": [...]}");
  const Fields fields(root, path, {"data", "requests"});
  if (const auto finished = fields.finish(); !finished) return finished.error();
  MixFile mix;
  if (const auto read = read_data_of(root, path, mix); !read) return read.error();
  const auto* requests = fields.find("requests");
  const auto is_object = [](const Json& json) { return json.is_object(); };
  if (requests == nullptr || !requests->is_array() || requests->empty() ||
      !std::all_of(requests->begin(), requests->end(), is_object))
    return invalid_input(path + ": 'requests' must be a list of objects, one at least");
  for (std::size_t i = 0; i < requests->size(); ++i) {
    auto request = read_request((*requests)[i], path, document->request_lines.at(i));
    if (!request) return request.error();
    for (const auto& other : mix.requests)
      if (other.name == request->name)
        return invalid_input(request->where + ": another request has this name");
    mix.requests.push_back(std::move(*request));
  }
  return mix;
}

Result<MixFile> read_mix(const std::string& path) {
  const auto text = read_whole(path, "the request mix");
  if (!text) return text.error();
  return parse_mix(path, *text);
}

}  // namespace plimsoll::loadgen::request
