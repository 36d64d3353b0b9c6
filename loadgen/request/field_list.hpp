// The fields of one request for HTTP/2. What is constant is put there once, what has placeholders
// for each send. Thread-safety: none; each thread has its own.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "loadgen/request/rendered_request.hpp"
#include "loadgen/request/request.hpp"

namespace plimsoll::loadgen::request {

class FieldList {
 public:
  // request is one for HTTP/2, and outlives this.
  explicit FieldList(const Request& request);

  // What changes is written to out. The fields are valid until this is called again.
  [[nodiscard]] RenderedRequest render(const TemplateValues& values, std::string& out);

 private:
  const Request& request_;
  std::vector<Field> fields_;
  std::vector<std::size_t> ends_;  // of the values in out
};

}  // namespace plimsoll::loadgen::request
