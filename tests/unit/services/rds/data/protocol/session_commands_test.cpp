// Commands of the protocol and what the capabilities change about their answers, by the packet.
#include "tests/support/mysql_wire.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace std::string_literals;
using mysql::Command;
using test::error_of;
using test::plain_capabilities;
using test::status_of;
using test::Wire;

namespace {

struct Server {
    Server() { db.engine.put_user("app", ""); }

    test::Instance db;
};

std::string number(std::uint64_t value, std::size_t bytes) {
    std::string out;
    mysql::put_fixed(out, value, bytes);
    return out;
}

std::string text(std::string_view value) {
    std::string out;
    mysql::put_text(out, value);
    return out;
}

// The values of a text row that are not NULL.
std::vector<std::string> row(const std::string& packet) {
    std::vector<std::string> values;
    mysql::PacketReader reader(packet);
    while (!reader.at_end())
        values.emplace_back(reader.length_encoded_text());
    return values;
}

} // namespace

TEST_CASE("commands: unknown ones are refused and the session goes on") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    for (const int command :
         {0x00, 0x05, 0x06, 0x08, 0x0b, 0x0f, 0x10, 0x12, 0x1d, 0x1e, 0x20, 0xff})
        CHECK_MESSAGE(error_of(wire.command(static_cast<Command>(command))) == 1047, command);
    CHECK(error_of(wire.command(Command::debug)) == 1227);
    CHECK(error_of(wire.command(Command::ping)) == 0);
    CHECK(error_of(wire.query("")) == 1065);
    CHECK(error_of(wire.command(Command::init_db, "nowhere")) == 1049);
    CHECK(error_of(wire.command(Command::init_db, "q")) == 0);
    CHECK(row(wire.query("SELECT DATABASE()")[3]) == std::vector<std::string>{"q"});
}

TEST_CASE("commands: KILL and the process list by their old numbers") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    const auto list = wire.command(Command::process_info);
    CHECK(mysql::PacketReader(list[0]).length_encoded() == 8);
    CHECK(error_of(wire.command(Command::process_kill, number(4'000'000'000, 4))) == 1094);
    CHECK(error_of(wire.command(Command::process_kill, "x")) == 1835);
    Wire other(server.db.engine);
    other.login();
    CHECK(error_of(wire.command(Command::process_kill, number(other.session.id(), 4))) == 0);
    CHECK(other.session.is_killed());
}

TEST_CASE("commands: COM_SET_OPTION allows several statements, and takes it back") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    CHECK(error_of(wire.query("SELECT 1; SELECT 2")) == 1064);
    wire.command(Command::set_option, number(0, 2));
    const auto both = wire.query("SELECT 1; SELECT 2");
    CHECK(error_of(both) == 0);
    CHECK(both.size() == 10);
    wire.command(Command::set_option, number(1, 2));
    CHECK(error_of(wire.query("SELECT 1; SELECT 2")) == 1064);
    CHECK(error_of(wire.command(Command::set_option, number(2, 2))) == 1047);
    CHECK(error_of(wire.command(Command::set_option, "x")) == 1047);
}

TEST_CASE("commands: an error in the middle ends a batch") {
    Server server;
    Wire wire(server.db.engine, plain_capabilities | mysql::client_multi_statements);
    wire.login();
    const auto answer = wire.query("SELECT 1; SELECT nothing; SELECT 3");
    CHECK(error_of(answer) == 1054);
    CHECK(answer.size() == 6);
}

TEST_CASE("commands: a cursor gives as many rows as are asked for, then says that it was the last"
) {
    Server server;
    server.db.run("CREATE TABLE t (id INT PRIMARY KEY)");
    server.db.run("INSERT INTO t VALUES (1),(2),(3),(4),(5)");
    for (const auto more : {0U, mysql::client_deprecate_eof}) {
        CAPTURE(more);
        Wire wire(server.db.engine, plain_capabilities | more);
        wire.login();
        wire.command(Command::init_db, "q");
        const auto prepared = wire.command(Command::stmt_prepare, "SELECT id FROM t ORDER BY id");
        const auto id = prepared[0].substr(1, 4);
        CHECK(error_of(wire.command(Command::stmt_fetch, id + number(2, 4))) == 1421);
        const auto opened = wire.command(Command::stmt_execute, id + "\x01\x01\0\0\0"s);
        CHECK(opened.size() == 3); // how many columns, one column, the end
        CHECK((status_of(opened) & mysql::status_cursor_exists) != 0);
        const auto first = wire.command(Command::stmt_fetch, id + number(3, 4));
        CHECK(first.size() == 4);
        CHECK(first[2] == "\0\0\x03\0\0\0"s);
        CHECK((status_of(first) & mysql::status_cursor_exists) != 0);
        const auto exact = wire.command(Command::stmt_fetch, id + number(2, 4));
        CHECK(exact.size() == 3);
        CHECK((status_of(exact) & mysql::status_last_row_sent) == 0);
        const auto last = wire.command(Command::stmt_fetch, id + number(2, 4));
        CHECK(last.size() == 1);
        CHECK((status_of(last) & mysql::status_last_row_sent) != 0);
        CHECK(error_of(wire.command(Command::stmt_fetch, id + number(2, 4))) == 1421);
        // Begun anew, and closed by a reset.
        wire.command(Command::stmt_execute, id + "\x01\x01\0\0\0"s);
        CHECK(wire.command(Command::stmt_fetch, id + number(9, 4)).size() == 6);
        wire.command(Command::stmt_execute, id + "\x01\x01\0\0\0"s);
        CHECK(error_of(wire.command(Command::stmt_reset, id)) == 0);
        CHECK(error_of(wire.command(Command::stmt_fetch, id + number(1, 4))) == 1421);
        // A statement without rows opens none.
        const auto other = wire.command(Command::stmt_prepare, "DELETE FROM t WHERE id = 99");
        const auto done =
            wire.command(Command::stmt_execute, other[0].substr(1, 4) + "\x01\x01\0\0\0"s);
        CHECK(done.size() == 1);
        CHECK(done[0][0] == '\0');
        CHECK(error_of(wire.command(Command::stmt_fetch, number(99, 4) + number(1, 4))) == 1243);
        CHECK(error_of(wire.command(Command::stmt_fetch, "x")) == 1243);
        CHECK(error_of(wire.command(Command::stmt_execute, id + "\x02\x01\0\0\0"s)) == 1235);
    }
}

TEST_CASE("commands: values that came in pieces, and those that are too long") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    server.db.run("SET GLOBAL max_allowed_packet = 1000000");
    const auto id = wire.command(Command::stmt_prepare, "SELECT LENGTH(?)")[0].substr(1, 4);
    const auto parameter = [&](std::string_view piece) {
        CHECK(wire.command(Command::stmt_send_long_data, id + "\0\0"s + std::string(piece)).empty()
        );
    };
    const auto execute = id + "\0\x01\0\0\0\0\x01\xfc\0"s;
    parameter("abc");
    parameter("defg");
    const auto answer = wire.command(Command::stmt_execute, execute);
    REQUIRE(answer.size() == 5);
    CHECK(answer[3].substr(0, 4) == "\0\0\x07\0"s);
    parameter(std::string(600'000, 'x'));
    parameter(std::string(600'000, 'x'));
    CHECK(error_of(wire.command(Command::stmt_execute, execute)) == 1105);
    wire.command(Command::stmt_send_long_data, id + "\x05\0zzz"s);
    CHECK(error_of(wire.command(Command::stmt_execute, execute)) == 1210);
    parameter("x");
    wire.command(Command::stmt_reset, id);
    CHECK(error_of(wire.command(Command::stmt_execute, execute)) == 1210); // no value at all
}

TEST_CASE("commands: open statements are counted for the whole server") {
    Server server;
    server.db.run("SET GLOBAL max_prepared_stmt_count = 3");
    Wire one(server.db.engine);
    one.login();
    {
        Wire other(server.db.engine);
        other.login();
        CHECK(error_of(one.command(Command::stmt_prepare, "SELECT 1")) == 0);
        CHECK(error_of(other.command(Command::stmt_prepare, "SELECT 1")) == 0);
        CHECK(error_of(other.query("PREPARE named FROM 'SELECT 1'")) == 0);
        CHECK(error_of(one.command(Command::stmt_prepare, "SELECT 1")) == 1461);
        CHECK(error_of(one.query("PREPARE named FROM 'SELECT 1'")) == 1461);
        CHECK(error_of(other.command(Command::stmt_close, number(1, 4))) == 0);
        CHECK(error_of(one.command(Command::stmt_prepare, "SELECT 1")) == 0);
    }
    CHECK(server.db.engine.counters.prepared_statements == 2);
    one.command(Command::reset_connection);
    CHECK(server.db.engine.counters.prepared_statements == 0);
}

TEST_CASE("commands: query attributes reach the function that asks for them") {
    Server server;
    Wire wire(server.db.engine, plain_capabilities | mysql::client_query_attributes);
    wire.login();
    const auto attributes = "\x03\x01\x04\x01"s + "\xfe\0"s + text("trace") + "\x08\0"s +
                            text("count") + "\x06\0"s + text("none") + text("abc-1") +
                            number(42, 8);
    const auto ask = "SELECT mysql_query_attribute_string('trace'), "
                     "mysql_query_attribute_string('count'), "
                     "IFNULL(mysql_query_attribute_string('none'), '-')"s;
    const auto answer = wire.query(attributes + ask);
    REQUIRE(answer.size() == 7);
    CHECK(row(answer[5]) == std::vector<std::string>{"abc-1", "42", "-"});
    // Those of one statement are gone with the next.
    const auto none =
        wire.query("\0\x01SELECT IFNULL(mysql_query_attribute_string('trace'), '-')"s);
    CHECK(row(none[3]) == std::vector<std::string>{"-"});
    CHECK(error_of(wire.query("\x02\x01\0\x01"s)) == 1835);
    CHECK(error_of(wire.query("\0\x02SELECT 1"s)) == 1835);
    CHECK(error_of(wire.query("\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"s)) == 1835);

    const auto id =
        wire.command(Command::stmt_prepare, "SELECT ?, mysql_query_attribute_string('trace')")[0]
            .substr(1, 4);
    const auto execute = id + "\x08\x01\0\0\0\x02\0\x01"s + "\xfe\0"s + text("") + "\xfe\0"s +
                         text("trace") + text("value") + text("of execute");
    const auto rows = wire.command(Command::stmt_execute, execute);
    REQUIRE(rows.size() == 6);
    CHECK(rows[4] == "\0\0"s + text("value") + text("of execute"));
    // The types may be those of the last time.
    const auto again =
        wire.command(Command::stmt_execute, id + "\x08\x01\0\0\0\x02\0\0"s + text("a") + text("b"));
    CHECK(again[4] == "\0\0"s + text("a") + text("b"));
    // A statement with parameters says how many values come even if its flags do not say so, and
    // one without says nothing.
    const auto without_flag = wire.command(
        Command::stmt_execute,
        id + "\0\x01\0\0\0\x01\0\x01"s + "\xfe\0"s + text("") + text("c")
    );
    REQUIRE(without_flag.size() == 6);
    CHECK(without_flag[4] == "\0\x08"s + text("c")); // the attribute is NULL
    const auto bare = wire.command(Command::stmt_prepare, "SELECT 1")[0].substr(1, 4);
    CHECK(error_of(wire.command(Command::stmt_execute, bare + "\0\x01\0\0\0"s)) == 0);
}

TEST_CASE("commands: definitions of columns may be left out") {
    Server server;
    Wire wire(server.db.engine, plain_capabilities | mysql::client_optional_resultset_metadata);
    wire.login();
    const auto full = wire.query("SELECT 1, 2");
    CHECK(full.size() == 6);
    CHECK(full[0] == "\x02\x01");
    CHECK(error_of(wire.query("SET resultset_metadata = 'SOME'")) == 1231);
    wire.query("SET resultset_metadata = NONE");
    const auto none = wire.query("SELECT 1, 2");
    CHECK(none.size() == 4);
    CHECK(none[0] == "\x02\0"s);
    CHECK(
        none[2] == "\x01"
                   "1"
                   "\x01"
                   "2"
    );
    CHECK(wire.command(Command::stmt_prepare, "SELECT ?").size() == 1);
}

TEST_CASE("commands: without CLIENT_DEPRECATE_EOF lists end with EOF, with it with OK") {
    Server server;
    server.db.run("CREATE TABLE t (a INT, b INT)");
    for (const auto more : {0U, mysql::client_deprecate_eof}) {
        Wire wire(server.db.engine, plain_capabilities | more);
        wire.login();
        wire.command(Command::init_db, "q");
        const std::size_t length = more == 0 ? 5 : 8;
        const auto fields = wire.command(Command::field_list, "t\0"s);
        REQUIRE(fields.size() == 3);
        CHECK(fields.back().size() == length);
        CHECK(wire.command(Command::set_option, number(0, 2)).back().size() == length);
        CHECK(wire.query("SELECT 1").back().size() == length);
        CHECK(wire.query("SELECT 1").size() == (more == 0 ? 5 : 4));
    }
}

TEST_CASE("commands: COM_CHANGE_USER makes a session of another user, or ends it") {
    Server server;
    server.db.engine.put_user("other", "");
    Wire wire(server.db.engine);
    wire.login();
    wire.query("SET @kept = 1");
    const auto change = [&](const std::string& user, const std::string& plugin) {
        return wire.command(Command::change_user, user + "\0\0q\0\xff\0"s + plugin + "\0"s);
    };
    CHECK(error_of(change("other", "mysql_native_password")) == 0);
    CHECK(
        row(wire.query("SELECT USER(), DATABASE(), IFNULL(@kept, 'gone')")[5]) ==
        std::vector<std::string>{"other@localhost", "q", "gone"}
    );
    // A plugin that the server does not have: it names its own.
    const auto asked = change("app", "mysql_clear_password");
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].substr(0, 22) == "\xfemysql_native_password");
    CHECK(error_of(wire.exchange("", 2)) == 0);
    CHECK(row(wire.query("SELECT USER()")[3]) == std::vector<std::string>{"app@localhost"});
    CHECK(error_of(change("nobody", "mysql_native_password")) == 1045);
    CHECK(wire.session.is_finished());
}

TEST_CASE("commands: COM_RESET_CONNECTION forgets what the session had") {
    Server server;
    Wire wire(server.db.engine, plain_capabilities | mysql::client_interactive);
    wire.login();
    wire.query("SET @a = 1, SESSION sql_mode = '', wait_timeout = 5");
    wire.command(Command::stmt_prepare, "SELECT 1");
    CHECK(error_of(wire.command(Command::reset_connection)) == 0);
    const auto answer = wire.query("SELECT IFNULL(@a, '-'), @@sql_mode = '', @@wait_timeout");
    CHECK(row(answer[5]) == std::vector<std::string>{"-", "0", "28800"});
    CHECK(error_of(wire.command(Command::stmt_reset, number(1, 4))) == 1243);
}

TEST_CASE("commands: compressed both ways, from the packet after the login on") {
    Server server;
    for (const auto kind : {mysql::Compression::zlib, mysql::Compression::zstd}) {
        const bool is_zstd = kind == mysql::Compression::zstd;
        Wire wire(
            server.db.engine,
            plain_capabilities | (is_zstd ? mysql::client_zstd_compression : mysql::client_compress)
        );
        const auto level = is_zstd ? "\x05"s : std::string();
        CHECK(error_of(wire.login("\0mysql_native_password\0"s + level)) == 0);
        wire.compress(kind);
        const auto small = wire.query("SELECT 'x'");
        CHECK(row(small[3]) == std::vector<std::string>{"x"});
        const auto large = wire.query("SELECT REPEAT('x', 1000000)");
        CHECK(row(large[3])[0].size() == 1'000'000);
        CHECK(wire.answer_bytes.size() < 50'000);
        const auto long_query = "SELECT LENGTH('" + std::string(20'000'000, 'y') + "')";
        CHECK(row(wire.query(long_query)[3]) == std::vector<std::string>{"20000000"});
        // Damage ends the session.
        wire.send("\x05\0\0\0\x50\0\0abcde"s);
        CHECK(wire.session.is_finished());
        CHECK(wire.session.refusal() == "Couldn't uncompress communication packet");
    }
}

TEST_CASE("commands: compression that the server does not want is not offered") {
    Server server;
    server.db.run("SET GLOBAL protocol_compression_algorithms = 'uncompressed'");
    Wire wire(server.db.engine, plain_capabilities | mysql::client_compress);
    wire.login();
    CHECK(error_of(wire.query("SELECT 1")) == 0);
    CHECK(wire.query("SELECT 1").size() == 5);
}
