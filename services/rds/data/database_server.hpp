// One live database: its files, its engine while it runs, its listeners and the names that lead to
// them. World thread, except where said. What takes long is queued: one piece of work after the
// other, each on a worker.
#pragma once

#include "emulator/environment.hpp"
#include "emulator/network/names.hpp"
#include "services/rds/data/database_connection.hpp"
#include "services/rds/data/databases.hpp"
#include "services/rds/data/replication.hpp"

#include <deque>
#include <filesystem>

namespace diorama::rds {

// What all live databases share.
struct LiveRoom {
    Environment& environment;
    network::Network& network;
    network::Names& names;
    BackupStore& store;
    std::filesystem::path folder;
    bool is_durable = false;
    std::shared_ptr<network::TLSContext> tls;
    ServerKey server_key;
    Random random;
    std::set<std::uint16_t> local_ports; // on 127.0.0.1, in use
};

// Where the engine of a database is found while it runs. Any thread.
class EnginePlace {
public:
    std::shared_ptr<RunningDatabase> running() const {
        const std::lock_guard lock(mutex_);
        return running_;
    }

    std::shared_ptr<Engine> engine() const {
        const auto found = running();
        return found ? found->engine : nullptr;
    }

    std::shared_ptr<RunningDatabase> exchange(std::shared_ptr<RunningDatabase> running) {
        const std::lock_guard lock(mutex_);
        return std::exchange(running_, std::move(running));
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<RunningDatabase> running_;
};

// It lives until its last piece of work is done, or the network has stopped.
class DatabaseServer : public std::enable_shared_from_this<DatabaseServer> {
public:
    DatabaseServer(LiveRoom& room, std::string resource_id);
    ~DatabaseServer();

    void start(const DatabaseIdentity& identity, Databases::Done done);
    // At once; the engine is closed when nobody uses it any more.
    void stop();
    // Its name leads nowhere from now on, and its addresses may serve another.
    void forget_names();

    // Runs `work` on a worker when what came before is done, then `done` on the world thread.
    using Work = std::function<Outcome()>;
    void enqueue(Work work, Databases::Done done);

    // Of a running one, else null.
    std::shared_ptr<Engine> engine() const { return place_->engine(); }

    std::shared_ptr<EnginePlace> place() const { return place_; }

    std::optional<DatabaseActivity> activity() const;

    // MySQL: innodb_flush_log_at_trx_commit of 0 or 2: "once per second".
    void sync_log();

    // The events that are due, on a worker.
    void run_events();

    std::string folder() const { return (room_.folder / resource_id_).string(); }

    std::string path() const { return folder() + "/database.sqlite"; }

    EngineSettings settings(bool logs_changes) const;

    // Whom to tell of commits.
    Followers& followers() { return *followers_; }

private:
    struct Task {
        std::function<bool()> is_ready; // asked on the world thread
        Work work;
        std::function<void(Outcome& outcome)> finish;
        Databases::Done done;
    };

    void add(Task task);
    void run_next();
    void task_done(Outcome outcome);
    void opened(const DatabaseIdentity& identity, Outcome& outcome);
    void listen(const DatabaseIdentity& identity, const network::Accept& accept);
    std::uint16_t listen_locally(std::uint16_t wanted, const network::Accept& accept);
    void withdraw();

    LiveRoom& room_;
    std::string resource_id_;
    std::deque<Task> tasks_;
    bool is_busy_ = false;
    Timer retry_;
    std::uint64_t starts_ = 0;        // counts start() and stop(): an older start must not come up
    std::shared_ptr<Engine> opening_; // made by a worker, taken by opened()
    std::shared_ptr<EnginePlace> place_ = std::make_shared<EnginePlace>();
    std::weak_ptr<Engine> last_engine_; // may still be in use after stop()
    std::shared_ptr<std::atomic<bool>> runs_events_ = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<Followers> followers_ = std::make_shared<Followers>();
    std::vector<std::unique_ptr<network::Listener>> listeners_;
    std::optional<network::Endpoint> proper_;
    std::uint16_t local_port_ = 0;
    std::string name_;
};

} // namespace diorama::rds
