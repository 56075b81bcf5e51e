// The commands other than those of prepared statements.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html
#include "emulator/mysql/scramble.hpp"
#include "services/rds/data/protocol/session.hpp"
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

namespace diorama::rds {

using mysql::Command;
using sql::SQLError;

namespace {

SQLError unknown_command() {
    return {1047, "08S01", "Unknown command"};
}

SQLError malformed_packet() {
    return {1835, "HY000", "Malformed communication packet."};
}

} // namespace

void Session::command(std::string_view payload) {
    if (payload.empty()) return fail_and_finish(malformed_packet());
    const auto kind = static_cast<Command>(payload[0]);
    const auto rest = payload.substr(1);
    connection_->context().query_attributes.clear();
    switch (kind) {
    case Command::query:
        return query_with_attributes(rest);
    case Command::stmt_prepare:
        return prepare(rest);
    case Command::stmt_execute:
        return start_execute(rest);
    case Command::stmt_send_long_data:
        return send_long_data(rest);
    case Command::stmt_close:
        return close_statement(rest);
    case Command::stmt_reset:
        return reset_statement(rest);
    case Command::stmt_fetch:
        return fetch(rest);
    default:
        return further_command(kind, rest);
    }
}

void Session::further_command(Command kind, std::string_view rest) {
    switch (kind) {
    case Command::quit:
        phase_ = Phase::finished;
        return;
    case Command::ping:
        return ok();
    case Command::init_db: {
        const auto error = connection_->use(from_client(rest));
        return error ? send(*error) : ok();
    }
    case Command::field_list:
        return field_list(rest);
    case Command::statistics:
        return statistics();
    case Command::set_option:
        return set_option(rest);
    case Command::reset_connection:
        return reset_connection();
    case Command::change_user:
        return change_user(rest);
    case Command::process_info:
        return query("SHOW PROCESSLIST");
    case Command::process_kill: {
        mysql::PacketReader reader(rest);
        const auto id = reader.fixed(4);
        return reader.failed() ? send(malformed_packet()) : query(fmt::format("KILL {}", id));
    }
    case Command::refresh:
        return query("FLUSH PRIVILEGES");
    case Command::debug: // AWS: nobody has it
        return send(
            {1227,
             "42000",
             "Access denied; you need (at least one of) the SUPER privilege(s) for this operation"}
        );
    default:
        return send(unknown_command());
    }
}

// What the client sends is text in @@character_set_client.
bool Session::sends_utf8() const {
    return sql::is_kept_as_bytes(connection_->context().client_set);
}

std::string Session::from_client(std::string_view text) const {
    return sql::decoded(connection_->context().client_set, text).value_or(std::string(text));
}

void Session::query(std::string_view text) {
    if (sends_utf8())
        pending_ = text;
    else
        pending_ = from_client(text);
    current_.reset();
    if (pending_.empty()) send({1065, "42000", "Query was empty"});
}

// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html
void Session::query_with_attributes(std::string_view payload) {
    if ((capabilities_ & mysql::client_query_attributes) == 0) return query(payload);
    mysql::PacketReader reader(payload);
    const auto count = reader.length_encoded();
    const auto sets = reader.length_encoded();
    if (reader.failed() || sets != 1 || count > limits::max_placeholders)
        return send(malformed_packet());
    if (count > 0) {
        ParameterTypes types;
        const auto values =
            read_parameters(reader, static_cast<std::size_t>(count), true, types, {});
        if (!values) return send(malformed_packet());
        add_attributes(connection_->context().query_attributes, types, *values, 0);
    }
    query(reader.rest());
}

void Session::statistics() {
    const auto& counters = engine_.counters;
    const auto uptime =
        std::chrono::duration_cast<std::chrono::seconds>(engine_.clock().now() - engine_.opened())
            .count();
    const auto questions = counters.statements.load();
    frames_.write(fmt::format(
        "Uptime: {}  Threads: {}  Questions: {}  Slow queries: 0  Opens: 0  Flush tables: 0  "
        "Open tables: 0  Queries per second avg: {:.3f}",
        uptime,
        counters.connections_open.load(),
        questions,
        uptime == 0 ? 0.0 : static_cast<double>(questions) / static_cast<double>(uptime)
    ));
}

void Session::set_option(std::string_view payload) {
    mysql::PacketReader reader(payload);
    const auto option = reader.fixed(2);
    if (reader.failed() || option > 1) return send(unknown_command());
    capabilities_ = option == 0 ? capabilities_ | mysql::client_multi_statements
                                : capabilities_ & ~mysql::client_multi_statements;
    writer().finish();
}

void Session::reset_connection() {
    close_statements();
    connection_->reset();
    // MySQL: the character sets become the server's, not those of the handshake.
    collation_ = mysql::collation_utf8mb4_0900_ai_ci;
    take_settings();
    tracker_ = {};
    ok();
}

void Session::field_list(std::string_view payload) {
    mysql::PacketReader reader(payload);
    const auto table = reader.null_terminated();
    const auto query_text = fmt::format("SELECT * FROM {}", sql::quoted_name(table));
    auto prepared = connection_->prepare(query_text);
    if (auto* error = std::get_if<SQLError>(&prepared)) return send(*error);
    auto columns = connection_->describe(*std::get<sql::PreparedPtr>(prepared));
    if (auto* error = std::get_if<SQLError>(&columns)) return send(*error);
    auto results = writer();
    for (const auto& column : std::get<std::vector<sql::OutputColumn>>(columns))
        results.definition(column, true);
    results.finish();
}

// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_change_user.html
void Session::change_user(std::string_view payload) {
    mysql::PacketReader reader(payload);
    user_ = reader.null_terminated();
    const bool says_length = (capabilities_ & mysql::client_secure_connection) != 0;
    const auto proof = says_length ? reader.bytes(reader.fixed(1)) : reader.null_terminated();
    database_ = reader.null_terminated();
    if (!reader.at_end()) collation_ = static_cast<std::uint16_t>(reader.fixed(2));
    std::string_view plugin;
    if ((capabilities_ & mysql::client_plugin_auth) != 0) plugin = reader.null_terminated();
    attributes_.clear();
    if ((capabilities_ & mysql::client_connect_attrs) != 0 && !reader.at_end())
        read_attributes(reader);
    close_statements();
    connection_.reset();
    tracker_ = {};
    if (reader.failed())
        return fail_and_finish(sql::access_denied(user_, options_.client_host, false));
    reader_.set_max_payload(limits::max_packet_before_login);
    choose_plugin(plugin.empty() ? mysql::native_password_plugin : plugin, proof);
}

} // namespace diorama::rds
