// Syncs that many commits share, and how many sessions a class has room for.
#include "services/rds/data/connection_limit.hpp"
#include "services/rds/data/log_sync.hpp"
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

using namespace diorama;

TEST_CASE("log sync: each who waits is synced, and many share one") {
    test::Folder folder;
    std::ofstream(folder.file("db-wal")) << "log";
    rds::LogSync sync(folder.file("db"));
    sync.wait();
    CHECK(sync.syncs() == 1);
    constexpr int each = 50;
    constexpr int many = 8;
    std::vector<std::thread> threads;
    for (int i = 0; i < many; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < each; ++n)
                sync.wait();
        });
    for (auto& thread : threads)
        thread.join();
    CHECK(sync.syncs() > each);             // one thread alone needs so many
    CHECK(sync.syncs() <= 1 + many * each); // and no wait needs two
}

TEST_CASE("log sync: what is only noted is synced once, when somebody looks") {
    test::Folder folder;
    std::ofstream(folder.file("db-wal")) << "log";
    rds::LogSync sync(folder.file("db"));
    sync.sync_noted();
    CHECK(sync.syncs() == 0);
    sync.note();
    sync.note();
    CHECK(sync.syncs() == 0);
    sync.sync_noted();
    sync.sync_noted();
    CHECK(sync.syncs() == 1);
}

TEST_CASE("log sync: a log that is not there is an error for everybody who waits") {
    rds::LogSync sync("/nowhere/db");
    CHECK_THROWS(sync.wait());
    CHECK_THROWS(sync.wait());
}

TEST_CASE("log sync: who may not block is told, and who comes meanwhile shares the next sync") {
    test::Folder folder;
    std::ofstream(folder.file("db-wal")) << "log";
    rds::LogSync sync(folder.file("db"));
    std::vector<std::function<void()>> works;
    const auto run = [&](std::function<void()> work) { works.push_back(std::move(work)); };
    int told = 0;
    const auto late = [&](bool succeeded) {
        CHECK(succeeded);
        ++told;
    };
    const auto early = [&](bool succeeded) {
        CHECK(succeeded);
        if (++told == 1) {
            sync.when_synced(late, run);
            sync.when_synced(late, run);
        }
    };
    sync.when_synced(early, run);
    sync.when_synced(early, run);
    CHECK(told == 0);
    REQUIRE(works.size() == 1);
    works[0]();
    CHECK(told == 4);
    CHECK(sync.syncs() == 2);
    CHECK(works.size() == 1);
    sync.when_synced(late, run);
    CHECK(works.size() == 2); // whoever served had gone
}

TEST_CASE("log sync: who may not block is told that the disk refuses") {
    rds::LogSync sync("/nowhere/db");
    std::vector<bool> told;
    const auto run = [](const std::function<void()>& work) { work(); };
    for (int i = 0; i < 2; ++i)
        sync.when_synced([&](bool succeeded) { told.push_back(succeeded); }, run);
    CHECK(told == std::vector{false, false});
}

TEST_CASE("log sync: on a thread of others a commit leaves the wait to the driver") {
    test::Folder folder;
    VirtualTime time;
    rds::Engine engine(
        {.path = folder.file("db"), .is_durable = true, .has_one_thread = true, .variables = {}},
        time,
        Random(1)
    );
    auto session = engine.connect("root", "localhost");
    test::run(*session, "CREATE DATABASE q");
    test::run(*session, "CREATE TABLE q.t (id INT PRIMARY KEY)");
    CHECK(!session->must_be_synced()); // they have waited
    const auto before = engine.log_sync().syncs();
    session->limit_time(std::chrono::seconds(10));
    test::run(*session, "BEGIN");
    test::run(*session, "INSERT INTO q.t VALUES (1)");
    CHECK(!session->must_be_synced());
    test::run(*session, "COMMIT");
    CHECK(session->must_be_synced());
    CHECK(!session->must_be_synced());
    CHECK(engine.log_sync().syncs() == before);
    bool is_told = false;
    engine.when_durable(
        [&](bool succeeded) { is_told = succeeded; },
        [](const std::function<void()>& work) { work(); }
    );
    CHECK(is_told);
    CHECK(engine.log_sync().syncs() == before + 1);
    test::run(*session, "DELETE FROM q.t WHERE id = 77"); // nothing has changed
    CHECK(!session->must_be_synced());
    test::run(*session, "SET GLOBAL innodb_flush_log_at_trx_commit = 2");
    test::run(*session, "DELETE FROM q.t");
    CHECK(!session->must_be_synced());
}

TEST_CASE("log sync: a long log is copied into the file and begun anew") {
    test::Folder folder;
    VirtualTime time;
    rds::Engine engine(
        {.path = folder.file("db"), .is_durable = true, .has_one_thread = true, .variables = {}},
        time,
        Random(1)
    );
    auto session = engine.connect("root", "localhost");
    test::run(*session, "CREATE DATABASE q");
    test::run(*session, "CREATE TABLE q.t (id INT PRIMARY KEY, b LONGBLOB)");
    test::run(*session, "SET GLOBAL innodb_flush_log_at_trx_commit = 2");
    const auto write = [&] {
        for (int i = 0; i < 12; ++i) // some 250 pages each, in the table and in the change log
            test::run(
                *session,
                fmt::format("REPLACE INTO q.t VALUES ({}, REPEAT('x', 500000))", i)
            );
        engine.sync_noted();
    };
    std::uintmax_t longest = 0;
    for (int round = 0; round < 6; ++round) {
        write();
        longest = std::max(longest, std::filesystem::file_size(folder.file("db-wal")));
    }
    constexpr std::uintmax_t page = 4096 + 24;
    CHECK(longest > 2'000 * page);
    CHECK(longest < 10'000 * page); // of the 24,000 that were written
    CHECK(std::filesystem::file_size(folder.file("db")) > 6'000'000);
}

TEST_CASE("log sync: a durable commit waits for one unless the variable says otherwise") {
    test::Folder folder;
    VirtualTime time;
    rds::Engine engine(
        {.path = folder.file("db"), .is_durable = true, .has_one_thread = true, .variables = {}},
        time,
        Random(1)
    );
    auto session = engine.connect("root", "localhost");
    const auto synced = [&](std::string_view sql) {
        const auto before = engine.log_sync().syncs();
        const auto answer = test::run(*session, sql);
        CHECK_MESSAGE(answer.substr(0, 2) == "ok", answer);
        return engine.log_sync().syncs() - before;
    };
    synced("CREATE DATABASE q");
    synced("CREATE TABLE q.t (id INT PRIMARY KEY)");
    CHECK(synced("INSERT INTO q.t VALUES (1)") == 1);
    CHECK(synced("BEGIN") == 0);
    CHECK(synced("INSERT INTO q.t VALUES (2)") == 0);
    CHECK(synced("COMMIT") == 1);
    CHECK(synced("DELETE FROM q.t WHERE id = 77") == 0); // nothing has changed
    for (const auto* value : {"0", "2"}) {
        synced(fmt::format("SET GLOBAL innodb_flush_log_at_trx_commit = {}", value));
        CHECK(synced("UPDATE q.t SET id = id + 10") == 0);
        engine.sync_noted();
    }
    CHECK(
        test::run(*session, "SET GLOBAL innodb_flush_log_at_trx_commit = 3").substr(0, 4) == "1231"
    );
    CHECK(test::run(*session, "SET innodb_flush_log_at_trx_commit = 1").substr(0, 4) == "1229");
    synced("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
    CHECK(synced("DELETE FROM q.t") == 1);
}

TEST_CASE("max_connections: the class's memory by 12582880") {
    CHECK(rds::max_connections_of("db.t3.micro") == 85);
    CHECK(rds::max_connections_of("db.t4g.medium") == 341);
    CHECK(rds::max_connections_of("db.m6g.large") == 682);
    CHECK(rds::max_connections_of("db.m6g.12xlarge") == 16384);
    CHECK(rds::max_connections_of("db.r6g.large") == 1365);
    CHECK(rds::max_connections_of("") == 151);
    CHECK(rds::max_connections_of("db.x.y") == 151);
}
