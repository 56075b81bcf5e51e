// Statements that change rows through a view, as statements on the table below it.
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/parse.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

struct ViewCheck { // WITH CHECK OPTION
    std::string view;
    ExprPtr condition;
};

struct ViewChange {
    Statement statement;
    std::vector<ViewCheck> checks;
};

bool changes_view(const Statement& statement, const Catalog& catalog, std::string_view database);
// Throws what MySQL says of views that cannot be changed.
ViewChange on_table(
    const std::string& text,
    const ScopePtr& scope,
    const Catalog& catalog,
    std::string_view database
);

} // namespace diorama::rds::sql
