// Statements that only let time pass: SELECT SLEEP(…), SELECT GET_LOCK(…). They need nothing of the
// transaction they stand in, so nobody has to wait for them.
#pragma once

#include "services/rds/data/sql/ast.hpp"

namespace diorama::rds::sql {

inline bool only_pauses(const Statement& statement) {
    const auto* select = std::get_if<Select>(&statement);
    if (select == nullptr || select->from || !select->members.empty() || select->items.size() != 1)
        return false;
    const auto& called = select->items.front().expression;
    if (!called || called->kind != ExprKind::function) return false;
    if (called->text != "SLEEP" && called->text != "GET_LOCK") return false;
    for (const auto& argument : called->args)
        if (argument->select || !argument->args.empty()) return false;
    return true;
}

} // namespace diorama::rds::sql
