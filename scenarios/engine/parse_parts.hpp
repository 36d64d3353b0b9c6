// The parts of a scenario's parser, one file each. Internal to parse.cpp.
#pragma once
#include "scenarios/engine/fields.hpp"

namespace plimsoll::scenario {

// number: the step's place, 1-based, for its default name.
[[nodiscard]] Step parse_step(const yaml::Node& node, std::size_t number, const Target& target,
                              Problems& problems);
[[nodiscard]] Claim parse_claim(const yaml::Node& node, const Target& target, Problems& problems);

// Fills in expected and window.
void describe(Claim& claim);

}  // namespace plimsoll::scenario
