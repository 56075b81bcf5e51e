// Calls of stored functions in expressions.
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

// my_call(schema, name, types of the arguments, argument…): see calls.cpp.
Typed Translator::stored_function(const Expr& expr) {
    const auto schema = expr.schema.empty() ? std::string(names_.database) : expr.schema;
    const auto function = find_program(names_.catalog, ProgramKind::function, schema, expr.text);
    if (!function) throw no_such_function(schema, expr.table);
    if (expr.args.size() != function->parameters.size())
        throw SQLError{
            1318,
            "42000",
            fmt::format(
                "Incorrect number of arguments for FUNCTION {}; expected {}, got {}",
                function->full_name(),
                function->parameters.size(),
                expr.args.size()
            )
        };
    std::string types;
    std::string arguments;
    for (const auto& argument : expr.args) {
        const auto value = expression(*argument);
        const auto& type = value.type;
        const auto kind = type.members ? TypeKind::varying_character : type.kind;
        types += fmt::format(
            "{}:{}:{}:{}:{};",
            static_cast<int>(kind),
            type.is_unsigned ? 1 : 0,
            type.length,
            type.scale,
            static_cast<int>(type.collation)
        );
        arguments += "," + value.sql;
    }
    return {
        .sql = fmt::format(
            "my_call({},{},'{}'{})",
            sqlite_text(schema),
            sqlite_text(function->name),
            types,
            arguments
        ),
        .type = *function->returns
    };
}

} // namespace diorama::rds::sql
