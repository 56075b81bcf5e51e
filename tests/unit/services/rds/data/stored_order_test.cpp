// Files whose texts were put in order by other rules.
#include "services/rds/data/sql/sqlite.hpp"
#include "services/rds/data/sql/unicode_order.hpp"
#include "services/rds/data/stored_order.hpp"
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using namespace diorama;

namespace {

rds::EngineSettings at(const test::Folder& folder) {
    return {.path = folder.file("db"), .variables = {}};
}

// Another program's order: by the bytes, backwards.
int backwards(void*, int a_size, const void* a, int b_size, const void* b) {
    const std::string_view left(static_cast<const char*>(a), static_cast<std::size_t>(a_size));
    const std::string_view right(static_cast<const char*>(b), static_cast<std::size_t>(b_size));
    return right.compare(left);
}

// The file as that program leaves it.
void put_backwards(const std::string& path, const std::string& version) {
    const auto file = rds::sql::open_sqlite(path);
    sqlite3_create_collation(file.get(), "utf8mb4_0900_ai_ci", SQLITE_UTF8, nullptr, backwards);
    auto tables = rds::sql::prepare_sqlite(
        file.get(),
        "SELECT name, sql FROM sqlite_schema WHERE type='table' AND sql LIKE '%WITHOUT ROWID'"
    );
    std::vector<std::pair<std::string, std::string>> known;
    while (sqlite3_step(tables.get()) == SQLITE_ROW)
        known.emplace_back(
            rds::sql::column_value(tables.get(), 0).bytes,
            rds::sql::column_value(tables.get(), 1).bytes
        );
    tables.reset();
    for (const auto& [name, definition] : known) {
        rds::sql::execute_sqlite(file.get(), "CREATE TEMP TABLE kept AS SELECT * FROM " + name);
        rds::sql::execute_sqlite(file.get(), "DROP TABLE " + name);
        rds::sql::execute_sqlite(file.get(), definition);
        rds::sql::execute_sqlite(file.get(), "INSERT INTO " + name + " SELECT * FROM kept");
        rds::sql::execute_sqlite(file.get(), "DROP TABLE kept");
    }
    rds::sql::execute_sqlite(file.get(), "REINDEX");
    rds::sql::execute_sqlite(
        file.get(),
        version.empty() ? "DROP TABLE mysql_order"
                        : "UPDATE mysql_order SET version='" + version + "'"
    );
}

constexpr std::string_view words = "'Äpfel'),('apfelsine'),('Birne'),('ЁЛКА'),('zebra'),('中'";

} // namespace

TEST_CASE("stored order: what another ICU has put in order is put in ours when it is opened") {
    for (const std::string version : {"1:icu-9.9.9", ""}) { // or by a program that noted none
        CAPTURE(version);
        test::Folder folder;
        VirtualTime time;
        {
            rds::Engine engine(at(folder), time, Random(1));
            const auto session = engine.connect("root", "localhost");
            test::run(*session, "CREATE DATABASE q");
            test::run(*session, "CREATE TABLE q.k (s VARCHAR(20) PRIMARY KEY, n INT, KEY (n))");
            test::run(
                *session,
                "CREATE TABLE q.i (id INT AUTO_INCREMENT PRIMARY KEY, s VARCHAR(20), UNIQUE (s))"
            );
            test::run(*session, fmt::format("INSERT INTO q.k (s) VALUES ({})", words));
            test::run(*session, fmt::format("INSERT INTO q.i (s) VALUES ({})", words));
            test::run(*session, "UPDATE q.k SET n = 5 WHERE s = 'zebra'");
        }
        put_backwards(folder.file("db"), version);
        rds::Engine engine(at(folder), time, Random(1));
        const auto session = engine.connect("root", "localhost");
        for (const auto* table : {"q.k", "q.i"}) {
            CAPTURE(table);
            for (const auto* wanted : {"apfel", "APFELSINE", "birne", "елка", "Zebra", "中"})
                CHECK(
                    test::run(
                        *session,
                        fmt::format("SELECT COUNT(*) FROM {} WHERE s = '{}'", table, wanted)
                    ) == "1"
                );
            CHECK(
                test::run(
                    *session,
                    fmt::format(
                        "SELECT GROUP_CONCAT(s) FROM (SELECT s FROM {} ORDER BY s) d",
                        table
                    )
                ) == "Äpfel,apfelsine,Birne,zebra,ЁЛКА,中"
            );
        }
        CHECK(test::run(*session, "SELECT s FROM q.k WHERE n = 5") == "zebra");
        CHECK(
            test::run(*session, "INSERT INTO q.k (s) VALUES ('äpfel')") ==
            "1062 23000 Duplicate entry 'äpfel' for key 'k.PRIMARY'"
        );
    }
}

TEST_CASE("stored order: texts that have become one key are an error, and the file stays as it was"
) {
    test::Folder folder;
    VirtualTime time;
    {
        rds::Engine engine(at(folder), time, Random(1));
        const auto session = engine.connect("root", "localhost");
        test::run(*session, "CREATE DATABASE q");
        test::run(*session, "CREATE TABLE q.i (id INT PRIMARY KEY, s VARCHAR(20), UNIQUE (s))");
        test::run(*session, "INSERT INTO q.i VALUES (1, 'e')");
    }
    const auto count = [&] {
        const auto file = rds::sql::open_sqlite(folder.file("db"));
        auto rows = rds::sql::prepare_sqlite(
            file.get(),
            "SELECT version, (SELECT count(*) FROM t1) FROM mysql_order"
        );
        REQUIRE(sqlite3_step(rows.get()) == SQLITE_ROW);
        return fmt::format(
            "{} {}",
            rds::sql::column_value(rows.get(), 0).bytes,
            sqlite3_column_int(rows.get(), 1)
        );
    };
    put_backwards(folder.file("db"), "old");
    {
        const auto file = rds::sql::open_sqlite(folder.file("db"));
        sqlite3_create_collation(file.get(), "utf8mb4_0900_ai_ci", SQLITE_UTF8, nullptr, backwards);
        rds::sql::execute_sqlite(file.get(), "INSERT INTO t1 VALUES (2, 'é')");
    }
    CHECK_THROWS_AS(rds::Engine(at(folder), time, Random(1)), rds::sql::SQLError);
    CHECK(count() == "old 2");
}
