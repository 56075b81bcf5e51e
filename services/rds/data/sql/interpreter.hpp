// Executes the body of a stored program, instruction by instruction. Its state is a stack of frames
// here and not on the thread's: a CALL that has to wait for a lock comes back to its driver and
// goes on later where it stopped. Functions and triggers run inside of one statement; what they
// must wait for undoes that statement, with all that they did.
#pragma once

#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/stored_programs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace diorama::rds::sql {

// What a query gave, kept.
class KeptRows final : public ResultSink {
public:
    void columns(const std::vector<OutputColumn>& columns) override;
    void row(std::span<const ValueView> values) override;

    void end() override {}

    void done(const Done&) override {}

    void failed(const SQLError&) override {}

    std::vector<Type> types;
    std::vector<std::vector<Value>> rows;
};

// Results of statements of a procedure go to the client; those of functions may not.
class PartSink final : public ResultSink {
public:
    explicit PartSink(ResultSink* client)
        : client_(client) {}

    void columns(const std::vector<OutputColumn>& columns) override;

    void row(std::span<const ValueView> values) override { client_->row(values); }

    void end() override;

    void done(const Done&) override {}

    void failed(const SQLError&) override {}

private:
    ResultSink* client_;
};

class Interpreter {
public:
    // Without a sink: a function or a trigger, inside of a statement.
    Interpreter(Connection& connection, ResultSink* sink);
    ~Interpreter();
    Interpreter(const Interpreter&) = delete;
    Interpreter& operator=(const Interpreter&) = delete;

    bool is_nested() const { return is_nested_; }

    // A CALL of a client's, with what its `?` stand for.
    void begin(ParsedPtr call, std::span<const Parameter> parameters);
    void begin(const ProgramPtr& body);
    // Goes on until it is over or waits. Throws what no handler took.
    Progress resume(ResultSink& sink);

    // Inside of a statement: to its end. What a function returns.
    Evaluated call(const ProgramPtr& function, std::vector<Value> arguments);
    void fire(
        const ProgramPtr& trigger,
        TablePtr table,
        std::vector<Value>* new_row,
        const std::vector<Value>* old_row
    );

    // For statements of the body.
    void assign(const Destination& to, const Evaluated& value);
    // Nothing: it has to wait.
    std::optional<Evaluated> compute(const ParsedPtr& tree);
    // The condition that a handler is at.
    const SQLError* handled() const;
    // SET values of SIGNAL and the like: nothing of the database.
    Evaluated compute_at_once(const ParsedPtr& tree);
    bool runs(const StoredProgram& program) const;

private:
    struct Cursor {
        bool is_open = false;
        std::size_t next = 0;
        KeptRows result;
    };

    struct Handled {
        std::size_t handler = 0;
        std::size_t resume_at = 0;
        SQLError error;
    };

    // Whose rights, database and mode count.
    struct Identity {
        std::string user;
        std::string account_host;
        std::vector<AccountName> roles;
        bool may_do_everything = false;
        std::string database;
        std::string sql_mode;
    };

    struct Variable {
        const Type* type = nullptr;
        Value value;
    };

    struct Frame {
        ProgramPtr program; // none: the frame around a client's CALL
        ProgramCodePtr code;
        std::vector<Variable> variables;
        std::size_t at = 0;
        std::vector<Handled> handled;
        std::vector<Cursor> cursors;
        std::optional<Identity> before; // to go back to
        std::vector<Destination> outs;  // of the caller, for each parameter
        std::vector<Value> gathered;    // arguments of a CALL that waits
        TablePtr table;                 // of a trigger
        std::vector<Value>* new_row = nullptr;
        const std::vector<Value>* old_row = nullptr;
    };

    // Steps: false: it waits.
    bool step();
    bool run(const RunStatement& instruction);
    bool run(const Assign& instruction);
    bool run(const Jump& instruction);
    bool run(const JumpUnless& instruction);
    bool run(const OpenCursor& instruction);
    bool run(const FetchCursor& instruction);
    bool run(const CloseCursor& instruction);
    bool run(const CloseCursors& instruction);
    bool run(const EndHandler& instruction);
    bool run(const Return& instruction);
    bool run(const NoCase& instruction);
    bool execute_named(const ExecutePrepared& named);
    bool call(const CallProcedure& call);

    void enter(const ProgramPtr& program, std::vector<Value> arguments);
    void leave();
    void finish_frame();
    void send_outs();
    void become(Frame& frame);
    void check_depth(const StoredProgram& program) const;
    Progress
    execute(PreparedStatement& statement, std::span<const Parameter> given, ResultSink& sink);
    std::vector<Parameter> parameters(const std::vector<VariableUse>& uses) const;
    static std::size_t row_column(const Frame& frame, const std::string& name, bool is_new);
    Progress go_on();
    void stop_if_due();

    // Conditions: interpreter_conditions.cpp.
    void raise(const SQLError& error);
    void notice_warnings(std::size_t before);
    static std::optional<std::size_t>
    handler_for(const Frame& frame, const SQLError& error, bool is_warning);
    void activate(Frame& frame, std::size_t handler, const SQLError& error);
    static std::size_t goes_on_at(const Frame& frame);

    Frame& top() { return frames_.back(); }

    Connection& connection_;
    ResultSink* sink_;
    bool is_nested_;
    std::vector<Frame> frames_;
    std::vector<Parameter> placeholders_;
    std::vector<std::pair<std::size_t, Evaluated>> placeholder_outs_;
    std::vector<ProgramCodePtr> entered_; // their texts are in errors
    std::optional<Evaluated> returned_;
    Interpreter* around_; // of the session
    std::size_t steps_ = 0;
};

} // namespace diorama::rds::sql
