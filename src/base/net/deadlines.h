#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>

namespace meterway::net {

/// Times at which something is over, most of which never come: an exchange ends long before its deadline. So one timer
/// stands behind them all, and it is touched only when a deadline comes that is earlier than what it is set to; one
/// that is dropped costs at most one look for nothing. While any is set or was, the timer keeps `io` running until
/// stop(). Sharing: on the thread that runs `io`.
class Deadlines : public std::enable_shared_from_this<Deadlines> {
 public:
  using Clock = std::chrono::steady_clock;
  using Entries = std::multimap<Clock::time_point, std::function<void()>>;
  using Entry = Entries::iterator;

  explicit Deadlines(boost::asio::io_context& io) : timer_(io) {}
  /// Calls `over` then, unless it is dropped before; the entry is gone when it is called.
  Entry set(Clock::time_point when, std::function<void()> over);
  void drop(Entry entry) { entries_.erase(entry); }
  /// None comes afterwards.
  void stop();

 private:
  void arm();
  void look();

  Entries entries_;
  boost::asio::steady_timer timer_;
  Clock::time_point armed_for_ = Clock::time_point::max();
  bool stopped_ = false;
};

}  // namespace meterway::net
