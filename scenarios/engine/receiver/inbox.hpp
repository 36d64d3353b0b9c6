// What Alertmanager's webhook delivered: numbered, bounded, read as JSON lines.
// Shapes: version 4 of https://prometheus.io/docs/alerting/latest/configuration/#webhook_config.
// Errors: exit code 2, what is wrong with the body. Thread-safety: one thread.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "core/result/result.hpp"

namespace plimsoll::engine::receiver {

class Inbox {
 public:
  // instance names this life of the receiver; numbers start anew with each.
  explicit Inbox(std::string instance, std::size_t max_deliveries = 10000,
                 std::size_t max_bytes = 16U << 20U);

  // Keeps one notification and returns its number; drops the oldest beyond the bounds.
  Result<std::uint64_t> accept(std::string_view body, std::string_view received_at);

  // The deliveries with a number greater than after, a line each; all of them where the asker
  // knows another instance.
  [[nodiscard]] std::string lines(std::uint64_t after, std::string_view instance) const;

  // {"ok":true,"instance":...,"last_seq":...,"kept":...,"dropped":...}
  [[nodiscard]] std::string health() const;

 private:
  struct Kept {
    std::uint64_t seq;
    std::string line;
  };
  std::string instance_;
  std::size_t max_deliveries_;
  std::size_t max_bytes_;
  std::deque<Kept> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t last_seq_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace plimsoll::engine::receiver
