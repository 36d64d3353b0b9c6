#include "loadgen/request/field_list.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace plimsoll::loadgen::request {
namespace {

std::string_view trimmed(std::string_view value) {
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  return value.substr(0, value.find_last_not_of(" \t") + 1);
}

}  // namespace

FieldList::FieldList(const Request& request) : request_(request) {
  for (const auto& field : request.fields)
    fields_.push_back({field.name, trimmed(field.value.leading_literal()), field.value.constant()});
  if (request.has_length) fields_.push_back({"content-length", request.length, request.constant});
}

RenderedRequest FieldList::render(const TemplateValues& values, std::string& out) {
  if (request_.constant) return {request_.bytes, fields_, request_.head};
  out.clear();
  ends_.clear();
  for (const auto& field : request_.fields) {
    if (!field.value.constant()) field.value.render(values, out);
    ends_.push_back(out.size());
  }
  const std::size_t body = out.size();
  request_.body.render(values, out);
  const std::size_t length = out.size();
  if (request_.has_length) out += fmt::format_int(length - body).c_str();
  // Only now, since out does not move any more.
  const std::string_view all = out;
  for (std::size_t i = 0, start = 0; i < ends_.size(); start = ends_[i++])
    if (!fields_[i].constant) fields_[i].value = trimmed(all.substr(start, ends_[i] - start));
  if (request_.has_length) fields_.back().value = all.substr(length);
  return {all.substr(body, length - body), fields_, request_.head};
}

}  // namespace plimsoll::loadgen::request
