// What an OK packet carries about the session.
#include "services/rds/data/protocol/session_tracker.hpp"

#include "emulator/mysql/packet.hpp"
#include "services/rds/data/sql/lexer.hpp"

namespace diorama::rds {

namespace {

std::string_view variable(const sql::Context& context, std::string_view name) {
    const auto found = context.variables.find(name);
    return found == context.variables.end() ? std::string_view() : std::string_view(found->second);
}

void put(std::string& out, mysql::Track kind, std::string_view content) {
    out.push_back(static_cast<char>(kind));
    mysql::put_text(out, content);
}

void put_one(std::string& out, mysql::Track kind, std::string_view text) {
    std::string content;
    mysql::put_text(content, text);
    put(out, kind, content);
}

// "time_zone, autocommit", or "*" for all.
bool is_listed(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        auto item = list.substr(0, comma);
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
        while (!item.empty() && item.front() == ' ')
            item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ')
            item.remove_suffix(1);
        if (item == "*" || sql::equals_ignoring_case(item, name)) return true;
    }
    return false;
}

} // namespace

void SessionTracker::begins(const sql::Statement& statement, const sql::Connection& connection) {
    using Kind = sql::Transaction::Kind;
    const bool was_in_transaction = connection.is_in_transaction();
    has_read_ = was_in_transaction && (has_read_ || reads_);
    has_written_ = was_in_transaction && (has_written_ || writes_);
    has_sent_ = was_in_transaction && (has_sent_ || has_sent_rows_);
    if (!was_in_transaction) has_begun_explicitly_ = has_snapshot_ = false;
    const auto* transaction = std::get_if<sql::Transaction>(&statement);
    if (transaction != nullptr && transaction->kind == Kind::begin) {
        has_begun_explicitly_ = true;
        has_snapshot_ = transaction->takes_snapshot;
        has_read_ = has_written_ = has_sent_ = false;
    }
    const auto* select = std::get_if<sql::Select>(&statement);
    reads_ = select != nullptr && select->from != nullptr;
    writes_ = connection.needs_writer(statement);
    has_sent_rows_ = false;
}

// MySQL: eight places: the transaction, unsafe reads, reads, unsafe writes, writes, unsafe
// statements, rows sent, locked tables. Those that InnoDB's tables have no use for stay empty.
std::string SessionTracker::state(const sql::Connection& connection) {
    std::string text = "________";
    if (!connection.is_in_transaction()) return text;
    text[0] = has_begun_explicitly_ ? 'T' : 'I';
    if (has_read_ || reads_) text[2] = 'R';
    if (has_written_ || writes_) text[4] = 'W';
    if (has_sent_ || has_sent_rows_) text[6] = 'S';
    return text;
}

// The statements that begin such a transaction elsewhere.
std::string SessionTracker::characteristics(const sql::Connection& connection) const {
    if (!connection.is_in_transaction() || !has_begun_explicitly_) return {};
    if (has_snapshot_) return "START TRANSACTION WITH CONSISTENT SNAPSHOT;";
    return connection.is_in_read_only_transaction() ? "START TRANSACTION READ ONLY;"
                                                    : "START TRANSACTION;";
}

void SessionTracker::take_transaction(sql::Connection& connection, std::string& out) {
    const auto wanted = variable(connection.context(), "session_track_transaction_info");
    if (wanted.empty() || wanted == "NONE") return;
    if (wanted == "CHARACTERISTICS") {
        auto now = characteristics(connection);
        if (now != told_characteristics_)
            put_one(out, mysql::Track::transaction_characteristics, now);
        told_characteristics_ = std::move(now);
    }
    auto now = state(connection);
    if (now != told_state_) put_one(out, mysql::Track::transaction_state, now);
    told_state_ = std::move(now);
}

std::string SessionTracker::take(sql::Connection& connection) {
    std::string out;
    auto& context = connection.context();
    if (!context.changes.is_empty()) {
        const auto changes = std::exchange(context.changes, {});
        const auto tracked = variable(context, "session_track_system_variables");
        for (const auto& name : changes.variables) {
            if (!is_listed(tracked, name)) continue;
            std::string content;
            mysql::put_text(content, name);
            mysql::put_text(content, variable(context, name));
            put(out, mysql::Track::system_variables, content);
        }
        if (changes.schema && variable(context, "session_track_schema") == "ON")
            put_one(out, mysql::Track::schema, context.database);
        if (changes.state && variable(context, "session_track_state_change") == "ON")
            put_one(out, mysql::Track::state_change, "1");
    }
    take_transaction(connection, out);
    return out;
}

} // namespace diorama::rds
