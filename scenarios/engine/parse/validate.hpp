// What a scenario means as a whole: names are unique, references lead somewhere, windows are
// possible, files are there. Fills in what follows from references (the alert name of a ref).
// Errors: collected as problems. Thread-safety: reads files, no shared state.
#pragma once
#include "scenarios/engine/parse/fields.hpp"

namespace plimsoll::engine::parse {

void validate(model::Scenario& scenario, Problems& problems);

}  // namespace plimsoll::engine::parse
