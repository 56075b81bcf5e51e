// A client that has logged in and sends any commands. The first four bytes are the capabilities it
// asks for, the next says how it sends: each command as a packet of its own, or compressed, or what
// follows as it is. Then, for packets: a length in two bytes and so many bytes, again and again.
#include "emulator/mysql/compression.hpp"
#include "emulator/mysql/scramble.hpp"
#include "services/rds/data/protocol/session.hpp"
#include "tests/support/database.hpp"

using namespace diorama;

namespace {

void feed(rds::Session& session, std::string bytes) {
    while (!session.is_finished()) {
        const auto consumed = session.received(bytes);
        bytes.erase(0, consumed);
        const bool has_statement = session.pending_statement();
        while (session.pending_statement())
            if (session.execute() == rds::sql::Progress::waits) session.give_up_waiting();
        session.output().clear();
        if (consumed == 0 && !has_statement) return;
    }
}

std::string packet(std::string_view payload, std::uint8_t sequence) {
    std::string bytes;
    mysql::FrameWriter frames(bytes);
    frames.set_sequence(sequence);
    frames.write(payload);
    return bytes;
}

std::string login(std::uint32_t capabilities) {
    std::string payload;
    mysql::put_fixed(payload, capabilities, 4);
    payload.append(28, '\0');
    payload += std::string("fuzz\0\0", 6);
    if ((capabilities & mysql::client_connect_with_db) != 0) payload += std::string("q\0", 2);
    if ((capabilities & mysql::client_plugin_auth) != 0)
        mysql::put_null_terminated(payload, mysql::native_password_plugin);
    if ((capabilities & mysql::client_connect_attrs) != 0) payload.push_back('\0');
    if ((capabilities & mysql::client_zstd_compression) != 0) payload.push_back('\x03');
    return packet(payload, 1);
}

mysql::Compression compression_of(std::uint32_t capabilities) {
    if ((capabilities & mysql::client_compress) != 0) return mysql::Compression::zlib;
    if ((capabilities & mysql::client_zstd_compression) != 0) return mysql::Compression::zstd;
    return mysql::Compression::none;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    static test::Instance instance;
    instance.engine.put_user("fuzz", "");
    mysql::PacketReader input({reinterpret_cast<const char*>(bytes), size});
    auto capabilities = static_cast<std::uint32_t>(input.fixed(4));
    capabilities &= ~mysql::client_ssl;
    capabilities |= mysql::client_protocol_41 | mysql::client_secure_connection;
    const bool is_raw = (input.fixed(1) & 1) != 0;
    rds::Session session(instance.engine, {});
    feed(session, login(capabilities));
    if (is_raw) {
        feed(session, std::string(input.rest()));
        return 0;
    }
    mysql::CompressedStream stream;
    stream.start(compression_of(capabilities));
    while (!input.at_end() && !session.is_finished()) {
        const auto length = input.fixed(2);
        auto command = packet(input.bytes(std::min<std::size_t>(length, input.left())), 0);
        if (stream.is_on()) {
            std::string packed;
            stream.begin_command();
            stream.pack(command, packed);
            command = std::move(packed);
        }
        feed(session, std::move(command));
    }
    return 0;
}
