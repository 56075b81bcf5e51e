// The command phase.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html
#include "services/rds/data/protocol/session.hpp"

#include "emulator/mysql/scramble.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

namespace diorama::rds {

using mysql::Command;
using sql::Progress;
using sql::SQLError;

Session::Session(Engine& engine, SessionOptions options)
    : engine_(engine)
    , options_(std::move(options))
    , frames_(output_)
    , reader_(limits::max_allowed_packet) {
    greet();
}

Session::~Session() = default;

std::size_t Session::received(std::string_view bytes) {
    std::size_t consumed = 0;
    while (!pending_statement() && phase_ != Phase::finished && phase_ != Phase::awaits_tls) {
        const auto frame = reader_.next(bytes.substr(consumed));
        if (!frame) {
            if (reader_.error() == mysql::FrameError::too_large)
                fail_and_finish(
                    {1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes"}
                );
            break;
        }
        consumed += frame->consumed;
        frames_.set_sequence(static_cast<std::uint8_t>(frame->sequence + 1));
        switch (phase_) {
        case Phase::greeting:
            handshake_response(frame->payload);
            break;
        case Phase::authentication:
            check_proof(frame->payload);
            break;
        case Phase::sha2_full:
            sha2_full(frame->payload);
            break;
        case Phase::local_file:
            take_file(frame->payload);
            break;
        default:
            command(frame->payload);
        }
    }
    engine_.counters.bytes_received += consumed;
    return consumed;
}

ResultWriter Session::writer() {
    return {frames_, *connection_, capabilities_};
}

void Session::ok() {
    writer().done({});
}

void Session::send(const SQLError& error) {
    writer().failed(error);
}

void Session::command(std::string_view payload) {
    if (payload.empty()) return fail_and_finish({1835, "HY000", "Malformed communication packet."});
    const auto kind = static_cast<Command>(payload[0]);
    const auto rest = payload.substr(1);
    switch (kind) {
    case Command::quit:
        phase_ = Phase::finished;
        return;
    case Command::ping:
        return ok();
    case Command::query:
        return query(rest);
    case Command::init_db: {
        const auto error = connection_->use(rest);
        return error ? send(*error) : ok();
    }
    case Command::field_list:
        return field_list(rest);
    case Command::statistics: {
        const auto& c = engine_.counters;
        return frames_.write(fmt::format(
            "Uptime: 0  Threads: {}  Questions: {}  Slow queries: 0  Opens: 0  Flush tables: 0  "
            "Open tables: 0  "
            "Queries per second avg: 0.0",
            c.connections_open.load(),
            c.statements.load()
        ));
    }
    case Command::stmt_prepare:
        return prepare(rest);
    case Command::stmt_execute:
        return start_execute(rest);
    case Command::stmt_send_long_data:
        return send_long_data(rest);
    case Command::stmt_close: {
        mysql::PacketReader reader(rest);
        prepared_.erase(static_cast<std::uint32_t>(reader.fixed(4)));
        return; // no answer
    }
    case Command::stmt_reset: {
        mysql::PacketReader reader(rest);
        const auto found = prepared_.find(static_cast<std::uint32_t>(reader.fixed(4)));
        if (found == prepared_.end())
            return send(
                {1243, "HY000", "Unknown prepared statement handler given to mysqld_stmt_reset"}
            );
        found->second.long_values.clear();
        return ok();
    }
    case Command::set_option: {
        mysql::PacketReader reader(rest);
        const bool is_on = reader.fixed(2) == 0;
        capabilities_ = is_on ? capabilities_ | mysql::client_multi_statements
                              : capabilities_ & ~mysql::client_multi_statements;
        return writer().eof();
    }
    case Command::reset_connection:
        prepared_.clear();
        connection_->reset();
        return ok();
    case Command::change_user:
        return change_user(rest);
    default:
        return send({1047, "08S01", "Unknown command"});
    }
}

void Session::query(std::string_view text) {
    pending_ = text;
    current_.reset();
    if (pending_.empty()) send({1065, "42000", "Query was empty"});
}

void Session::set_wake_up(std::function<void()> wake_up) {
    wake_up_ = std::move(wake_up);
    if (connection_) connection_->set_wake_up(wake_up_);
}

void Session::give_up_waiting() {
    auto results = writer();
    if (!connection_->give_up_waiting(results)) return; // a CALL, which is executed again
    if (std::exchange(has_file_, false)) connection_->give_file({});
    pending_.clear();
    current_.reset();
    pending_execute_ = false;
}

Duration Session::lock_wait_timeout() const {
    const auto& variables = connection_->context().variables;
    const auto found = variables.find("innodb_lock_wait_timeout");
    if (found == variables.end()) return std::chrono::seconds(limits::lock_wait_timeout_seconds);
    return std::chrono::seconds(std::strtoll(found->second.c_str(), nullptr, 10));
}

bool Session::is_urgent() {
    constexpr std::size_t longest_kill = 128;
    const auto start = pending_.find_first_not_of(" \t\r\n");
    if (start == std::string::npos || pending_.size() > longest_kill ||
        (pending_[start] != 'K' && pending_[start] != 'k'))
        return false;
    auto prepared = connection_->prepare(pending_);
    const auto* statement = std::get_if<sql::PreparedPtr>(&prepared);
    return statement != nullptr &&
           std::holds_alternative<sql::Kill>((*statement)->parsed.statement);
}

void Session::park() {
    if (connection_) connection_->park();
}

// What it has said already is taken back when it has to be executed again.
Progress Session::run(sql::PreparedStatement& statement, ResultWriter& results) {
    const auto said = output_.size();
    const auto sequence = frames_.sequence();
    const auto progress = connection_->execute(
        statement,
        pending_execute_ ? std::span<const sql::Parameter>(parameters_)
                         : std::span<const sql::Parameter>(),
        results
    );
    // What a CALL has said is said.
    if (progress == Progress::finished || connection_->is_in_call()) return progress;
    output_.resize(said);
    frames_.set_sequence(sequence);
    return progress;
}

Progress Session::execute(std::optional<Duration> limit) {
    if (connection_) connection_->limit_time(limit);
    if (pending_execute_) {
        auto results = writer();
        results.set_format(RowFormat::binary);
        auto& prepared = prepared_[executing_];
        const auto progress = run(*prepared.statement, results);
        if (progress != Progress::finished) return progress;
        pending_execute_ = false;
        prepared.long_values.clear();
        return progress;
    }
    while (pending_statement())
        if (const auto progress = execute_query(); progress != Progress::finished) return progress;
    return Progress::finished;
}

// One statement of a COM_QUERY.
Progress Session::execute_query() {
    if (!current_) {
        auto prepared = connection_->prepare(pending_);
        if (auto* error = std::get_if<SQLError>(&prepared)) {
            pending_.clear();
            send(*error);
            return Progress::finished;
        }
        current_ = std::get<sql::PreparedPtr>(std::move(prepared));
    }
    auto rest = std::string_view(pending_).substr(current_->parsed.length);
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\r' ||
                             rest[0] == '\t' || rest[0] == ';'))
        rest.remove_prefix(1);
    auto results = writer();
    if (!rest.empty() && (capabilities_ & mysql::client_multi_statements) == 0) {
        results.failed(sql::syntax_error(rest, 1));
        pending_.clear();
        current_.reset();
        return Progress::finished;
    }
    if (current_->parsed.parameter_count > 0) {
        results.failed(sql::syntax_error("?", 1));
        pending_.clear();
        current_.reset();
        return Progress::finished;
    }
    const auto* load = std::get_if<sql::LoadData>(&current_->parsed.statement);
    if (load != nullptr && load->is_local && !has_file_) {
        ask_for_file(load->file);
        return Progress::finished;
    }
    results.set_more_results(!rest.empty());
    const auto progress = run(*current_, results);
    if (progress != Progress::finished) return progress;
    if (std::exchange(has_file_, false)) connection_->give_file({});
    current_.reset();
    // MySQL: an error in the middle ends the batch.
    pending_ = results.has_failed() ? std::string() : std::string(rest);
    return progress;
}

// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_local_infile_request.html
void Session::ask_for_file(const std::string& name) {
    const auto& variables = connection_->context().variables;
    const auto allowed = variables.find("local_infile");
    const bool is_allowed = (capabilities_ & mysql::client_local_files) != 0 &&
                            allowed != variables.end() && allowed->second != "OFF";
    if (!is_allowed) {
        pending_.clear();
        current_.reset();
        return send(
            {3948,
             "42000",
             "Loading local data is disabled; this must be enabled on both the client and server "
             "sides"}
        );
    }
    auto& out = frames_.open();
    out.push_back(static_cast<char>(0xfb));
    out += name;
    frames_.close();
    file_.clear();
    phase_ = Phase::local_file;
}

// Until an empty packet ends it.
void Session::take_file(std::string_view payload) {
    // DIFFERS: MySQL reads as it goes; here the file is in memory, so it may not be any size.
    if (file_.size() + payload.size() > limits::most_file_bytes)
        return fail_and_finish(
            {1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes"}
        );
    file_ += payload;
    if (!payload.empty()) return;
    connection_->give_file(std::exchange(file_, {}));
    has_file_ = true;
    phase_ = Phase::commands;
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
    results.eof();
}

void Session::change_user(std::string_view payload) {
    mysql::PacketReader reader(payload);
    user_ = reader.null_terminated();
    const auto proof = reader.length_encoded_text();
    database_ = reader.null_terminated();
    reader.fixed(2);
    const auto plugin = reader.null_terminated();
    prepared_.clear();
    connection_.reset();
    if (reader.failed())
        return fail_and_finish(sql::access_denied(user_, options_.client_host, false));
    choose_plugin(plugin.empty() ? mysql::native_password_plugin : plugin, proof);
}

} // namespace diorama::rds
