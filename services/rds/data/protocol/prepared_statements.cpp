// COM_STMT_PREPARE and COM_STMT_EXECUTE: parameters as the binary protocol sends them.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
#include "services/rds/data/protocol/session.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

namespace diorama::rds {

using sql::SQLError;

namespace {

// MySQL: what is sent as one of the BLOB types is bytes.
bool is_text(mysql::FieldType type) {
    return type == mysql::FieldType::string || type == mysql::FieldType::var_string ||
           type == mysql::FieldType::varchar;
}

SQLError unknown_handler(std::uint32_t id, std::string_view command) {
    return {
        1243,
        "HY000",
        fmt::format("Unknown prepared statement handler ({}) given to {}", id, command)
    };
}

} // namespace

void Session::prepare(std::string_view sent) {
    std::string converted;
    auto text = sent;
    if (!sends_utf8()) text = converted = from_client(sent);
    if (auto error = engine_.refuse_prepared()) return send(*error);
    auto prepared = connection_->prepare(text);
    if (auto* error = std::get_if<SQLError>(&prepared)) return send(*error);
    auto statement = std::get<sql::PreparedPtr>(prepared);
    if (statement->parsed.parameter_count > limits::max_placeholders)
        return send({1390, "HY000", "Prepared statement contains too many placeholders"});
    if (statement->parsed.length < text.size() &&
        text.substr(statement->parsed.length).find_first_not_of(" \t\r\n;") !=
            std::string_view::npos)
        return send(sql::syntax_error(text.substr(statement->parsed.length), 1));
    auto described = connection_->describe(*statement);
    if (auto* error = std::get_if<SQLError>(&described)) return send(*error);
    const auto& columns = std::get<std::vector<sql::OutputColumn>>(described);
    const auto parameters = statement->parsed.parameter_count;
    const auto id = next_statement_++;
    prepared_[id].statement = std::move(statement);
    ++engine_.counters.prepared_statements;
    auto results = writer();
    const bool describes = results.describes_columns();
    auto& out = frames_.open();
    out.push_back(0);
    mysql::put_fixed(out, id, 4);
    mysql::put_fixed(out, columns.size(), 2);
    mysql::put_fixed(out, parameters, 2);
    out.push_back(0);
    mysql::put_fixed(out, 0, 2); // warnings
    if ((capabilities_ & mysql::client_optional_resultset_metadata) != 0)
        out.push_back(static_cast<char>(describes ? 1 : 0));
    frames_.close();
    if (!describes) return;
    const bool has_eof = (capabilities_ & mysql::client_deprecate_eof) == 0;
    sql::OutputColumn parameter;
    parameter.name = "?";
    parameter.type = sql::binary_type(0);
    for (std::size_t i = 0; i < parameters; ++i)
        results.definition(parameter, false);
    if (parameters > 0 && has_eof) results.eof();
    for (const auto& column : columns)
        results.definition(column, false);
    if (!columns.empty() && has_eof) results.eof();
}

// The statement's own values, then query attributes.
// MySQL: "if num_params > 0 || (CLIENT_QUERY_ATTRIBUTES && (flags & PARAMETER_COUNT_AVAILABLE)) {
// if CLIENT_QUERY_ATTRIBUTES is on { int<lenenc> parameter_count", so the flag decides only for a
// statement without parameters
// (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html).
bool Session::read_values(Prepared& prepared, mysql::PacketReader& reader, bool says_count) {
    const auto own = prepared.statement->parsed.parameter_count;
    const bool has_names = (capabilities_ & mysql::client_query_attributes) != 0;
    auto count = own;
    if (has_names && (own > 0 || says_count))
        count = static_cast<std::size_t>(reader.length_encoded());
    parameters_.clear();
    if (reader.failed() || count < own || count > limits::max_placeholders) return false;
    if (count == 0) return true;
    auto values = read_parameters(reader, count, has_names, prepared.types, prepared.long_values);
    if (!values) return false;
    parameters_ = std::move(*values);
    for (std::size_t i = 0; i < count && !sends_utf8(); ++i)
        if (is_text(prepared.types.types[i]) && !parameters_[i].value.is_null())
            parameters_[i].value.bytes = from_client(parameters_[i].value.bytes);
    add_attributes(connection_->context().query_attributes, prepared.types, parameters_, own);
    parameters_.resize(own);
    return true;
}

void Session::start_execute(std::string_view payload) {
    mysql::PacketReader reader(payload);
    executing_ = static_cast<std::uint32_t>(reader.fixed(4));
    const auto flags = reader.fixed(1);
    reader.fixed(4); // iterations, always 1
    const auto found = prepared_.find(executing_);
    if (reader.failed() || found == prepared_.end())
        return send(unknown_handler(executing_, "mysqld_stmt_execute"));
    constexpr auto known = mysql::cursor_read_only | mysql::parameter_count_available;
    if ((flags & ~known) != 0)
        return send(sql::not_supported("cursors that scroll or change rows"));
    auto& prepared = found->second;
    prepared.cursor.reset();
    if (const auto failure = std::exchange(prepared.long_failure, std::nullopt)) {
        prepared.long_values.clear();
        return send(*failure);
    }
    // MySQL: what may give several results, or none, opens no cursor.
    const auto& parsed = prepared.statement->parsed.statement;
    const bool has_rows =
        std::holds_alternative<sql::Select>(parsed) || std::holds_alternative<sql::Show>(parsed);
    opens_cursor_ = has_rows && (flags & mysql::cursor_read_only) != 0;
    if (!read_values(prepared, reader, (flags & mysql::parameter_count_available) != 0))
        return send({1210, "HY000", "Incorrect arguments to mysqld_stmt_execute"});
    pending_execute_ = true;
}

sql::Progress Session::execute_prepared() {
    auto& prepared = prepared_[executing_];
    CursorRows rows;
    auto results = writer();
    results.set_format(RowFormat::binary);
    if (opens_cursor_) results.keep_rows(&rows);
    const auto progress = run(*prepared.statement, results);
    if (progress != sql::Progress::finished) return progress;
    pending_execute_ = false;
    prepared.long_values.clear();
    if (opens_cursor_ && results.has_columns() && !results.has_failed())
        prepared.cursor = std::move(rows);
    return progress;
}

// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_fetch.html
void Session::fetch(std::string_view payload) {
    mysql::PacketReader reader(payload);
    const auto id = static_cast<std::uint32_t>(reader.fixed(4));
    const auto count = static_cast<std::size_t>(reader.fixed(4));
    const auto found = prepared_.find(id);
    if (reader.failed() || found == prepared_.end())
        return send(unknown_handler(id, "mysqld_stmt_fetch"));
    auto& cursor = found->second.cursor;
    if (!cursor)
        return send({1421, "HY000", fmt::format("The statement ({}) has no open cursor.", id)});
    const bool is_end = count > cursor->ends.size() - cursor->next;
    writer().fetched(*cursor, count);
    if (is_end) cursor.reset();
}

void Session::reset_statement(std::string_view payload) {
    mysql::PacketReader reader(payload);
    const auto id = static_cast<std::uint32_t>(reader.fixed(4));
    const auto found = prepared_.find(id);
    if (reader.failed() || found == prepared_.end())
        return send(unknown_handler(id, "mysqld_stmt_reset"));
    found->second.long_values.clear();
    found->second.long_failure.reset();
    found->second.cursor.reset();
    ok();
}

// Without an answer.
void Session::close_statement(std::string_view payload) {
    mysql::PacketReader reader(payload);
    const auto closed = prepared_.erase(static_cast<std::uint32_t>(reader.fixed(4)));
    engine_.counters.prepared_statements -= static_cast<std::int64_t>(closed);
}

void Session::close_statements() {
    engine_.counters.prepared_statements -= static_cast<std::int64_t>(prepared_.size());
    prepared_.clear();
}

// Without an answer: what is wrong with it comes to light when the statement is executed.
void Session::send_long_data(std::string_view payload) {
    mysql::PacketReader reader(payload);
    const auto found = prepared_.find(static_cast<std::uint32_t>(reader.fixed(4)));
    const auto parameter = static_cast<std::size_t>(reader.fixed(2));
    if (reader.failed() || found == prepared_.end()) return;
    auto& prepared = found->second;
    if (parameter >= prepared.statement->parsed.parameter_count) {
        prepared
            .long_failure = {1210, "HY000", "Incorrect arguments to mysqld_stmt_send_long_data"};
        return;
    }
    auto& value = prepared.long_values[parameter];
    const auto most = engine_.global_number("max_allowed_packet", limits::max_allowed_packet);
    if (value.size() + reader.left() <= static_cast<std::size_t>(most)) {
        value += reader.rest();
        return;
    }
    value = {};
    prepared.long_failure = {
        1105,
        "HY000",
        "Parameter of prepared statement which is set through mysql_send_long_data() is longer "
        "than 'max_allowed_packet' bytes"
    };
}

} // namespace diorama::rds
