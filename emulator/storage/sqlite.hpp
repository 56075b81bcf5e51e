// SQLite as this house uses it: a database in one file (or in memory), prepared statements whose
// bindings and columns are typed, and transactions that roll back unless committed. A Database and
// its statements belong to one thread at a time. What goes wrong is thrown as SQLiteError.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace diorama::storage {

class SQLiteError : public std::runtime_error {
public:
    SQLiteError(int code, const std::string& message)
        : std::runtime_error(message)
        , code_(code) {}

    int code() const { return code_; } // extended result code

private:
    int code_;
};

// What a commit promises: `full` survives the loss of power, `normal` the loss of the process.
enum class Synchronous { normal, full };

class Statement;

class Database {
public:
    // Opens or creates the file, in WAL mode. ":memory:" for none.
    explicit Database(const std::string& path, Synchronous synchronous = Synchronous::full);
    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    ~Database();

    // One or several statements without results.
    void execute(const std::string& sql);
    Statement prepare(std::string_view sql);
    std::int64_t changes() const; // rows changed by the last statement
    std::int64_t last_insert_rowid() const;

    // For what this wrapper does not offer (backup, hooks, functions).
    sqlite3* handle() const { return handle_; }

private:
    sqlite3* handle_ = nullptr;
};

class Statement {
public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    // Parameters count from 1. Text and blobs are copied.
    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, double value);
    Statement& bind_text(int parameter, std::string_view value);
    Statement& bind_blob(int parameter, std::string_view value);
    Statement& bind_null(int parameter);

    // Goes to the next row; false when there is none.
    bool step();
    // Runs to the end and resets, for statements without rows.
    void run();
    // Ready to be bound and stepped again; bindings are forgotten.
    void reset();

    // Columns count from 0. Views hold until the next step or reset.
    int column_count() const;
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string_view text(int column) const;
    std::string_view blob(int column) const;

private:
    friend class Database;
    Statement(sqlite3* database, sqlite3_stmt* handle);
    void check(int result) const;

    sqlite3* database_;
    sqlite3_stmt* handle_;
};

// BEGIN IMMEDIATE now, ROLLBACK at the end of the scope unless commit() was called.
class Transaction {
public:
    explicit Transaction(Database& database);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

private:
    Database& database_;
    bool is_open_ = true;
};

} // namespace diorama::storage
