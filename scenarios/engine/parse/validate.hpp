// What a scenario means as a whole: names are unique, references lead somewhere, windows can be,
// files are there. Fills in what only references tell (the alert name behind ref, own_alerts).
// Errors: collected as problems. Thread-safety: reads files, no shared state.
#pragma once
#include "scenarios/engine/parse/fields.hpp"

namespace plimsoll::engine::parse {

void validate(model::Scenario& scenario, Problems& problems);

}  // namespace plimsoll::engine::parse
