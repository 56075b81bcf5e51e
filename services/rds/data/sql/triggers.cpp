// Which triggers a change of a row fires, and what BEFORE triggers make of the row.
#include "services/rds/data/sql/triggers.hpp"

#include "services/rds/data/sql/row_writer.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <algorithm>

namespace diorama::rds::sql {

TableTriggers::TableTriggers(Connection& connection, TablePtr table)
    : connection_(connection)
    , table_(std::move(table)) {
    const auto* database = connection_.catalog_->find_database(table_->schema);
    if (database == nullptr || table_->is_temporary) return;
    for (const auto& trigger : database->programs.triggers)
        if (trigger->table == table_->name) triggers_.push_back(trigger);
}

bool TableTriggers::has(TriggerTime time, TriggerEvent event) const {
    return std::any_of(triggers_.begin(), triggers_.end(), [&](const ProgramPtr& trigger) {
        return trigger->trigger.time == time && trigger->trigger.event == event;
    });
}

void TableTriggers::fire(
    ProgramScope::Trigger when,
    std::vector<Value>* new_row,
    const std::vector<Value>* old_row
) const {
    for (const auto& trigger : triggers_)
        if (trigger->trigger.time == when.time && trigger->trigger.event == when.event)
            connection_.programs_->fire(trigger, table_, new_row, old_row);
}

void TableTriggers::after_insert(std::vector<Value>& row) const {
    fire({TriggerTime::after, TriggerEvent::insert}, &row, nullptr);
}

void TableTriggers::before_delete(const std::vector<Value>& row) const {
    fire({TriggerTime::before, TriggerEvent::remove}, nullptr, &row);
}

void TableTriggers::after_delete(const std::vector<Value>& row) const {
    fire({TriggerTime::after, TriggerEvent::remove}, nullptr, &row);
}

void TableTriggers::after_update(const std::vector<Value>& old_row, std::vector<Value>& row) const {
    fire({TriggerTime::after, TriggerEvent::update}, &row, &old_row);
}

namespace {

void refuse_nulls(const Table& table, const std::vector<Value>& row) {
    for (std::size_t i = 0; i < row.size(); ++i)
        if (row[i].is_null() && !table.columns[i].is_nullable &&
            !table.columns[i].is_auto_increment)
            throw column_cannot_be_null(table.columns[i].name);
}

} // namespace

// NULL stands where nothing was given, until the triggers have had their say.
void Connection::fire_before_insert(
    Insertion& insertion,
    const GivenRow& given,
    std::vector<Value>& row
) {
    const auto& triggers = insertion.writer.triggers();
    if (!triggers.has(TriggerTime::before, TriggerEvent::insert)) return;
    const auto& table = insertion.writer.table();
    const auto automatic = table.auto_increment_column();
    const bool is_generated = automatic && row[*automatic].is_null();
    if (is_generated) row[*automatic] = Value::of(std::int64_t{0});
    triggers.fire({TriggerTime::before, TriggerEvent::insert}, &row, nullptr);
    if (is_generated && row[*automatic].integer == 0) row[*automatic] = {};
    for (std::size_t i = 0; i < row.size(); ++i)
        if (!given[i] && row[i].is_null() && !table.columns[i].has_default)
            row[i] = default_of(table, i);
    refuse_nulls(table, row);
}

void Connection::fire_before_update(
    RowWriter& writer,
    const std::vector<Value>& old_row,
    std::vector<Value>& row,
    const std::vector<std::size_t>& targets
) {
    const auto& triggers = writer.triggers();
    if (!triggers.has(TriggerTime::before, TriggerEvent::update)) return;
    const bool was_same = row == old_row;
    triggers.fire({TriggerTime::before, TriggerEvent::update}, &row, &old_row);
    const auto& table = writer.table();
    refuse_nulls(table, row);
    fill_generated(table, row, 1, is_strict());
    if (!was_same || row == old_row) return;
    for (std::size_t i = 0; i < row.size(); ++i)
        if (table.columns[i].updates_now && row[i] == old_row[i] &&
            std::find(targets.begin(), targets.end(), i) == targets.end())
            row[i] = current_moment(table.columns[i].type, context_);
}

} // namespace diorama::rds::sql
