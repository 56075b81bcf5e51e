// What is known while the body of a stored program is parsed: its code so far, the names in sight,
// labels, conditions and cursors, each in the scopes of the blocks around.
#pragma once

#include "services/rds/data/sql/ast.hpp"
#include "services/rds/data/sql/error.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

class ProgramParts {
public:
    explicit ProgramParts(ProgramKind kind)
        : kind(kind)
        , scope(std::make_shared<ProgramScope>()) {}

    struct Label {
        std::string name; // empty: nobody can go there
        bool is_loop = false;
        bool hides_outer = false;        // the body of a handler: labels around it are out of sight
        std::size_t start = 0;           // where ITERATE goes
        std::size_t cursors = 0;         // so many were declared around it
        std::vector<std::size_t> leaves; // jumps to its end
    };

    // One BEGIN … END.
    struct Block {
        std::shared_ptr<ProgramScope> scope;
        std::size_t first_cursor = 0;
        std::size_t first_handler = 0;
        std::vector<std::pair<std::string, ConditionValue>> conditions;
        std::vector<std::string> cursors; // names, from first_cursor
        std::vector<std::size_t> cursor_numbers;
        std::vector<ConditionValue> handled;
        std::vector<std::size_t> handlers;
    };

    ProgramKind kind;
    std::string routine; // as errors name it
    Program program;
    std::shared_ptr<ProgramScope> scope; // the innermost
    std::vector<Block> blocks;
    std::vector<Label> labels;
    bool has_return = false;

    std::size_t here() const { return program.code.size(); }

    template <class Step>
    std::size_t emit(Step step) {
        program.code.emplace_back(std::move(step));
        return here() - 1;
    }

    void land(std::size_t jump); // makes it jump here
    std::size_t add_variable(const std::string& name, const Type& type);
    std::size_t add_operand(); // of a CASE
    void declare_variable(const std::string& name, const Type& type);
    std::size_t cursor(std::string_view name) const;              // 1324
    const ConditionValue& condition(std::string_view name) const; // 1319
    void open_block();
    void close_block();
    void open_label(const std::string& name, bool is_loop); // 1309
    void close_label(const std::string& end_name);          // 1310
    void leave(std::string_view name, bool iterates);       // 1308
    // What bodies of this kind may not have in them.
    void check(const Statement& statement) const;
};

// The number of the variable that a name stands for there.
std::optional<std::size_t> find_variable(const ProgramScope* scope, std::string_view name);
const ProgramScope::Trigger* trigger_of(const ProgramScope* scope);

// Whether it changes the catalog or who may do what; of temporary tables, too.
bool defines(const Statement& statement);

// Statements that functions and triggers, and whatever they call, may not execute.
void refuse_in_function(const Statement& statement);

} // namespace diorama::rds::sql
