#include "emulator/storage/sqlite.hpp"
#include "tests/support/scratch_folder.hpp"

#include <doctest/doctest.h>

using namespace diorama::storage;

TEST_CASE("sqlite: what is bound comes back with its type and all its bytes") {
    Database database(":memory:");
    database.execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB, e TEXT)");
    const std::string bytes("\0\xff\0x", 4);
    database.prepare("INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(1, std::int64_t{1} << 40)
        .bind(2, 0.5)
        .bind_text(3, "")
        .bind_blob(4, bytes)
        .bind_null(5)
        .run();
    auto row = database.prepare("SELECT * FROM t");
    REQUIRE(row.step());
    CHECK(row.integer(0) == std::int64_t{1} << 40);
    CHECK(row.real(1) == 0.5);
    CHECK_FALSE(row.is_null(2));
    CHECK(row.text(2).empty());
    CHECK(row.blob(3) == bytes);
    CHECK(row.is_null(4));
    CHECK_FALSE(row.step());
}

TEST_CASE("sqlite: a transaction that was not committed leaves nothing") {
    Database database(":memory:");
    database.execute("CREATE TABLE t (a)");
    {
        Transaction transaction(database);
        database.execute("INSERT INTO t VALUES (1)");
    }
    {
        Transaction transaction(database);
        database.execute("INSERT INTO t VALUES (2)");
        transaction.commit();
    }
    auto row = database.prepare("SELECT a FROM t");
    REQUIRE(row.step());
    CHECK(row.integer(0) == 2);
    CHECK_FALSE(row.step());
}

TEST_CASE("sqlite: an error says which statement failed and why") {
    Database database(":memory:");
    CHECK_THROWS_WITH_AS(
        database.execute("SELEC 1"),
        "SELEC 1: near \"SELEC\": syntax error",
        SQLiteError
    );
    database.execute("CREATE TABLE t (a PRIMARY KEY)");
    auto insert = database.prepare("INSERT INTO t VALUES (1)");
    insert.run();
    CHECK_THROWS_AS(insert.run(), SQLiteError);
}

TEST_CASE("sqlite: a folder that does not exist is an error, not a new file") {
    diorama::test::ScratchFolder folder;
    CHECK_THROWS_AS(Database(folder.file("absent/x.db")), SQLiteError);
}
