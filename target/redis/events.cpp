#include "target/redis/events.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <memory>

namespace plimsoll::target::redis {
namespace {

namespace asio = boost::asio;

// Waits that are under way hold it too: they end after hiredis has freed the context.
class Events : public std::enable_shared_from_this<Events> {
 public:
  Events(redisAsyncContext& context, loop::Executor executor)
      : context_{&context}, socket_{executor, context.c.fd} {}

  void attach() {
    auto& hooks = context_->ev;
    hooks.data = this;
    hooks.addRead = [](void* data) { self(data).want(self(data).read_, true); };
    hooks.delRead = [](void* data) { self(data).want(self(data).read_, false); };
    hooks.addWrite = [](void* data) { self(data).want(self(data).write_, true); };
    hooks.delWrite = [](void* data) { self(data).want(self(data).write_, false); };
    hooks.cleanup = [](void* data) { self(data).detach(); };
    owned_by_context_ = shared_from_this();
  }

 private:
  struct Direction {
    asio::posix::descriptor_base::wait_type wait;
    void (*handle)(redisAsyncContext* context);
    bool wanted = false;
    bool waiting = false;
  };

  static Events& self(void* data) { return *static_cast<Events*>(data); }

  void want(Direction& direction, bool wanted) {
    direction.wanted = wanted;
    if (!wanted || direction.waiting) return;
    direction.waiting = true;
    socket_.async_wait(direction.wait, [keep = shared_from_this(), this,
                                        &direction](const boost::system::error_code&) {
      direction.waiting = false;
      if (context_ == nullptr) return;
      if (direction.wanted) direction.handle(context_);  // may free the context
      if (context_ != nullptr) want(direction, direction.wanted);
    });
  }

  void detach() {
    context_ = nullptr;
    socket_.release();  // hiredis closes it
    owned_by_context_.reset();
  }

  redisAsyncContext* context_;
  asio::posix::basic_stream_descriptor<loop::Executor> socket_;
  Direction read_{asio::posix::descriptor_base::wait_read, &redisAsyncHandleRead};
  Direction write_{asio::posix::descriptor_base::wait_write, &redisAsyncHandleWrite};
  std::shared_ptr<Events> owned_by_context_;
};

}  // namespace

void attach(redisAsyncContext& context, loop::Executor executor) {
  std::make_shared<Events>(context, executor)->attach();
}

}  // namespace plimsoll::target::redis
