// The event scheduler: which events are due, and running them. When it is asked to is the driver's
// business; MySQL looks every second.
// https://dev.mysql.com/doc/refman/8.0/en/events-overview.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/session_events.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <semaphore>

namespace diorama::rds {

namespace {

// MySQL: what an event selects goes nowhere; what goes wrong goes to the error log.
class EventSink final : public sql::ResultSink {
public:
    void columns(const std::vector<sql::OutputColumn>&) override {}

    void row(std::span<const sql::ValueView>) override {}

    void end() override {}

    void done(const sql::Done&) override {}

    void failed(const sql::SQLError& error) override { failure = error.message; }

    std::string failure;
};

// Waits on a worker for what another session holds; with one thread for all nobody could let go.
class Wait {
public:
    Wait(sql::Connection& connection, bool may_wait)
        : may_wait_(may_wait) {
        connection.set_wake_up([this] { woken_.release(); });
    }

    // False: it has lasted too long.
    bool more() { return may_wait_ && woken_.try_acquire_for(longest); }

private:
    static constexpr auto longest = std::chrono::seconds(limits::lock_wait_timeout_seconds);
    bool may_wait_;
    std::counting_semaphore<> woken_{0};
};

} // namespace

bool Engine::schedules_events() const {
    const std::lock_guard lock(mutex_);
    return !is_read_only_ && is_on("event_scheduler");
}

std::optional<Timestamp> Engine::next_event() const {
    if (!schedules_events()) return std::nullopt;
    const auto now = clock_.now();
    std::optional<Timestamp> first;
    const auto known = catalog();
    for (const auto& [name, database] : known->databases)
        for (const auto& [key, event] : database.events)
            if (const auto due = event->next(now); due && (!first || *due < *first)) first = due;
    return first;
}

void Engine::set_error_log(std::function<void(const std::string&)> write) {
    const std::lock_guard lock(mutex_);
    error_log_ = std::move(write);
}

void Engine::write_error(const std::string& line) const {
    std::function<void(const std::string&)> write;
    {
        const std::lock_guard lock(mutex_);
        write = error_log_;
    }
    if (write) write(line);
}

void Engine::run_due_events() {
    if (!schedules_events()) return;
    const auto now = clock_.now();
    std::vector<sql::EventPtr> due;
    const auto known = catalog();
    for (const auto& [name, database] : known->databases)
        for (const auto& [key, event] : database.events)
            if (const auto next = event->next(now); next && *next <= now) due.push_back(event);
    for (const auto& event : due)
        if (!stops_events_) run_event(event, now);
}

void Engine::stop_events() {
    stops_events_ = true;
    if (const auto session = event_session_.load(); session != 0) kill(session, false);
}

void Engine::run_event(const sql::EventPtr& event, Timestamp now) {
    const auto definer = sql::account_in(event->body->definer);
    const auto connection = connect("event_scheduler", "localhost");
    auto& context = connection->context();
    context.user = definer.user;
    context.account_host = definer.host;
    context.may_do_everything = !grants_of(definer);
    context.roles = first_roles_of(definer);
    event_session_ = context.connection_id;
    EventSink sink;
    Wait wait(*connection, !settings_.has_one_thread);
    try {
        while (!sql::SessionEvents(*connection).note_run(event->schema(), event->name(), now))
            if (!wait.more()) throw sql::lock_wait_timeout();
        while (!sql::SessionEvents(*connection).run_body(event, sink))
            if (!wait.more()) connection->give_up_waiting(sink);
    } catch (const sql::SQLError& error) {
        sink.failure = error.message;
    }
    connection->set_wake_up({});
    event_session_ = 0;
    if (!sink.failure.empty())
        write_error(fmt::format(
            "Event Scheduler: [{}@{}][{}.{}] {}",
            definer.user,
            definer.host,
            event->schema(),
            event->name(),
            sink.failure
        ));
}

} // namespace diorama::rds
