// The judge while a run goes on: judges the observations anew and says on the console what has been
// decided since. Thread-safety: one thread.
#pragma once
#include "scenarios/engine/console/console.hpp"
#include "scenarios/engine/judge/judge.hpp"
#include "scenarios/engine/model/model.hpp"
#include "scenarios/engine/observe/recorder.hpp"

namespace plimsoll::engine::run {

class LiveJudge {
 public:
  LiveJudge(const model::Scenario& scenario, const observe::Recorder& recorder,
            const console::Console& console)
      : scenario_(scenario), recorder_(recorder), console_(console) {}

  void judge_now();
  // As of the last time.
  [[nodiscard]] const judge::Judgement& judgement() const noexcept { return judgement_; }

 private:
  const model::Scenario& scenario_;
  const observe::Recorder& recorder_;
  const console::Console& console_;
  judge::Judgement judgement_;
};

}  // namespace plimsoll::engine::run
