// Locks on rows, keys and tables, held until their transaction ends. Only transactions that do not
// have the writer's place need theirs entered here: whoever has the place is alone, so it looks
// here before it touches a row, and enters its own locks when it gives the place up. Nobody blocks
// a thread: who waits is called when its lock is granted, or when it was chosen to end a deadlock.
#pragma once

#include "services/rds/data/change_log.hpp"
#include "services/rds/data/sql/type.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace diorama::rds {

// https://dev.mysql.com/doc/refman/8.0/en/innodb-locking.html#innodb-shared-exclusive-locks
enum class LockMode : std::uint8_t { intention_shared, intention_exclusive, shared, exclusive };

// A table, or one value of one of its unique keys.
struct LockKey {
    std::string place; // "t17" for a table in storage, "t17/0" for its first index
    std::vector<sql::Value> values;
    std::vector<sql::Collation> collations; // how texts among them are compared

    bool operator<(const LockKey& other) const;
};

struct Lock {
    LockKey key;
    LockMode mode = LockMode::exclusive;
};

// Thrown by whoever meets another's lock; Connection::execute waits for it.
struct LockIsTaken {
    Lock wanted;
};

class RowLocks {
public:
    using Owner = const void*;

    // How many transactions have something entered here.
    std::size_t transactions() const { return count_; }

    void hold(Owner owner, const Lock& lock);
    // Nobody else has it in a way that excludes this, or has waited for that longer.
    bool is_free(Owner owner, const Lock& lock) const;

    enum class Outcome { granted, waits, deadlock };

    // `wake_up` is called on the thread of whoever lets go, when the lock is held by `owner`, or
    // when it was chosen to end a deadlock (lost_deadlock()). `changes` is what would be undone.
    Outcome wait(Owner owner, const Lock& lock, std::size_t changes, std::function<void()> wake_up);
    bool is_waiting(Owner owner) const;
    // Its locks are gone already; told once.
    bool lost_deadlock(Owner owner);
    void stop_waiting(Owner owner);
    // All of its locks, at the end of its transaction.
    void release(Owner owner);
    // One of them, whatever its modes.
    void let_go_of(Owner owner, const LockKey& key);

    // What a transaction without the writer's place has changed, for those who read the
    // uncommitted. It must stay as it is until it is published anew, withdrawn or released.
    void publish(Owner owner, const std::vector<Change>* changes);
    void for_each_change(Owner reader, const std::function<void(const Change&)>& see) const;

private:
    struct Waiter {
        Owner owner;
        LockMode mode;
    };

    struct Holder {
        Owner owner;
        std::uint8_t modes; // bits
    };

    struct Entry {
        std::vector<Holder> holders;
        std::list<Waiter> waiters;
    };

    using Entries = std::map<LockKey, Entry>;

    struct Transaction {
        std::vector<Entries::iterator> held;
        Entries::iterator awaited; // if it waits
        bool waits = false;
        bool has_lost = false;
        LockMode mode = LockMode::shared; // that it waits for
        std::size_t changes = 0;
        std::uint64_t number = 0; // in the order of their waiting
        std::function<void()> wake_up;
        const std::vector<Change>* published = nullptr;
        std::uint64_t entered = 0; // in the order of their first entry
    };

    using Seen = std::unordered_set<Owner>; // order-free: only looked up
    using Woken = std::vector<std::function<void()>>;

    Transaction& transaction(Owner owner);
    void hold_entry(Owner owner, Entries::iterator entry, LockMode mode);
    std::vector<Owner> blockers(Owner owner, const Entry& entry, LockMode mode) const;
    bool leads_to(Owner from, Owner target, std::vector<Owner>& path, Seen& seen) const;
    std::size_t weight(Owner owner) const;
    Owner lightest(Owner requester, const std::vector<Owner>& path) const;
    void leave_queue(Owner owner, Woken& woken);
    void let_go(Owner owner, Woken& woken);
    void grant(Entries::iterator entry, Woken& woken);

    mutable std::mutex mutex_;
    std::atomic<std::size_t> count_{0};
    Entries entries_;
    std::unordered_map<Owner, Transaction> transactions_; // order-free: `entered` tells
    std::uint64_t next_ = 0;
};

} // namespace diorama::rds
