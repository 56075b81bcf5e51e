// What ends a statement before it is done: KILL, and max_execution_time.
// https://dev.mysql.com/doc/refman/8.0/en/kill.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/connection.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

void Connection::set_wake_up(std::function<void()> wake_up) {
    const std::lock_guard lock(wake_up_mutex_);
    wake_up_ = std::move(wake_up);
}

void Connection::kill(bool is_query_only) {
    is_interrupted_ = true;
    if (!is_query_only) is_killed_ = true;
    const std::lock_guard lock(wake_up_mutex_);
    roused_.notify_all();
    if (wake_up_) wake_up_();
}

// MySQL: "When sleeping is interrupted by KILL QUERY, if SLEEP() is the only thing invoked by the
// query, it returns 1; when part of a query, returns an error."
// DIFFERS: in virtual time it lasts no time; there, statements are done when they begin.
Context::Pause Connection::pause(Duration duration) {
    using Pause = Context::Pause;
    if (engine_.settings().has_one_thread) return Pause::over;
    // Nobody sleeps where others wait.
    if (inline_limit_ && !context_.cannot_start_over) {
        takes_long_ = true;
        return Pause::ends;
    }
    constexpr Duration longest_nap = std::chrono::milliseconds(10); // the clock may run faster
    const auto end = engine_.clock().steady_now() + duration;
    std::unique_lock lock(wake_up_mutex_);
    while (!is_due_to_stop()) {
        const auto left = end - engine_.clock().steady_now();
        if (left <= Duration::zero()) return Pause::over;
        roused_.wait_for(lock, std::min<Duration>(left, longest_nap));
    }
    if (!is_lone_call_ || is_killed_) return Pause::ends;
    is_interrupted_ = false;
    time_limit_.reset();
    context_.error.reset();
    return Pause::cut_short;
}

// MySQL: max_execution_time holds for SELECT, in milliseconds; 0 is no limit.
void Connection::start_clock(const Statement& statement, bool is_inside) {
    context_.error.reset();
    context_.thrown = nullptr;
    context_.variables_before.reset();
    context_.cannot_start_over = false;
    rows_written_ = 0;
    locked_rows_ = LockedRows::are_awaited;
    is_lone_call_ = false;
    if (is_inside) return; // it has the time of the call, which KILL ends at any statement
    if (!is_killed_) is_interrupted_ = false;
    time_limit_.reset();
    if (inline_limit_) begun_ = engine_.clock().steady_now();
    const auto* select = std::get_if<Select>(&statement);
    is_lone_call_ = select != nullptr && !select->from && select->items.size() == 1;
    if (select == nullptr) return;
    const auto limit = context_.variables.find("max_execution_time");
    if (limit == context_.variables.end() || limit->second == "0") return;
    time_limit_ = std::chrono::milliseconds(std::strtoll(limit->second.c_str(), nullptr, 10));
    begun_ = engine_.clock().steady_now();
}

// Asked by SQLite every now and then.
bool Connection::must_stop() {
    // SQLite: an interrupted change takes the whole transaction with it; a row is done in no time.
    return rows_being_written_ == 0 && is_due_to_stop();
}

bool Connection::is_due_to_stop() {
    if (is_interrupted_) return true;
    if (!inline_limit_ && !time_limit_) return false;
    const auto took = engine_.clock().steady_now() - begun_;
    if (inline_limit_ && took > *inline_limit_ && !context_.cannot_start_over)
        return takes_long_ = true;
    if (!time_limit_ || took < *time_limit_) return false;
    context_.error = SQLError{
        3024,
        "HY000",
        "Query execution was interrupted, maximum statement execution time exceeded"
    };
    return true;
}

// Between rows that are written one by one.
void Connection::stop_if_due() {
    constexpr std::uint32_t rows_between = 16;
    if (++rows_written_ % rows_between != 0 || !is_due_to_stop()) return;
    if (context_.error) step_error();
    throw SQLError{1317, "70100", "Query execution was interrupted"};
}

void Connection::run(Run& current, const Kill& kill) {
    const auto id = kill.connection;
    const bool is_known = id >= 0 && id <= UINT32_MAX &&
                          engine_.kill(static_cast<std::uint32_t>(id), kill.is_query_only);
    if (!is_known) throw SQLError{1094, "HY000", fmt::format("Unknown thread id: {}", id)};
    if (is_interrupted_) throw SQLError{1317, "70100", "Query execution was interrupted"};
    current.sink.done({});
}

} // namespace diorama::rds::sql
