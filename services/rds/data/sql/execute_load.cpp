// LOAD DATA: the client's file, line by line, as INSERT writes rows.
// https://dev.mysql.com/doc/refman/8.0/en/load-data.html
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/row_writer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

void Connection::run(Run& current, const LoadData& load) {
    // MySQL: files of the server's own are out of reach; RDS has no others either.
    if (!load.is_local) throw no_files();
    const auto table = Translator(names(classes_)).table_of(load.insert.table);
    refuse_system_table(*table);
    auto targets = load.targets;
    if (targets.empty())
        for (const auto& column : table->columns)
            if (column.is_listed()) targets.push_back({column.name, false});
    RowWriter writer(*this, table);
    Insertion insertion{load.insert, writer, {}, 0, false, {}, {}};
    insertion.defaults.resize(table->columns.size());
    const auto set =
        load.character_set.value_or(find_character_set(context_.variables["character_set_database"])
                                        .value_or(CharacterSet::utf8mb4));
    // Bytes that are no characters there are refused with the field that they stand in.
    std::string converted;
    if (!is_kept_as_bytes(set)) converted = decoded(set, file_).value_or(file_);
    Records records(is_kept_as_bytes(set) ? file_ : converted, load.format);
    records.skip_lines(load.skipped_lines);
    while (auto fields = records.next()) {
        ++insertion.number;
        load_record(load, targets, insertion, *fields);
        stop_if_due();
    }
    auto& done = insertion.done;
    const auto number = insertion.number;
    const auto affected = done.affected_rows;
    context_.row_count = static_cast<std::int64_t>(affected);
    done.information = fmt::format(
        "Records: {}  Deleted: {}  Skipped: {}  Warnings: {}",
        number,
        affected - std::min<std::uint64_t>(affected, number),
        number - std::min<std::uint64_t>(affected, number),
        context_.warnings.size()
    );
    current.sink.done(done);
}

void Connection::load_record(
    const LoadData& load,
    const std::vector<LoadData::Target>& targets,
    Insertion& insertion,
    const std::vector<Records::Field>& fields
) {
    const auto& table = insertion.writer.table();
    const auto type = text_type(16383);
    GivenRow given(table.columns.size());
    const auto column_of = [&](const std::string& name) {
        const auto column = table.find_column(name);
        if (!column) throw unknown_column(name, "field list");
        return *column;
    };
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const bool is_there = i < fields.size();
        const auto value = is_there && fields[i] ? Value::text(*fields[i]) : Value{};
        if (targets[i].is_variable)
            context_.assign_user_variable(targets[i].name, value);
        else if (is_there)
            store(insertion, given, column_of(targets[i].name), type, value);
    }
    if (fields.size() < targets.size())
        context_.warn(
            {1261,
             "01000",
             fmt::format("Row {} doesn't contain data for all columns", insertion.number)}
        );
    if (fields.size() > targets.size())
        context_.warn(
            {1262,
             "01000",
             fmt::format(
                 "Row {} was truncated; it contained more data than there were input columns",
                 insertion.number
             )}
        );
    for (const auto& assignment : load.assignments) {
        const auto value = constant(*assignment.value);
        store(insertion, given, column_of(assignment.column), value.type, value.value);
    }
    complete(insertion, std::move(given));
}

} // namespace diorama::rds::sql
