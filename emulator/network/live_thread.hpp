// An edge thread that really is one: an io_context, its timers, and turns. A turn is one event with
// all that follows from it; what was written during a turn leaves in one piece at its end, and
// connections that were closed are told then, so that protocols are never called from inside their
// own calls. What a protocol throws ends its own connection and nothing else.
//
// Timers here are about connections, so they run by steady_now(): an advance of the clock by hand
// does not make them due.
#pragma once

#include "emulator/log.hpp"
#include "emulator/network/network.hpp"
#include "emulator/time/real_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <thread>
#include <unordered_map>

namespace diorama::network {

class LiveConnection;

class LiveThread final : public EdgeThread {
public:
    LiveThread(std::size_t index, const RealClock& clock, Log& log);
    ~LiveThread() override;

    void start();
    void stop(); // from another thread; returns when the thread has ended
    // After that, and when all others have ended too: lets go of everything that was still to
    // happen, and of all that it held. What comes later is dropped at once.
    void discard();

    std::size_t index() const override { return index_; }

    const Clock& clock() const override { return clock_; }

    const RealClock& real_clock() const { return clock_; }

    bool is_current() const override { return std::this_thread::get_id() == thread_.get_id(); }

    TimerId at(Timestamp when, std::function<void()> task) override;
    TimerId after(Duration delay, std::function<void()> task) override;
    void cancel(TimerId timer) override;
    void post(std::function<void()> task) override;

    boost::asio::io_context& context() { return context_; }

    // Where bytes are read into; belongs to whoever reads at the moment.
    std::string& read_buffer() { return read_buffer_; }

    // Marks a connection as having something to send or to tell at the end of the turn.
    void finish_later(std::shared_ptr<LiveConnection> connection);
    // Connections with an idle timeout are looked at twice a second.
    void watch(const std::shared_ptr<LiveConnection>& connection);

    void tell_tls_failure(const Endpoint& peer);

    void add_open(LiveConnection* connection) { open_.emplace(connection, 0); }

    void remove_open(LiveConnection* connection) { open_.erase(connection); }

    // Every entry from the event loop goes through here, with the connection that it is about.
    template <class Task>
    void turn(Task&& task, LiveConnection* concerned = nullptr) {
        ++depth_;
        contain(std::forward<Task>(task), concerned);
        if (--depth_ == 0) end_turn();
    }

    // The one place where exceptions on an edge thread end: whoever threw loses its connection, all
    // others on the thread go on.
    template <class Task>
    void contain(Task&& task, LiveConnection* concerned = nullptr) {
        try {
            task();
        } catch (const std::exception& error) {
            broke(error.what(), concerned);
        }
    }

private:
    using Key = std::pair<Timestamp, TimerId>;

    // Can destroy what waits in it before it goes away itself.
    class Context : public boost::asio::io_context {
    public:
        using boost::asio::io_context::io_context;

        void discard() { shutdown(); }
    };

    void broke(const char* what, LiveConnection* concerned);
    void close_all();
    void end_turn();
    void arm_timer();
    void run_due_timers();
    void sweep();

    std::size_t index_;
    const RealClock& clock_;
    Log& log_;
    Context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::thread thread_;
    std::string read_buffer_;

    std::size_t depth_ = 0;
    std::vector<std::shared_ptr<LiveConnection>> unfinished_;
    std::vector<std::weak_ptr<LiveConnection>> watched_;
    std::unordered_map<LiveConnection*, int> open_; // order-free: only to close all at the end

    boost::asio::steady_timer timer_;
    boost::asio::steady_timer sweeper_;
    bool is_sweeping_ = false;
    bool is_discarded_ = false;
    Timestamp armed_for_ = Timestamp::max();
    TimerId last_id_ = 0;
    std::map<Key, std::function<void()>> timers_;  // by steady_now()
    std::unordered_map<TimerId, Timestamp> times_; // order-free: only looked up by id
};

} // namespace diorama::network
