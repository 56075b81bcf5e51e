// A client's connection to a live database: carries bytes between a socket and a MySQL session, and
// decides where statements are executed: on the edge thread for as long as a short one takes, begun
// anew on a worker if that was not enough, so that a long one holds up nobody else. Waiting for the
// writer's place or for a lock occupies no thread at all.
#pragma once

#include "emulator/log.hpp"
#include "emulator/network/network.hpp"
#include "services/rds/data/protocol/session.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <set>

namespace diorama::rds {

class DatabaseConnection;

// What the connections of one running database share. Connections keep it, and with it the engine,
// as long as they need it.
struct RunningDatabase {
    network::Network& network;
    std::shared_ptr<Engine> engine;
    std::shared_ptr<network::TLSContext> tls;
    ServerKey& server_key;
    Log& log;

    std::atomic<std::int64_t> busy_nanoseconds{0};

    // Connections that are open; each stands for itself until it closes.
    std::mutex mutex;
    bool accepts = true;
    std::set<std::shared_ptr<DatabaseConnection>> connections;
};

class DatabaseConnection final : public network::ConnectionEvents,
                                 public std::enable_shared_from_this<DatabaseConnection> {
public:
    // Nothing when the database does not accept any more.
    static std::shared_ptr<DatabaseConnection>
    accept(const std::shared_ptr<RunningDatabase>& database, network::Connection& connection);

    DatabaseConnection(std::shared_ptr<RunningDatabase> database, network::Connection& connection);

    void connected() override;
    std::size_t received(std::string_view bytes) override;
    void closed(network::CloseReason reason) override;

    // Breaks the connection. Any thread.
    void break_off();

private:
    enum class Turn { idle, on_worker, waits, syncs };

    // Silence of the client: none that matters, between commands, or where bytes are owed.
    struct Silence {
        bool is_between_commands = false;
        Duration longest{};
        Duration lasted{};
    };

    void greet();
    void execute();
    void execute_on_worker();
    void worker_done(sql::Progress progress, Duration took);
    void executed(sql::Progress progress, Duration took);
    void wait();
    void wait_for_disk();
    void synced(bool succeeded);
    void woken();
    void go_on();
    void watch_place();
    void flush();
    void note_activity(std::size_t left);
    void watch_silence();
    void check_silence();
    std::optional<Silence> silence() const;
    void take_time(Duration took);

    std::shared_ptr<RunningDatabase> database_;
    network::Connection* connection_; // null once it is closed
    network::EdgeThread& thread_;
    std::unique_ptr<Session> session_; // belongs to a worker while on_worker
    Turn turn_ = Turn::idle;
    bool is_woken_ = false;  // while on_worker
    bool has_ended_ = false; // and said why
    bool has_greeted_ = false;
    bool tls_has_started_ = false;
    int short_statements_ = 2; // in a row
    TimerId wait_timer_ = 0;
    Timestamp active_{};         // as time-outs are measured
    Timestamp active_outside_{}; // as the client's clock shows it
    bool has_rest_ = false;      // of a packet
    TimerId silence_timer_ = 0;
    Timestamp silence_due_{};
    TimerId park_timer_ = 0; // since it idles with the writer's place while another wants it
};

} // namespace diorama::rds
