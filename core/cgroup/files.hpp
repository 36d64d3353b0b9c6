// Reads the small text files of cgroupfs and procfs. Errors: exit code 4, naming the file, and the
// content where its format is not the documented one. Thread-safety: pure functions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result/result.hpp"

namespace plimsoll::cgroup {

// nullopt: there is no such file, or the kernel does not support it.
[[nodiscard]] Result<std::optional<std::string>> read_if_there(const std::string& path);
[[nodiscard]] Result<std::string> read_file(const std::string& path);

// "PATH: expected EXPECTED, found 'CONTENT'"
[[nodiscard]] Error malformed(const std::string& path, std::string_view expected,
                              std::string_view content);

// The first line of text, without its end.
[[nodiscard]] std::string_view first_line(std::string_view text) noexcept;
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// A whole number, the whole text.
[[nodiscard]] std::optional<std::uint64_t> to_count(std::string_view text) noexcept;
// The number behind "key " in a file of "key value" lines; nullopt without such a line.
[[nodiscard]] Result<std::optional<std::uint64_t>> find_key(const std::string& path,
                                                            std::string_view content,
                                                            std::string_view key);
// A file that holds one whole number.
[[nodiscard]] Result<std::uint64_t> read_count(const std::string& path);

}  // namespace plimsoll::cgroup
