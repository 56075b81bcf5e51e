// What one session does with stored programs: the CALL it is in, statements of bodies, functions
// that SQLite calls back, triggers that rows fire. A part of its Connection.
#pragma once

#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/interpreter.hpp"

#include <functional>
#include <list>
#include <map>
#include <set>
#include <unordered_map>

namespace diorama::rds::sql {

class SessionPrograms {
public:
    explicit SessionPrograms(Connection& connection);
    ~SessionPrograms();
    SessionPrograms(const SessionPrograms&) = delete;
    SessionPrograms& operator=(const SessionPrograms&) = delete;

    void register_calls();
    void reset();

    void end_call() { call_.reset(); }

    bool is_in_call() const { return call_ != nullptr; }

    // The innermost that runs; null outside of bodies.
    Interpreter* running() const { return running_; }

    // The wait of the CALL is over: its statement fails.
    void give_up() { gave_up_ = true; }

    Progress execute_call(
        PreparedStatement& statement,
        std::span<const Parameter> parameters,
        ResultSink& sink
    );
    // The body of an event, from its beginning or from where it waited.
    Progress execute_event(const ProgramPtr& body, ResultSink& sink);
    // A statement of a procedure, and one of a function or a trigger.
    Progress execute_inside(
        PreparedStatement& statement,
        std::span<const Parameter> parameters,
        ResultSink& sink
    );
    void execute_nested(
        PreparedStatement& statement,
        std::span<const Parameter> parameters,
        ResultSink& sink
    );

    PreparedStatement& body_statement(const ParsedPtr& tree, const std::string& text);
    // An expression that reads no table and calls no stored function; those are statements.
    std::optional<Evaluated>
    compute_alone(const ParsedPtr& tree, std::span<const Parameter> parameters);
    const Type* interned(const Type& type);
    std::string_view interned_state(const std::string& state);
    void take_into(const Select& select, const KeptRows& rows);
    void assign_user(const std::string& name, Evaluated value);
    void check_execution(const StoredProgram& program) const;
    void fire(
        const ProgramPtr& trigger,
        const TablePtr& table,
        std::vector<Value>* new_row,
        const std::vector<Value>* old_row
    );

    // Definitions.
    // Only a master makes things that run with another's rights.
    void check_definer(std::string_view definer) const;
    void check_definition(const CreateProgram& create, const StoredProgram& program) const;
    void log_program(const std::string& schema, std::string text, const std::string& sql_mode);
    void forget_triggers(Catalog& catalog, const Table& table);
    void move_triggers(Catalog& catalog, const Table& from, const Table& to);
    void show_create(ResultSink& sink, const Show& show);
    std::string show_query(const Show& show) const;

    // What the session is in the middle of, outermost first: what functions may not change.
    struct Busy {
        const Statement* statement = nullptr;
        std::string schema; // or the current database
        std::string table;  // of a trigger
        std::optional<std::vector<std::pair<std::string, std::string>>> tables = {};
    };

    // While it lives.
    class Using {
    public:
        Using(SessionPrograms& programs, Busy busy)
            : programs_(programs) {
            programs_.busy_.push_back(std::move(busy));
        }

        ~Using() { programs_.busy_.pop_back(); }

        Using(const Using&) = delete;
        Using& operator=(const Using&) = delete;

    private:
        SessionPrograms& programs_;
    };

private:
    friend class Interpreter;

    struct BodyPlan { // what this session has made of a tree in the catalog
        PreparedPtr statement;
        ParsedPtr tree;
        std::uint64_t catalog_version = 0;
        std::string database;
        std::vector<ParameterClass> classes;
        StatementPtr computation;
        Type type;
        bool calls_functions = false;
    };

    struct StoredCall { // what SQLite calls for a stored function
        Context* context = nullptr;
        std::function<Evaluated(std::span<sqlite3_value*>)> run;
    };

    static void call_from_sqlite(sqlite3_context* target, int count, sqlite3_value** values);
    void prepare_call(ResultSink& sink);
    Progress go_on(ResultSink& sink);
    bool is_still_waiting();
    void check_free(const Statement& statement);
    Evaluated call_function(std::span<sqlite3_value*> arguments);

    Connection& connection_;
    std::unique_ptr<Interpreter> call_; // of the client, begun and not over
    Interpreter* running_ = nullptr;
    bool gave_up_ = false;
    int nesting_ = 0; // functions and triggers in one another
    std::vector<Busy> busy_;
    std::unordered_map<const ParsedStatement*, BodyPlan> body_plans_; // order-free: only looked up
    std::list<Type> types_;                                           // of operands that take any
    std::set<std::string> states_; // SQLSTATEs of conditions that outlive their texts
    StoredCall stored_call_;
};

} // namespace diorama::rds::sql
