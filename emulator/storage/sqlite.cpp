// See sqlite.hpp.
#include "emulator/storage/sqlite.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

#include <utility>

namespace diorama::storage {

namespace {

[[noreturn]] void fail(sqlite3* handle, int result, std::string_view what) {
    const int code = handle == nullptr ? result : sqlite3_extended_errcode(handle);
    const char* message = handle == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(handle);
    throw SQLiteError(code, fmt::format("{}: {}", what, message));
}

} // namespace

Database::Database(const std::string& path, Synchronous synchronous) {
    const int result = sqlite3_open_v2(
        path.c_str(),
        &handle_,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        nullptr
    );
    try {
        if (result != SQLITE_OK) fail(handle_, result, "it cannot be opened");
        sqlite3_busy_timeout(handle_, 5000);
        execute("PRAGMA journal_mode=WAL");
        execute(
            synchronous == Synchronous::full ? "PRAGMA synchronous=FULL"
                                             : "PRAGMA synchronous=NORMAL"
        );
    } catch (const SQLiteError& error) {
        sqlite3_close_v2(handle_);
        throw SQLiteError(error.code(), fmt::format("cannot use {}: {}", path, error.what()));
    }
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
}

// Statements that outlive their database keep it open until they go (SQLite's "zombie" close).
Database::~Database() {
    sqlite3_close_v2(handle_);
}

void Database::execute(const std::string& sql) {
    const int result = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) fail(handle_, result, sql);
}

Statement Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int result = sqlite3_prepare_v3(
        handle_,
        sql.data(),
        static_cast<int>(sql.size()),
        SQLITE_PREPARE_PERSISTENT,
        &statement,
        nullptr
    );
    if (result != SQLITE_OK) fail(handle_, result, sql);
    if (statement == nullptr) throw SQLiteError(SQLITE_MISUSE, "an empty statement");
    return Statement(handle_, statement);
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(handle_);
}

std::int64_t Database::last_insert_rowid() const {
    return sqlite3_last_insert_rowid(handle_);
}

Statement::Statement(sqlite3* database, sqlite3_stmt* handle)
    : database_(database)
    , handle_(handle) {}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_)
    , handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(database_, other.database_);
    std::swap(handle_, other.handle_);
    return *this;
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

void Statement::check(int result) const {
    if (result != SQLITE_OK) fail(database_, result, sqlite3_sql(handle_));
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(handle_, parameter, value));
    return *this;
}

Statement& Statement::bind(int parameter, double value) {
    check(sqlite3_bind_double(handle_, parameter, value));
    return *this;
}

Statement& Statement::bind_text(int parameter, std::string_view value) {
    // An empty view may have no address, which SQLite would take for NULL.
    const char* bytes = value.empty() ? "" : value.data();
    check(
        sqlite3_bind_text64(handle_, parameter, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8)
    );
    return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view value) {
    const char* bytes = value.empty() ? "" : value.data();
    check(sqlite3_bind_blob64(handle_, parameter, bytes, value.size(), SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bind_null(int parameter) {
    check(sqlite3_bind_null(handle_, parameter));
    return *this;
}

bool Statement::step() {
    const int result = sqlite3_step(handle_);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    const SQLiteError error(
        sqlite3_extended_errcode(database_),
        fmt::format("{}: {}", sqlite3_sql(handle_), sqlite3_errmsg(database_))
    );
    sqlite3_reset(handle_);
    throw error;
}

void Statement::run() {
    while (step()) {
    }
    reset();
}

void Statement::reset() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
}

int Statement::column_count() const {
    return sqlite3_column_count(handle_);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(handle_, column);
}

std::string_view Statement::text(int column) const {
    const auto* bytes = sqlite3_column_text(handle_, column);
    if (bytes == nullptr) return {};
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return {reinterpret_cast<const char*>(bytes), length};
}

std::string_view Statement::blob(int column) const {
    const auto* bytes = sqlite3_column_blob(handle_, column);
    if (bytes == nullptr) return {};
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return {static_cast<const char*>(bytes), length};
}

Transaction::Transaction(Database& database)
    : database_(database) {
    database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!is_open_) return;
    // Some errors have already rolled back; a second attempt would only complain.
    if (sqlite3_get_autocommit(database_.handle()) == 0)
        sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    database_.execute("COMMIT");
    is_open_ = false;
}

} // namespace diorama::storage
