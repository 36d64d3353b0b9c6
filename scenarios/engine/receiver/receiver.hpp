// `plimsoll receiver`: an HTTP server for Alertmanager's webhook (a pod in the cluster).
//   POST /alerts            keeps a notification
//   GET  /deliveries?after=SEQ[&instance=ID]   the newer ones as JSON lines
//   GET  /health
// Errors: exit code 4 when the port cannot be listened on. Bad requests get 400, 404, 405 or 413.
#pragma once
#include <cstdint>
#include <functional>

#include "core/result/result.hpp"

namespace plimsoll::engine::receiver {

struct ReceiverOptions {
  std::uint16_t port = 8080;  // 0: any free one
  bool quiet = false;
};

// Serves until SIGTERM or SIGINT, then ends with 0. on_listening gets the real port.
[[nodiscard]] Result<void> run_receiver(
    const ReceiverOptions& options, const std::function<void(std::uint16_t)>& on_listening = {});

}  // namespace plimsoll::engine::receiver
