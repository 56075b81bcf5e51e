// Dialogues between our client and our server, and packets by the byte.
#include "emulator/mysql/client.hpp"
#include "emulator/mysql/scramble.hpp"
#include "services/rds/data/protocol/session.hpp"
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using namespace diorama;

namespace {

// Carries bytes both ways until neither side has more to say.
void talk(mysql::ClientSession& client, rds::Session& session) {
    std::string to_client;
    std::string to_server;
    for (int turn = 0; turn < 100; ++turn) {
        to_client += std::exchange(session.output(), {});
        to_client.erase(0, client.received(to_client));
        to_server += std::exchange(client.output(), {});
        to_server.erase(0, session.received(to_server));
        while (session.pending_statement())
            session.execute();
        if (session.output().empty() && client.output().empty()) return;
    }
}

std::string answer(mysql::ClientSession& client, rds::Session& session, std::string_view sql) {
    client.query(sql);
    talk(client, session);
    const auto result = client.take_result();
    if (!result) return "nothing";
    if (result->error) return fmt::format("{} {}", result->error->code, result->error->message);
    std::string text;
    for (const auto& row : result->rows)
        for (const auto& value : row)
            text += value.value_or("NULL") + ";";
    return text.empty() ? fmt::format("ok {}", result->affected_rows) : text;
}

} // namespace

TEST_CASE("session: both plugins log in, with the right password only") {
    for (const auto* plugin : {"mysql_native_password", "caching_sha2_password"}) {
        CAPTURE(plugin);
        test::Folder folder;
        VirtualTime time;
        rds::Engine engine(
            {.path = folder.file("db"), .default_authentication_plugin = plugin, .variables = {}},
            time,
            Random(1)
        );
        engine.put_user("app", "secret");
        rds::ServerKey key;
        for (int time_of_login = 0; time_of_login < 2;
             ++time_of_login) { // full path, then fast path
            rds::Session session(
                engine,
                {.client_host = "localhost", .offers_tls = false, .server_key = &key}
            );
            mysql::ClientSession client({"app", "secret", ""});
            talk(client, session);
            CHECK(client.is_ready());
            CHECK(answer(client, session, "SELECT 1") == "1;");
        }
        rds::Session session(
            engine,
            {.client_host = "10.0.0.1", .offers_tls = false, .server_key = &key}
        );
        mysql::ClientSession client({"app", "wrong", ""});
        talk(client, session);
        CHECK(client.has_failed());
        CHECK(client.failure().code == 1045);
        CHECK(
            client.failure().message ==
            "Access denied for user 'app'@'10.0.0.1' (using password: YES)"
        );
        CHECK(session.is_finished());
    }
}

TEST_CASE("session: statements, errors and an unknown database") {
    test::Instance db;
    db.engine.put_user("app", "");
    rds::Session session(db.engine, {});
    mysql::ClientSession client({"app", "", "q"});
    talk(client, session);
    REQUIRE(client.is_ready());
    CHECK(answer(client, session, "CREATE TABLE t (id INT PRIMARY KEY, s TEXT)") == "ok 0");
    CHECK(answer(client, session, "INSERT INTO t VALUES (1,NULL),(2,'it''s')") == "ok 2");
    CHECK(answer(client, session, "SELECT * FROM t ORDER BY id") == "1;NULL;2;it's;");
    CHECK(answer(client, session, "SELECT * FROM nope") == "1146 Table 'q.nope' doesn't exist");
    rds::Session other(db.engine, {});
    mysql::ClientSession lost({"app", "", "nope"});
    talk(lost, other);
    CHECK(lost.failure().code == 1049);
}

TEST_CASE("session: a prepared statement gives binary rows") {
    test::Instance db;
    db.engine.put_user("app", "");
    rds::Session session(db.engine, {});
    mysql::ClientSession client({"app", "", "q"});
    talk(client, session);
    session.output().clear();
    const auto send = [&](std::string payload) {
        std::string bytes;
        mysql::FrameWriter(bytes).write(payload);
        CHECK(session.received(bytes) == bytes.size());
        while (session.pending_statement())
            session.execute();
        return std::exchange(session.output(), {});
    };
    const auto prepared = send("\x16SELECT ?+1");
    using namespace std::string_literals;
    CHECK(prepared.substr(0, 16) == "\x0c\0\0\x01\0\x01\0\0\0\x01\0\x01\0\0\0\0"s);
    const auto rows = send("\x17\x01\0\0\0\0\x01\0\0\0\0\x01\x08\0\x29\0\0\0\0\0\0\0"s);
    CHECK(rows.find("\0\0\x2a\0\0\0\0\0\0\0"s) != std::string::npos);
    CHECK(
        send("\x17\x09\0\0\0\0\x01\0\0\0"s).find("#HY000Unknown prepared statement handler") !=
        std::string::npos
    );
}

TEST_CASE("session: says why it refused a client, not that a client has left") {
    test::Instance db;
    db.engine.put_user("app", "");
    rds::Session session(db.engine, {});
    std::string bytes;
    mysql::FrameWriter frames(bytes);
    frames.set_sequence(1);
    frames.write("x");
    session.received(bytes);
    CHECK(session.is_finished());
    CHECK(session.refusal() == "Bad handshake");

    rds::Session other(db.engine, {});
    mysql::ClientSession client({"app", "", "q"});
    talk(client, other);
    REQUIRE(client.is_ready());
    bytes.clear();
    mysql::FrameWriter(bytes).write("\x01"); // COM_QUIT
    other.received(bytes);
    CHECK(other.is_finished());
    CHECK(other.refusal().empty());
}

TEST_CASE("packets: what is longer than a frame is split and joined again") {
    std::string bytes;
    const std::string payload(mysql::max_packet_payload + 5, 'x');
    mysql::FrameWriter(bytes).write(payload);
    mysql::FrameReader reader(std::size_t{64} << 20);
    CHECK_FALSE(reader.next(bytes.substr(0, bytes.size() - 1)).has_value());
    const auto frame = reader.next(bytes);
    REQUIRE(frame.has_value());
    CHECK(frame->payload == payload);
    CHECK(frame->sequence == 1);
    CHECK(frame->consumed == bytes.size());
}
