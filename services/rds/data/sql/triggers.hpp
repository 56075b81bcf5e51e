// The triggers of one table, as a statement that changes its rows finds them.
// https://dev.mysql.com/doc/refman/8.0/en/triggers.html
#pragma once

#include "services/rds/data/sql/connection.hpp"

#include <vector>

namespace diorama::rds::sql {

class TableTriggers {
public:
    TableTriggers(Connection& connection, TablePtr table);

    bool has(TriggerTime time, TriggerEvent event) const;
    // The row that is absent is null.
    void
    fire(ProgramScope::Trigger when, std::vector<Value>* new_row, const std::vector<Value>* old_row)
        const;
    void after_insert(std::vector<Value>& row) const;
    void before_delete(const std::vector<Value>& row) const;
    void after_delete(const std::vector<Value>& row) const;
    void after_update(const std::vector<Value>& old_row, std::vector<Value>& row) const;

private:
    Connection& connection_;
    TablePtr table_;
    std::vector<ProgramPtr> triggers_;
};

} // namespace diorama::rds::sql
