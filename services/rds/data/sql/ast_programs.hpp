// Stored programs as the parser makes them: the statements that define and call them, and bodies as
// instructions for the interpreter. Names of variables are numbers here: a statement inside of a
// body has parameters where variables stood.
#pragma once

#include "services/rds/data/sql/ast_queries.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace diorama::rds::sql {

struct ParsedStatement;
using ParsedPtr = std::shared_ptr<const ParsedStatement>;

enum class ProgramKind : std::uint8_t { procedure, function, trigger };
enum class TriggerTime : std::uint8_t { before, after };
enum class TriggerEvent : std::uint8_t { insert, update, remove };

// Where a parameter of a statement inside of a body takes its value from.
struct VariableUse {
    enum class Kind { local, new_row, old_row, placeholder };

    Kind kind = Kind::local;
    std::size_t index = 0;   // of the variable, or of the `?`
    std::string column = {}; // of the row
};

// The names that statements at one place of a body see. Kept beside them for those that have to be
// parsed anew.
struct ProgramScope {
    struct Trigger {
        TriggerTime time = TriggerTime::before;
        TriggerEvent event = TriggerEvent::insert;
    };

    std::shared_ptr<const ProgramScope> outer;
    std::map<std::string, std::size_t, std::less<>> variables; // in lower case
    std::optional<Trigger> trigger;                            // whose NEW and OLD are seen
};

using ScopePtr = std::shared_ptr<const ProgramScope>;

struct ProgramVariable {
    std::string name;
    Type type;
    bool takes_any_type = false; // the operand of a CASE
};

// What a handler is for.
struct ConditionValue {
    enum class Kind { code, sqlstate, warning, not_found, exception };

    Kind kind = Kind::exception;
    std::uint16_t code = 0;
    std::string sqlstate = {};

    bool operator==(const ConditionValue&) const = default;
};

struct Handler {
    bool continues = false; // else it ends its block
    std::vector<ConditionValue> conditions;
    std::size_t from = 0; // the instructions that it watches
    std::size_t to = 0;   // not included; and where an EXIT goes on
    std::size_t body = 0;
};

// Instructions. Those without a struct of their own are statements.
struct RunStatement {
    ParsedPtr statement;
    std::string text;
};

struct Assign {
    Destination to;
    ParsedPtr value; // SELECT expression; none: NULL
};

struct Jump {
    std::size_t to = 0;
};

struct JumpUnless {
    ParsedPtr condition;
    std::size_t to = 0;
    std::size_t after = 0; // the whole of it: where a CONTINUE handler goes on
};

struct OpenCursor {
    std::size_t cursor = 0;
};

struct FetchCursor {
    std::size_t cursor = 0;
    std::vector<Destination> into;
};

struct CloseCursor {
    std::size_t cursor = 0;
};

struct CloseCursors { // of a block that ends, and of those inside of it
    std::size_t first = 0;
};

struct EndHandler {
    std::size_t handler = 0;
};

struct Return {
    ParsedPtr value;
};

struct NoCase {};

using Instruction = std::variant<
    RunStatement,
    Assign,
    Jump,
    JumpUnless,
    OpenCursor,
    FetchCursor,
    CloseCursor,
    CloseCursors,
    EndHandler,
    Return,
    NoCase>;

struct Program {
    std::vector<ProgramVariable> variables; // those of the parameters first
    std::vector<Instruction> code;
    std::vector<Handler> handlers;
    std::vector<RunStatement> cursors;
};

using ProgramCodePtr = std::shared_ptr<const Program>;

struct RoutineParameter {
    enum class Mode : std::uint8_t { in, out, inout };

    Mode mode = Mode::in;
    std::string name;
    Type type;
};

// https://dev.mysql.com/doc/refman/8.0/en/create-procedure.html
struct Characteristics {
    std::optional<std::string> comment;
    std::optional<bool> is_deterministic;
    std::optional<std::string> access; // "CONTAINS SQL", "NO SQL", …
    std::optional<bool> is_invoker;    // SQL SECURITY
};

struct CreateProgram {
    ProgramKind kind = ProgramKind::procedure;
    TableName name;
    std::string definer; // "`user`@`host`"; empty: who creates it
    bool if_not_exists = false;
    std::string parameter_text; // as written
    std::vector<RoutineParameter> parameters;
    std::optional<Type> returns;
    Characteristics traits;
    ProgramCodePtr program;
    std::string body; // as written

    // Of triggers.
    ProgramScope::Trigger trigger;
    TableName table;
    bool precedes = false;
    std::string anchor; // FOLLOWS, PRECEDES
};

struct DropProgram {
    ProgramKind kind = ProgramKind::procedure;
    TableName name;
    bool if_exists = false;
};

struct AlterRoutine {
    ProgramKind kind = ProgramKind::procedure;
    TableName name;
    Characteristics traits;
};

struct CallProcedure {
    struct Argument {
        ParsedPtr value;
        Destination to; // when it is a variable
    };

    TableName name;
    std::vector<Argument> arguments;
};

// https://dev.mysql.com/doc/refman/8.0/en/signal.html and resignal.html
struct Signal {
    bool is_resignal = false;
    std::string sqlstate;                                 // empty: that of the condition
    std::vector<std::pair<std::string, ParsedPtr>> items; // MESSAGE_TEXT, MYSQL_ERRNO, …
};

// https://dev.mysql.com/doc/refman/8.0/en/get-diagnostics.html
struct GetDiagnostics {
    bool is_stacked = false;
    ParsedPtr condition; // its number; none: what is asked is about the statement
    std::vector<std::pair<Destination, std::string>> items;
};

std::string_view program_word(ProgramKind kind); // "PROCEDURE"

} // namespace diorama::rds::sql
