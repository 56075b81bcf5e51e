// Packets in and out, and the execution of statements.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html
#include "services/rds/data/protocol/session.hpp"

#include "emulator/mysql/scramble.hpp"
#include "services/rds/limits.hpp"

#include <algorithm>

namespace diorama::rds {

using sql::Progress;
using sql::SQLError;

Session::Session(Engine& engine, SessionOptions options)
    : engine_(engine)
    , options_(std::move(options))
    , has_place_(engine.enter())
    , frames_(said_)
    , reader_(limits::max_packet_before_login) {
    has_place_ ? greet() : refuse_place();
}

Session::~Session() {
    close_statements();
    connection_.reset();
    if (has_place_) engine_.leave();
}

std::string& Session::output() {
    if (stream_.is_on())
        stream_.pack(said_, output_);
    else if (output_.empty())
        std::swap(output_, said_);
    else
        output_ += said_;
    said_.clear();
    return output_;
}

std::size_t Session::received(std::string_view bytes) {
    std::size_t consumed = 0;
    while (is_listening()) {
        if (stream_.is_on()) {
            if (!unpack(bytes, consumed)) break;
            continue;
        }
        const auto taken = next_packet(bytes.substr(consumed));
        if (taken == 0) break;
        consumed += taken;
    }
    engine_.counters.bytes_received += consumed;
    return consumed;
}

// A packet out of what is unpacked, or something more unpacked; false: there is nothing to be done.
bool Session::unpack(std::string_view bytes, std::size_t& consumed) {
    const auto taken = next_packet(std::string_view(unpacked_).substr(unpacked_taken_));
    unpacked_taken_ += taken;
    if (taken != 0) return true;
    if (phase_ == Phase::finished) return false;
    unpacked_.erase(0, std::exchange(unpacked_taken_, 0));
    if (phase_ == Phase::commands && unpacked_.empty()) stream_.begin_command();
    const auto packed = stream_.unpack(bytes.substr(consumed), unpacked_);
    consumed += packed;
    if (!stream_.has_failed()) return packed != 0;
    if (stream_.is_out_of_order())
        fail_and_finish({1156, "08S01", "Got packets out of order"});
    else
        fail_and_finish({1157, "08S01", "Couldn't uncompress communication packet"});
    return false;
}

// How many bytes it took; 0 as long as it is incomplete.
std::size_t Session::next_packet(std::string_view bytes) {
    const auto frame = reader_.next(bytes);
    if (!frame) {
        if (reader_.error() == mysql::FrameError::too_large) {
            frames_.set_sequence(static_cast<std::uint8_t>(reader_.refused_sequence() + 1));
            fail_and_finish({1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes"});
        }
        return 0;
    }
    // MySQL: inside compressed packets only theirs are looked at.
    const auto expected = phase_ == Phase::commands ? 0 : frames_.sequence();
    const bool is_in_order =
        stream_.is_on() || (frame->is_in_order && frame->first_sequence == expected);
    frames_.set_sequence(static_cast<std::uint8_t>(frame->sequence + 1));
    if (is_in_order)
        take_packet(frame->payload);
    else
        fail_and_finish({1156, "08S01", "Got packets out of order"});
    return frame->consumed;
}

void Session::take_packet(std::string_view payload) {
    switch (phase_) {
    case Phase::greeting:
        return handshake_response(payload);
    case Phase::authentication:
        return check_proof(payload);
    case Phase::sha2_full:
        return sha2_full(payload);
    case Phase::local_file:
        return take_file(payload);
    default:
        return command(payload);
    }
}

ResultWriter Session::writer() {
    ResultWriter results(frames_, *connection_, capabilities_);
    results.set_tracker(&tracker_);
    return results;
}

void Session::ok() {
    writer().done({});
}

void Session::send(const SQLError& error) {
    writer().failed(error);
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

namespace {

Duration
seconds_of(const sql::Context& context, std::string_view variable, std::int64_t otherwise) {
    const auto found = context.variables.find(variable);
    const auto count = found == context.variables.end()
                           ? otherwise
                           : std::strtoll(found->second.c_str(), nullptr, 10);
    constexpr std::int64_t a_year = 31'536'000;
    return std::chrono::seconds(std::clamp<std::int64_t>(count, 1, a_year));
}

} // namespace

Duration Session::lock_wait_timeout() const {
    return seconds_of(
        connection_->context(),
        "innodb_lock_wait_timeout",
        limits::lock_wait_timeout_seconds
    );
}

Duration Session::idle_timeout() const {
    constexpr std::int64_t eight_hours = 28'800;
    return seconds_of(connection_->context(), "wait_timeout", eight_hours);
}

Duration Session::login_timeout() const {
    constexpr std::int64_t otherwise = 10;
    return std::chrono::seconds(
        std::max<std::int64_t>(engine_.global_number("connect_timeout", otherwise), 1)
    );
}

Duration Session::packet_timeout() const {
    constexpr std::int64_t otherwise = 30;
    return seconds_of(connection_->context(), "net_read_timeout", otherwise);
}

void Session::end_idle() {
    frames_.set_sequence(0);
    fail_and_finish(
        {4031,
         "HY000",
         "The client was disconnected by the server because of inactivity. See wait_timeout and "
         "interactive_timeout for configuring this behavior."}
    );
    refusal_.clear();
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
    const auto said = said_.size();
    const auto sequence = frames_.sequence();
    tracker_.begins(statement.parsed.statement, *connection_);
    const auto progress = connection_->execute(
        statement,
        pending_execute_ ? std::span<const sql::Parameter>(parameters_)
                         : std::span<const sql::Parameter>(),
        results
    );
    // What a CALL has said is said.
    if (progress == Progress::finished || connection_->is_in_call()) return progress;
    said_.resize(said);
    frames_.set_sequence(sequence);
    return progress;
}

Progress Session::execute(std::optional<Duration> limit) {
    if (connection_) connection_->limit_time(limit);
    if (pending_execute_) return execute_prepared();
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

} // namespace diorama::rds
