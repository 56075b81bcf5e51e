// What no well-behaved client sends: wrong numbers, wrong lengths, too much, at the wrong time.
// Nothing of it may harm, and what is not the protocol ends the session with MySQL's reason.
#include "emulator/random/random.hpp"
#include "tests/support/mysql_wire.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace std::string_literals;
using mysql::Command;
using test::error_of;
using test::plain_capabilities;
using test::Wire;

namespace {

struct Server {
    Server() { db.engine.put_user("app", ""); }

    test::Instance db;
};

std::string framed(std::string_view payload, std::uint8_t sequence) {
    std::string bytes;
    mysql::FrameWriter frames(bytes);
    frames.set_sequence(sequence);
    frames.write(payload);
    return bytes;
}

} // namespace

TEST_CASE("bad packets: a wrong sequence id ends the session") {
    Server server;
    Wire late(server.db.engine);
    CHECK(error_of(late.exchange("x", 0)) == 1156); // the greeting had 0
    CHECK(late.session.is_finished());
    Wire wire(server.db.engine);
    wire.login();
    const auto answer = wire.send(framed("\x0e", 1));
    CHECK(error_of(answer) == 1156);
    CHECK(answer.back().substr(3) == "#08S01Got packets out of order");
    CHECK(wire.session.is_finished());
    CHECK(server.db.run("SELECT 1") == "1");
}

TEST_CASE("bad packets: parts of a long packet must be numbered one after the other") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    auto bytes = framed("\x03SELECT 1 -- " + std::string(17'000'000, 'x'), 0);
    bytes[4 + mysql::max_packet_payload + 3] = 7;
    CHECK(error_of(wire.send(bytes)) == 1156);
}

TEST_CASE("bad packets: more than max_allowed_packet ends the session at the first head") {
    Server server;
    server.db.run("SET GLOBAL max_allowed_packet = 100000");
    Wire wire(server.db.engine);
    wire.login();
    CHECK(error_of(wire.query("SELECT LENGTH('" + std::string(90'000, 'x') + "')")) == 0);
    CHECK(error_of(wire.send("\xff\xff\x7f\0\x03SELECT"s)) == 1153);
    CHECK(wire.session.is_finished());
    Wire before_login(server.db.engine);
    const auto refused = before_login.send("\xff\xff\x7f\x01xx"s);
    CHECK(error_of(refused) == 1153);
    CHECK(refused[0][3] == 'G'); // without an SQLSTATE, as long as nobody has agreed on those
    CHECK(before_login.session.is_finished());
}

TEST_CASE("bad packets: an empty command") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    CHECK(error_of(wire.exchange("", 0)) == 1835);
    CHECK(wire.session.is_finished());
}

TEST_CASE("bad packets: every command cut short at every length") {
    Server server;
    server.db.run("CREATE TABLE t (id INT)");
    const std::string whole[] = {
        "\x02q",
        "\x03\x01\x01\0\x01\xfe\0\x01"
        "a\x01"
        "bSELECT 1"s,
        "\x04t\0%"s,
        "\x09",
        "\x0a",
        "\x0c\x63\0\0\0"s,
        "\x11"
        "app\0\0q\0\x2d\0mysql_native_password\0\x04\x01"
        "a\x01"
        "b"s,
        "\x16SELECT ?, ?",
        "\x17\x01\0\0\0\x08\x01\0\0\0\x02\0\x01\x0c\0\0\x0b\0\0\x0b\xe8\x07\x01\x02\x03\x04\x05\x06\0\0\0\x0c\0\0\0\0\0\x01\x02\x03\x04\0\0\0"s,
        "\x18\x01\0\0\0\0\0xyz"s,
        "\x19\x01\0\0\0"s,
        "\x1a\x01\0\0\0"s,
        "\x1b\0\0"s,
        "\x1c\x01\0\0\0\x02\0\0\0"s,
        "\x1f",
    };
    for (const auto& command : whole)
        for (std::size_t length = 1; length <= command.size(); ++length) {
            Wire wire(
                server.db.engine,
                plain_capabilities | mysql::client_query_attributes | mysql::client_connect_attrs
            );
            wire.login("\0mysql_native_password\0\0"s);
            wire.command(Command::stmt_prepare, "SELECT ?, ?");
            wire.exchange(command.substr(0, length), 0);
            if (!wire.session.is_finished()) wire.command(Command::ping);
        }
    CHECK(server.db.run("SELECT 1") == "1");
}

TEST_CASE("bad packets: a handshake cut short at every length, and with wrong lengths in it") {
    Server server;
    std::string whole;
    mysql::put_fixed(
        whole,
        plain_capabilities | mysql::client_connect_attrs | mysql::client_zstd_compression |
            mysql::client_plugin_auth_lenenc_client_data | mysql::client_connect_with_db,
        4
    );
    whole += std::string(28, '\0') + "app\0\0q\0mysql_native_password\0\x06\x02"s + "ab\x02"s +
             "cd\x03"s;
    for (std::size_t length = 0; length <= whole.size(); ++length) {
        Wire wire(server.db.engine);
        wire.exchange(whole.substr(0, length), 1);
        CHECK((wire.session.is_finished() || wire.session.is_authenticated()) == true);
        if (length == whole.size()) CHECK(wire.session.is_authenticated());
    }
    for (std::size_t at = 32; at < whole.size(); ++at)
        for (const char byte : {'\0', '\x7f', '\xfb', '\xfc', '\xfe', '\xff'}) {
            auto wrong = whole;
            wrong[at] = byte;
            Wire wire(server.db.engine);
            wire.exchange(wrong, 1);
        }
    CHECK(server.db.run("SELECT 1") == "1");
}

TEST_CASE("bad packets: any bytes after the login, hundreds of times") {
    Server server;
    Random random(11);
    for (int round = 0; round < 200; ++round) {
        Wire wire(server.db.engine, plain_capabilities | mysql::client_query_attributes);
        wire.login();
        wire.command(Command::stmt_prepare, "SELECT ?");
        for (int packet = 0; packet < 4 && !wire.session.is_finished(); ++packet) {
            std::string payload;
            const auto length = 1 + random.below(40);
            payload.push_back(static_cast<char>(random.below(0x20)));
            for (std::uint64_t i = 1; i < length; ++i)
                payload.push_back(static_cast<char>(random.below(256)));
            wire.exchange(payload, 0);
        }
    }
    CHECK(server.db.run("SELECT 1") == "1");
}

TEST_CASE("bad packets: sessions beyond max_connections are told so instead of being greeted") {
    Server server;
    server.db.run("SET GLOBAL max_connections = 2");
    Wire one(server.db.engine);
    {
        Wire two(server.db.engine);
        Wire three(server.db.engine);
        REQUIRE(three.greeting.size() == 1);
        CHECK(three.greeting[0] == "\xff\x10\x04Too many connections");
        CHECK(three.session.is_finished());
        CHECK_FALSE(two.session.is_finished());
    }
    Wire four(server.db.engine);
    CHECK_FALSE(four.session.is_finished());
}

TEST_CASE("bad packets: sessions beyond max_user_connections are refused after the login") {
    Server server;
    server.db.run("SET GLOBAL max_user_connections = 1");
    Wire one(server.db.engine);
    CHECK(error_of(one.login()) == 0);
    Wire two(server.db.engine);
    CHECK(error_of(two.login()) == 1203);
    CHECK(two.session.is_finished());
}

TEST_CASE("bad packets: too many placeholders") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    std::string text = "SELECT 1 IN (?";
    for (int i = 1; i < 65'535; ++i)
        text += ",?";
    CHECK(error_of(wire.command(Command::stmt_prepare, text + ")")) == 0);
    CHECK(error_of(wire.command(Command::stmt_prepare, text + ",?)")) == 1390);
}

TEST_CASE("bad packets: who says nothing for too long is told why, out of any sequence") {
    Server server;
    Wire wire(server.db.engine);
    wire.login();
    wire.query("SET wait_timeout = 3");
    CHECK(wire.session.idle_timeout() == std::chrono::seconds(3));
    wire.session.end_idle();
    const auto said = wire.send("");
    CHECK(wire.session.is_finished());
    CHECK(wire.session.refusal().empty());
}
