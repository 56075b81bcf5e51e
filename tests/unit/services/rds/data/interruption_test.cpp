// Statements that are ended before they are done, and locks by name.
#include "emulator/time/real_clock.hpp"
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace diorama;
using test::Instance;

namespace {

// Counts for ever, unless somebody ends it.
constexpr const char* endless =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";

} // namespace

TEST_CASE("interruption: KILL QUERY ends the statement that runs, and only that") {
    Instance db;
    const auto other = db.engine.connect("root", "localhost");
    test::run(*other, "SET cte_max_recursion_depth = 1000000000");
    std::atomic<bool> has_ended{false};
    std::string answer;
    std::thread running([&] {
        answer = test::run(*other, endless);
        has_ended = true;
    });
    const auto kill = fmt::format("KILL QUERY {}", other->context().connection_id);
    while (!has_ended) // before the statement begins a KILL finds nothing to end
        CHECK(db.run(kill) == "ok 0");
    running.join();
    CHECK(answer == "1317 70100 Query execution was interrupted");
    CHECK(test::run(*other, "SELECT 1") == "1");
    CHECK_FALSE(other->is_killed());
}

TEST_CASE("interruption: KILL wakes the driver of the connection, which closes it") {
    Instance db;
    auto other = db.engine.connect("root", "localhost");
    const auto id = other->context().connection_id;
    bool is_woken = false;
    other->set_wake_up([&] { is_woken = true; });
    CHECK(db.run(fmt::format("KILL {}", id)) == "ok 0");
    CHECK(is_woken);
    CHECK(other->is_killed());
    other.reset();
    CHECK(
        db.run(fmt::format("KILL {}", id)) == fmt::format("1094 HY000 Unknown thread id: {}", id)
    );
}

TEST_CASE("interruption: max_execution_time ends a SELECT") {
    test::Folder folder;
    const RealClock clock;
    rds::Engine engine({.path = folder.file("db"), .variables = {}}, clock, Random(1));
    const auto session = engine.connect("root", "localhost");
    test::run(*session, "SET cte_max_recursion_depth = 1000000000, max_execution_time = 20");
    CHECK(
        test::run(*session, endless) == "3024 HY000 Query execution was interrupted, maximum "
                                        "statement execution time exceeded"
    );
    CHECK(test::run(*session, "SELECT 1") == "1");
}

TEST_CASE("interruption: what takes long where others wait ends undone, and is begun anew elsewhere"
) {
    test::Folder folder;
    const RealClock clock;
    rds::Engine engine({.path = folder.file("db"), .variables = {}}, clock, Random(1));
    const auto session = engine.connect("root", "localhost");
    for (const auto* sql :
         {"CREATE DATABASE q",
          "USE q",
          "CREATE TABLE t (n INT PRIMARY KEY)",
          "SET cte_max_recursion_depth = 1000000",
          "BEGIN",
          "INSERT INTO t VALUES (0)"})
        REQUIRE(test::run(*session, sql).starts_with("ok"));
    const auto progress = [&](std::string_view sql) {
        auto prepared = session->prepare(sql);
        REQUIRE(std::holds_alternative<rds::sql::PreparedPtr>(prepared));
        test::ResultText result;
        return session->execute(*std::get<rds::sql::PreparedPtr>(prepared), {}, result);
    };
    constexpr const char* many =
        "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        "30000) SELECT i FROM n";
    session->limit_time(std::chrono::milliseconds(1));
    CHECK(progress(many) == rds::sql::Progress::takes_long);
    CHECK(progress("SELECT COUNT(*) FROM t") == rds::sql::Progress::finished);
    // Definitions are not even begun.
    CHECK(progress("CREATE TABLE u (n INT)") == rds::sql::Progress::takes_long);
    CHECK(session->is_in_transaction());
    session->limit_time(std::nullopt);
    CHECK(test::run(*session, "SELECT COUNT(*) FROM t") == "1");
    CHECK(test::run(*session, many) == "ok 30000");
    CHECK(test::run(*session, "COMMIT") == "ok 0");
    CHECK(test::run(*session, "SELECT COUNT(*) FROM t") == "30001");
}

TEST_CASE("named locks: one session has a lock until it lets go or ends") {
    Instance db;
    auto other = db.engine.connect("root", "localhost");
    CHECK(test::run(*other, "SELECT GET_LOCK('Migrations', 0)") == "1");
    CHECK(test::run(*other, "SELECT GET_LOCK('migrations', 0)") == "1");
    CHECK(db.run("SELECT GET_LOCK('migrations', 0), RELEASE_LOCK('migrations')") == "0|0");
    CHECK(test::run(*other, "SELECT RELEASE_LOCK('migrations')") == "1");
    CHECK(db.run("SELECT IS_FREE_LOCK('migrations')") == "0");
    other.reset();
    CHECK(db.run("SELECT GET_LOCK('migrations', 0), RELEASE_ALL_LOCKS()") == "1|1");
}

TEST_CASE("sleep: lasts, is cut short when it is all there is, and else ends the statement") {
    test::Folder folder;
    const RealClock clock;
    rds::Engine engine({.path = folder.file("db"), .variables = {}}, clock, Random(1));
    const auto session = engine.connect("root", "localhost");
    const auto begun = clock.steady_now();
    CHECK(test::run(*session, "SELECT SLEEP(0.05)") == "0");
    CHECK(clock.steady_now() - begun >= std::chrono::milliseconds(50));
    CHECK(test::run(*session, "SELECT SLEEP(-1)") == "1210 HY000 Incorrect arguments to sleep.");
    CHECK(test::run(*session, "SELECT SLEEP(NULL)") == "1210 HY000 Incorrect arguments to sleep.");
    test::run(*session, "SET max_execution_time = 30");
    CHECK(test::run(*session, "SELECT SLEEP(100)") == "1");
    CHECK(test::run(*session, "SELECT 1, SLEEP(100)").starts_with("3024 "));

    test::run(*session, "SET max_execution_time = 0");
    const auto other = engine.connect("root", "localhost");
    const auto kill = fmt::format("KILL QUERY {}", session->context().connection_id);
    const auto answer_of = [&](const char* sql) {
        std::atomic<bool> has_ended{false};
        std::string answer;
        std::thread running([&] {
            answer = test::run(*session, sql);
            has_ended = true;
        });
        while (!has_ended)
            test::run(*other, kill);
        running.join();
        return answer;
    };
    CHECK(answer_of("SELECT SLEEP(100)") == "1");
    CHECK(answer_of("SELECT SLEEP(100) FROM DUAL WHERE 1 = 1") == "1");
    CHECK(answer_of("SELECT 1, SLEEP(100)") == "1317 70100 Query execution was interrupted");
}

TEST_CASE("sleep: a driver that serves others meanwhile is told that the statement takes long") {
    test::Folder folder;
    const RealClock clock;
    rds::Engine engine({.path = folder.file("db"), .variables = {}}, clock, Random(1));
    const auto session = engine.connect("root", "localhost");
    session->limit_time(std::chrono::seconds(10));
    auto prepared = session->prepare("SELECT SLEEP(100)");
    test::ResultText result;
    CHECK(
        session->execute(*std::get<rds::sql::PreparedPtr>(prepared), {}, result) ==
        rds::sql::Progress::takes_long
    );
}

TEST_CASE("named locks: GET_LOCK waits for a lock as long as it is told") {
    test::Folder folder;
    const RealClock clock;
    rds::Engine engine({.path = folder.file("db"), .variables = {}}, clock, Random(1));
    const auto session = engine.connect("root", "localhost");
    const auto other = engine.connect("root", "localhost");
    CHECK(test::run(*session, "SELECT GET_LOCK('job', 0)") == "1");
    CHECK(test::run(*other, "SELECT GET_LOCK('job', 0)") == "0");
    CHECK(test::run(*other, "SELECT GET_LOCK('job', 0.05)") == "0");
    std::string answer;
    std::thread waiting([&] { answer = test::run(*other, "SELECT GET_LOCK('job', 100)"); });
    CHECK(test::run(*session, "SELECT RELEASE_LOCK('job')") == "1");
    waiting.join();
    CHECK(answer == "1");
}
