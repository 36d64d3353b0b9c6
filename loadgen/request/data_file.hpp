// A CSV file with a header line: the rows that {{data.COLUMN}} takes its values from. Fields may be
// quoted, a quote inside is doubled, and quoted fields may hold commas and line breaks; lines end
// with LF or CRLF; empty lines and a UTF-8 byte order mark are passed over. Errors: exit code 2,
// naming file:line. Thread-safety: immutable once read. Source: RFC 4180.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result/result.hpp"

namespace plimsoll::loadgen::request {

struct DataFile {
  std::string path;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // each as long as columns
  std::vector<std::size_t> lines;              // where each row begins, from 1
};

// path: only for messages.
[[nodiscard]] Result<DataFile> parse_data(const std::string& path, std::string_view text);
[[nodiscard]] Result<DataFile> read_data(const std::string& path);

// The whole file; what is the word for it in the message of an error.
[[nodiscard]] Result<std::string> read_whole(const std::string& path, std::string_view what);

}  // namespace plimsoll::loadgen::request
