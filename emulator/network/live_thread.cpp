// See live_thread.hpp.
#include "emulator/network/live_thread.hpp"

#include "emulator/network/live_connection.hpp"

#include <boost/asio/post.hpp>

namespace diorama::network {

namespace {

constexpr std::size_t read_buffer_size = 64 * 1024;
constexpr auto sweep_interval = std::chrono::milliseconds(250);

} // namespace

LiveThread::LiveThread(std::size_t index, const RealClock& clock, Log& log)
    : index_(index)
    , clock_(clock)
    , log_(log)
    , work_(context_.get_executor())
    , timer_(context_)
    , sweeper_(context_) {}

LiveThread::~LiveThread() {
    stop();
    discard();
}

void LiveThread::start() {
    read_buffer_.resize(read_buffer_size);
    thread_ = std::thread([this] { context_.run(); });
}

void LiveThread::stop() {
    if (!thread_.joinable()) return;
    boost::asio::post(context_, [this] {
        // A protocol whose connection is closed may open another one to try again.
        while (!open_.empty())
            close_all();
        sweeper_.cancel();
        timer_.cancel();
        work_.reset();
        // What is still to be sent has had its chance at the end of the turn.
        context_.stop();
    });
    thread_.join();
}

void LiveThread::broke(const char* what, LiveConnection* concerned) {
    if (concerned == nullptr)
        return log_.write(LogLevel::error, "network", "a task broke: {}", what);
    log_.write(
        LogLevel::error,
        "network",
        "the connection of {} broke: {}",
        concerned->remote().to_string(),
        what
    );
    concerned->close(true);
}

void LiveThread::tell_tls_failure(const Endpoint& peer) {
    log_.refuse("network", "the TLS handshake with {} failed", peer.to_string());
}

void LiveThread::close_all() {
    turn([this] {
        std::vector<LiveConnection*> open;
        for (const auto& entry : open_)
            open.push_back(entry.first);
        for (LiveConnection* connection : open) {
            if (open_.contains(connection)) connection->close();
        }
    });
}

void LiveThread::discard() {
    is_discarded_ = true;
    context_.discard();
    // Letting go of one task may cancel others.
    while (!timers_.empty()) {
        const auto last = timers_.extract(timers_.begin());
        times_.erase(last.key().second);
    }
    unfinished_.clear();
}

TimerId LiveThread::at(Timestamp when, std::function<void()> task) {
    return after(when - clock_.now(), std::move(task));
}

TimerId LiveThread::after(Duration delay, std::function<void()> task) {
    if (is_discarded_) return 0;
    const Timestamp when = clock_.steady_now() + delay;
    const TimerId id = ++last_id_;
    timers_.emplace(Key{when, id}, std::move(task));
    times_.emplace(id, when);
    if (when < armed_for_) arm_timer();
    return id;
}

void LiveThread::cancel(TimerId timer) {
    const auto found = times_.find(timer);
    if (found == times_.end()) return;
    timers_.erase(Key{found->second, timer});
    times_.erase(found);
}

void LiveThread::post(std::function<void()> task) {
    if (is_discarded_) return;
    boost::asio::post(context_, [this, task = std::move(task)]() mutable {
        turn([&task] {
            // It goes, with all that it holds, within the turn.
            const auto own = std::move(task);
            own();
        });
    });
}

void LiveThread::arm_timer() {
    if (timers_.empty()) {
        armed_for_ = Timestamp::max();
        return;
    }
    armed_for_ = timers_.begin()->first.first;
    timer_.expires_at(clock_.real_steady(armed_for_));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return; // re-armed for an earlier moment
        turn([this] { run_due_timers(); });
    });
}

void LiveThread::run_due_timers() {
    const Timestamp now = clock_.steady_now();
    while (!timers_.empty() && timers_.begin()->first.first <= now) {
        auto next = timers_.extract(timers_.begin());
        times_.erase(next.key().second);
        contain(next.mapped());
    }
    arm_timer();
}

void LiveThread::finish_later(std::shared_ptr<LiveConnection> connection) {
    unfinished_.push_back(std::move(connection));
    // Outside a turn (a call from a foreign event) nobody would come to finish it.
    if (depth_ == 0) {
        boost::asio::post(context_, [this] { turn([] {}); });
    }
}

void LiveThread::end_turn() {
    ++depth_; // what finishing causes belongs to this turn
    for (std::size_t i = 0; i < unfinished_.size(); ++i) {
        const auto connection = std::move(unfinished_[i]);
        contain([&connection] { connection->finish_turn(); }, connection.get());
    }
    unfinished_.clear();
    --depth_;
}

void LiveThread::watch(const std::shared_ptr<LiveConnection>& connection) {
    watched_.push_back(connection);
    if (is_sweeping_) return;
    is_sweeping_ = true;
    sweep();
}

void LiveThread::sweep() {
    sweeper_.expires_after(sweep_interval);
    sweeper_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        turn([this] {
            const auto now = std::chrono::steady_clock::now();
            std::erase_if(watched_, [now](const std::weak_ptr<LiveConnection>& watched) {
                const auto connection = watched.lock();
                return !connection || !connection->check_idle(now);
            });
            is_sweeping_ = !watched_.empty();
            if (is_sweeping_) sweep();
        });
    });
}

} // namespace diorama::network
