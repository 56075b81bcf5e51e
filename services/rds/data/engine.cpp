// One DB instance's storage over one SQLite file.
#include "services/rds/data/engine.hpp"

#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/row_writer.hpp"
#include "services/rds/data/sql/system_tables.hpp"
#include "services/rds/data/sql/variables.hpp"
#include "services/rds/data/stored_order.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

namespace diorama::rds {

using sql::execute_sqlite;
using sql::prepare_sqlite;
using sql::SQLError;

namespace {

constexpr const char* schema = R"(
    CREATE TABLE IF NOT EXISTS mysql_state(position INTEGER, next_table INTEGER, server_uuid TEXT);
    CREATE TABLE IF NOT EXISTS mysql_databases(name TEXT PRIMARY KEY, collation TEXT);
    CREATE TABLE IF NOT EXISTS mysql_tables(
        schema TEXT, name TEXT, storage TEXT, definition TEXT, PRIMARY KEY(schema, name));
    CREATE TABLE IF NOT EXISTS mysql_views(
        schema TEXT, name TEXT, database TEXT, definition TEXT, columns BLOB, inner_columns BLOB,
        PRIMARY KEY(schema, name));
    CREATE TABLE IF NOT EXISTS mysql_programs(
        schema TEXT, kind TEXT, name TEXT, definition TEXT, sql_mode TEXT, created INTEGER,
        modified INTEGER, place INTEGER, PRIMARY KEY(schema, kind, name));
    CREATE TABLE IF NOT EXISTS mysql_events(
        schema TEXT, name TEXT, definition TEXT, sql_mode TEXT, time_zone TEXT, created INTEGER,
        modified INTEGER, last_executed INTEGER, PRIMARY KEY(schema, name));
    CREATE TABLE IF NOT EXISTS mysql_accounts(
        user TEXT, host TEXT, definition TEXT, PRIMARY KEY(user, host));
    CREATE TABLE IF NOT EXISTS mysql_log(position INTEGER PRIMARY KEY, committed INTEGER, changes BLOB);
)";

std::string text_at(sqlite3_stmt* statement, int column) {
    return std::string(sql::column_value(statement, column).bytes);
}

} // namespace

Engine::Engine(EngineSettings settings, const Clock& clock, Random random)
    : settings_(std::move(settings))
    , clock_(clock)
    , random_(std::move(random))
    , keeper_(sql::open_sqlite(settings_.path))
    , log_sync_(settings_.path)
    , log_pages_wanted_(limits::log_pages)
    , opened_(clock.now()) {
    sql::register_collations(keeper_.get());
    constexpr int patience_ms = 5000; // only for users that are put in from outside
    sqlite3_busy_timeout(keeper_.get(), patience_ms);
    execute_sqlite(keeper_.get(), "PRAGMA journal_mode=WAL");
    execute_sqlite(
        keeper_.get(),
        settings_.is_durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF"
    );
    execute_sqlite(keeper_.get(), schema);
    put_in_order(keeper_.get());
    if (settings_.is_durable) {
        copier_ = sql::open_sqlite(settings_.path);
        execute_sqlite(copier_.get(), "PRAGMA synchronous=NORMAL");
    }
    load();
}

Engine::~Engine() = default;

void Engine::load() {
    global_variables_ = sql::default_variables();
    for (const auto& [name, value] : settings_.variables)
        global_variables_[name] = value;
    {
        auto state = prepare_sqlite(keeper_.get(), "SELECT position, server_uuid FROM mysql_state");
        if (sqlite3_step(state.get()) == SQLITE_ROW) {
            position_ = static_cast<std::uint64_t>(sqlite3_column_int64(state.get(), 0));
            server_uuid_ = text_at(state.get(), 1);
        } else {
            state.reset();
            server_uuid_ = random_.uuid();
            execute_sqlite(
                keeper_.get(),
                fmt::format("INSERT INTO mysql_state VALUES(0, 0, '{}')", server_uuid_)
            );
        }
    }
    global_variables_["server_uuid"] = server_uuid_;
    auto catalog = std::make_shared<sql::Catalog>();
    sql::add_system_tables(*catalog);
    auto databases = prepare_sqlite(keeper_.get(), "SELECT name, collation FROM mysql_databases");
    while (sqlite3_step(databases.get()) == SQLITE_ROW) {
        auto& database = catalog->databases[text_at(databases.get(), 0)];
        database.name = text_at(databases.get(), 0);
        database.collation = sql::find_collation(std::string_view(text_at(databases.get(), 1)))
                                 .value_or(sql::Collation::utf8mb4_0900_ai_ci);
    }
    auto tables =
        prepare_sqlite(keeper_.get(), "SELECT schema, storage, definition FROM mysql_tables");
    while (sqlite3_step(tables.get()) == SQLITE_ROW) {
        auto parsed = sql::parse(text_at(tables.get(), 2));
        auto* statement = std::get_if<sql::ParsedStatement>(&parsed);
        const auto* create =
            statement == nullptr ? nullptr : std::get_if<sql::CreateTable>(&statement->statement);
        if (create == nullptr)
            throw sql::internal_error(
                "the catalog holds a table that cannot be read: " + text_at(tables.get(), 2)
            );
        auto& database = catalog->databases.at(text_at(tables.get(), 0));
        auto table = sql::table_of(*create, database.name, database.collation);
        table.storage_name = text_at(tables.get(), 1);
        const auto name = table.name;
        database.tables[name] = std::make_shared<const sql::Table>(std::move(table));
    }
    sql::load_views(keeper_.get(), *catalog);
    sql::load_programs(keeper_.get(), *catalog);
    sql::load_events(keeper_.get(), *catalog);
    catalog_ = std::move(catalog);
    load_accounts();
}

sql::CatalogPtr Engine::catalog() const {
    const std::lock_guard lock(mutex_);
    return catalog_;
}

void Engine::publish(sql::CatalogPtr catalog) {
    const std::lock_guard lock(mutex_);
    catalog_ = std::move(catalog);
}

std::map<std::string, std::string, std::less<>> Engine::global_variables() const {
    const std::lock_guard lock(mutex_);
    auto variables = global_variables_;
    if (is_read_only_) variables["read_only"] = variables["innodb_read_only"] = "ON";
    return variables;
}

void Engine::set_global_variable(const std::string& name, const std::string& value) {
    const std::lock_guard lock(mutex_);
    global_variables_[name] = value;
    if (name == "innodb_flush_log_at_trx_commit") waits_for_log_ = value == "1";
}

std::int64_t Engine::global_number(std::string_view name, std::int64_t otherwise) const {
    const std::lock_guard lock(mutex_);
    const auto found = global_variables_.find(name);
    return found == global_variables_.end() ? otherwise
                                            : std::strtoll(found->second.c_str(), nullptr, 10);
}

void Engine::set_replica_status(AskReplicaStatus ask) {
    const std::lock_guard lock(mutex_);
    ask_replica_status_ = std::move(ask);
}

std::optional<ReplicaStatus> Engine::replica_status() const {
    AskReplicaStatus ask;
    {
        const std::lock_guard lock(mutex_);
        ask = ask_replica_status_;
    }
    return ask ? ask() : std::nullopt;
}

void Engine::when_committed(std::function<void(std::uint64_t)> committed) {
    const std::lock_guard lock(mutex_);
    when_committed_ = std::move(committed);
}

void Engine::committed(std::uint64_t position) {
    position_ = position;
    std::function<void(std::uint64_t)> observer;
    {
        const std::lock_guard lock(mutex_);
        observer = when_committed_;
    }
    if (observer) observer(position);
}

std::int64_t Engine::next_auto_increment(const sql::Table& table, sqlite3* connection) {
    const auto column = table.auto_increment_column();
    if (!column) return 1;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = auto_increments_.find(table.storage_name);
            found != auto_increments_.end())
            return found->second;
    }
    auto statement = prepare_sqlite(
        connection,
        fmt::format("SELECT max(c{}) FROM {}", *column, table.storage_name)
    );
    std::int64_t next = table.auto_increment;
    if (sqlite3_step(statement.get()) == SQLITE_ROW)
        next =
            std::max(next, static_cast<std::int64_t>(sqlite3_column_int64(statement.get(), 0)) + 1);
    const std::lock_guard lock(mutex_);
    return auto_increments_.emplace(table.storage_name, next).first->second;
}

std::int64_t
Engine::take_auto_increment(const sql::Table& table, sqlite3* connection, std::int64_t count) {
    next_auto_increment(table, connection);
    const std::lock_guard lock(mutex_);
    auto& next = auto_increments_[table.storage_name];
    const auto taken = next;
    next += count;
    return taken;
}

void Engine::note_auto_increment(const sql::Table& table, sqlite3* connection, std::int64_t used) {
    next_auto_increment(table, connection);
    const std::lock_guard lock(mutex_);
    auto& next = auto_increments_[table.storage_name];
    if (used >= next && used < INT64_MAX) next = used + 1;
}

void Engine::reset_auto_increment(const std::string& storage_name) {
    const std::lock_guard lock(mutex_);
    auto_increments_[storage_name] = 1;
}

void Engine::forget_auto_increment(const std::string& storage_name) {
    const std::lock_guard lock(mutex_);
    auto_increments_.erase(storage_name);
}

std::vector<LogEntry> Engine::read_log(std::uint64_t position, std::size_t most) const {
    const std::lock_guard lock(mutex_);
    auto statement = prepare_sqlite(
        keeper_.get(),
        "SELECT position, committed, changes FROM mysql_log WHERE position>?1 ORDER BY position "
        "LIMIT ?2"
    );
    sqlite3_bind_int64(statement.get(), 1, static_cast<std::int64_t>(position));
    sqlite3_bind_int64(statement.get(), 2, static_cast<std::int64_t>(most));
    std::vector<LogEntry> entries;
    while (sqlite3_step(statement.get()) == SQLITE_ROW) {
        LogEntry entry;
        entry.position = static_cast<std::uint64_t>(sqlite3_column_int64(statement.get(), 0));
        entry.committed = Timestamp(Duration(sqlite3_column_int64(statement.get(), 1)));
        auto changes = decode_changes(sql::column_value(statement.get(), 2).bytes);
        if (!changes) throw sql::internal_error("the change log is damaged");
        entry.changes = std::move(*changes);
        entries.push_back(std::move(entry));
    }
    return entries;
}

void Engine::purge_log(std::uint64_t position) {
    if (!writer_lock_.acquire(this, {})) return writer_lock_.withdraw(this);
    {
        const std::lock_guard lock(mutex_);
        execute_sqlite(
            keeper_.get(),
            fmt::format("DELETE FROM mysql_log WHERE position<={}", position)
        );
    }
    writer_lock_.release(this);
}

bool Engine::apply(const LogEntry& entry) {
    auto connection = connect("rdsrepladmin", "localhost");
    connection->become_internal();
    return connection->apply(entry);
}

void Engine::backup_to(const std::string& path) const {
    std::filesystem::remove(path);
    const auto source = sql::open_sqlite(settings_.path);
    const auto target = sql::open_sqlite(path);
    auto* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
    if (backup == nullptr) sql::throw_sqlite_error(target.get());
    // One step copies one snapshot; sessions go on writing to the log of the source.
    const int result = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (result != SQLITE_DONE) sql::throw_sqlite_error(target.get());
    execute_sqlite(target.get(), "PRAGMA journal_mode=DELETE"); // one file, without a WAL beside it
}

std::uint64_t Engine::size_in_bytes() const {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(settings_.path, ignored);
    const auto log = std::filesystem::file_size(settings_.path + "-wal", ignored);
    return (ignored ? 0 : log) + (size == static_cast<std::uintmax_t>(-1) ? 0 : size);
}

} // namespace diorama::rds
