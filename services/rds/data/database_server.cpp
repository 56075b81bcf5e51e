// See database_server.hpp.
#include "services/rds/data/database_server.hpp"

#include "services/rds/data/connection_limit.hpp"
#include "services/rds/limits.hpp"

#include <fmt/format.h>

namespace diorama::rds {

namespace {

using network::Endpoint;
using network::IPAddress;

constexpr Duration engine_retry = std::chrono::milliseconds(10);

// MySQL's server speaks first, so nobody may wait for the client's first byte.
network::ListenOptions listen_options() {
    network::ListenOptions options;
    options.peek_for_tls = false;
    return options;
}

std::string claim_of(const std::string& resource_id, Host host) {
    return resource_id + (host == Host::first ? "/1" : "/2");
}

} // namespace

DatabaseServer::DatabaseServer(LiveRoom& room, std::string resource_id)
    : room_(room)
    , resource_id_(std::move(resource_id))
    , retry_(room.environment.scheduler) {}

DatabaseServer::~DatabaseServer() = default;

EngineSettings DatabaseServer::settings(bool logs_changes) const {
    EngineSettings settings;
    settings.path = path();
    settings.is_durable = room_.is_durable;
    settings.logs_changes = logs_changes;
    return settings;
}

// Work.

void DatabaseServer::enqueue(Work work, Databases::Done done) {
    add({[] { return true; }, std::move(work), [](Outcome&) {}, std::move(done)});
}

void DatabaseServer::add(Task task) {
    tasks_.push_back(std::move(task));
    run_next();
}

void DatabaseServer::run_next() {
    if (is_busy_ || tasks_.empty()) return;
    auto& task = tasks_.front();
    if (!task.is_ready()) {
        retry_.start_after(engine_retry, [this] { run_next(); });
        return;
    }
    is_busy_ = true;
    room_.network.run_blocking([weak = weak_from_this(),
                                work = std::move(task.work),
                                &world = room_.environment.scheduler]() mutable {
        Outcome outcome;
        try {
            outcome = work();
        } catch (const sql::SQLError& error) {
            outcome.failure = error.message;
        } catch (const std::exception& error) {
            outcome.failure = error.what();
        }
        work = nullptr; // what it holds must not live longer on some other thread
        world.post([weak, outcome = std::move(outcome)] {
            if (const auto self = weak.lock()) self->task_done(outcome);
        });
    });
}

void DatabaseServer::task_done(Outcome outcome) {
    is_busy_ = false;
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    task.finish(outcome);
    task.done(outcome);
    run_next();
}

// Starting.

void DatabaseServer::start(const DatabaseIdentity& identity, Databases::Done done) {
    const auto start = ++starts_;
    const auto random = room_.random.fork(fmt::format("{} {}", resource_id_, start));
    add({// Two engines on one file would not know of each other's writer.
         [this] { return last_engine_.expired(); },
         [this,
          logs_changes = identity.logs_changes,
          most = max_connections_of(identity.instance_class),
          random] {
             auto wanted = settings(logs_changes);
             wanted.variables["max_connections"] = fmt::format("{}", most);
             opening_ =
                 std::make_shared<Engine>(std::move(wanted), room_.environment.clock, random);
             return Outcome{.position = opening_->position()};
         },
         [this, start, identity](Outcome& outcome) {
             last_engine_ = opening_;
             if (!outcome.succeeded()) return opening_.reset();
             if (start == starts_) return opened(identity, outcome);
             outcome.failure = "it was stopped meanwhile";
             opening_.reset();
         },
         std::move(done)
    });
}

void DatabaseServer::opened(const DatabaseIdentity& identity, Outcome& outcome) {
    const auto engine = std::move(opening_);
    engine->set_read_only(identity.is_read_only);
    engine->set_error_log([&log = room_.environment.log, name = identity.name](const auto& line) {
        log.write(LogLevel::warning, "rds", "{}: {}", name, line);
    });
    engine->when_committed([followers = followers_, &clock = room_.environment.clock](std::uint64_t
                           ) { followers->tell(clock.now()); });
    auto running = std::shared_ptr<RunningDatabase>(new RunningDatabase{
        room_.network,
        engine,
        room_.tls,
        room_.server_key,
        room_.environment.log,
        {},
        {},
        true,
        {}
    });
    place_->exchange(running);
    const network::Accept accept = [running](network::Connection& connection) {
        return DatabaseConnection::accept(running, connection);
    };
    try {
        listen(identity, accept);
        if (room_.environment.advertise == Advertise::local)
            outcome.local_port = local_port_ = listen_locally(identity.local_port, accept);
    } catch (const network::ListenError& error) {
        stop();
        outcome.failure = error.what();
    }
}

void DatabaseServer::listen(const DatabaseIdentity& identity, const network::Accept& accept) {
    const auto address =
        room_.names.claim(network::Names::Kind::database, claim_of(resource_id_, identity.host));
    proper_ = Endpoint{address, identity.port};
    for (Endpoint endpoint = *proper_;;) {
        try {
            listeners_.push_back(room_.network.listen(endpoint, accept, listen_options()));
            if (endpoint.port != proper_->port) {
                room_.names.redirect(*proper_, endpoint);
                room_.environment.log.write(
                    LogLevel::note,
                    "rds",
                    "{} is at {} instead of port {}",
                    identity.name,
                    endpoint.to_string(),
                    proper_->port
                );
            }
            break;
        } catch (const network::ListenError&) {
            // The proper port may be forbidden or taken: the next of our own range.
            endpoint.port = endpoint.port == proper_->port
                                ? limits::first_substitute_port
                                : static_cast<std::uint16_t>(endpoint.port + 1);
            if (endpoint.port > limits::last_substitute_port) throw;
        }
    }
    if (!name_.empty() && name_ != identity.name) room_.names.publish(name_, {});
    name_ = identity.name;
    room_.names.publish(name_, {address});
}

std::uint16_t DatabaseServer::listen_locally(std::uint16_t wanted, const network::Accept& accept) {
    const auto try_port = [&](std::uint16_t port) {
        if (room_.local_ports.contains(port)) return false;
        try {
            listeners_.push_back(
                room_.network.listen({IPAddress::v4(127, 0, 0, 1), port}, accept, listen_options())
            );
        } catch (const network::ListenError&) {
            return false;
        }
        room_.local_ports.insert(port);
        return true;
    };
    if (wanted != 0 && try_port(wanted)) return wanted;
    for (std::uint16_t port = limits::first_local_port; port <= limits::last_local_port; ++port)
        if (try_port(port)) return port;
    for (std::uint16_t port = limits::first_further_local_port;
         port <= limits::last_further_local_port;
         ++port)
        if (try_port(port)) return port;
    throw network::ListenError("there is no free port for a database on 127.0.0.1");
}

// Stopping.

void DatabaseServer::withdraw() {
    listeners_.clear();
    if (local_port_ != 0) room_.local_ports.erase(std::exchange(local_port_, 0));
    if (proper_) room_.names.forget_redirect(*proper_);
    proper_.reset();
}

void DatabaseServer::forget_names() {
    if (!name_.empty()) room_.names.publish(std::exchange(name_, {}), {});
    for (const auto host : {Host::first, Host::second})
        room_.names.release(claim_of(resource_id_, host));
}

void DatabaseServer::stop() {
    ++starts_;
    withdraw();
    auto ended = place_->exchange(nullptr);
    if (!ended) return;
    {
        const std::lock_guard lock(ended->mutex);
        ended->accepts = false;
        for (const auto& connection : ended->connections)
            connection->break_off();
    }
    ended->engine->stop_events();
    // Closing the file may write; that is nothing for this thread.
    room_.network.run_blocking([ended = std::move(ended)]() mutable { ended.reset(); });
}

void DatabaseServer::sync_log() {
    const auto running = place_->running();
    if (!running || !room_.is_durable) return;
    room_.network.run_blocking([running] { running->engine->sync_noted(); });
}

void DatabaseServer::run_events() {
    const auto running = place_->running();
    if (!running || *runs_events_) return;
    const auto due = running->engine->next_event();
    if (!due || *due > room_.environment.clock.now()) return;
    *runs_events_ = true;
    // An advance by hand waits for what is due on its way.
    auto hold = room_.environment.scheduler.hold();
    room_.network.run_blocking([kept = std::shared_ptr(running), runs_events = runs_events_, hold](
                               ) mutable {
        kept->engine->run_due_events();
        kept.reset();
        *runs_events = false;
        hold.reset();
    });
}

std::optional<DatabaseActivity> DatabaseServer::activity() const {
    const auto running = place_->running();
    if (!running) return std::nullopt;
    const auto& counters = running->engine->counters;
    DatabaseActivity activity;
    activity.connections_open = counters.connections_open;
    activity.connections_made = counters.connections_made;
    activity.statements = counters.statements;
    activity.rows_read = counters.rows_sent;
    activity.rows_written = counters.writes;
    activity.bytes_received = counters.bytes_received;
    activity.bytes_sent = counters.bytes_sent;
    activity.busy = Duration(running->busy_nanoseconds.load());
    activity.size_in_bytes = running->engine->size_in_bytes();
    activity.position = running->engine->position();
    return activity;
}

} // namespace diorama::rds
