// EXPLAIN and EXPLAIN ANALYZE.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/explain_plan.hpp"
#include "services/rds/data/sql/session_accounts.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

OutputColumn column(std::string_view name, Type type) {
    OutputColumn column;
    column.name = name;
    column.type = std::move(type);
    return column;
}

std::vector<OutputColumn> traditional_columns() {
    return {
        column("id", unsigned_type(3)),
        column("select_type", text_type(19)),
        column("table", text_type(64)),
        column("partitions", text_type(1024)),
        column("type", text_type(10)),
        column("possible_keys", text_type(4096)),
        column("key", text_type(64)),
        column("key_len", text_type(4096)),
        column("ref", text_type(1024)),
        column("rows", unsigned_type(10)),
        column("filtered", double_type()),
        column("Extra", text_type(255))
    };
}

Value joined(const std::vector<std::string>& words, std::string_view separator) {
    if (words.empty()) return {};
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? std::string() : std::string(separator)) + word;
    return Value::text(std::move(text));
}

Value known(const std::string& text) {
    return text.empty() ? Value{} : Value::text(text);
}

void send_traditional(const ExplainedPlan& plan, ResultSink& sink) {
    auto columns = traditional_columns();
    columns[10].type = decimal_type(5, 2);
    sink.columns(columns);
    for (const auto& row : explain_rows(plan)) {
        const std::vector<Value> values = {
            row.id == 0 ? Value{} : Value::of(static_cast<std::int64_t>(row.id)),
            Value::text(row.select_type),
            known(row.table),
            {},
            known(row.type),
            joined(row.possible_keys, ","),
            known(row.key),
            known(row.key_length),
            joined(row.references, ","),
            row.rows ? Value::of(*row.rows) : Value{},
            row.rows ? Value::of(static_cast<std::int64_t>(row.filtered * 100 + 0.5)) : Value{},
            joined(row.extra, "; ")
        };
        const std::vector<ValueView> views(values.begin(), values.end());
        sink.row(views);
    }
    sink.end();
}

void send_text(const std::string& text, ResultSink& sink) {
    const std::vector<OutputColumn> columns{column("EXPLAIN", text_type(16383))};
    sink.columns(columns);
    const Value value = Value::text(text);
    const ValueView view(value);
    sink.row({&view, 1});
    sink.end();
}

// A result that is only counted.
class CountingSink final : public ResultSink {
public:
    void columns(const std::vector<OutputColumn>&) override {}

    void row(std::span<const ValueView>) override { ++rows; }

    void end() override {}

    void done(const Done&) override {}

    void failed(const SQLError& error) override { throw error; }

    std::int64_t rows = 0;
};

// INSERT … VALUES has no plan but its table.
ExplainedPlan plan_of_insert(const Insert& insert) {
    ExplainedPlan plan;
    auto& block = plan.blocks.emplace_back();
    block.select_type = insert.is_replace ? "REPLACE" : "INSERT";
    auto& row = block.rows.emplace_back();
    row.id = 1;
    row.select_type = block.select_type;
    row.table = insert.table.table;
    row.type = "ALL";
    return plan;
}

} // namespace

ExplainedPlan Connection::plan_of(const Statement& statement) {
    const auto classes = parameter_classes();
    Translator translator(names(classes));
    Outline outline;
    translator.outline = &outline;
    if (const auto* insert = std::get_if<Insert>(&statement)) {
        auto plan = plan_of_insert(*insert);
        translator.table_of(insert->table);
        if (!insert->select) return plan;
        const auto sql = translator.select(*insert->select).sql;
        const auto selected = explained_plan(sqlite_.get(), {.sql = sql, .outline = outline});
        plan.blocks.insert(plan.blocks.end(), selected.blocks.begin(), selected.blocks.end());
        return plan;
    }
    if (const auto* select = std::get_if<Select>(&statement)) {
        const auto sql = translator.select(*select).sql;
        if (sql.find("temp.is_") != std::string::npos) refresh_system_tables();
        return explained_plan(sqlite_.get(), {.sql = sql, .outline = outline});
    }
    const auto* update = std::get_if<Update>(&statement);
    const auto* remove = std::get_if<Delete>(&statement);
    if (update == nullptr && remove == nullptr) throw syntax_error("EXPLAIN", 1);
    const auto& tables = update != nullptr ? *update->tables : *remove->tables;
    const auto* where = update != nullptr ? update->where.get() : remove->where.get();
    const auto& order = update != nullptr ? update->order_by : remove->order_by;
    const auto& limit = update != nullptr ? update->limit : remove->limit;
    std::vector<Type> types;
    const auto sql = translator.rows_with(
        {.tables = &tables, .where = where, .order = &order, .limit = limit.get()},
        {target_names(tables).front()},
        {},
        types
    );
    return explained_plan(
        sqlite_.get(),
        {.sql = sql,
         .outline = outline,
         .where = where,
         .tables = &tables,
         .kind = update != nullptr ? "UPDATE" : "DELETE"}
    );
}

void Connection::run(Run& current, const Explain& explain) {
    auto inner = parse(explain.text, current.statement.parsed.scope, modes());
    if (auto* error = std::get_if<SQLError>(&inner)) throw std::move(*error);
    const auto tree =
        std::make_shared<ParsedStatement>(std::get<ParsedStatement>(std::move(inner)));
    const auto& statement = tree->statement;
    SessionAccounts(*this).check_access(statement);
    begin_read();
    if (!explain.analyzes) {
        const auto plan = plan_of(statement);
        if (explain.format == Explain::Format::json)
            return send_text(explain_json(plan), current.sink);
        if (explain.format == Explain::Format::tree)
            return send_text(explain_tree(plan, {}), current.sink);
        return send_traditional(plan, current.sink);
    }
    const auto* select = std::get_if<Select>(&statement);
    if (select == nullptr || explain.format == Explain::Format::json)
        throw not_supported("EXPLAIN ANALYZE with this statement or format");
    PreparedStatement prepared({}, tree);
    CountingSink counted;
    const auto begun = engine_.clock().steady_now();
    send_rows(plan(prepared, *select, current.parameters), current.parameters, counted, *select);
    const auto lasted = engine_.clock().steady_now() - begun;
    const auto milliseconds = std::chrono::duration<double, std::milli>(lasted).count();
    const auto plan = plan_of(statement);
    send_text(
        explain_tree(
            plan,
            fmt::format(
                "(actual time={0:.3g}..{0:.3g} rows={1} loops=1)",
                milliseconds,
                counted.rows
            )
        ),
        current.sink
    );
}

} // namespace diorama::rds::sql
