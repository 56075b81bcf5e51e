// What clients in other character sets send and are sent.
#include "tests/support/mysql_wire.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using mysql::Command;
using test::error_of;
using test::Wire;

namespace {

struct Server {
    Server() {
        db.engine.put_user("app", "");
        db.run(
            "CREATE TABLE t (id INT PRIMARY KEY, m VARCHAR(5), l VARCHAR(5) CHARACTER SET latin1)"
        );
        db.run("INSERT INTO t VALUES (1, 'éΩ', 'é€')");
    }

    test::Instance db;
};

std::vector<std::string> row(const std::string& packet) {
    std::vector<std::string> values;
    mysql::PacketReader reader(packet);
    while (!reader.at_end())
        values.emplace_back(reader.length_encoded_text());
    return values;
}

struct Described {
    std::string name;
    std::uint64_t collation;
    std::uint64_t length;

    bool operator==(const Described&) const = default;
};

Described definition(const std::string& packet) {
    mysql::PacketReader reader(packet);
    std::string name;
    for (int i = 0; i < 6; ++i) {
        const auto text = reader.length_encoded_text();
        if (i == 4) name = text;
    }
    reader.fixed(1);
    const auto collation = reader.fixed(2);
    return {name, collation, reader.fixed(4)};
}

} // namespace

TEST_CASE("character sets: a client in latin1 sends and is sent bytes of it") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    wire.query("USE q");
    CHECK(error_of(wire.query("SET NAMES latin1")) == 0);
    const auto answer = wire.query("SELECT m AS gr\xf6\xdf"
                                   "e, l, HEX('\xe9'), LENGTH('\xe9'), '\xe9' FROM t");
    REQUIRE(answer.size() == 9);
    CHECK(
        definition(answer[1]) ==
        Described{
            "gr\xf6\xdf"
            "e",
            8,
            5
        }
    );
    CHECK(definition(answer[2]) == Described{"l", 8, 5});
    CHECK(row(answer[7]) == std::vector<std::string>{"\xe9?", "\xe9\x80", "E9", "1", "\xe9"});
    CHECK(error_of(wire.query("INSERT INTO t VALUES (2, '\xe9', '\x80')")) == 0);
    CHECK(server.db.run("SELECT HEX(m), HEX(l) FROM t WHERE id = 2") == "C3A9|80");
    const auto failed = wire.query("SELECT \xe9t\xe9 FROM t");
    CHECK(failed.back().ends_with("Unknown column '\xe9t\xe9' in 'field list'"));
}

TEST_CASE("character sets: without one for results, columns come as they are") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    wire.query("USE q");
    wire.query("SET character_set_results = NULL");
    const auto answer = wire.query("SELECT m, l FROM t");
    REQUIRE(answer.size() == 6);
    CHECK(definition(answer[1]) == Described{"m", 255, 20});
    CHECK(definition(answer[2]) == Described{"l", 8, 5});
    CHECK(row(answer[4]) == std::vector<std::string>{"éΩ", "\xe9\x80"});
}

TEST_CASE("character sets: what three bytes cannot say is a question mark") {
    Server server;
    server.db.run("UPDATE t SET m = 'é🍣'");
    Wire wire(server.db.engine);
    wire.login();
    wire.query("USE q");
    wire.query("SET NAMES utf8mb3");
    const auto answer = wire.query("SELECT m FROM t");
    REQUIRE(answer.size() == 5);
    CHECK(definition(answer[1]) == Described{"m", 33, 15});
    CHECK(row(answer[3]) == std::vector<std::string>{"é?"});
}

TEST_CASE("character sets: parameters are texts of the client's, and bytes where it says so") {
    Server server;
    server.db.run("CREATE TABLE b (t VARCHAR(5), b VARBINARY(5))");
    Wire wire(server.db.engine);
    wire.login();
    wire.query("USE q");
    wire.query("SET NAMES latin1");
    const auto prepared = wire.command(Command::stmt_prepare, "INSERT INTO b VALUES (?, ?)");
    REQUIRE(error_of(prepared) == 0);
    std::string payload = prepared[0].substr(1, 4);
    payload.push_back(0);
    mysql::put_fixed(payload, 1, 4);
    payload.push_back(0); // no NULLs
    payload.push_back(1);
    mysql::put_fixed(payload, 0xfd, 2); // VAR_STRING
    mysql::put_fixed(payload, 0xfc, 2); // BLOB
    mysql::put_text(payload, "\xe9");
    mysql::put_text(payload, "\xe9");
    CHECK(error_of(wire.command(Command::stmt_execute, payload)) == 0);
    CHECK(server.db.run("SELECT HEX(t), HEX(b) FROM b") == "C3A9|E9");
}
