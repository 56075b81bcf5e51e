// Syncs that many commits share, and how many sessions a class has room for.
#include "services/rds/data/connection_limit.hpp"
#include "services/rds/data/log_sync.hpp"
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

#include <fstream>
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
        engine.log_sync().sync_noted();
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
