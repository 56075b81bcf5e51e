// The published isolation tests for MySQL, step by step: https://github.com/ept/hermitage,
// mysql.md. What the table says about a level is what must be seen here, anomalies included.
#include "tests/support/sessions.hpp"

#include <doctest/doctest.h>

#include <array>

using diorama::test::Instance;
using diorama::test::WaitingSession;

namespace {

struct Step {
    std::size_t transaction; // 1, 2, 3
    const char* statement;   // empty: the answer of the statement that blocked
    const char* answer;
};

constexpr const char* unblocked = "";
constexpr const char* deadlock =
    "1213 40001 Deadlock found when trying to get lock; try restarting transaction";

void play(const std::string& level, const std::vector<Step>& steps) {
    CAPTURE(level);
    Instance db;
    db.run("CREATE TABLE test (id INT PRIMARY KEY, value INT)");
    db.run("INSERT INTO test (id, value) VALUES (1, 10), (2, 20)");
    std::array<WaitingSession, 3> sessions{
        WaitingSession(db.engine),
        WaitingSession(db.engine),
        WaitingSession(db.engine)
    };
    for (auto& session : sessions) {
        CHECK(session.run("SET SESSION TRANSACTION ISOLATION LEVEL " + level) == "ok 0");
        CHECK(session.run("BEGIN") == "ok 0");
    }
    std::size_t number = 0;
    for (const auto& step : steps) {
        CAPTURE(++number);
        CAPTURE(step.transaction);
        CAPTURE(step.statement);
        auto& session = sessions[step.transaction - 1];
        const std::string_view statement = step.statement;
        CHECK((statement.empty() ? session.answer() : session.run(statement)) == step.answer);
    }
}

constexpr const char* all = "SELECT * FROM test";
constexpr const char* first = "SELECT * FROM test WHERE id = 1";
constexpr const char* second = "SELECT * FROM test WHERE id = 2";

} // namespace

TEST_CASE("isolation: G0, write cycles, are prevented at every level") {
    for (const auto* level :
         {"READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
        play(
            level,
            {
                {1, "UPDATE test SET value = 11 WHERE id = 1", "ok 1"},
                {2, "UPDATE test SET value = 12 WHERE id = 1", "blocks"},
                {1, "UPDATE test SET value = 21 WHERE id = 2", "ok 1"},
                {1, "COMMIT", "ok 0"},
                {2, unblocked, "ok 1"},
                {2, "UPDATE test SET value = 22 WHERE id = 2", "ok 1"},
                {2, "COMMIT", "ok 0"},
                {1, all, "1|12;2|22"},
            }
        );
}

TEST_CASE("isolation: G0, READ UNCOMMITTED shows both writers' rows in between") {
    play(
        "READ UNCOMMITTED",
        {
            {1, "UPDATE test SET value = 11 WHERE id = 1", "ok 1"},
            {2, "UPDATE test SET value = 12 WHERE id = 1", "blocks"},
            {1, "UPDATE test SET value = 21 WHERE id = 2", "ok 1"},
            {1, "COMMIT", "ok 0"},
            {2, unblocked, "ok 1"},
            {1, all, "1|12;2|21"},
        }
    );
}

TEST_CASE("isolation: G1a, aborted reads, happen at READ UNCOMMITTED only") {
    for (const auto& [level, seen] :
         {std::pair{"READ UNCOMMITTED", "1|101;2|20"},
          std::pair{"READ COMMITTED", "1|10;2|20"},
          std::pair{"REPEATABLE READ", "1|10;2|20"}})
        play(
            level,
            {
                {1, "UPDATE test SET value = 101 WHERE id = 1", "ok 1"},
                {2, all, seen},
                {1, "ROLLBACK", "ok 0"},
                {2, all, "1|10;2|20"},
                {2, "COMMIT", "ok 0"},
            }
        );
}

TEST_CASE("isolation: G1b, intermediate reads, happen at READ UNCOMMITTED only") {
    struct Level {
        const char* name;
        const char* before;
        const char* after;
    };

    for (const auto& level : {
             Level{"READ UNCOMMITTED", "1|101;2|20", "1|11;2|20"},
             Level{"READ COMMITTED", "1|10;2|20", "1|11;2|20"},
             Level{"REPEATABLE READ", "1|10;2|20", "1|10;2|20"},
         })
        play(
            level.name,
            {
                {1, "UPDATE test SET value = 101 WHERE id = 1", "ok 1"},
                {2, all, level.before},
                {1, "UPDATE test SET value = 11 WHERE id = 1", "ok 1"},
                {1, "COMMIT", "ok 0"},
                {2, all, level.after},
                {2, "COMMIT", "ok 0"},
            }
        );
}

TEST_CASE("isolation: G1c, circular information flow, happens at READ UNCOMMITTED only") {
    struct Level {
        const char* name;
        const char* one;
        const char* two;
    };

    for (const auto& level : {
             Level{"READ UNCOMMITTED", "2|22", "1|11"},
             Level{"READ COMMITTED", "2|20", "1|10"},
             Level{"REPEATABLE READ", "2|20", "1|10"},
         })
        play(
            level.name,
            {
                {1, "UPDATE test SET value = 11 WHERE id = 1", "ok 1"},
                {2, "UPDATE test SET value = 22 WHERE id = 2", "ok 1"},
                {1, second, level.one},
                {2, first, level.two},
                {1, "COMMIT", "ok 0"},
                {2, "COMMIT", "ok 0"},
            }
        );
}

TEST_CASE("isolation: OTV, a transaction that vanishes, happens at READ UNCOMMITTED only") {
    struct Level {
        const char* name;
        const char* first;
        const char* second;
        const char* last;
    };

    for (const auto& level : {
             Level{"READ UNCOMMITTED", "1|12;2|19", "1|12;2|18", "1|12;2|18"},
             Level{"READ COMMITTED", "1|11;2|19", "1|11;2|19", "1|12;2|18"},
             Level{"REPEATABLE READ", "1|11;2|19", "1|11;2|19", "1|11;2|19"},
         })
        play(
            level.name,
            {
                {1, "UPDATE test SET value = 11 WHERE id = 1", "ok 1"},
                {1, "UPDATE test SET value = 19 WHERE id = 2", "ok 1"},
                {2, "UPDATE test SET value = 12 WHERE id = 1", "blocks"},
                {1, "COMMIT", "ok 0"},
                {2, unblocked, "ok 1"},
                {3, all, level.first},
                {2, "UPDATE test SET value = 18 WHERE id = 2", "ok 1"},
                {3, all, level.second},
                {2, "COMMIT", "ok 0"},
                {3, all, level.last},
                {3, "COMMIT", "ok 0"},
            }
        );
}

TEST_CASE("isolation: PMP, predicate-many-preceders, is prevented for reads at REPEATABLE READ") {
    for (const auto& [level, seen] :
         {std::pair{"READ COMMITTED", "3|30"}, std::pair{"REPEATABLE READ", ""}})
        play(
            level,
            {
                {1, "SELECT * FROM test WHERE value = 30", ""},
                {2, "INSERT INTO test (id, value) VALUES (3, 30)", "ok 1"},
                {2, "COMMIT", "ok 0"},
                {1, "SELECT * FROM test WHERE value % 3 = 0", seen},
                {1, "COMMIT", "ok 0"},
            }
        );
}

TEST_CASE("isolation: PMP for write predicates is prevented at neither level") {
    play(
        "READ COMMITTED",
        {
            {1, "UPDATE test SET value = value + 10", "ok 2"},
            {2, all, "1|10;2|20"},
            {2, "DELETE FROM test WHERE value = 20", "blocks"},
            {1, "COMMIT", "ok 0"},
            {2, unblocked, "ok 1"},
            {2, all, "2|30"},
            {2, "COMMIT", "ok 0"},
        }
    );
    play(
        "REPEATABLE READ",
        {
            {1, "UPDATE test SET value = value + 10", "ok 2"},
            {2, "SELECT * FROM test WHERE value = 20", "2|20"},
            {2, "DELETE FROM test WHERE value = 20", "blocks"},
            {1, "COMMIT", "ok 0"},
            {2, unblocked, "ok 1"},
            {2, all, "2|20"},
            {2, "COMMIT", "ok 0"},
            {1, all, "2|30"},
        }
    );
}

TEST_CASE("isolation: P4, lost updates, are prevented at SERIALIZABLE") {
    for (const auto* level : {"READ COMMITTED", "REPEATABLE READ"})
        play(
            level,
            {
                {1, first, "1|10"},
                {2, first, "1|10"},
                {1, "UPDATE test SET value = 11 WHERE id = 1", "ok 1"},
                {2, "UPDATE test SET value = 11 WHERE id = 1", "blocks"},
                {1, "COMMIT", "ok 0"},
                {2, unblocked, "ok 0"}, // matched, and as it should be already
                {2, "COMMIT", "ok 0"},
            }
        );
    play(
        "SERIALIZABLE",
        {
            {1, first, "1|10"},
            {2, first, "1|10"},
            {1, "UPDATE test SET value = 11 WHERE id = 1", "blocks"},
            {2, "UPDATE test SET value = 11 WHERE id = 1", deadlock},
            {1, unblocked, "ok 1"},
            {1, "COMMIT", "ok 0"},
            {2, "ROLLBACK", "ok 0"},
        }
    );
}

TEST_CASE("isolation: G-single, read skew, is prevented at REPEATABLE READ") {
    for (const auto& [level, seen] :
         {std::pair{"READ COMMITTED", "2|18"}, std::pair{"REPEATABLE READ", "2|20"}})
        play(
            level,
            {
                {1, first, "1|10"},
                {2, first, "1|10"},
                {2, second, "2|20"},
                {2, "UPDATE test SET value = 12 WHERE id = 1", "ok 1"},
                {2, "UPDATE test SET value = 18 WHERE id = 2", "ok 1"},
                {2, "COMMIT", "ok 0"},
                {1, second, seen},
                {1, "COMMIT", "ok 0"},
            }
        );
    play(
        "REPEATABLE READ",
        {
            {1, "SELECT * FROM test WHERE value % 5 = 0", "1|10;2|20"},
            {2, "UPDATE test SET value = 12 WHERE value = 10", "ok 1"},
            {2, "COMMIT", "ok 0"},
            {1, "SELECT * FROM test WHERE value % 3 = 0", ""},
            {1, "COMMIT", "ok 0"},
        }
    );
}

TEST_CASE("isolation: G-single on a write predicate is prevented at SERIALIZABLE only") {
    play(
        "REPEATABLE READ",
        {
            {1, first, "1|10"},
            {2, all, "1|10;2|20"},
            {2, "UPDATE test SET value = 12 WHERE id = 1", "ok 1"},
            {2, "UPDATE test SET value = 18 WHERE id = 2", "ok 1"},
            {2, "COMMIT", "ok 0"},
            {1, "DELETE FROM test WHERE value = 20", "ok 0"},
            {1, second, "2|20"},
            {1, "COMMIT", "ok 0"},
        }
    );
    play(
        "SERIALIZABLE",
        {
            {1, first, "1|10"},
            {2, all, "1|10;2|20"},
            {2, "UPDATE test SET value = 12 WHERE id = 1", "blocks"},
            {1, "DELETE FROM test WHERE value = 20", deadlock},
            {2, unblocked, "ok 1"},
            {2, "UPDATE test SET value = 18 WHERE id = 2", "ok 1"},
            {1, "ROLLBACK", "ok 0"},
            {2, "COMMIT", "ok 0"},
        }
    );
}

TEST_CASE("isolation: G2-item, write skew, is prevented at SERIALIZABLE") {
    play(
        "REPEATABLE READ",
        {
            {1, "SELECT * FROM test WHERE id IN (1, 2)", "1|10;2|20"},
            {2, "SELECT * FROM test WHERE id IN (1, 2)", "1|10;2|20"},
            {1, "UPDATE test SET value = 11 WHERE id = 1", "ok 1"},
            {2, "UPDATE test SET value = 21 WHERE id = 2", "ok 1"},
            {1, "COMMIT", "ok 0"},
            {2, "COMMIT", "ok 0"},
        }
    );
    play(
        "SERIALIZABLE",
        {
            {1, "SELECT * FROM test WHERE id IN (1, 2)", "1|10;2|20"},
            {2, "SELECT * FROM test WHERE id IN (1, 2)", "1|10;2|20"},
            {1, "UPDATE test SET value = 11 WHERE id = 1", "blocks"},
            {2, "UPDATE test SET value = 21 WHERE id = 2", deadlock},
            {1, unblocked, "ok 1"},
            {1, "COMMIT", "ok 0"},
            {2, "ROLLBACK", "ok 0"},
        }
    );
}

TEST_CASE("isolation: G2, anti-dependency cycles, are prevented at SERIALIZABLE") {
    constexpr const char* thirds = "SELECT * FROM test WHERE value % 3 = 0";
    play(
        "REPEATABLE READ",
        {
            {1, thirds, ""},
            {2, thirds, ""},
            {1, "INSERT INTO test (id, value) VALUES (3, 30)", "ok 1"},
            {2, "INSERT INTO test (id, value) VALUES (4, 42)", "ok 1"},
            {1, "COMMIT", "ok 0"},
            {2, "COMMIT", "ok 0"},
            {1, thirds, "3|30;4|42"},
        }
    );
    play(
        "SERIALIZABLE",
        {
            {1, thirds, ""},
            {2, thirds, ""},
            {1, "INSERT INTO test (id, value) VALUES (3, 30)", "blocks"},
            {2, "INSERT INTO test (id, value) VALUES (4, 42)", deadlock},
            {1, unblocked, "ok 1"},
            {1, "COMMIT", "ok 0"},
            {2, "ROLLBACK", "ok 0"},
        }
    );
}

TEST_CASE("isolation: G2 with two anti-dependency edges is prevented at SERIALIZABLE") {
    play(
        "SERIALIZABLE",
        {
            {1, all, "1|10;2|20"},
            {2, "UPDATE test SET value = value + 5 WHERE id = 2", "blocks"},
            {3, all, "blocks"},
            {1, "UPDATE test SET value = 0 WHERE id = 1", "blocks"},
            {2, unblocked, deadlock},
            {3, unblocked, "1|10;2|20"},
            {3, "COMMIT", "ok 0"},
            {1, unblocked, "ok 1"},
            {1, "COMMIT", "ok 0"},
            {2, "ROLLBACK", "ok 0"},
        }
    );
}
