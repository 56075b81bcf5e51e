// See replication.hpp.
#include "services/rds/data/replication.hpp"

#include "services/rds/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace diorama::rds {

void Followers::add(std::weak_ptr<Replication> replica) {
    const std::lock_guard lock(mutex_);
    replicas_.push_back(std::move(replica));
    is_empty_ = false;
}

void Followers::remove(const Replication* replica) {
    const std::lock_guard lock(mutex_);
    std::erase_if(replicas_, [replica](const auto& weak) {
        const auto known = weak.lock();
        return !known || known.get() == replica;
    });
    is_empty_ = replicas_.empty();
}

void Followers::tell(Timestamp now) {
    if (is_empty_) return;
    std::vector<std::shared_ptr<Replication>> told;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& weak : replicas_)
            if (auto replica = weak.lock()) told.push_back(std::move(replica));
    }
    for (const auto& replica : told)
        replica->source_committed(now);
}

std::uint64_t Followers::least_position(std::uint64_t own) const {
    const std::lock_guard lock(mutex_);
    for (const auto& weak : replicas_)
        if (const auto replica = weak.lock()) own = std::min(own, replica->position());
    return own;
}

Replication::Replication(
    network::Network& network,
    Scheduler& world,
    FindEngine source,
    FindEngine replica
)
    : network_(network)
    , world_(world)
    , source_(std::move(source))
    , replica_(std::move(replica)) {}

void Replication::source_committed(Timestamp now) {
    std::int64_t caught_up = 0;
    behind_since_.compare_exchange_strong(caught_up, now.time_since_epoch().count());
    poke();
}

void Replication::poke() {
    is_poked_ = true;
    if (has_ended_ || has_failed_ || is_scheduled_.exchange(true)) return;
    network_.run_blocking([self = shared_from_this()] { self->run(); });
}

void Replication::run() {
    Result result;
    do {
        is_poked_ = false;
        result = drain();
        if (result == Result::try_later) break;
        is_scheduled_ = false;
        // A commit may have come between the last look and the line above.
    } while (is_poked_ && result == Result::caught_up && !is_scheduled_.exchange(true));
    if (result != Result::try_later) return;
    world_.post([self = shared_from_this()] {
        self->world_.after(limits::replication_retry, [self] {
            self->network_.run_blocking([self] { self->run(); });
        });
    });
}

Replication::Result Replication::drain() {
    const auto source = source_();
    const auto replica = replica_();
    if (has_ended_ || has_failed_ || !source || !replica) return Result::stopped;
    introduce(*source, replica);
    try {
        while (!has_ended_ && replica->position() != source->position()) {
            const auto result = apply_batch(*source, *replica);
            if (result != Result::caught_up) return result;
        }
    } catch (const sql::SQLError& error) {
        fail(error.message);
        return Result::stopped;
    } catch (const std::exception& error) {
        fail(error.what());
        return Result::stopped;
    }
    position_ = replica->position();
    behind_since_ = 0;
    // What was committed between the comparison and now makes it behind again, by a poke.
    if (replica->position() != source->position()) is_poked_ = true;
    return Result::caught_up;
}

// Lets the replica's sessions ask (SHOW REPLICA STATUS).
void Replication::introduce(const Engine& source, const std::shared_ptr<Engine>& replica) {
    if (introduced_.lock() == replica) return;
    introduced_ = replica;
    replica->set_replica_status(
        [weak = weak_from_this(), &clock = replica->clock(), uuid = source.server_uuid()](
        ) -> std::optional<ReplicaStatus> {
            const auto self = weak.lock();
            if (!self || self->has_ended_) return std::nullopt;
            return ReplicaStatus{self->failure(), self->lag(clock.now()), self->position(), uuid};
        }
    );
}

Replication::Result Replication::apply_batch(Engine& source, Engine& replica) {
    const auto entries = source.read_log(replica.position(), limits::replication_batch);
    if (entries.empty() || entries.front().position != replica.position() + 1) {
        fail(fmt::format(
            "the change log of the source does not go on from position {}",
            replica.position()
        ));
        return Result::stopped;
    }
    for (const auto& entry : entries) {
        if (has_ended_) return Result::stopped;
        behind_since_ = entry.committed.time_since_epoch().count();
        if (!replica.apply(entry)) return Result::try_later;
        position_ = entry.position;
    }
    return Result::caught_up;
}

void Replication::fail(std::string why) {
    has_failed_ = true;
    const std::lock_guard lock(mutex_);
    failure_ = std::move(why);
}

std::string Replication::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

std::optional<Duration> Replication::lag(Timestamp now) const {
    if (has_failed_ || has_ended_) return std::nullopt;
    const auto since = behind_since_.load();
    if (since == 0) return Duration::zero();
    return std::max(now - Timestamp(Duration(since)), Duration::zero());
}

} // namespace diorama::rds
