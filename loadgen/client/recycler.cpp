#include "loadgen/client/recycler.hpp"

#include <utility>

namespace plimsoll::loadgen::client {
namespace {

using Replacement = RequestSlot::Replacement;

constexpr std::int64_t kRetryAfter = 1'000'000'000;

}  // namespace

Recycler::Recycler(const plan::Options& options, std::uint64_t seed, Dialer& dialer,
                   stats::ConnectionCounts& counts)
    : requests_(options.connection_requests),
      age_(options.connection_age),
      timeout_(options.timeout.count()),
      thinks_(options.think.has_value()),
      recycles_(requests_ || age_),
      random_(seed),
      dialer_(dialer),
      counts_(counts) {}

// Between half the age and all of it, so that connections do not end all at once.
void Recycler::opened(http::ConnectionLife& life, std::int64_t now) {
  if (!age_) return;
  const auto age = age_->count();
  life.expires = now + age / 2 + static_cast<std::int64_t>(random_() % (age / 2 + 1));
}

Recycler::Outcome Recycler::recycle(RequestSlot& slot, bool reusable, std::int64_t now,
                                    bool may_open) {
  const bool used_up = !reusable || is_used_up(slot.connection->life().issued);
  if (may_open) start_replacement(slot, now);
  if (slot.replacement.state == Replacement::State::kReady) {
    swap_in_replacement(slot);
    return Outcome::kUsable;
  }
  if (slot.replacement.state == Replacement::State::kOpening) {
    if (!used_up) return Outcome::kUsable;
    if (!thinks_) {
      swap_in_replacement(slot);
      return Outcome::kOpening;
    }
  }
  drop_replacement(slot);
  close_old(slot);
  return Outcome::kClosed;
}

void Recycler::start_replacement(RequestSlot& slot, std::int64_t now) {
  auto& replacement = slot.replacement;
  if (replacement.connection == nullptr) return;
  if (replacement.state == Replacement::State::kReady) return;
  if (replacement.state == Replacement::State::kOpening && now < replacement.deadline) return;
  drop_replacement(slot);
  replacement.state = Replacement::State::kOpening;
  replacement.deadline = now + timeout_;
  dialer_.start(slot.dial, *replacement.connection);
}

void Recycler::drop_replacement(RequestSlot& slot) {
  if (slot.replacement.state == Replacement::State::kNone) return;
  slot.replacement.connection->close();
  slot.replacement.state = Replacement::State::kNone;
  dialer_.end(slot.dial);
}

void Recycler::replacement_opened(RequestSlot& slot) {
  slot.replacement.state = Replacement::State::kReady;
  if (slot.state() == RequestSlot::State::kIdle) swap_in_replacement(slot);
}

void Recycler::replacement_failed(RequestSlot& slot, std::int64_t now) {
  ++counts_.failed;
  drop_replacement(slot);
  auto& life = slot.connection->life();
  if (life.expires != 0) life.expires = now + kRetryAfter;
}

// It carries the next request, whether it is open yet or not.
void Recycler::swap_in_replacement(RequestSlot& slot) {
  close_old(slot);
  std::swap(slot.connection, slot.replacement.connection);
  slot.replacement.state = Replacement::State::kNone;
}

void Recycler::close_old(RequestSlot& slot) {
  if (slot.connection->recycle()) ++counts_.recycled;
}

}  // namespace plimsoll::loadgen::client
