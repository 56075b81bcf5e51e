// Scopes, labels and jumps of a body that is being parsed.
// https://dev.mysql.com/doc/refman/8.0/en/stored-program-restrictions.html
#include "services/rds/data/sql/program_parts.hpp"

#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <type_traits>

namespace diorama::rds::sql {

std::string_view program_word(ProgramKind kind) {
    return kind == ProgramKind::procedure  ? "PROCEDURE"
           : kind == ProgramKind::function ? "FUNCTION"
                                           : "TRIGGER";
}

std::optional<std::size_t> find_variable(const ProgramScope* scope, std::string_view name) {
    const auto wanted = lower_case(name);
    for (; scope != nullptr; scope = scope->outer.get())
        if (const auto found = scope->variables.find(wanted); found != scope->variables.end())
            return found->second;
    return std::nullopt;
}

const ProgramScope::Trigger* trigger_of(const ProgramScope* scope) {
    for (; scope != nullptr; scope = scope->outer.get())
        if (scope->trigger) return &*scope->trigger;
    return nullptr;
}

void ProgramParts::land(std::size_t jump) {
    auto& instruction = program.code[jump];
    if (auto* plain = std::get_if<Jump>(&instruction)) plain->to = here();
    if (auto* conditional = std::get_if<JumpUnless>(&instruction)) conditional->to = here();
}

std::size_t ProgramParts::add_variable(const std::string& name, const Type& type) {
    program.variables.push_back({name, type, false});
    const auto number = program.variables.size() - 1;
    scope->variables.emplace(lower_case(name), number);
    return number;
}

std::size_t ProgramParts::add_operand() {
    program.variables.push_back({"case", {}, true});
    return program.variables.size() - 1;
}

void ProgramParts::declare_variable(const std::string& name, const Type& type) {
    if (scope->variables.contains(lower_case(name)))
        throw SQLError{1331, "42000", fmt::format("Duplicate variable: {}", name)};
    add_variable(name, type);
}

std::size_t ProgramParts::cursor(std::string_view name) const {
    for (auto block = blocks.rbegin(); block != blocks.rend(); ++block)
        for (std::size_t i = 0; i < block->cursors.size(); ++i)
            if (equals_ignoring_case(block->cursors[i], name)) return block->cursor_numbers[i];
    throw SQLError{1324, "42000", fmt::format("Undefined CURSOR: {}", name)};
}

const ConditionValue& ProgramParts::condition(std::string_view name) const {
    for (auto block = blocks.rbegin(); block != blocks.rend(); ++block)
        for (const auto& [known, value] : block->conditions)
            if (equals_ignoring_case(known, name)) return value;
    throw SQLError{1319, "42000", fmt::format("Undefined CONDITION: {}", name)};
}

void ProgramParts::open_block() {
    auto& block = blocks.emplace_back();
    block.scope = std::make_shared<ProgramScope>();
    block.scope->outer = scope;
    block.first_cursor = program.cursors.size();
    scope = block.scope;
}

void ProgramParts::close_block() {
    const auto& block = blocks.back();
    for (const auto handler : block.handlers)
        program.handlers[handler].to = here();
    if (!block.cursors.empty()) emit(CloseCursors{block.first_cursor});
    scope = std::const_pointer_cast<ProgramScope>(block.scope->outer);
    blocks.pop_back();
}

void ProgramParts::open_label(const std::string& name, bool is_loop) {
    if (!name.empty())
        for (auto label = labels.rbegin(); label != labels.rend() && !label->hides_outer; ++label)
            if (equals_ignoring_case(label->name, name))
                throw SQLError{1309, "42000", fmt::format("Redefining label {}", name)};
    auto& label = labels.emplace_back();
    label.name = name;
    label.is_loop = is_loop;
    label.start = here();
    label.cursors = program.cursors.size();
}

void ProgramParts::close_label(const std::string& end_name) {
    auto& label = labels.back();
    if (!end_name.empty() && !equals_ignoring_case(label.name, end_name))
        throw SQLError{1310, "42000", fmt::format("End-label {} without match", end_name)};
    for (const auto jump : label.leaves)
        land(jump);
    labels.pop_back();
}

void ProgramParts::leave(std::string_view name, bool iterates) {
    for (auto label = labels.rbegin(); label != labels.rend() && !label->hides_outer; ++label) {
        if (!equals_ignoring_case(label->name, name) || (iterates && !label->is_loop)) continue;
        if (program.cursors.size() > label->cursors) emit(CloseCursors{label->cursors});
        const auto jump = emit(Jump{label->start});
        if (!iterates) label->leaves.push_back(jump);
        return;
    }
    throw SQLError{
        1308,
        "42000",
        fmt::format("{} with no matching label: {}", iterates ? "ITERATE" : "LEAVE", name)
    };
}

namespace {

SQLError not_allowed(std::string_view what) {
    return {1314, "0A000", fmt::format("{} is not allowed in stored procedures", what)};
}

template <typename Kind, typename... Kinds>
constexpr bool is_one_of = (std::is_same_v<Kind, Kinds> || ...);

template <typename Kind>
constexpr bool is_definition = is_one_of<
    Kind,
    CreateTable,
    AlterTable,
    DropTables,
    RenameTables,
    TruncateTable,
    CreateDatabase,
    AlterDatabase,
    DropDatabase,
    CreateUser,
    DropUser,
    RenameUser,
    Grant,
    GrantRoles,
    CreateView,
    DropViews,
    CreateProgram,
    DropProgram,
    AlterRoutine,
    CreateEvent,
    DropEvent>;

// By the variant's index: every statement is asked this several times.
template <typename... Kinds>
constexpr auto definitions(std::type_identity<std::variant<Kinds...>>) {
    return std::array{is_definition<Kinds>...};
}

} // namespace

namespace {

bool is_default_role(const Statement& statement) {
    const auto* set = std::get_if<SetRole>(&statement);
    return set != nullptr && set->is_default;
}

} // namespace

bool defines(const Statement& statement) {
    static constexpr auto known = definitions(std::type_identity<Statement>{});
    return known[statement.index()] || is_default_role(statement);
}

void refuse_in_function(const Statement& statement) {
    const auto* create = std::get_if<CreateTable>(&statement);
    const auto* drop = std::get_if<DropTables>(&statement);
    if ((create != nullptr && create->is_temporary) || (drop != nullptr && drop->is_temporary))
        throw not_supported("temporary tables made by functions and triggers");
    if (defines(statement) || std::holds_alternative<Transaction>(statement))
        throw SQLError{
            1422,
            "HY000",
            "Explicit or implicit commit is not allowed in stored function or trigger."
        };
    if (std::holds_alternative<Prepare>(statement) ||
        std::holds_alternative<ExecutePrepared>(statement) ||
        std::holds_alternative<DeallocatePrepared>(statement))
        throw SQLError{1336, "0A000", "Dynamic SQL is not allowed in stored function or trigger"};
}

void ProgramParts::check(const Statement& statement) const {
    if (std::holds_alternative<Use>(statement)) throw not_allowed("USE");
    if (std::holds_alternative<LockTables>(statement)) throw not_allowed("LOCK");
    if (std::holds_alternative<LoadData>(statement)) throw not_allowed("LOAD DATA");
    if (const auto* create = std::get_if<CreateProgram>(&statement))
        throw SQLError{
            1303,
            "2F003",
            fmt::format(
                "Can't create a {} from within another stored routine",
                program_word(create->kind)
            )
        };
    if (kind == ProgramKind::procedure) return;
    refuse_in_function(statement);
    const auto* select = std::get_if<Select>(&statement);
    if (std::holds_alternative<Show>(statement) || (select != nullptr && select->into.empty()))
        throw SQLError{
            1415,
            "0A000",
            fmt::format(
                "Not allowed to return a result set from a {}",
                kind == ProgramKind::function ? "function" : "trigger"
            )
        };
}

} // namespace diorama::rds::sql
