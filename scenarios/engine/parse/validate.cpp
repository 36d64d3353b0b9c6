#include "scenarios/engine/parse/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace plimsoll::engine::parse {
namespace {

template <typename T>
std::vector<std::string> names_of(const std::vector<T>& list, std::string T::*name) {
  std::vector<std::string> names;
  for (const auto& item : list)
    if (!(item.*name).empty()) names.push_back(item.*name);
  return names;
}

class Validator {
 public:
  Validator(model::Scenario& scenario, Problems& problems)
      : scenario_(scenario),
        problems_(problems),
        steps_(names_of(scenario.steps, &model::Step::name)),
        claims_(names_of(scenario.claims, &model::Claim::id)) {}

  void run() {
    check_names();
    for (std::size_t i = 0; i < scenario_.steps.size(); ++i) check_step(i);
    for (auto& claim : scenario_.claims) check_claim(claim);
    check_cycles();
  }

 private:
  static std::string hint(const std::string& name, const std::vector<std::string>& known) {
    const auto near = nearest(name, known);
    return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
  }
  [[nodiscard]] const model::Claim* claim(const std::string& id) const {
    return model::find_claim(scenario_, id);
  }
  [[nodiscard]] const model::Step* step(const std::string& name) const {
    return model::find_step(scenario_, name);
  }

  void check_names() {
    std::set<std::string> taken;
    for (const auto& step : scenario_.steps) {
      if (!taken.insert(step.name).second)
        problems_.add(step.where, fmt::format("a second step with the name '{}'", step.name));
    }
    for (const auto& claim : scenario_.claims) {
      if (!claim.id.empty() && !taken.insert(claim.id).second) {
        problems_.add(
            claim.where,
            fmt::format("the id '{}' is already that of another claim or step", claim.id));
      }
    }
  }

  void check_step(std::size_t index) {
    const auto& here = scenario_.steps[index];
    const auto* wait = std::get_if<model::Wait>(&here.what);
    if (wait == nullptr) return;
    if (const auto* other = std::get_if<model::WaitStep>(&wait->what)) {
      const auto* awaited = step(other->step);
      if (awaited == nullptr) {
        problems_.add(here.where, fmt::format("wait for '{}': there is no such step{}", other->step,
                                              hint(other->step, steps_)));
      } else if (awaited >= &here || !awaited->background) {
        problems_.add(here.where,
                      fmt::format("wait for '{}': only an earlier step with background: true can "
                                  "be waited for",
                                  other->step));
      }
    }
    if (std::holds_alternative<model::WaitHpa>(wait->what) && scenario_.target.hpa.empty())
      problems_.add(here.where, "no HPA to wait for: give spec.target.hpa");
  }

  void check_claim(model::Claim& claim) {
    for (const auto& mark : marks_of(claim.temporal_operator)) check_mark(mark);
    if (auto* alert = std::get_if<model::AlertClaim>(&claim.subject)) check_alert(claim, *alert);
    if (const auto* load = std::get_if<model::LoadClaim>(&claim.subject)) check_load(claim, *load);
    const bool moment = std::holds_alternative<model::EventClaim>(claim.subject) ||
                        std::holds_alternative<model::DeliveryClaim>(claim.subject);
    if (moment && std::holds_alternative<model::Always>(claim.temporal_operator)) {
      problems_.add(claim.where,
                    "an event or a delivery is a moment, it cannot hold always: use eventually, "
                    "between, never or final");
    }
    check_window(claim);
  }

  void check_mark(const model::Mark& mark) {
    if (mark.where.line == 0) return;
    if (mark.anchor == model::Anchor::kRunStart && mark.offset < units::Duration::zero())
      problems_.add(mark.where, fmt::format("'{}' is before the run", mark.text));
    if (mark.anchor == model::Anchor::kRunEnd && mark.offset > units::Duration::zero())
      problems_.add(mark.where, fmt::format("'{}' is after the run", mark.text));
    const bool of_step =
        mark.anchor == model::Anchor::kStepStart || mark.anchor == model::Anchor::kStepEnd;
    if (of_step && step(mark.name) == nullptr) {
      problems_.add(mark.where,
                    fmt::format("there is no step '{}'{}", mark.name, hint(mark.name, steps_)));
    }
    if (mark.anchor == model::Anchor::kClaimAt && claim(mark.name) == nullptr) {
      problems_.add(mark.where,
                    fmt::format("there is no claim '{}'{}", mark.name, hint(mark.name, claims_)));
    }
  }

  void check_window(const model::Claim& claim) {
    if (const auto* e = std::get_if<model::Eventually>(&claim.temporal_operator)) {
      if (e->by == units::Duration::zero() && e->after.where.line != 0)
        problems_.add(claim.where, "'by' must be more than 0s");
    }
    if (const auto* b = std::get_if<model::Between>(&claim.temporal_operator)) {
      if (b->by >= units::Duration::zero() && b->not_before >= b->by) {
        problems_.add(claim.where,
                      fmt::format("'notBefore' ({}) must be less than 'by' ({})",
                                  short_duration(b->not_before), short_duration(b->by)));
      }
    }
    const auto marks = marks_of(claim.temporal_operator);
    if (marks.size() == 1 && marks[0].anchor == model::Anchor::kRunEnd)
      problems_.add(marks[0].where, "nothing is observed after the end");
    if (marks.size() != 2 || marks[0].where.line == 0 || marks[1].where.line == 0) return;
    const auto& [from, to] = std::tie(marks[0], marks[1]);
    const bool backwards =
        from.anchor == model::Anchor::kRunEnd && to.anchor == model::Anchor::kRunStart;
    if (backwards ||
        (from.anchor == to.anchor && from.name == to.name && from.offset >= to.offset)) {
      problems_.add(from.where,
                    fmt::format("the window from {} to {} is empty", from.text, to.text));
    }
  }

  void check_alert(model::Claim& claim, model::AlertClaim& alert) {
    if (alert.ref.empty()) return;
    const auto* other = this->claim(alert.ref);
    if (other == nullptr) {
      problems_.add(claim.where, fmt::format("ref '{}': there is no such claim{}", alert.ref,
                                             hint(alert.ref, claims_)));
      return;
    }
    const auto* referred = std::get_if<model::AlertClaim>(&other->subject);
    if (referred == nullptr) {
      problems_.add(claim.where, fmt::format("ref '{}' is not an alert claim", alert.ref));
    } else if (!referred->ref.empty()) {
      problems_.add(claim.where, fmt::format("ref '{}' is a reference itself: refer to '{}'",
                                             alert.ref, referred->ref));
    } else {
      alert.name = referred->name;
      if (!wants_transition(other->temporal_operator) ||
          referred->state == model::AlertState::kResolved) {
        problems_.add(claim.where, fmt::format("ref '{}' must be an alert that is eventually (or "
                                               "between) pending or firing",
                                               alert.ref));
      }
    }
  }

  void check_load(const model::Claim& claim, const model::LoadClaim& load) {
    const auto* referred = step(load.ref);
    if (load.ref.empty()) return;
    if (referred == nullptr || !std::holds_alternative<model::Load>(referred->what)) {
      problems_.add(claim.where, fmt::format("ref '{}': there is no load step of that name{}",
                                             load.ref, hint(load.ref, steps_)));
    }
    const auto* last = std::get_if<model::Final>(&claim.temporal_operator);
    const auto whole = [&](const model::Mark& mark, model::Anchor run, model::Anchor of_step) {
      return mark.where.line == 0 ||
             (mark.offset == units::Duration::zero() &&
              (mark.anchor == run || (mark.anchor == of_step && mark.name == load.ref)));
    };
    if (last == nullptr ||
        !whole(last->from, model::Anchor::kRunStart, model::Anchor::kStepStart) ||
        !whole(last->to, model::Anchor::kRunEnd, model::Anchor::kStepEnd)) {
      problems_.add(claim.where,
                    fmt::format("a load claim over a part of the load is not supported yet: use "
                                "final: {{from: {0}.start, to: {0}.end}}",
                                load.ref));
    }
  }

  // Claims hang on each other by marks and by ref.
  [[nodiscard]] std::vector<std::string> needs(const model::Claim& claim) const {
    std::vector<std::string> needed;
    for (const auto& mark : marks_of(claim.temporal_operator))
      if (mark.anchor == model::Anchor::kClaimAt) needed.push_back(mark.name);
    const auto* alert = std::get_if<model::AlertClaim>(&claim.subject);
    if (alert != nullptr && !alert->ref.empty()) needed.push_back(alert->ref);
    return needed;
  }

  enum class Colour { kWhite, kGrey, kBlack };

  // Returns whether only the end of the run can decide the claim.
  bool visit(const model::Claim& claim) {
    auto& colour = colours_[claim.id];
    if (colour == Colour::kGrey) {
      problems_.add(claim.where, fmt::format("claim '{}' waits for itself", claim.id));
      return false;
    }
    if (colour == Colour::kBlack) return needs_end_[claim.id];
    colour = Colour::kGrey;
    bool at_end = false;
    for (const auto& mark : marks_of(claim.temporal_operator))
      at_end = at_end || mark.anchor == model::Anchor::kRunEnd;
    needs_end_[claim.id] = at_end;
    for (const auto& id : needs(claim)) {
      const auto* other = this->claim(id);
      if (other == nullptr || !visit(*other)) continue;
      problems_.add(claim.where, fmt::format("'{}' is known only at the end of the run: nothing "
                                             "can be counted from it",
                                             id));
    }
    colours_[claim.id] = Colour::kBlack;
    return at_end;
  }

  void check_cycles() {
    for (const auto& claim : scenario_.claims)
      if (!claim.id.empty()) visit(claim);
  }

  model::Scenario& scenario_;
  Problems& problems_;
  std::vector<std::string> steps_, claims_;
  std::map<std::string, Colour> colours_;
  std::map<std::string, bool> needs_end_;
};

}  // namespace

void validate(model::Scenario& scenario, Problems& problems) {
  Validator(scenario, problems).run();
}

}  // namespace plimsoll::engine::parse
