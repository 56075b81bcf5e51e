// Procedures, functions and triggers of the catalog, kept as text and parsed once.
#pragma once

#include "emulator/time/time.hpp"
#include "services/rds/data/sql/ast_programs.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/sqlite.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

struct Catalog;
struct Column;

struct StoredProgram {
    ~StoredProgram();

    ProgramKind kind = ProgramKind::procedure;
    std::string schema;
    std::string name;
    std::string definer;  // "`user`@`host`"
    std::string sql_mode; // it runs with the one it was made with
    std::string parameter_text;
    std::vector<RoutineParameter> parameters;
    std::optional<Type> returns;
    Characteristics traits;
    std::string body;
    Timestamp created{};
    Timestamp modified{};
    ProgramCodePtr code;
    std::vector<Column> variables; // what they take, as columns take values

    // Of triggers.
    ProgramScope::Trigger trigger;
    std::string table;

    std::string full_name() const { return schema + "." + name; }
};

using ProgramPtr = std::shared_ptr<const StoredProgram>;

// Those of one database.
struct StoredPrograms {
    std::map<std::string, ProgramPtr, std::less<>> procedures; // names in lower case
    std::map<std::string, ProgramPtr, std::less<>> functions;
    std::vector<ProgramPtr> triggers; // in the order in which they are fired

    auto& routines(ProgramKind kind) {
        return kind == ProgramKind::procedure ? procedures : functions;
    }

    const auto& routines(ProgramKind kind) const {
        return kind == ProgramKind::procedure ? procedures : functions;
    }

    ProgramPtr find(ProgramKind kind, std::string_view name) const;
};

ProgramPtr find_program(
    const Catalog& catalog,
    ProgramKind kind,
    std::string_view schema,
    std::string_view name
);

StoredProgram program_of(const CreateProgram& create, std::string_view schema);
// SHOW CREATE; parsing it gives the same program again.
std::string create_program_text(const StoredProgram& program);
// "int unsigned", "varchar(20) CHARSET utf8mb4".
std::string routine_type_text(const Type& type);
std::string_view trigger_time_word(TriggerTime time);
std::string_view trigger_event_word(TriggerEvent event);

// All of a database as they are now.
void store_programs(sqlite3* sqlite, std::string_view schema, const StoredPrograms& programs);
// Reads all of them into the catalog.
void load_programs(sqlite3* sqlite, Catalog& catalog);

} // namespace diorama::rds::sql
