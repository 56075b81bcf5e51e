// Logging in and querying, from the client's side.
#include "emulator/mysql/client.hpp"

#include "emulator/mysql/scramble.hpp"

namespace diorama::mysql {

namespace {

constexpr std::uint32_t base_capabilities =
    client_long_password | client_long_flag | client_protocol_41 | client_transactions |
    client_secure_connection | client_multi_results | client_plugin_auth |
    client_plugin_auth_lenenc_client_data;

bool is_error(std::string_view payload) {
    return !payload.empty() && payload[0] == '\xff';
}

// EOF, which rows may begin like only when they are long.
bool is_end(std::string_view payload) {
    return !payload.empty() && payload[0] == '\xfe' && payload.size() < 9;
}

} // namespace

std::size_t ClientSession::received(std::string_view bytes) {
    std::size_t consumed = 0;
    while (state_ != State::failed) {
        const auto frame = reader_.next(bytes.substr(consumed));
        if (!frame) {
            if (reader_.error() != FrameError::none) fail("a packet is too large");
            break;
        }
        consumed += frame->consumed;
        frames_.set_sequence(static_cast<std::uint8_t>(frame->sequence + 1));
        switch (state_) {
        case State::greeting:
            greeting(frame->payload);
            break;
        case State::authentication:
        case State::public_key:
            authentication(frame->payload);
            break;
        case State::first_packet:
            first_packet(frame->payload);
            break;
        case State::columns:
            column(frame->payload);
            break;
        case State::rows:
            row(frame->payload);
            break;
        case State::ready: // the server says why it closes
            if (is_error(frame->payload)) {
                failure_ = error_of(frame->payload);
                state_ = State::failed;
            } else {
                fail("a packet came that nobody asked for");
            }
            break;
        case State::failed:
            break;
        }
    }
    return consumed;
}

void ClientSession::fail(std::string_view why) {
    failure_ = {2027, "HY000", "Malformed packet: " + std::string(why)};
    state_ = State::failed;
}

QueryError ClientSession::error_of(std::string_view payload) {
    PacketReader reader(payload.substr(1));
    QueryError error;
    error.code = static_cast<std::uint16_t>(reader.fixed(2));
    auto rest = reader.rest();
    if (!rest.empty() && rest[0] == '#') {
        error.sqlstate = rest.substr(1, 5);
        rest.remove_prefix(std::min<std::size_t>(6, rest.size()));
    }
    error.message = rest;
    return error;
}

std::string ClientSession::proof() const {
    return plugin_ == caching_sha2_plugin ? sha2_scramble(settings_.password, nonce_)
                                          : native_scramble(settings_.password, nonce_);
}

void ClientSession::greeting(std::string_view payload) {
    if (is_error(payload)) {
        failure_ = error_of(payload);
        state_ = State::failed;
        return;
    }
    PacketReader reader(payload);
    const auto version = reader.fixed(1);
    reader.null_terminated();
    reader.fixed(4);
    nonce_ = reader.bytes(8);
    reader.fixed(1);
    auto offered = static_cast<std::uint32_t>(reader.fixed(2));
    reader.fixed(3); // character set, status
    offered |= static_cast<std::uint32_t>(reader.fixed(2)) << 16;
    reader.bytes(11);
    nonce_ += reader.bytes(12);
    reader.fixed(1);
    plugin_ = reader.null_terminated();
    if (reader.failed() || version != 10 || (offered & client_protocol_41) == 0)
        return fail("the greeting");
    if (plugin_ != caching_sha2_plugin) plugin_ = native_password_plugin;
    auto& out = frames_.open();
    const auto capabilities =
        base_capabilities | (settings_.database.empty() ? 0 : client_connect_with_db);
    put_fixed(out, capabilities, 4);
    put_fixed(out, max_packet_payload, 4);
    out.push_back(static_cast<char>(collation_utf8mb4_general_ci));
    out.append(23, '\0');
    put_null_terminated(out, settings_.user);
    put_text(out, proof());
    if (!settings_.database.empty()) put_null_terminated(out, settings_.database);
    put_null_terminated(out, plugin_);
    frames_.close();
    state_ = State::authentication;
}

void ClientSession::authentication(std::string_view payload) {
    if (payload.empty()) return fail("authentication");
    if (is_error(payload)) {
        failure_ = error_of(payload);
        state_ = State::failed;
        return;
    }
    if (payload[0] == '\0') {
        state_ = State::ready;
        return;
    }
    if (payload[0] == '\xfe') { // another plugin
        PacketReader reader(payload.substr(1));
        plugin_ = reader.null_terminated();
        nonce_ = reader.rest().substr(0, nonce_size);
        if (plugin_ != caching_sha2_plugin && plugin_ != native_password_plugin)
            return fail("the server wants the plugin " + plugin_);
        return frames_.write(proof());
    }
    if (payload[0] != '\x01') return fail("authentication");
    const auto more = payload.substr(1);
    if (state_ == State::public_key) {
        const auto sealed =
            rsa_encrypted(mixed_with_nonce(settings_.password + '\0', nonce_), more);
        if (sealed.empty()) return fail("the server's public key");
        frames_.write(sealed);
        state_ = State::authentication;
    } else if (more == "\x04") { // the full exchange: ask for the key
        frames_.write("\x02");
        state_ = State::public_key;
    } else if (more != "\x03") {
        fail("authentication");
    }
}

void ClientSession::command(Command kind, std::string_view text) {
    frames_.set_sequence(0);
    auto& out = frames_.open();
    out.push_back(static_cast<char>(kind));
    out.append(text);
    frames_.close();
    state_ = State::first_packet;
    result_ = {};
}

void ClientSession::query(std::string_view text) {
    command(Command::query, text);
}

void ClientSession::ping() {
    command(Command::ping, {});
}

void ClientSession::quit() {
    command(Command::quit, {});
}

void ClientSession::finish(std::uint16_t status) {
    results_.push_back(std::move(result_));
    result_ = {};
    state_ = (status & status_more_results) != 0 ? State::first_packet : State::ready;
}

void ClientSession::ok(std::string_view payload) {
    PacketReader reader(payload.substr(1));
    result_.affected_rows = reader.length_encoded();
    result_.last_insert_id = reader.length_encoded();
    const auto status = static_cast<std::uint16_t>(reader.fixed(2));
    reader.failed() ? fail("OK") : finish(status);
}

void ClientSession::first_packet(std::string_view payload) {
    if (payload.empty()) return fail("a result");
    if (is_error(payload)) {
        result_.error = error_of(payload);
        return finish(0);
    }
    if (payload[0] == '\0') return ok(payload);
    PacketReader reader(payload);
    columns_left_ = reader.length_encoded();
    if (reader.failed() || columns_left_ == 0 || columns_left_ > 4096) return fail("a result");
    state_ = State::columns;
}

void ClientSession::column(std::string_view payload) {
    if (columns_left_ == 0) { // the EOF after the definitions
        state_ = State::rows;
        return;
    }
    PacketReader reader(payload);
    for (int skipped = 0; skipped < 4; ++skipped)
        reader.length_encoded_text();
    result_.columns.emplace_back(reader.length_encoded_text());
    if (reader.failed()) return fail("a column definition");
    --columns_left_;
}

void ClientSession::row(std::string_view payload) {
    if (is_error(payload)) {
        result_.error = error_of(payload);
        return finish(0);
    }
    if (is_end(payload)) {
        PacketReader reader(payload.substr(1));
        reader.fixed(2);
        return finish(static_cast<std::uint16_t>(reader.fixed(2)));
    }
    auto& row = result_.rows.emplace_back();
    PacketReader reader(payload);
    for (std::size_t i = 0; i < result_.columns.size(); ++i) {
        if (reader.left() > 0 && reader.peek() == 0xfb) {
            reader.fixed(1);
            row.emplace_back();
        } else {
            row.emplace_back(reader.length_encoded_text());
        }
    }
    if (reader.failed()) fail("a row");
}

std::optional<QueryResult> ClientSession::take_result() {
    if (results_.empty()) return std::nullopt;
    auto result = std::move(results_.front());
    results_.pop_front();
    return result;
}

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\0')
            out += "\\0";
        else {
            if (c == '\'' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out + "'";
}

} // namespace diorama::mysql
