#include "loadgen/request/data_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

namespace plimsoll::loadgen::request {
namespace {

// Walks over the text record by record.
class Reader {
 public:
  Reader(const std::string& path, std::string_view text) : path_(path), rest_(text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  // The line at which the last record began.
  [[nodiscard]] std::size_t began() const noexcept { return began_; }

  // Empty at the end of the text.
  Result<std::vector<std::string>> record() {
    while (take_line_end()) {
    }
    began_ = line_;
    std::vector<std::string> fields;
    if (rest_.empty()) return fields;
    for (;;) {
      auto field = rest_.starts_with('"') ? quoted() : plain();
      if (!field) return field.error();
      fields.push_back(std::move(*field));
      if (rest_.empty() || take_line_end()) return fields;
      rest_.remove_prefix(1);  // the comma
    }
  }

  [[nodiscard]] Error refused(std::string_view reason) const {
    return invalid_input(fmt::format("{}:{}: {}", path_, line_, reason));
  }

 private:
  [[nodiscard]] bool at_field_end() const {
    return rest_.empty() || rest_.front() == ',' || rest_.front() == '\n' ||
           rest_.starts_with("\r\n");
  }

  bool take_line_end() {
    const std::size_t length = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') ? 1 : 0;
    rest_.remove_prefix(length);
    line_ += length > 0 ? 1 : 0;
    return length > 0;
  }

  Result<std::string> plain() {
    std::string field;
    while (!at_field_end()) {
      if (rest_.front() == '"')
        return refused("a quote inside a field: quote the whole field and double the quote");
      field += rest_.front();
      rest_.remove_prefix(1);
    }
    return field;
  }

  Result<std::string> quoted() {
    const std::size_t opened = line_;
    std::string field;
    rest_.remove_prefix(1);
    for (;;) {
      const auto quote = rest_.find('"');
      if (quote == std::string_view::npos) {
        line_ = opened;
        return refused("a quoted field that begins here has no closing quote");
      }
      field += rest_.substr(0, quote);
      line_ += static_cast<std::size_t>(
          std::count(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(quote), '\n'));
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) break;
      field += '"';
      rest_.remove_prefix(1);
    }
    if (!at_field_end()) return refused("text after a closing quote");
    return field;
  }

  const std::string& path_;
  std::string_view rest_;
  std::size_t line_ = 1;
  std::size_t began_ = 1;
};

}  // namespace

Result<DataFile> parse_data(const std::string& path, std::string_view text) {
  Reader reader(path, text);
  DataFile data;
  data.path = path;
  auto header = reader.record();
  if (!header) return header.error();
  data.columns = std::move(*header);
  if (data.columns.empty())
    return invalid_input(path + ":1: the file is empty: a line with the column names comes first");
  for (auto name = data.columns.begin(); name != data.columns.end(); ++name)
    if (name->empty() || std::find(data.columns.begin(), name, *name) != name)
      return invalid_input(fmt::format("{}:1: column name '{}' is {}", path, *name,
                                       name->empty() ? "empty" : "there twice"));
  for (;;) {
    auto row = reader.record();
    if (!row) return row.error();
    if (row->empty()) break;
    if (row->size() != data.columns.size())
      return invalid_input(fmt::format("{}:{}: {} fields where the header has {}", path,
                                       reader.began(), row->size(), data.columns.size()));
    data.rows.push_back(std::move(*row));
    data.lines.push_back(reader.began());
  }
  if (data.rows.empty())
    return invalid_input(path + ":1: no row follows the line with the column names");
  if (data.rows.size() > std::numeric_limits<std::uint32_t>::max())
    return invalid_input(path + ": more rows than 4294967295");
  return data;
}

Result<DataFile> read_data(const std::string& path) {
  const auto text = read_whole(path, "the data");
  if (!text) return text.error();
  return parse_data(path, *text);
}

Result<std::string> read_whole(const std::string& path, std::string_view what) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return invalid_input(fmt::format("cannot read {} from {}: it is a folder", what, path));
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  // An empty file sets the failbit of text, not of file.
  if (!file)
    return invalid_input(
        fmt::format("cannot read {} from {}: {}", what, path, std::strerror(errno)));
  return text.str();
}

}  // namespace plimsoll::loadgen::request
