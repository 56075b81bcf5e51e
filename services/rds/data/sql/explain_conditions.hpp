// What the conditions of a statement say of a table's columns, for EXPLAIN.
#pragma once

#include "services/rds/data/sql/explain_plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace diorama::rds::sql {

// What a condition says of a column of one table.
struct ColumnCondition {
    std::size_t column = 0;
    enum class Kind { equality, list, range, unequal, other } kind = Kind::other;
    const Expr* other = nullptr; // compared with
    const Expr* condition = nullptr;
};

// The expression, or that it is a subquery.
std::string shown(const Expr& expression);

class Conditions {
public:
    Conditions(const Outline& outline, const OutlinedSource& source)
        : outline_(outline)
        , source_(source) {}

    void add(const Expr* condition); // with all that it joins by AND
    void add(const TableReference* tables);

    // An equality, else something that a range of an index answers.
    const ColumnCondition* use_of(std::size_t column) const;
    // "const", or the column it is compared with.
    std::string reference(const ColumnCondition& use) const;
    // What the conditions that the key does not answer leave of the rows; MySQL's guesses.
    void judge(const std::vector<const ColumnCondition*>& satisfied, ExplainRow& row) const;

private:
    std::optional<std::size_t> own_column(const Expr& expr) const;
    void add_use(const Expr& condition);

    const Outline& outline_;
    const OutlinedSource& source_;
    std::vector<ColumnCondition> uses_;
};

} // namespace diorama::rds::sql
