// Any bytes from a client, read by our server, and from a server, read by our client; the log's
// bytes too.
#include "emulator/mysql/client.hpp"
#include "services/rds/data/change_log.hpp"
#include "services/rds/data/protocol/session.hpp"
#include "tests/support/database.hpp"

using namespace diorama;

namespace {

void feed(rds::Session& session, std::string_view bytes) {
    while (!session.is_finished()) {
        const auto consumed = session.received(bytes);
        bytes.remove_prefix(consumed);
        const bool has_statement = session.pending_statement();
        while (session.pending_statement())
            if (session.execute() == rds::sql::Progress::waits) session.give_up_waiting();
        session.output().clear();
        if (consumed == 0 && !has_statement) return;
    }
}

// A client without a password, before its commands.
std::string login() {
    std::string payload;
    mysql::put_fixed(payload, mysql::client_protocol_41 | mysql::client_secure_connection, 4);
    payload.append(28, '\0');
    payload += std::string("fuzz\0\0", 6);
    std::string bytes;
    mysql::FrameWriter frames(bytes);
    frames.set_sequence(1);
    frames.write(payload);
    return bytes;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    static test::Instance instance;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    mysql::ClientSession client({"user", "password", "database"});
    auto rest = text;
    rest.remove_prefix(client.received(rest));
    if (client.is_ready()) client.query("SELECT 1");
    client.received(rest);
    while (client.take_result()) {
    }
    (void)rds::decode_changes(text);

    instance.engine.put_user("fuzz", "");
    rds::Session fresh(instance.engine, {});
    feed(fresh, text);
    rds::Session session(instance.engine, {});
    feed(session, login());
    feed(session, text);
    return 0;
}
