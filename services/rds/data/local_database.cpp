// See local_database.hpp.
#include "services/rds/data/local_database.hpp"

#include "services/rds/data/contents.hpp"
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/sqlite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

namespace diorama::rds {

namespace {

using sql::ParameterClass;
using sql::PreparedPtr;
using sql::SQLError;
using sql::Value;

// Statements that are kept parsed; programs have few texts and many values.
constexpr std::size_t kept_statements = 256;

class FirstValue final : public sql::ResultSink {
public:
    explicit FirstValue(StatementResult& result)
        : result_(result) {}

    void columns(const std::vector<sql::OutputColumn>& columns) override {
        if (!columns.empty()) type_ = columns.front().type;
    }

    void row(std::span<const sql::ValueView> values) override {
        if (result_.rows++ == 0 && !values.empty() && !values.front().is_null())
            result_.first_value = sql::text_of(type_, values.front());
    }

    void end() override {}

    void done(const sql::Done& done) override { result_.rows = done.affected_rows; }

    void failed(const SQLError& error) override {
        result_.error = error.code;
        result_.message = error.message;
    }

private:
    StatementResult& result_;
    sql::Type type_{};
};

StatementResult failed(const SQLError& error) {
    StatementResult result;
    result.error = error.code;
    result.message = error.message;
    return result;
}

sql::Parameter parameter_of(const StatementArgument& argument) {
    if (!argument.is_number) return {Value::text(argument.text), ParameterClass::text};
    std::int64_t whole = 0;
    const char* end = argument.text.data() + argument.text.size();
    const auto parsed = std::from_chars(argument.text.data(), end, whole);
    if (parsed.ec == std::errc() && parsed.ptr == end)
        return {Value::of(whole), ParameterClass::integer};
    double real = 0;
    const auto read = std::from_chars(argument.text.data(), end, real);
    if (read.ec == std::errc() && read.ptr == end) return {Value::of(real), ParameterClass::real};
    return {Value::text(argument.text), ParameterClass::text};
}

// What would have to wait does not; a CALL is told and may go on.
void execute_at_once(
    sql::Connection& connection,
    sql::PreparedStatement& statement,
    std::span<const sql::Parameter> parameters,
    sql::ResultSink& sink
) {
    while (connection.execute(statement, parameters, sink) == sql::Progress::waits)
        if (connection.give_up_waiting(sink)) return;
}

bool is_between_statements(char letter) {
    return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t' || letter == ';';
}

// FNV-1a, for the kinds of values one after the other.
class Hash {
public:
    void add(std::string_view bytes) {
        for (const char byte : bytes)
            add_byte(static_cast<unsigned char>(byte));
    }

    void add(std::uint64_t number) {
        for (int shift = 0; shift < 64; shift += 8)
            add_byte(static_cast<unsigned char>(number >> shift));
    }

    // A whole number is the same whether it is kept as an integer or as a real.
    void add(const sql::ValueView& value) {
        const bool is_whole = value.kind == Value::Kind::real && std::abs(value.real) < 1e15 &&
                              std::trunc(value.real) == value.real;
        const auto kind = is_whole ? Value::Kind::integer : value.kind;
        add_byte(static_cast<unsigned char>(kind));
        switch (kind) {
        case Value::Kind::null:
            return;
        case Value::Kind::integer:
            return add(static_cast<std::uint64_t>(
                is_whole ? static_cast<std::int64_t>(value.real) : value.integer
            ));
        case Value::Kind::real:
            return add(std::bit_cast<std::uint64_t>(value.real));
        case Value::Kind::text:
        case Value::Kind::blob:
            add(std::uint64_t{value.bytes.size()});
            return add(value.bytes);
        }
    }

    std::uint64_t value() const { return hash_; }

private:
    void add_byte(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3ULL; }

    std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

EngineSettings settings_for(const std::string& path) {
    EngineSettings settings;
    settings.path = path;
    settings.has_one_thread = true;
    return settings;
}

} // namespace

std::uint64_t hash_of(std::span<const Value> row) {
    Hash hash;
    for (const auto& value : row)
        hash.add(sql::ValueView(value));
    return hash.value();
}

struct LocalSession::Parts {
    std::unique_ptr<sql::Connection> connection;
    // Parsed statements; gone before their connection.
    std::unordered_map<std::string, PreparedPtr> prepared; // order-free: only looked up
};

LocalSession::LocalSession(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {}

LocalSession::~LocalSession() = default;

bool LocalSession::use(std::string_view schema) {
    if (parts_->connection->context().database == schema) return true;
    return !parts_->connection->use(schema);
}

StatementResult
LocalSession::execute(const std::string& statement, std::span<const StatementArgument> arguments) {
    auto found = parts_->prepared.find(statement);
    if (found == parts_->prepared.end()) {
        auto prepared = parts_->connection->prepare(statement);
        if (const auto* error = std::get_if<SQLError>(&prepared)) return failed(*error);
        if (parts_->prepared.size() >= kept_statements) parts_->prepared.clear();
        found = parts_->prepared.emplace(statement, std::get<PreparedPtr>(prepared)).first;
    }
    auto& prepared = *found->second;
    if (prepared.parsed.parameter_count != arguments.size())
        return failed({1210, "HY000", "Incorrect arguments to EXECUTE"});
    std::vector<sql::Parameter> parameters;
    parameters.reserve(arguments.size());
    for (const auto& argument : arguments)
        parameters.push_back(parameter_of(argument));
    StatementResult result;
    FirstValue sink(result);
    execute_at_once(*parts_->connection, prepared, parameters, sink);
    return result;
}

StatementResult LocalSession::execute_script(std::string_view statements) {
    StatementResult result;
    while (true) {
        while (!statements.empty() && is_between_statements(statements.front()))
            statements.remove_prefix(1);
        if (statements.empty()) return result;
        auto prepared = parts_->connection->prepare(statements);
        if (const auto* error = std::get_if<SQLError>(&prepared)) return failed(*error);
        auto& statement = *std::get<PreparedPtr>(prepared);
        const auto length = statement.parsed.length;
        result = {};
        FirstValue sink(result);
        execute_at_once(*parts_->connection, statement, {}, sink);
        if (!result.succeeded() || length == 0) return result;
        statements.remove_prefix(std::min(length, statements.size()));
    }
}

void LocalSession::reset() {
    parts_->connection->reset();
}

struct LocalDatabase::Parts {
    Parts(const std::string& path, const Clock& clock, Random random)
        : engine(settings_for(path), clock, random) {}

    Engine engine;
    std::unique_ptr<sql::Connection> applier; // made when something is to be repeated
};

LocalDatabase::LocalDatabase(const std::string& path, const Clock& clock, Random random) {
    try {
        parts_ = std::make_unique<Parts>(path, clock, random);
    } catch (const SQLError& error) {
        throw std::runtime_error(error.message);
    }
}

LocalDatabase::~LocalDatabase() = default;

std::unique_ptr<LocalDatabase> LocalDatabase::make(
    const std::string& path,
    const Clock& clock,
    Random random,
    const Contents& contents
) {
    const auto outcome = make_empty(settings_for(path), clock, random, contents);
    if (!outcome.succeeded()) throw std::runtime_error(outcome.failure);
    return std::make_unique<LocalDatabase>(path, clock, random);
}

namespace {

// Whose the sessions are, and what they define: the master's, where there is one.
std::string local_user(const Engine& engine) {
    for (const auto& name : engine.users())
        if (const auto grants = engine.grants_of(name);
            grants && grants->at({}).has(sql::Privilege::create_user))
            return name.user;
    return "app";
}

} // namespace

std::unique_ptr<LocalSession> LocalDatabase::connect() {
    auto parts = std::make_unique<LocalSession::Parts>();
    parts->connection = parts_->engine.connect(local_user(parts_->engine), "localhost");
    parts->connection->context().may_do_everything = true;
    return std::unique_ptr<LocalSession>(new LocalSession(std::move(parts)));
}

void LocalDatabase::set_read_only(bool is_read_only) {
    parts_->engine.set_read_only(is_read_only);
}

std::optional<Timestamp> LocalDatabase::next_event() const {
    return parts_->engine.next_event();
}

void LocalDatabase::run_due_events() {
    parts_->engine.run_due_events();
}

std::uint64_t LocalDatabase::position() const {
    return parts_->engine.position();
}

std::vector<LogEntry> LocalDatabase::read_log(std::uint64_t position, std::size_t most) const {
    return parts_->engine.read_log(position, most);
}

void LocalDatabase::purge_log(std::uint64_t position) {
    parts_->engine.purge_log(position);
}

std::optional<std::string> LocalDatabase::apply(const LogEntry& entry) {
    auto& engine = parts_->engine;
    if (entry.position <= engine.position()) return std::nullopt;
    if (entry.position != engine.position() + 1)
        return fmt::format("the change log has no entry {}", engine.position() + 1);
    if (!parts_->applier) {
        parts_->applier = engine.connect("rdsrepladmin", "localhost");
        parts_->applier->become_internal();
    }
    try {
        if (!parts_->applier->apply(entry)) return "the database is being written to";
    } catch (const SQLError& error) {
        return error.message;
    }
    return std::nullopt;
}

void LocalDatabase::copy_to(const std::string& path) const {
    parts_->engine.backup_to(path);
}

std::uint64_t LocalDatabase::size_in_bytes() const {
    return parts_->engine.size_in_bytes();
}

LocalDatabase::RowHashes LocalDatabase::row_hashes() const {
    RowHashes found;
    const auto sqlite = sql::open_sqlite(parts_->engine.settings().path);
    sql::register_collations(sqlite.get());
    for (const auto& [schema, database] : parts_->engine.catalog()->databases) {
        for (const auto& [name, table] : database.tables) {
            if (table->is_system) continue;
            std::string columns;
            for (std::size_t i = 0; i < table->columns.size(); ++i)
                columns += (i == 0 ? "" : ",") + sql::column_in_storage(i);
            const auto statement = sql::prepare_sqlite(
                sqlite.get(),
                fmt::format("SELECT {} FROM {}", columns, table->storage_name)
            );
            auto& hashes = found[schema + "." + name];
            while (sqlite3_step(statement.get()) == SQLITE_ROW) {
                Hash hash;
                for (std::size_t i = 0; i < table->columns.size(); ++i)
                    hash.add(sql::column_value(statement.get(), static_cast<int>(i)));
                hashes.push_back(hash.value());
            }
            std::ranges::sort(hashes);
        }
    }
    return found;
}

} // namespace diorama::rds
