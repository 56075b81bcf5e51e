// A statement that is ready to be executed, what it is given and where its result goes.
#pragma once

#include "services/rds/data/sql/parse.hpp"
#include "services/rds/data/sql/sqlite.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace diorama::rds::sql {

struct Done {
    std::uint64_t affected_rows = 0;
    std::uint64_t last_insert_id = 0;
    std::string information; // "Rows matched: 1  Changed: 1  Warnings: 0"
};

// Where a result goes: columns and rows, then end; or done; or failed.
class ResultSink {
public:
    virtual ~ResultSink() = default;
    virtual void columns(const std::vector<OutputColumn>& columns) = 0;
    virtual void row(std::span<const ValueView> values) = 0;
    virtual void end() = 0;
    virtual void done(const Done& done) = 0;
    virtual void failed(const SQLError& error) = 0;

    // What comes in between is not the last result of the statement: a CALL gives several.
    virtual void begin_part(bool /*is_out_parameters*/) {}

    virtual void end_part() {}
};

enum class Progress {
    finished,
    waits, // for the writer's place or for a lock: execute again when told, or give_up_waiting()
    takes_long, // longer than it may here: nothing is done, execute again elsewhere
};

// A parameter of a prepared statement.
struct Parameter {
    Value value;
    ParameterClass kind = ParameterClass::text;
};

class Interpreter;
class KeptRows;
class SessionPrograms;
class RowWriter;

// A value outside of SQLite.
struct Evaluated {
    Type type;
    Value value;
};

class PreparedStatement {
public:
    PreparedStatement(std::string text, ParsedPtr tree)
        : text(std::move(text))
        , parsed(*tree)
        , tree_(std::move(tree)) {}

    const std::string text;
    const ParsedStatement& parsed; // that of a stored program's body is everybody's

    // One translation: valid for a catalog, a database and the classes of the parameters.
    struct Plan {
        std::uint64_t catalog_version = 0;
        std::string database;
        std::vector<ParameterClass> classes;
        std::vector<OutputColumn> columns;
        StatementPtr statement;
        bool reads_system_tables = false;
        bool calls_functions = false; // stored ones
    };

    std::vector<std::unique_ptr<Plan>> plans;

    // How an UPDATE or DELETE finds its rows, as long as the same holds.
    struct Finding {
        std::uint64_t catalog_version = 0;
        std::uint64_t modes_version = 0;
        std::string database;
        std::vector<ParameterClass> classes;
        std::string sql;
        std::vector<Type> types;      // of the values that are computed with them
        std::vector<TablePtr> tables; // that the rows are of
    };

    std::shared_ptr<const Finding> finding;

    const ParsedPtr& tree() const { return tree_; }

private:
    ParsedPtr tree_;
};

using PreparedPtr = std::shared_ptr<PreparedStatement>;

struct Wanted { // the rows that an UPDATE or DELETE concerns
    Translator::Selection selection;
    std::vector<std::string> targets;
    std::vector<const Expr*> values; // computed with them
};

struct Generated { // a generated column, ready to be computed
    StatementPtr statement;
    Type type;
};

// A row that an UPDATE concerns.
struct FoundRow {
    std::int64_t rowid = 0;
    std::vector<Value> row;
    std::vector<Value> values; // of the expressions asked for
};

using GivenRow = std::vector<std::optional<Value>>;

struct Insertion { // one INSERT under way
    const Insert& insert;
    RowWriter& writer;
    std::vector<std::size_t> targets;
    std::size_t number; // of the row
    bool is_strict;
    Done done;
    GivenRow defaults; // evaluated once
};

struct Updating { // one UPDATE under way
    const Update& update;
    const Table& table;
    std::vector<std::size_t> targets;
    std::vector<Type> types;  // of the new values
    bool is_chained;          // an assignment may see an earlier one
    bool has_trigger = false; // that may replace a NULL
};

} // namespace diorama::rds::sql
