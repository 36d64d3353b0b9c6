#include "scenarios/engine/observe/recorder.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "scenarios/engine/log/observation_json.hpp"

namespace plimsoll::engine::observe {

Result<std::unique_ptr<Recorder>> Recorder::open(const std::string& path, task::Clock& clock) {
  std::unique_ptr<Recorder> recorder{new Recorder{clock}};
  recorder->path_ = path;
  if (!path.empty()) {
    recorder->file_.reset(std::fopen(path.c_str(), "we"));
    if (!recorder->file_)
      return unavailable(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  return recorder;
}

double Recorder::now() const {
  return std::chrono::duration<double>(clock_.now() - start_).count();
}

double Recorder::at(log::WallTime time) const {
  const auto ago = clock_.wall_time() - time;
  return now() - std::chrono::duration<double>(ago).count();
}

void Recorder::write(log::Observed what) {
  log_.push_back({now(), clock_.wall_time(), std::move(what)});
  written_.notify();
  if (!file_) return;
  const auto line = log::to_line(log_.back()) + "\n";
  if (std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() &&
      std::fflush(file_.get()) == 0)
    return;
  if (failure_.empty()) failure_ = fmt::format("cannot write {}: {}", path_, std::strerror(errno));
}

}  // namespace plimsoll::engine::observe
