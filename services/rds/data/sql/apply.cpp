// Repeating what another instance committed.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/row_writer.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

// Definitions give no rows; their failure ends the entry.
class ApplySink final : public ResultSink {
public:
    void columns(const std::vector<OutputColumn>&) override {}

    void row(std::span<const ValueView>) override {}

    void end() override {}

    void done(const Done&) override {}

    void failed(const SQLError& error) override { throw error; }
};

} // namespace

bool Connection::apply(const LogEntry& entry) {
    if (!take_writer()) {
        engine_.writer_lock().withdraw(this);
        waiting_ = Waiting::nothing;
        return false;
    }
    catalog_ = engine_.catalog();
    in_transaction_ = true;
    context_.now = entry.committed;
    try {
        for (const auto& change : entry.changes) {
            if (change.kind == Change::Kind::definition) {
                context_.database = change.schema;
                if (!change.table.empty()) context_.variables["sql_mode"] = change.table;
                forget_plans();
                auto prepared = prepare(change.statement);
                if (auto* error = std::get_if<SQLError>(&prepared)) throw std::move(*error);
                ApplySink sink;
                Run run{*std::get<PreparedPtr>(prepared), {}, sink, {}};
                dispatch(run);
                continue;
            }
            const auto table = catalog_->find_table(change.schema, change.table);
            if (!table) throw no_such_table(change.schema, change.table);
            RowWriter writer(*this, table);
            writer.skip_foreign_keys(); // cascades are in the log
            std::optional<RowWriter::Conflict> conflict;
            if (change.kind == Change::Kind::insert)
                conflict = writer.insert(change.new_row);
            else if (change.kind == Change::Kind::update)
                conflict = writer.update(change.old_row, change.new_row);
            else
                writer.remove(change.old_row);
            if (conflict) throw writer.duplicate(*conflict, change.new_row);
            if (const auto column = table->auto_increment_column();
                column && !change.new_row.empty())
                engine_.note_auto_increment(*table, sqlite_.get(), change.new_row[*column].integer);
        }
        pending_.position = entry.position;
        pending_.committed = entry.committed;
        commit();
    } catch (const SQLError&) {
        rollback();
        throw;
    }
    return true;
}

} // namespace diorama::rds::sql
