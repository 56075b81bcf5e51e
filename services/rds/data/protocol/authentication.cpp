// The connection phase: greeting, the client's answer, and the proof of the password.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html
#include "emulator/mysql/scramble.hpp"
#include "services/rds/data/protocol/session.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

namespace diorama::rds {

namespace {

constexpr std::uint32_t always_offered =
    mysql::client_long_password | mysql::client_found_rows | mysql::client_long_flag |
    mysql::client_connect_with_db | mysql::client_local_files | mysql::client_ignore_space |
    mysql::client_protocol_41 | mysql::client_interactive | mysql::client_transactions |
    mysql::client_secure_connection | mysql::client_multi_statements | mysql::client_multi_results |
    mysql::client_ps_multi_results | mysql::client_plugin_auth | mysql::client_connect_attrs |
    mysql::client_plugin_auth_lenenc_client_data | mysql::client_session_track |
    mysql::client_deprecate_eof | mysql::client_optional_resultset_metadata |
    mysql::client_query_attributes | mysql::client_can_handle_expired_passwords;

constexpr char fast_path_succeeded = 3;
constexpr char full_path_needed = 4;
constexpr char wants_public_key = 2;

} // namespace

// MySQL: protocol_compression_algorithms.
std::uint32_t Session::offered() const {
    const auto variables = engine_.global_variables();
    const auto found = variables.find("protocol_compression_algorithms");
    const std::string_view algorithms =
        found == variables.end() ? std::string_view() : std::string_view(found->second);
    auto capabilities = always_offered;
    if (algorithms.find("zlib") != std::string_view::npos) capabilities |= mysql::client_compress;
    if (algorithms.find("zstd") != std::string_view::npos)
        capabilities |= mysql::client_zstd_compression;
    return capabilities;
}

// Instead of a greeting; an error without an SQLSTATE, for nobody has agreed on those yet.
void Session::refuse_place() {
    frames_.set_sequence(0);
    fail_and_finish({1040, "08004", "Too many connections"});
}

void Session::greet() {
    auto random = engine_.fork_random("nonce");
    for (std::size_t i = 0; i < mysql::nonce_size; ++i)
        nonce_.push_back(static_cast<char>(33 + random.below(94)));
    const auto capabilities = offered() | (options_.offers_tls ? mysql::client_ssl : 0);
    frames_.set_sequence(0);
    auto& out = frames_.open();
    out.push_back(10);
    mysql::put_null_terminated(out, limits::server_version);
    id_ = engine_.new_connection_id();
    mysql::put_fixed(out, id_, 4);
    out.append(nonce_, 0, 8);
    out.push_back(0);
    mysql::put_fixed(out, capabilities & 0xffff, 2);
    out.push_back(static_cast<char>(mysql::collation_utf8mb4_0900_ai_ci));
    mysql::put_fixed(out, mysql::status_autocommit, 2);
    mysql::put_fixed(out, capabilities >> 16, 2);
    out.push_back(static_cast<char>(mysql::nonce_size + 1));
    out.append(10, '\0');
    out.append(nonce_, 8, mysql::nonce_size - 8);
    out.push_back(0);
    mysql::put_null_terminated(out, engine_.settings().default_authentication_plugin);
    frames_.close();
}

void Session::tls_established(std::string version, std::string cipher) {
    is_tls_ = true;
    tls_version_ = std::move(version);
    tls_cipher_ = std::move(cipher);
    phase_ = Phase::greeting;
}

void Session::fail_and_finish(const sql::SQLError& error) {
    auto& out = frames_.open();
    out.push_back(static_cast<char>(0xff));
    mysql::put_fixed(out, error.code, 2);
    if ((capabilities_ & mysql::client_protocol_41) != 0) {
        out.push_back('#');
        out.append(error.sqlstate);
    }
    out.append(error.message);
    frames_.close();
    refusal_ = error.message;
    phase_ = Phase::finished;
}

void Session::handshake_response(std::string_view payload) {
    mysql::PacketReader reader(payload);
    capabilities_ = static_cast<std::uint32_t>(reader.fixed(4));
    reader.fixed(4); // the client's max_allowed_packet
    collation_ = static_cast<std::uint16_t>(reader.fixed(1));
    reader.bytes(23);
    if (reader.failed() || (capabilities_ & mysql::client_protocol_41) == 0)
        return fail_and_finish({1043, "08S01", "Bad handshake"});
    const bool asks_for_tls = (capabilities_ & mysql::client_ssl) != 0 && reader.at_end();
    if (asks_for_tls && options_.offers_tls && !is_tls_) {
        phase_ = Phase::awaits_tls;
        return;
    }
    user_ = reader.null_terminated();
    std::string_view proof;
    if ((capabilities_ & mysql::client_plugin_auth_lenenc_client_data) != 0)
        proof = reader.length_encoded_text();
    else if ((capabilities_ & mysql::client_secure_connection) != 0)
        proof = reader.bytes(reader.fixed(1));
    else
        proof = reader.null_terminated();
    capabilities_ &= offered();
    if ((capabilities_ & mysql::client_connect_with_db) != 0) database_ = reader.null_terminated();
    std::string_view plugin = mysql::native_password_plugin;
    if ((capabilities_ & mysql::client_plugin_auth) != 0) plugin = reader.null_terminated();
    if ((capabilities_ & mysql::client_connect_attrs) != 0 && !reader.at_end())
        read_attributes(reader);
    if ((capabilities_ & mysql::client_zstd_compression) != 0)
        zstd_level_ = static_cast<int>(reader.fixed(1));
    if (reader.failed()) return fail_and_finish({1043, "08S01", "Bad handshake"});
    choose_plugin(plugin, proof);
}

// https://dev.mysql.com/doc/refman/8.0/en/performance-schema-connection-attribute-tables.html
void Session::read_attributes(mysql::PacketReader& reader) {
    mysql::PacketReader pairs(reader.length_encoded_text());
    std::size_t size = 0;
    std::size_t truncated = 0;
    while (!pairs.at_end() && !pairs.failed()) {
        const auto name = pairs.length_encoded_text();
        const auto value = pairs.length_encoded_text();
        if (pairs.failed() || name.empty()) return;
        size += name.size() + value.size();
        if (size > limits::connection_attributes_size)
            truncated += name.size() + value.size();
        else
            attributes_.emplace_back(name, value);
    }
    if (truncated > 0) attributes_.emplace_back("_truncated", std::to_string(truncated));
}

void Session::choose_plugin(std::string_view plugin, std::string_view proof) {
    sent_password_ = !proof.empty();
    if (plugin != mysql::native_password_plugin && plugin != mysql::caching_sha2_plugin)
        return switch_plugin(engine_.settings().default_authentication_plugin);
    plugin_ = plugin;
    check_proof(proof);
}

void Session::switch_plugin(std::string_view plugin) {
    plugin_ = plugin;
    phase_ = Phase::authentication;
    auto& out = frames_.open();
    out.push_back(static_cast<char>(0xfe));
    mysql::put_null_terminated(out, plugin);
    mysql::put_null_terminated(out, nonce_);
    frames_.close();
}

void Session::check_proof(std::string_view proof) {
    sent_password_ = !proof.empty();
    const auto account = engine_.account_for(user_, options_.client_host);
    const auto user = account ? engine_.find_user(*account) : std::nullopt;
    if (!user) return refuse_user();
    if (plugin_ == mysql::native_password_plugin) {
        const bool matches = mysql::native_scramble_matches(proof, nonce_, user->native_verifier);
        return matches ? accept_user() : refuse_user();
    }
    if (proof == std::string_view("\0", 1)) proof = {}; // some clients send an empty password so
    if (user->sha2_verifier.empty() || proof.empty())
        return user->sha2_verifier.empty() && proof.empty() ? accept_user() : refuse_user();
    // MySQL: a scramble can only be checked against the cache, which a full exchange fills.
    if (engine_.is_cached(*account)) {
        if (!mysql::sha2_scramble_matches(proof, nonce_, user->sha2_verifier)) return refuse_user();
        const char answer[] = {1, fast_path_succeeded};
        frames_.write({answer, 2});
        return accept_user();
    }
    const char answer[] = {1, full_path_needed};
    frames_.write({answer, 2});
    phase_ = Phase::sha2_full;
}

void Session::sha2_full(std::string_view payload) {
    std::string password;
    if (is_tls_) {
        password = payload.substr(0, payload.find('\0'));
    } else if (options_.server_key == nullptr) {
        return refuse_user();
    } else if (payload.size() == 1 && payload[0] == wants_public_key) {
        frames_.write("\x01" + options_.server_key->public_pem());
        return;
    } else {
        const auto mixed = options_.server_key->decrypted(payload);
        password = mysql::mixed_with_nonce(mixed, nonce_);
        password = password.substr(0, password.find('\0'));
    }
    const auto account = engine_.account_for(user_, options_.client_host);
    const auto user = account ? engine_.find_user(*account) : std::nullopt;
    const bool matches =
        user && mysql::equal_in_constant_time(mysql::sha2_verifier(password), user->sha2_verifier);
    if (!matches) return refuse_user();
    engine_.cache_user(*account);
    accept_user();
}

void Session::refuse_user() {
    fail_and_finish(sql::access_denied(user_, options_.client_host, sent_password_));
}

// Why somebody who has proved the password may not come in all the same.
std::optional<sql::SQLError> Session::refused_account() const {
    const auto account = engine_.account_for(user_, options_.client_host);
    const auto user = account ? engine_.find_user(*account) : std::nullopt;
    if (!user) return std::nullopt;
    if (user->is_locked)
        return sql::SQLError{
            3118,
            "HY000",
            fmt::format(
                "Access denied for user '{}'@'{}'. Account is locked.",
                user_,
                options_.client_host
            )
        };
    const auto variables = engine_.global_variables();
    const auto disconnects = variables.find("disconnect_on_expired_password");
    const bool is_shut_out = disconnects == variables.end() || disconnects->second == "ON";
    const bool can_change = (capabilities_ & mysql::client_can_handle_expired_passwords) != 0;
    if (user->is_expired && is_shut_out && !can_change)
        return sql::SQLError{
            1862,
            "HY000",
            "Your password has expired. To log in you must change it using a client that supports "
            "expired passwords."
        };
    return std::nullopt;
}

void Session::accept_user() {
    if (const auto refused = refused_account()) return fail_and_finish(*refused);
    try {
        connection_ = engine_.connect(user_, options_.client_host, id_);
    } catch (const sql::SQLError& error) {
        return fail_and_finish(error);
    }
    connection_->set_wake_up(wake_up_);
    connection_->context().tls_version = tls_version_;
    connection_->context().tls_cipher = tls_cipher_;
    connection_->finds_matched_rows = (capabilities_ & mysql::client_found_rows) != 0;
    engine_.session_says(id_, attributes_);
    take_settings();
    if (!database_.empty())
        if (const auto error = connection_->use(database_)) return fail_and_finish(*error);
    phase_ = Phase::commands;
    ok();
    start_compression();
}

// What the handshake said about variables.
void Session::take_settings() {
    auto& variables = connection_->context().variables;
    if ((capabilities_ & mysql::client_interactive) != 0)
        variables["wait_timeout"] = variables["interactive_timeout"];
    auto& mode = variables["sql_mode"];
    if ((capabilities_ & mysql::client_ignore_space) != 0 &&
        mode.find("IGNORE_SPACE") == std::string::npos)
        mode = mode.empty() ? "IGNORE_SPACE" : "IGNORE_SPACE," + mode;
    // MySQL: a number that it does not know stands for the server's character set.
    if (const auto collation = sql::find_collation(collation_)) {
        for (const auto* name :
             {"character_set_client", "character_set_connection", "character_set_results"})
            variables[name] = sql::character_set_of(*collation);
        variables["collation_connection"] = sql::collation_name(*collation);
    }
    connection_->context().note_character_sets();
    constexpr std::int64_t otherwise = limits::max_allowed_packet;
    reader_.set_max_payload(
        static_cast<std::size_t>(engine_.global_number("max_allowed_packet", otherwise))
    );
}

// From the packet after the OK on.
void Session::start_compression() {
    if (stream_.is_on()) return; // COM_CHANGE_USER
    output();
    if ((capabilities_ & mysql::client_compress) != 0)
        stream_.start(mysql::Compression::zlib);
    else if ((capabilities_ & mysql::client_zstd_compression) != 0)
        stream_.start(mysql::Compression::zstd, zstd_level_);
}

} // namespace diorama::rds
