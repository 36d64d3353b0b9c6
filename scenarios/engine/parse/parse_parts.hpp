// The parts of a scenario's parser, one file each. Internal to parse.cpp.
#pragma once
#include "scenarios/engine/parse/fields.hpp"

namespace plimsoll::engine::parse {

// number: the step's place, 1-based, for its default name.
[[nodiscard]] model::Step parse_step(const yaml::Node& node, std::size_t number,
                                     const model::Target& target, Problems& problems);
[[nodiscard]] model::Claim parse_claim(const yaml::Node& node, const model::Target& target,
                                       Problems& problems);

// Fills in expected and window.
void describe(model::Claim& claim);

}  // namespace plimsoll::engine::parse
