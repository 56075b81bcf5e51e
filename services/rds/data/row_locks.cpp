// See row_locks.hpp. Requests for one key queue in the order they came; what is let go is given to
// the first who fit, so that a newcomer overtakes nobody.
#include "services/rds/data/row_locks.hpp"

#include "services/rds/data/sql/collation.hpp"

#include <algorithm>
#include <utility>

namespace diorama::rds {

namespace {

using sql::Value;

constexpr std::uint8_t bit(LockMode mode) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(mode));
}

// MySQL: which locks of a table exclude each other; those of rows are only shared or exclusive.
constexpr std::uint8_t excluded_by(LockMode mode) {
    switch (mode) {
    case LockMode::intention_shared:
        return bit(LockMode::exclusive);
    case LockMode::intention_exclusive:
        return bit(LockMode::exclusive) | bit(LockMode::shared);
    case LockMode::shared:
        return bit(LockMode::exclusive) | bit(LockMode::intention_exclusive);
    case LockMode::exclusive:
        break;
    }
    return 0xf;
}

constexpr bool covers(std::uint8_t modes, LockMode wanted) {
    return (modes & (bit(wanted) | bit(LockMode::exclusive))) != 0;
}

bool is_number(const Value& value) {
    return value.kind == Value::Kind::integer || value.kind == Value::Kind::real;
}

int order(const Value& a, const Value& b, sql::Collation collation) {
    if (is_number(a) && is_number(b)) {
        if (a.kind == Value::Kind::integer && b.kind == Value::Kind::integer)
            return a.integer < b.integer ? -1 : a.integer > b.integer ? 1 : 0;
        const auto number = [](const Value& value) {
            return value.kind == Value::Kind::real ? value.real
                                                   : static_cast<double>(value.integer);
        };
        const auto x = number(a);
        const auto y = number(b);
        return x < y ? -1 : x > y ? 1 : 0;
    }
    if (a.kind != b.kind) return a.kind < b.kind ? -1 : 1;
    if (a.kind == Value::Kind::text) return sql::compare(collation, a.bytes, b.bytes);
    return a.bytes.compare(b.bytes);
}

} // namespace

bool LockKey::operator<(const LockKey& other) const {
    if (place != other.place) return place < other.place;
    for (std::size_t i = 0; i < values.size() && i < other.values.size(); ++i)
        if (const int result = order(values[i], other.values[i], collations[i]); result != 0)
            return result < 0;
    return values.size() < other.values.size();
}

RowLocks::Transaction& RowLocks::transaction(Owner owner) {
    const auto [found, is_new] = transactions_.try_emplace(owner);
    if (is_new) found->second.entered = ++next_;
    count_ = transactions_.size();
    return found->second;
}

void RowLocks::hold_entry(Owner owner, Entries::iterator entry, LockMode mode) {
    auto& holders = entry->second.holders;
    const auto found = std::find_if(holders.begin(), holders.end(), [owner](const Holder& holder) {
        return holder.owner == owner;
    });
    if (found != holders.end()) {
        found->modes |= bit(mode);
        return;
    }
    holders.push_back({owner, bit(mode)});
    transaction(owner).held.push_back(entry);
}

void RowLocks::hold(Owner owner, const Lock& lock) {
    const std::lock_guard guard(mutex_);
    hold_entry(owner, entries_.try_emplace(lock.key).first, lock.mode);
}

// Whom a request has to wait for: those who hold what excludes it, and those before it in the
// queue.
std::vector<RowLocks::Owner>
RowLocks::blockers(Owner owner, const Entry& entry, LockMode mode) const {
    std::vector<Owner> found;
    for (const auto& holder : entry.holders) {
        if (holder.owner == owner) {
            if (covers(holder.modes, mode)) return {};
        } else if ((holder.modes & excluded_by(mode)) != 0) {
            found.push_back(holder.owner);
        }
    }
    for (const auto& waiter : entry.waiters) {
        if (waiter.owner == owner) break;
        if ((bit(waiter.mode) & excluded_by(mode)) != 0) found.push_back(waiter.owner);
    }
    return found;
}

bool RowLocks::is_free(Owner owner, const Lock& lock) const {
    const std::lock_guard guard(mutex_);
    const auto entry = entries_.find(lock.key);
    return entry == entries_.end() || blockers(owner, entry->second, lock.mode).empty();
}

// Follows who waits for whom; on return the path holds those between `from` and `target`.
bool RowLocks::leads_to(Owner from, Owner target, std::vector<Owner>& path, Seen& seen) const {
    const auto waiting = transactions_.find(from);
    if (waiting == transactions_.end() || !waiting->second.waits) return false;
    const auto& awaited = waiting->second;
    for (const auto next : blockers(from, awaited.awaited->second, awaited.mode)) {
        if (next == target) return true;
        if (!seen.insert(next).second) continue;
        path.push_back(next);
        if (leads_to(next, target, path, seen)) return true;
        path.pop_back();
    }
    return false;
}

// MySQL: "InnoDB tries to pick small transactions to roll back". A locked table counts for its
// rows.
// https://dev.mysql.com/doc/refman/8.0/en/innodb-deadlock-detection.html
std::size_t RowLocks::weight(Owner owner) const {
    const auto& known = transactions_.at(owner);
    std::size_t sum = known.changes;
    for (const auto& entry : known.held) {
        const bool is_row = !entry->first.values.empty();
        for (const auto& holder : entry->second.holders) {
            if (holder.owner != owner) continue;
            const bool is_whole = covers(holder.modes, LockMode::shared);
            sum += is_row ? 1 : is_whole ? 2 : 0;
        }
    }
    return sum;
}

// Among equals the one whose request closed the circle, then whoever has waited longest.
RowLocks::Owner RowLocks::lightest(Owner requester, const std::vector<Owner>& path) const {
    Owner best = requester;
    auto least = weight(requester);
    for (const auto candidate : path) {
        const auto heavy = weight(candidate);
        const bool is_older = best != requester && heavy == least &&
                              transactions_.at(candidate).number < transactions_.at(best).number;
        if (heavy > least || (heavy == least && !is_older)) continue;
        best = candidate;
        least = heavy;
    }
    return best;
}

RowLocks::Outcome
RowLocks::wait(Owner owner, const Lock& lock, std::size_t changes, std::function<void()> wake_up) {
    Woken woken;
    auto outcome = Outcome::waits;
    {
        const std::lock_guard guard(mutex_);
        const auto entry = entries_.try_emplace(lock.key).first;
        auto& own = transaction(owner);
        if (blockers(owner, entry->second, lock.mode).empty()) {
            hold_entry(owner, entry, lock.mode);
            return Outcome::granted;
        }
        own.waits = true;
        own.awaited = entry;
        own.mode = lock.mode;
        own.changes = changes;
        own.number = ++next_;
        own.wake_up = std::move(wake_up);
        entry->second.waiters.push_back({owner, lock.mode});
        while (own.waits) {
            std::vector<Owner> path;
            Seen seen;
            if (!leads_to(owner, owner, path, seen)) break;
            const auto loser = lightest(owner, path);
            if (loser == owner) {
                leave_queue(owner, woken);
                outcome = Outcome::deadlock;
                break;
            }
            auto& lost = transactions_.at(loser);
            if (lost.wake_up) woken.push_back(lost.wake_up);
            let_go(loser, woken);
            lost.has_lost = true;
        }
        if (outcome == Outcome::waits && !own.waits) outcome = Outcome::granted;
    }
    for (const auto& call : woken)
        call();
    return outcome;
}

bool RowLocks::is_waiting(Owner owner) const {
    const std::lock_guard guard(mutex_);
    const auto found = transactions_.find(owner);
    return found != transactions_.end() && found->second.waits;
}

bool RowLocks::lost_deadlock(Owner owner) {
    const std::lock_guard guard(mutex_);
    const auto found = transactions_.find(owner);
    return found != transactions_.end() && std::exchange(found->second.has_lost, false);
}

void RowLocks::leave_queue(Owner owner, Woken& woken) {
    auto& own = transactions_.at(owner);
    if (!std::exchange(own.waits, false)) return;
    std::erase_if(own.awaited->second.waiters, [owner](const Waiter& waiter) {
        return waiter.owner == owner;
    });
    grant(own.awaited, woken);
}

void RowLocks::let_go(Owner owner, Woken& woken) {
    leave_queue(owner, woken);
    for (const auto& entry : std::exchange(transactions_.at(owner).held, {})) {
        std::erase_if(entry->second.holders, [owner](const Holder& holder) {
            return holder.owner == owner;
        });
        grant(entry, woken);
    }
}

void RowLocks::grant(Entries::iterator entry, Woken& woken) {
    auto& waiters = entry->second.waiters;
    for (auto waiter = waiters.begin(); waiter != waiters.end();) {
        if (!blockers(waiter->owner, entry->second, waiter->mode).empty()) {
            ++waiter;
            continue;
        }
        auto& lucky = transactions_.at(waiter->owner);
        hold_entry(waiter->owner, entry, waiter->mode);
        lucky.waits = false;
        if (lucky.wake_up) woken.push_back(lucky.wake_up);
        waiter = waiters.erase(waiter);
    }
    if (waiters.empty() && entry->second.holders.empty()) entries_.erase(entry);
}

void RowLocks::stop_waiting(Owner owner) {
    Woken woken;
    {
        const std::lock_guard guard(mutex_);
        if (transactions_.contains(owner)) leave_queue(owner, woken);
    }
    for (const auto& call : woken)
        call();
}

void RowLocks::release(Owner owner) {
    Woken woken;
    {
        const std::lock_guard guard(mutex_);
        if (!transactions_.contains(owner)) return;
        let_go(owner, woken);
        transactions_.erase(owner);
        count_ = transactions_.size();
    }
    for (const auto& call : woken)
        call();
}

void RowLocks::let_go_of(Owner owner, const LockKey& key) {
    Woken woken;
    {
        const std::lock_guard guard(mutex_);
        const auto entry = entries_.find(key);
        if (entry == entries_.end()) return;
        const auto found = transactions_.find(owner);
        if (found == transactions_.end() || std::erase(found->second.held, entry) == 0) return;
        std::erase_if(entry->second.holders, [owner](const Holder& holder) {
            return holder.owner == owner;
        });
        grant(entry, woken);
    }
    for (const auto& call : woken)
        call();
}

void RowLocks::publish(Owner owner, const std::vector<Change>* changes) {
    const std::lock_guard guard(mutex_);
    if (changes != nullptr)
        transaction(owner).published = changes;
    else if (const auto found = transactions_.find(owner); found != transactions_.end())
        found->second.published = nullptr;
}

void RowLocks::for_each_change(Owner reader, const std::function<void(const Change&)>& see) const {
    const std::lock_guard guard(mutex_);
    std::map<std::uint64_t, const std::vector<Change>*> in_order;
    for (const auto& [owner, known] : transactions_)
        if (owner != reader && known.published != nullptr)
            in_order.emplace(known.entered, known.published);
    for (const auto& [entered, changes] : in_order)
        for (const auto& change : *changes)
            see(change);
}

} // namespace diorama::rds
