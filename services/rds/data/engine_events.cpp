// The event scheduler: which events are due, and running them. When it is asked to is the driver's
// business; MySQL looks every second.
// https://dev.mysql.com/doc/refman/8.0/en/events-overview.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/access.hpp"
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
        : connection_(connection)
        , may_wait_(may_wait) {
        connection.set_wake_up([this] { woken_.release(); });
    }

    ~Wait() { connection_.set_wake_up({}); }

    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

    // False: it has lasted too long.
    bool more() { return may_wait_ && woken_.try_acquire_for(longest); }

private:
    static constexpr auto longest = std::chrono::seconds(limits::lock_wait_timeout_seconds);
    sql::Connection& connection_;
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

// An instance with a master keeps its accounts. Others let everybody do everything.
bool Engine::keeps_accounts() const {
    const std::lock_guard lock(mutex_);
    return std::any_of(grants_.begin(), grants_.end(), [](const auto& account) {
        return account.second->at({}).has(sql::Privilege::create_user);
    });
}

std::unique_ptr<sql::Connection> Engine::connect_definer(const sql::AccountName& definer) {
    auto connection = connect("event_scheduler", "localhost");
    auto& context = connection->context();
    context.user = definer.user;
    context.account_host = definer.host;
    context.may_do_everything = !grants_of(definer);
    context.roles = first_roles_of(definer);
    event_session_ = context.connection_id;
    return connection;
}

void Engine::run_event(const sql::EventPtr& event, Timestamp now) {
    const auto definer = sql::account_in(event->body->definer);
    EventSink sink;
    try {
        const auto connection = connect_definer(definer);
        Wait wait(*connection, !settings_.has_one_thread);
        while (!sql::SessionEvents(*connection).note_run(event->schema(), event->name(), now))
            if (!wait.more()) throw sql::lock_wait_timeout();
        if (!grants_of(definer) && keeps_accounts()) throw sql::unknown_definer(definer);
        while (!sql::SessionEvents(*connection).run_body(event, sink))
            if (!wait.more()) connection->give_up_waiting(sink);
    } catch (const sql::SQLError& error) {
        sink.failure = error.message;
    }
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
