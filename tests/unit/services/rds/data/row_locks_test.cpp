// Locks by key, without a database.
#include "services/rds/data/row_locks.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using rds::Lock;
using rds::LockMode;
using rds::RowLocks;

namespace {

using Outcome = RowLocks::Outcome;
using enum LockMode;

Lock row(std::int64_t id, LockMode mode) {
    return {{"t1/0", {rds::sql::Value::of(id)}, {rds::sql::Collation::binary}}, mode};
}

Lock name(const char* text, LockMode mode) {
    return {
        {"t1/1", {rds::sql::Value::text(text)}, {rds::sql::Collation::utf8mb4_0900_ai_ci}},
        mode
    };
}

Lock table(LockMode mode) {
    return {{"t1", {}, {}}, mode};
}

// Transactions are told apart by any pointer.
struct Transaction {
    int woken = 0;

    std::function<void()> wake_up() {
        return [this] { ++woken; };
    }
};

} // namespace

TEST_CASE("row locks: exclusive locks exclude all, shared ones only the exclusive") {
    RowLocks locks;
    Transaction a;
    Transaction b;
    locks.hold(&a, row(1, exclusive));
    locks.hold(&a, row(2, shared));
    CHECK_FALSE(locks.is_free(&b, row(1, shared)));
    CHECK_FALSE(locks.is_free(&b, row(1, exclusive)));
    CHECK(locks.is_free(&b, row(2, shared)));
    CHECK_FALSE(locks.is_free(&b, row(2, exclusive)));
    CHECK(locks.is_free(&b, row(3, exclusive)));
    CHECK(locks.is_free(&a, row(1, exclusive)));
    CHECK(locks.is_free(&a, row(2, exclusive)));
    locks.release(&a);
    CHECK(locks.is_free(&b, row(1, exclusive)));
    CHECK(locks.transactions() == 0);
}

TEST_CASE("row locks: intentions exclude those who lock the table") {
    RowLocks locks;
    Transaction a;
    Transaction b;
    locks.hold(&a, table(intention_exclusive));
    CHECK(locks.is_free(&b, table(intention_exclusive)));
    CHECK(locks.is_free(&b, table(intention_shared)));
    CHECK_FALSE(locks.is_free(&b, table(shared)));
    CHECK_FALSE(locks.is_free(&b, table(exclusive)));
    locks.release(&a);
    locks.hold(&a, table(shared));
    CHECK(locks.is_free(&b, table(intention_shared)));
    CHECK_FALSE(locks.is_free(&b, table(intention_exclusive)));
}

TEST_CASE("row locks: texts are the same key when their collation says so") {
    RowLocks locks;
    Transaction a;
    Transaction b;
    locks.hold(&a, name("Straße", exclusive));
    CHECK_FALSE(locks.is_free(&b, name("STRASSE", shared)));
    CHECK(locks.is_free(&b, name("Strasze", shared)));
}

TEST_CASE("row locks: who waits is granted the lock in the order of coming") {
    RowLocks locks;
    Transaction a;
    Transaction b;
    Transaction c;
    locks.hold(&a, row(1, shared));
    CHECK(locks.wait(&b, row(1, exclusive), 0, b.wake_up()) == Outcome::waits);
    // Not past b, though a's lock would allow it.
    CHECK_FALSE(locks.is_free(&c, row(1, shared)));
    CHECK(locks.wait(&c, row(1, shared), 0, c.wake_up()) == Outcome::waits);
    locks.release(&a);
    CHECK(b.woken == 1);
    CHECK(c.woken == 0);
    CHECK_FALSE(locks.is_waiting(&b));
    CHECK(locks.is_waiting(&c));
    locks.release(&b);
    CHECK(c.woken == 1);
}

TEST_CASE("row locks: who gives up lets those behind pass") {
    RowLocks locks;
    Transaction a;
    Transaction b;
    Transaction c;
    locks.hold(&a, row(1, shared));
    CHECK(locks.wait(&b, row(1, exclusive), 0, b.wake_up()) == Outcome::waits);
    CHECK(locks.wait(&c, row(1, shared), 0, c.wake_up()) == Outcome::waits);
    locks.stop_waiting(&b);
    CHECK(b.woken == 0);
    CHECK(c.woken == 1);
    CHECK(locks.wait(&b, row(2, shared), 0, b.wake_up()) == Outcome::granted);
}

TEST_CASE("row locks: a circle costs the transaction that changed least, else the one closing it") {
    RowLocks locks;
    Transaction a;
    Transaction b;
    locks.hold(&a, row(1, exclusive));
    locks.hold(&b, row(2, exclusive));
    SUBCASE("equals") {
        CHECK(locks.wait(&a, row(2, exclusive), 1, a.wake_up()) == Outcome::waits);
        CHECK(locks.wait(&b, row(1, exclusive), 1, b.wake_up()) == Outcome::deadlock);
        CHECK(locks.is_waiting(&a));
        locks.release(&b);
        CHECK(a.woken == 1);
        CHECK_FALSE(locks.lost_deadlock(&a));
    }
    SUBCASE("the one that waits is smaller") {
        CHECK(locks.wait(&a, row(2, exclusive), 1, a.wake_up()) == Outcome::waits);
        CHECK(locks.wait(&b, row(1, exclusive), 5, b.wake_up()) == Outcome::granted);
        CHECK(a.woken == 1);
        CHECK(locks.lost_deadlock(&a));
        CHECK_FALSE(locks.lost_deadlock(&a));
        CHECK(locks.is_free(&b, row(1, exclusive)));
    }
}

TEST_CASE("row locks: many who wait for one row are no circle, however many they are") {
    RowLocks locks;
    Transaction first;
    std::vector<Transaction> others(200);
    locks.hold(&first, row(1, exclusive));
    for (auto& other : others)
        CHECK(locks.wait(&other, row(1, exclusive), 1, other.wake_up()) == Outcome::waits);
    locks.hold(&others[0], row(2, exclusive));
    CHECK(locks.wait(&first, row(2, exclusive), 9, first.wake_up()) == Outcome::granted);
    CHECK(locks.lost_deadlock(&others[0]));
}
