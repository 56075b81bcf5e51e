// A read replica's applier: follows the change log of its source and repeats every entry, in order.
// It is told of commits and then works on a worker until there is nothing left; a writer in its way
// makes it try again a little later.
#pragma once

#include "emulator/network/network.hpp"
#include "services/rds/data/engine.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace diorama::rds {

class Replication;

// The replicas of one source. Any thread.
class Followers {
public:
    void add(std::weak_ptr<Replication> replica);
    void remove(const Replication* replica);
    // The source committed something.
    void tell(Timestamp now);
    // The position that all of them have reached; `own` when there are none.
    std::uint64_t least_position(std::uint64_t own) const;

private:
    mutable std::mutex mutex_;
    std::atomic<bool> is_empty_{true};
    std::vector<std::weak_ptr<Replication>> replicas_;
};

class Replication : public std::enable_shared_from_this<Replication> {
public:
    // Where the engines are just now; null while one does not run. Any thread.
    using FindEngine = std::function<std::shared_ptr<Engine>()>;

    Replication(network::Network& network, Scheduler& world, FindEngine source, FindEngine replica);

    // There is, or may be, something to repeat. Any thread.
    void poke();
    void source_committed(Timestamp now);

    void end() { has_ended_ = true; }

    // How far behind it is; nothing when it does not run or could not go on.
    std::optional<Duration> lag(Timestamp now) const;

    std::uint64_t position() const { return position_; }

    // Why it stopped; empty while it goes on.
    std::string failure() const;

private:
    enum class Result { caught_up, try_later, stopped };

    void run();
    Result drain();
    Result apply_batch(Engine& source, Engine& replica);
    void fail(std::string why);
    void introduce(const Engine& source, const std::shared_ptr<Engine>& replica);

    network::Network& network_;
    Scheduler& world_;
    FindEngine source_;
    FindEngine replica_;
    std::weak_ptr<Engine> introduced_; // the replica's engine that knows this; only used by run()
    std::atomic<bool> is_scheduled_{false};
    std::atomic<bool> is_poked_{false};
    std::atomic<bool> has_ended_{false};
    std::atomic<bool> has_failed_{false};
    std::atomic<std::uint64_t> position_{0};
    std::atomic<std::int64_t> behind_since_{0}; // when the first entry to be repeated was committed
    mutable std::mutex mutex_;                  // of failure_
    std::string failure_;
};

} // namespace diorama::rds
