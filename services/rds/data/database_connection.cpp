// See database_connection.hpp.
#include "services/rds/data/database_connection.hpp"

#include "services/rds/limits.hpp"

#include <algorithm>

namespace diorama::rds {

std::shared_ptr<DatabaseConnection> DatabaseConnection::accept(
    const std::shared_ptr<RunningDatabase>& database,
    network::Connection& connection
) {
    const std::lock_guard lock(database->mutex);
    if (!database->accepts) return nullptr;
    auto accepted = std::make_shared<DatabaseConnection>(database, connection);
    database->connections.insert(accepted);
    return accepted;
}

DatabaseConnection::DatabaseConnection(
    std::shared_ptr<RunningDatabase> database,
    network::Connection& connection
)
    : database_(std::move(database))
    , connection_(&connection)
    , thread_(connection.thread()) {}

void DatabaseConnection::greet() {
    has_greeted_ = true;
    SessionOptions options;
    options.client_host = connection_->remote().address.to_string();
    options.offers_tls = database_->tls != nullptr;
    options.server_key = &database_->server_key;
    session_ = std::make_unique<Session>(*database_->engine, std::move(options));
    // Called on the thread of whoever gave free or wants what they both need, or kills it.
    session_->set_wake_up([weak = weak_from_this(), &thread = thread_] {
        thread.post([weak] {
            if (const auto self = weak.lock()) self->woken();
        });
    });
    note_activity(0);
    flush();
}

void DatabaseConnection::connected() {
    if (!has_greeted_) return greet();
    session_->tls_established(connection_->tls_version(), connection_->tls_cipher());
    flush();
}

std::size_t DatabaseConnection::received(std::string_view bytes) {
    if (turn_ != Turn::idle || connection_ == nullptr) return 0;
    std::size_t consumed = 0;
    while (consumed < bytes.size()) {
        const auto taken = session_->received(bytes.substr(consumed));
        consumed += taken;
        if (session_->wants_tls()) {
            if (tls_has_started_) break;
            tls_has_started_ = true;
            connection_->start_tls(database_->tls);
            return consumed;
        }
        if (session_->pending_statement()) {
            execute();
            if (turn_ != Turn::idle) return consumed;
        } else if (taken == 0) {
            break;
        }
        if (session_->is_finished()) break;
    }
    note_activity(bytes.size() - consumed);
    flush();
    return consumed;
}

// Silence.

void DatabaseConnection::note_activity(std::size_t left) {
    active_ = thread_.clock().steady_now();
    active_outside_ = thread_.clock().client_now();
    has_rest_ = left > 0;
    watch_silence();
}

// What a client does within the protocol takes the machine's time, not the emulated one.
std::optional<DatabaseConnection::Silence> DatabaseConnection::silence() const {
    if (turn_ != Turn::idle || !session_) return std::nullopt;
    const auto outside = thread_.clock().client_now() - active_outside_;
    if (!session_->is_authenticated()) return Silence{false, session_->login_timeout(), outside};
    if (has_rest_ || session_->is_in_packet())
        return Silence{false, session_->packet_timeout(), outside};
    return Silence{true, session_->idle_timeout(), thread_.clock().steady_now() - active_};
}

// One timer, which looks again when it has come too early.
void DatabaseConnection::watch_silence() {
    const auto now = silence();
    if (!now || connection_ == nullptr) return;
    const auto left = std::max<Duration>(now->longest - now->lasted, std::chrono::milliseconds(1));
    const auto due = thread_.clock().steady_now() + left;
    if (silence_timer_ != 0 && silence_due_ <= due) return;
    thread_.cancel(silence_timer_);
    silence_due_ = due;
    silence_timer_ = thread_.after(left, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->check_silence();
    });
}

void DatabaseConnection::check_silence() {
    silence_timer_ = 0;
    if (connection_ == nullptr) return;
    const auto now = silence();
    if (!now) return; // a statement runs; what follows it looks again
    if (now->lasted < now->longest) return watch_silence();
    if (!now->is_between_commands) return connection_->close(true);
    session_->end_idle();
    flush();
}

namespace {

// A statement is short when it takes less than this; after so many in a row a session is trusted.
constexpr Duration short_statement = std::chrono::milliseconds(2);
constexpr int trusted_after = 2;

} // namespace

void DatabaseConnection::take_time(Duration took) {
    database_->busy_nanoseconds += took.count();
    short_statements_ = took < short_statement ? short_statements_ + 1 : 0;
}

void DatabaseConnection::execute() {
    thread_.cancel(std::exchange(park_timer_, 0));
    if (short_statements_ < trusted_after && !session_->is_urgent()) return execute_on_worker();
    const auto& clock = thread_.clock();
    const auto begun = clock.steady_now();
    const auto progress = session_->execute(limits::inline_statement_time);
    const auto took = clock.steady_now() - begun;
    if (progress != sql::Progress::takes_long) return executed(progress, took);
    take_time(took);
    execute_on_worker();
}

void DatabaseConnection::execute_on_worker() {
    turn_ = Turn::on_worker;
    is_woken_ = false;
    connection_->pause_reading();
    database_->network.run_blocking([self = shared_from_this()] {
        const auto& clock = self->database_->engine->clock();
        const auto begun = clock.steady_now();
        try {
            // Of the statements before this one in the same query.
            if (self->session_->must_be_synced()) self->database_->engine->make_durable();
            const auto progress = self->session_->execute();
            const auto took = clock.steady_now() - begun;
            self->thread_.post([self, progress, took] { self->worker_done(progress, took); });
        } catch (...) {
            // What the session was in the middle of is unknown; MySQL's clients reconnect.
            self->thread_.post([self] {
                self->turn_ = Turn::idle;
                if (self->connection_ == nullptr) return self->session_.reset();
                self->connection_->close(true);
            });
            throw; // the pool logs it
        }
    });
}

void DatabaseConnection::worker_done(sql::Progress progress, Duration took) {
    turn_ = Turn::idle;
    executed(progress, took);
    // The connection may have gone meanwhile, and the session with it.
    if (connection_ == nullptr) return session_.reset();
    if (turn_ == Turn::syncs) return;
    note_activity(0);
    flush();
    if (connection_ != nullptr && session_->is_killed()) return connection_->close(true);
    if (turn_ == Turn::idle) connection_->resume_reading();
}

void DatabaseConnection::executed(sql::Progress progress, Duration took) {
    take_time(took);
    if (connection_ == nullptr) return;
    if (progress == sql::Progress::waits) return wait();
    thread_.cancel(std::exchange(wait_timer_, 0));
    if (session_->must_be_synced()) return wait_for_disk();
    watch_place();
}

// The place is free meanwhile, and so is this thread; only the answer waits.
void DatabaseConnection::wait_for_disk() {
    turn_ = Turn::syncs;
    connection_->pause_reading();
    database_->engine->when_durable(
        [weak = weak_from_this(), &thread = thread_](bool succeeded) {
            thread.post([weak, succeeded] {
                if (const auto self = weak.lock()) self->synced(succeeded);
            });
        },
        [running = database_](std::function<void()> work) {
            running->network.run_blocking([running, work = std::move(work)] { work(); });
        }
    );
}

void DatabaseConnection::synced(bool succeeded) {
    if (turn_ != Turn::syncs) return;
    turn_ = Turn::idle;
    if (connection_ == nullptr || !session_) return;
    if (!succeeded || session_->is_killed()) return connection_->close(true);
    watch_place();
    note_activity(0);
    flush();
    if (connection_ != nullptr) connection_->resume_reading();
}

void DatabaseConnection::wait() {
    turn_ = Turn::waits;
    if (std::exchange(is_woken_, false)) {
        // Its turn came before it was known that it waits: not inside this call.
        thread_.post([self = shared_from_this()] { self->woken(); });
    }
    connection_->pause_reading();
    if (wait_timer_ != 0) return;
    wait_timer_ = thread_.after(session_->lock_wait_timeout(), [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->wait_timer_ = 0;
        if (self->turn_ != Turn::waits || !self->session_) return;
        self->session_->give_up_waiting();
        self->go_on();
    });
}

void DatabaseConnection::woken() {
    if (connection_ == nullptr || !session_) return;
    // It may come for a statement that has given up, or before the worker has said that it waits.
    if (turn_ == Turn::on_worker) {
        is_woken_ = true;
        return;
    }
    if (session_->is_killed()) return connection_->close(true);
    if (turn_ == Turn::idle) return watch_place();
    if (turn_ == Turn::waits) go_on();
}

// If it waits still, the time for that goes on; a CALL that gave up may do something else.
void DatabaseConnection::go_on() {
    turn_ = Turn::idle;
    if (session_->pending_statement()) execute();
    if (turn_ != Turn::idle) return;
    if (session_->must_be_synced()) return wait_for_disk();
    note_activity(0);
    flush();
    if (connection_ != nullptr) connection_->resume_reading();
}

// An open transaction that idles while others want to write makes room for them.
void DatabaseConnection::watch_place() {
    if (park_timer_ != 0 || !session_->is_wanted()) return;
    park_timer_ = thread_.after(limits::writer_patience, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->park_timer_ = 0;
        if (self->turn_ == Turn::idle && self->session_) self->session_->park();
    });
}

void DatabaseConnection::flush() {
    if (connection_ == nullptr || !session_) return;
    auto& output = session_->output();
    if (!output.empty()) {
        database_->engine->counters.bytes_sent += output.size();
        connection_->write(std::exchange(output, {}));
    }
    if (!session_->is_finished() || std::exchange(has_ended_, true)) return;
    if (!session_->refusal().empty()) {
        database_->log.refuse(
            "rds",
            "refused a session of {}: {}",
            connection_->remote().to_string(),
            session_->refusal()
        );
    }
    connection_->finish();
}

void DatabaseConnection::break_off() {
    thread_.post([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self || self->connection_ == nullptr) return;
        // A worker may be at a statement without end.
        if (self->session_) self->database_->engine->kill(self->session_->id(), false);
        self->connection_->close(true);
    });
}

void DatabaseConnection::closed(network::CloseReason) {
    connection_ = nullptr;
    thread_.cancel(std::exchange(wait_timer_, 0));
    thread_.cancel(std::exchange(park_timer_, 0));
    thread_.cancel(std::exchange(silence_timer_, 0));
    // Ends what the session has begun, unless a worker is at it: then when that is done.
    if (turn_ != Turn::on_worker) session_.reset();
    const auto self = shared_from_this();
    const std::lock_guard lock(database_->mutex);
    database_->connections.erase(self);
}

} // namespace diorama::rds
