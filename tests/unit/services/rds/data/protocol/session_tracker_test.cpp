// What OK packets tell of a session's state.
#include "tests/support/mysql_wire.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using mysql::Track;
using test::Packets;
using test::Wire;

namespace {

// "1:q" for the schema, "0:autocommit=OFF" for a variable, ... of the last packet.
std::vector<std::string> changes(const Packets& packets) {
    std::vector<std::string> list;
    if (packets.empty()) return list;
    mysql::PacketReader reader(packets.back());
    reader.fixed(1);
    reader.length_encoded();
    reader.length_encoded();
    const auto status = reader.fixed(2);
    reader.fixed(2);
    reader.length_encoded_text();
    CHECK(((status & mysql::status_session_state_changed) != 0) == !reader.at_end());
    mysql::PacketReader all(reader.length_encoded_text());
    while (!all.at_end()) {
        const auto kind = static_cast<Track>(all.fixed(1));
        mysql::PacketReader one(all.length_encoded_text());
        auto text = fmt::format("{}:{}", static_cast<int>(kind), one.length_encoded_text());
        if (kind == Track::system_variables) text += fmt::format("={}", one.length_encoded_text());
        CHECK(one.at_end());
        list.push_back(std::move(text));
    }
    CHECK_FALSE(all.failed());
    return list;
}

using List = std::vector<std::string>;

struct Tracked {
    Tracked() {
        db.engine.put_user("app", "");
        db.run("CREATE TABLE t (id INT PRIMARY KEY)");
        wire.login();
        wire.command(mysql::Command::init_db, "q");
    }

    List after(std::string_view sql) { return changes(wire.query(sql)); }

    test::Instance db;
    Wire wire{
        db.engine,
        test::plain_capabilities | mysql::client_session_track | mysql::client_deprecate_eof
    };
};

} // namespace

TEST_CASE("session tracking: the default schema, and the variables that are listed") {
    Tracked session;
    CHECK(session.after("SELECT 1").empty());
    CHECK(session.after("USE q") == List{"1:q"});
    CHECK(changes(session.wire.command(mysql::Command::init_db, "q")) == List{"1:q"});
    CHECK(session.after("SET autocommit = 0") == List{"0:autocommit=OFF"});
    CHECK(session.after("SET autocommit = 0") == List{"0:autocommit=OFF"}); // to the same value
    CHECK(
        session.after("SET NAMES utf8mb4") ==
        List{
            "0:character_set_client=utf8mb4",
            "0:character_set_connection=utf8mb4",
            "0:character_set_results=utf8mb4"
        }
    );
    CHECK(session.after("SET sql_mode = ''").empty());
    CHECK(session.after("SET @a = 1").empty());
    session.after("SET session_track_system_variables = 'sql_mode, wait_timeout'");
    CHECK(session.after("SET wait_timeout = 7") == List{"0:wait_timeout=7"});
    CHECK(session.after("SET time_zone = '+00:00'").empty());
    session.after("SET session_track_system_variables = '*'");
    CHECK(session.after("SET time_zone = '+00:00'") == List{"0:time_zone=+00:00"});
    session.after("SET session_track_system_variables = '', session_track_schema = OFF");
    CHECK(session.after("USE q").empty());
}

TEST_CASE("session tracking: that there is something another session would not have") {
    Tracked session;
    session.after("SET session_track_system_variables = '', session_track_state_change = ON");
    CHECK(session.after("SELECT 1").empty());
    CHECK(session.after("SET @a = 1") == List{"2:1"});
    CHECK(session.after("SET wait_timeout = 9") == List{"2:1"});
    CHECK(session.after("PREPARE p FROM 'SELECT 1'") == List{"2:1"});
    CHECK(session.after("CREATE TEMPORARY TABLE tt (a INT)") == List{"2:1"});
    CHECK(session.after("INSERT INTO t VALUES (1)").empty());
}

TEST_CASE("session tracking: where the transaction stands") {
    Tracked session;
    session.after("SET session_track_transaction_info = STATE");
    CHECK(session.after("INSERT INTO t VALUES (1)").empty());
    CHECK(session.after("BEGIN") == List{"5:T_______"});
    CHECK(session.after("SELECT 1") == List{"5:T_____S_"});
    CHECK(session.after("SELECT * FROM t") == List{"5:T_R___S_"});
    CHECK(session.after("SELECT * FROM t").empty());
    CHECK(session.after("INSERT INTO t VALUES (2)") == List{"5:T_R_W_S_"});
    CHECK(session.after("COMMIT") == List{"5:________"});
    session.after("SET autocommit = 0");
    CHECK(session.after("INSERT INTO t VALUES (3)") == List{"5:I___W___"});
    CHECK(session.after("ROLLBACK") == List{"5:________"});
}

TEST_CASE("session tracking: how to begin such a transaction elsewhere") {
    Tracked session;
    session.after("SET session_track_transaction_info = CHARACTERISTICS");
    CHECK(
        session.after("START TRANSACTION READ ONLY") ==
        List{"4:START TRANSACTION READ ONLY;", "5:T_______"}
    );
    CHECK(session.after("COMMIT") == List{"4:", "5:________"});
    CHECK(session.after("BEGIN") == List{"4:START TRANSACTION;", "5:T_______"});
    session.after("ROLLBACK");
    CHECK(
        session.after("START TRANSACTION WITH CONSISTENT SNAPSHOT")[0] ==
        "4:START TRANSACTION WITH CONSISTENT SNAPSHOT;"
    );
}

TEST_CASE("session tracking: the login says which schema it has, and other clients hear nothing") {
    test::Instance db;
    db.engine.put_user("app", "");
    const auto with_schema = test::plain_capabilities | mysql::client_connect_with_db;
    const std::string rest("\0q\0mysql_native_password\0", 25);
    Wire tracked(db.engine, with_schema | mysql::client_session_track);
    CHECK(changes(tracked.login(rest)) == List{"1:q"});
    Wire plain(db.engine, with_schema);
    const auto answer = plain.login(rest);
    CHECK(answer.back() == std::string("\0\0\0\x02\0\0\0\0", 8));
}
