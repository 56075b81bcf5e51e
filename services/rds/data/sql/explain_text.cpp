// EXPLAIN's other formats: FORMAT=JSON and FORMAT=TREE.
// https://dev.mysql.com/doc/refman/8.0/en/explain.html
#include "services/rds/data/sql/explain_plan.hpp"
#include "services/rds/data/sql/expression_text.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

using Document = nlohmann::ordered_json;

constexpr double row_cost = 0.1; // MySQL: row_evaluate_cost

double read_cost(const ExplainRow& row) {
    return row.type == "const" ? 0 : 0.25 * (row.type == "ALL" || row.type == "index" ? 1 : 1.4);
}

std::int64_t rows_left(const ExplainRow& row) {
    const auto left = static_cast<double>(row.rows.value_or(1)) * row.filtered / 100;
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(left + 0.5));
}

struct Cost {
    double total = 0;
    std::int64_t produced = 1;

    void add(const ExplainRow& row) {
        const auto scanned = produced * row.rows.value_or(1);
        total += static_cast<double>(produced) * read_cost(row) +
                 static_cast<double>(scanned) * row_cost;
        produced *= rows_left(row);
    }
};

Document table_document(const ExplainRow& row, Cost& cost) {
    Document table;
    table["table_name"] = row.table;
    table["access_type"] = row.type;
    if (!row.possible_keys.empty()) table["possible_keys"] = row.possible_keys;
    if (!row.key.empty()) {
        table["key"] = row.key;
        table["used_key_parts"] = row.used_key_parts;
        table["key_length"] = row.key_length;
    }
    if (!row.references.empty()) table["ref"] = row.references;
    const auto before = cost;
    cost.add(row);
    const auto scanned = row.rows.value_or(1);
    table["rows_examined_per_scan"] = scanned;
    table["rows_produced_per_join"] = cost.produced;
    table["filtered"] = fmt::format("{:.2f}", row.filtered);
    for (const auto& remark : row.extra) {
        if (remark == "Using index") table["using_index"] = true;
        if (remark == "Using index condition") table["index_condition"] = row.condition;
        if (remark.starts_with("Using join buffer")) table["using_join_buffer"] = "hash join";
    }
    const auto evaluation = static_cast<double>(before.produced * scanned) * row_cost;
    table["cost_info"] = {
        {"read_cost", fmt::format("{:.2f}", cost.total - before.total - evaluation)},
        {"eval_cost", fmt::format("{:.2f}", evaluation)},
        {"prefix_cost", fmt::format("{:.2f}", cost.total)},
        {"data_read_per_join", fmt::format("{}K", std::max<std::int64_t>(1, cost.produced / 16))}
    };
    if (!row.used_columns.empty()) table["used_columns"] = row.used_columns;
    const bool has_condition =
        std::find(row.extra.begin(), row.extra.end(), "Using where") != row.extra.end();
    if (has_condition) table["attached_condition"] = row.condition;
    return table;
}

Document block_document(const ExplainBlock& block) {
    Document document;
    document["select_id"] = block.id;
    if (block.rows.empty()) {
        document["message"] = block.message.empty() ? "No tables used" : block.message;
        return document;
    }
    Cost cost;
    Document tables;
    if (block.rows.size() == 1) {
        tables["table"] = table_document(block.rows[0], cost);
    } else {
        auto& loop = tables["nested_loop"] = Document::array();
        for (const auto& row : block.rows)
            loop.push_back({{"table", table_document(row, cost)}});
    }
    document["cost_info"] = {{"query_cost", fmt::format("{:.2f}", cost.total)}};
    if (block.groups_by_table) {
        Document grouping = {{"using_temporary_table", true}, {"using_filesort", false}};
        grouping.update(tables);
        tables = {{"grouping_operation", std::move(grouping)}};
    }
    if (block.sorts) {
        Document ordering = {{"using_filesort", true}};
        ordering.update(tables);
        tables = {{"ordering_operation", std::move(ordering)}};
    }
    document.update(tables);
    return document;
}

std::string figures(const Cost& cost) {
    return fmt::format("  (cost={:.3g} rows={})", cost.total, cost.produced);
}

std::string access_line(const ExplainRow& row, const Cost& cost) {
    std::string lookups;
    for (const auto& lookup : row.lookups)
        lookups += (lookups.empty() ? "" : ", ") + lookup;
    if (row.type == "const") return "Rows fetched before execution  (cost=0..0 rows=1)";
    std::string text;
    if (row.type == "ALL")
        text = fmt::format("Table scan on {}", row.table);
    else if (row.type == "index")
        text = fmt::format("Covering index scan on {} using {}", row.table, row.key);
    else if (row.type == "range")
        text = fmt::format(
            "Index range scan on {} using {} over ({})",
            row.table,
            row.key,
            row.condition
        );
    else if (row.type == "eq_ref")
        text =
            fmt::format("Single-row index lookup on {} using {} ({})", row.table, row.key, lookups);
    else
        text = fmt::format("Index lookup on {} using {} ({})", row.table, row.key, lookups);
    return text + figures(cost);
}

class Tree {
public:
    explicit Tree(std::string measured)
        : measured_(std::move(measured)) {}

    std::string block(const ExplainBlock& block) {
        std::size_t depth = 0;
        Cost whole;
        for (const auto& row : block.rows)
            whole.add(row);
        const auto* select = block.select;
        if (select != nullptr && select->limit)
            line(
                depth++,
                fmt::format("Limit: {} row(s){}", expression_text(*select->limit), figures(whole))
            );
        if (block.sorts && select != nullptr) {
            std::string keys;
            for (const auto& item : select->order_by)
                keys += (keys.empty() ? "" : ", ") + plain(*item.expression) +
                        (item.is_descending ? " DESC" : "");
            line(depth++, fmt::format("Sort: {}{}", keys, figures(whole)));
        }
        if (select != nullptr && !select->group_by.empty()) {
            line(depth++, "Table scan on <temporary>");
            line(depth++, "Aggregate using temporary table");
        }
        if (block.rows.empty()) {
            line(
                depth,
                block.message == "Impossible WHERE"
                    ? "Zero rows (Impossible WHERE)  (cost=0..0 rows=0)"
                    : "Rows fetched before execution  (cost=0..0 rows=1)"
            );
            return std::move(text_);
        }
        join(block.rows, block.rows.size(), depth, whole);
        return std::move(text_);
    }

private:
    static std::string plain(const Expr& expr) {
        if (expr.kind == ExprKind::column)
            return expr.table.empty() ? expr.text : expr.table + "." + expr.text;
        try {
            return expression_text(expr);
        } catch (const SQLError&) {
            return "<subquery>";
        }
    }

    void join(
        const std::vector<ExplainRow>& rows,
        std::size_t count,
        std::size_t depth,
        const Cost& whole
    ) {
        if (count == 1) return table(rows[0], depth, {});
        const auto& last = rows[count - 1];
        line(
            depth,
            fmt::format(
                "Nested loop {} join{}",
                last.is_left_joined ? "left" : "inner",
                figures(whole)
            )
        );
        Cost before;
        for (std::size_t i = 0; i + 1 < count; ++i)
            before.add(rows[i]);
        join(rows, count - 1, depth + 1, before);
        table(last, depth + 1, before);
    }

    void table(const ExplainRow& row, std::size_t depth, Cost before) {
        before.produced = 1;
        before.total = 0;
        auto scanned = row;
        scanned.filtered = 100;
        Cost scan = before;
        scan.add(scanned);
        const bool is_filtered =
            std::find(row.extra.begin(), row.extra.end(), "Using where") != row.extra.end();
        if (is_filtered) {
            Cost left = before;
            left.add(row);
            line(depth++, fmt::format("Filter: {}{}", row.condition, figures(left)));
        }
        line(depth, access_line(row, scan));
    }

    void line(std::size_t depth, std::string_view words) {
        text_ += fmt::format("{}-> {}", std::string(depth * 4, ' '), words);
        if (!measured_.empty() && text_.find('\n') == std::string::npos) text_ += " " + measured_;
        text_ += '\n';
    }

    std::string text_;
    std::string measured_;
};

} // namespace

std::string explain_json(const ExplainedPlan& plan) {
    Document document;
    if (plan.united.empty()) {
        document["query_block"] = block_document(plan.blocks.front());
    } else {
        auto& result = document["query_block"]["union_result"];
        result["using_temporary_table"] = true;
        result["access_type"] = "ALL";
        for (const auto& block : plan.blocks)
            result["query_specifications"].push_back({{"query_block", block_document(block)}});
        return document.dump(2);
    }
    for (const auto& block : plan.blocks) {
        if (&block == plan.blocks.data()) continue;
        const Document other = {
            {"dependent", block.select_type.starts_with("DEPENDENT")},
            {"cacheable", !block.select_type.starts_with("DEPENDENT")},
            {"query_block", block_document(block)}
        };
        const bool is_derived = block.select_type.find("DERIVED") != std::string::npos;
        document["query_block"]
                [is_derived ? "materialized_from_subqueries" : "optimized_away_subqueries"]
                    .push_back(other);
    }
    return document.dump(2);
}

std::string explain_tree(const ExplainedPlan& plan, const std::string& measured) {
    std::string text;
    for (const auto& block : plan.blocks) {
        const bool is_first = &block == plan.blocks.data();
        if (!is_first) text += fmt::format("-> Select #{} ({})\n", block.id, block.select_type);
        text += Tree(is_first ? measured : std::string()).block(block);
    }
    return text;
}

} // namespace diorama::rds::sql
