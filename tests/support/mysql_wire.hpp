// A client of a MySQL session by the packet: it logs in with the capabilities of the test's choice,
// sends commands as bytes and sees what comes back, packet by packet.
#pragma once

#include "emulator/mysql/compression.hpp"
#include "services/rds/data/protocol/session.hpp"
#include "tests/support/database.hpp"

#include <string>
#include <vector>

namespace diorama::test {

using Packets = std::vector<std::string>; // payloads

inline constexpr std::uint32_t plain_capabilities =
    mysql::client_protocol_41 | mysql::client_secure_connection | mysql::client_plugin_auth;

// The user "app" has no password.
class Wire {
public:
    explicit Wire(rds::Engine& engine, std::uint32_t capabilities = plain_capabilities)
        : capabilities_(capabilities)
        , session(engine, {}) {
        greeting = take();
    }

    // The rest of the handshake's answer, after the user's name, is the test's, if it wants to.
    Packets login(const std::string& rest = std::string("\0mysql_native_password\0", 23)) {
        std::string payload;
        mysql::put_fixed(payload, capabilities_, 4);
        mysql::put_fixed(payload, mysql::max_packet_payload, 4);
        payload.push_back(static_cast<char>(mysql::collation_utf8mb4_general_ci));
        payload.append(23, '\0');
        mysql::put_null_terminated(payload, "app");
        return exchange(payload + rest, 1);
    }

    // One command: its byte, and what belongs to it.
    Packets command(mysql::Command kind, std::string_view rest = {}) {
        return exchange(static_cast<char>(kind) + std::string(rest), 0);
    }

    Packets query(std::string_view text) { return command(mysql::Command::query, text); }

    Packets exchange(std::string_view payload, std::uint8_t sequence) {
        std::string bytes;
        mysql::FrameWriter frames(bytes);
        frames.set_sequence(sequence);
        frames.write(payload);
        return send(compressed(bytes));
    }

    // As they are.
    Packets send(std::string bytes) {
        while (!session.is_finished()) {
            const auto consumed = session.received(bytes);
            bytes.erase(0, consumed);
            const bool has_statement = session.pending_statement();
            while (session.pending_statement())
                if (session.execute() == rds::sql::Progress::waits) session.give_up_waiting();
            if (consumed == 0 && !has_statement) break;
        }
        return take();
    }

    // From the next packet on, both ways.
    void compress(mysql::Compression kind) {
        to_server_.start(kind);
        from_server_.start(kind);
    }

    std::string answer_bytes; // as they came
    Packets greeting;

private:
    std::string compressed(const std::string& plain) {
        if (!to_server_.is_on()) return plain;
        std::string packed;
        to_server_.begin_command();
        to_server_.pack(plain, packed);
        return packed;
    }

    Packets take() {
        answer_bytes = std::exchange(session.output(), {});
        std::string plain;
        if (!from_server_.is_on()) {
            plain = answer_bytes;
        } else {
            // The numbers go on from the command's; a first packet says from where.
            if (!answer_bytes.empty()) from_server_.expect(static_cast<std::uint8_t>(answer_bytes[3]));
            std::string_view rest = answer_bytes;
            while (const auto taken = from_server_.unpack(rest, plain))
                rest.remove_prefix(taken);
        }
        Packets packets;
        mysql::FrameReader reader(std::size_t{256} << 20);
        std::string_view rest = plain;
        while (const auto frame = reader.next(rest)) {
            packets.emplace_back(frame->payload);
            rest.remove_prefix(frame->consumed);
        }
        return packets;
    }

    std::uint32_t capabilities_;
    mysql::CompressedStream to_server_;
    mysql::CompressedStream from_server_;

public:
    rds::Session session;
};

// The number in an ERR packet; 0: it is none.
inline unsigned error_of(const Packets& packets) {
    if (packets.empty() || packets.back().empty() || packets.back()[0] != '\xff') return 0;
    return static_cast<unsigned>(mysql::PacketReader(packets.back().substr(1, 2)).fixed(2));
}

// The status flags of the OK or EOF packet that ends an answer.
inline unsigned status_of(const Packets& packets) {
    if (packets.empty() || packets.back().empty()) return 0;
    mysql::PacketReader reader(packets.back());
    const auto head = reader.fixed(1);
    if (head == 0xfe && packets.back().size() == 5) {
        reader.fixed(2);
        return static_cast<unsigned>(reader.fixed(2));
    }
    reader.length_encoded();
    reader.length_encoded();
    return static_cast<unsigned>(reader.fixed(2));
}

} // namespace diorama::test
