// From SQLite's EXPLAIN QUERY PLAN to the rows of MySQL's EXPLAIN. SQLite says how it finds the
// rows of which table; what MySQL adds (which keys could have been used, what a key is compared
// with, how much of the rows a condition leaves) is read from the statement.
#include "services/rds/data/sql/explain_plan.hpp"

#include "services/rds/data/sql/explain_access.hpp"
#include "services/rds/data/sql/explain_conditions.hpp"
#include "services/rds/data/sql/expression_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

namespace diorama::rds::sql {

namespace {

// Which indexes could have been used is read from the conditions.
class Planner {
public:
    Planner(sqlite3* sqlite, const ExplainedStatement& statement)
        : sqlite_(sqlite)
        , statement_(statement)
        , outline_(statement.outline) {}

    ExplainedPlan run() {
        const auto steps = steps_of(sqlite_, statement_.sql);
        for (const auto& step : steps)
            if (const auto access = access_of(step.text)) {
                scanned_[access->alias] = true;
                if (const auto* source = source_of(access->alias))
                    block_of_[step.parent] = source->block;
            }
        merge_blocks();
        make_blocks();
        for (const auto& step : steps)
            place(step);
        finish();
        return std::move(plan_);
    }

private:
    Conditions conditions_on(const OutlinedSource& source) const {
        Conditions conditions(outline_, source);
        for (std::size_t b = 1; b <= outline_.blocks.size(); ++b) {
            if (final_block(b) != final_block(source.block)) continue;
            conditions.add(outline_.blocks[b - 1].select->where.get());
            conditions.add(outline_.blocks[b - 1].select->from.get());
        }
        if (source.block == 0) {
            conditions.add(statement_.where);
            conditions.add(statement_.tables);
        }
        return conditions;
    }

    const OutlinedSource* source_of(std::string_view alias) const {
        const auto found = std::find_if(
            outline_.sources.begin(),
            outline_.sources.end(),
            [&](const OutlinedSource& source) { return source.sqlite_alias == alias; }
        );
        return found == outline_.sources.end() ? nullptr : &*found;
    }

    // A derived table that SQLite took apart is part of the block around it, as MySQL merges it.
    void merge_blocks() {
        merged_.resize(outline_.blocks.size() + 1);
        for (std::size_t b = 1; b <= outline_.blocks.size(); ++b)
            merged_[b] = b;
        for (const auto& source : outline_.sources)
            if (source.derived != 0 && !scanned_.contains(source.sqlite_alias) &&
                outline_.blocks[source.derived - 1].select->members.empty())
                merged_[source.derived] = source.block;
        for (std::size_t b = 1; b <= outline_.blocks.size(); ++b)
            while (merged_[merged_[b]] != merged_[b])
                merged_[b] = merged_[merged_[b]];
    }

    std::size_t final_block(std::size_t block) const { return block == 0 ? 1 : merged_[block]; }

    void make_blocks() {
        if (outline_.blocks.empty()) {
            plan_.blocks.push_back({.select_type = std::string(statement_.kind)});
            merged_.resize(2);
            merged_[1] = 1;
            return;
        }
        std::size_t kept = 0;
        for (std::size_t b = 1; b <= outline_.blocks.size(); ++b)
            if (merged_[b] == b) ++kept;
        if (statement_.kind != "SIMPLE")
            plan_.blocks.push_back({.select_type = std::string(statement_.kind)});
        const std::size_t shift = statement_.kind == "SIMPLE" ? 0 : 1;
        for (std::size_t b = 1; b <= outline_.blocks.size(); ++b) {
            if (merged_[b] != b) continue;
            const auto& known = outline_.blocks[b - 1];
            auto kind = known.kind;
            if (known.is_dependent && (kind == "SUBQUERY" || kind == "UNION" || kind == "DERIVED"))
                kind = "DEPENDENT " + kind;
            if (kept == 1 && shift == 0) kind = "SIMPLE";
            ExplainBlock block{.id = b + shift, .select_type = kind, .select = known.select};
            if (!known.select->from) block.message = "No tables used";
            const auto* where = known.select->where.get();
            const bool is_impossible =
                where != nullptr && ((where->kind == ExprKind::boolean && where->number == 0) ||
                                     (where->kind == ExprKind::integer && where->text == "0"));
            if (is_impossible) block.message = "Impossible WHERE";
            plan_.blocks.push_back(std::move(block));
        }
        for (std::size_t b = 1; b <= outline_.blocks.size(); ++b)
            if (outline_.blocks[b - 1].is_united) plan_.united.push_back(b);
    }

    ExplainBlock* block_with(std::size_t number) {
        const std::size_t shift = statement_.kind == "SIMPLE" || outline_.blocks.empty() ? 0 : 1;
        const auto id = number == 0 ? 1 : final_block(number) + shift;
        for (auto& block : plan_.blocks)
            if (block.id == id) return &block;
        return &plan_.blocks.front();
    }

    void place(const Step& step) {
        if (const auto access = access_of(step.text)) {
            const auto* source = source_of(access->alias);
            if (source == nullptr) return;
            auto* block = block_with(source->block);
            const bool is_known =
                std::any_of(block->rows.begin(), block->rows.end(), [&](const ExplainRow& row) {
                    return row.table == source->alias;
                });
            if (block->message.empty() && !is_known)
                block->rows.push_back(row_of(*access, *source, *block));
            return;
        }
        const auto found = block_of_.find(step.parent);
        auto* block = block_with(found == block_of_.end() ? 0 : found->second);
        if (step.text.starts_with("USE TEMP B-TREE FOR ORDER BY") ||
            step.text.starts_with("USE TEMP B-TREE FOR RIGHT PART OF ORDER BY") ||
            step.text.starts_with("USE TEMP B-TREE FOR LAST"))
            block->sorts = true;
        else if (step.text.starts_with("USE TEMP B-TREE FOR GROUP BY") ||
                 step.text.starts_with("USE TEMP B-TREE FOR DISTINCT"))
            block->groups_by_table = true;
    }

    const Index* index_of(const Access& access, const Table& table) const {
        if (access.index.empty()) return nullptr;
        if (access.index == "rowid") return table.primary_key();
        const auto cut = access.index.rfind("_i");
        if (cut != std::string::npos && access.index.starts_with(table.storage_name + "_i")) {
            const auto number = std::strtoul(access.index.c_str() + cut + 2, nullptr, 10);
            const auto made =
                std::find_if(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
                    return static_cast<std::size_t>(&index - table.indexes.data()) == number;
                });
            if (made != table.indexes.end()) return &*made;
        }
        return table.primary_key(); // sqlite_autoindex
    }

    std::int64_t count(const std::string& sql) {
        auto& known = counts_[sql];
        if (known) return *known;
        auto statement = prepare_sqlite(sqlite_, sql);
        known = sqlite3_step(statement.get()) == SQLITE_ROW
                    ? sqlite3_column_int64(statement.get(), 0)
                    : 0;
        return *known;
    }

    std::int64_t rows_in(const Table& table) {
        return std::max<std::int64_t>(1, count("SELECT count(*) FROM " + table.storage_name));
    }

    std::int64_t rows_per_key(const Table& table, const Index& index, std::size_t parts) {
        std::string list;
        for (std::size_t i = 0; i < parts; ++i)
            list += fmt::format("{}c{}", i == 0 ? "" : ",", index.parts[i].column);
        const auto keys = count(fmt::format(
            "SELECT count(*) FROM (SELECT DISTINCT {} FROM {})",
            list,
            table.storage_name
        ));
        return std::max<std::int64_t>(1, rows_in(table) / std::max<std::int64_t>(1, keys));
    }

    ExplainRow
    row_of(const Access& access, const OutlinedSource& source, const ExplainBlock& block) {
        ExplainRow row;
        row.id = block.id;
        row.select_type = block.select_type;
        row.table = source.alias;
        row.type = "ALL";
        row.is_left_joined = access.is_left_joined;
        if (source.derived != 0) row.table = fmt::format("<derived{}>", source.derived);
        if (!source.table) {
            row.rows = 2;
            return row;
        }
        const auto& table = *source.table;
        for (const auto& column : table.columns)
            if (!column.is_hidden) row.used_columns.push_back(column.name);
        const auto conditions = conditions_on(source);
        for (const auto& index : table.indexes)
            if (conditions.use_of(index.parts[0].column) != nullptr)
                row.possible_keys.push_back(index.name);
        row.rows = rows_in(table);
        const auto* index = access.is_automatic ? nullptr : index_of(access, table);
        std::vector<const ColumnCondition*> satisfied;
        const bool is_extreme = access.searches && access.equalities == 0 && !access.has_range;
        if (index != nullptr && is_extreme) { // MIN or MAX, at an end of the index
            ExplainRow away;
            away.id = block.id;
            away.select_type = block.select_type;
            away.extra = {"Select tables optimized away"};
            return away;
        }
        if (index != nullptr && access.searches)
            search(access, *source.table, *index, conditions, row, satisfied);
        else if (index != nullptr && access.is_covering) {
            row.type = "index";
            use_key(row, table, *index, index->parts.size());
        }
        conditions.judge(satisfied, row);
        if (access.is_covering && !access.is_automatic && index != nullptr && !index->is_primary())
            row.extra.emplace_back("Using index");
        if (access.is_automatic && !block.rows.empty())
            row.extra.emplace_back("Using join buffer (hash join)");
        return row;
    }

    static void
    use_key(ExplainRow& row, const Table& table, const Index& index, std::size_t parts) {
        row.key = index.name;
        std::size_t length = 0;
        for (std::size_t i = 0; i < parts && i < index.parts.size(); ++i) {
            const auto& column = table.columns[index.parts[i].column];
            length += key_length(column, index.parts[i]);
            row.used_key_parts.push_back(column.is_hidden ? column.generated_as : column.name);
        }
        row.key_length = fmt::format("{}", length);
    }

    void search(
        const Access& access,
        const Table& table,
        const Index& index,
        const Conditions& conditions,
        ExplainRow& row,
        std::vector<const ColumnCondition*>& satisfied
    ) {
        bool is_range = access.has_range;
        bool is_constant = true;
        const auto parts =
            std::min(index.parts.size(), access.equalities + (access.has_range ? 1 : 0));
        for (std::size_t i = 0; i < parts; ++i) {
            const auto* use = conditions.use_of(index.parts[i].column);
            if (use == nullptr) continue;
            satisfied.push_back(use);
            if (use->kind != ColumnCondition::Kind::equality) is_range = true;
            const auto reference = conditions.reference(*use);
            if (!is_range) row.references.push_back(reference);
            is_constant = is_constant && reference == "const";
            row.lookups.push_back(fmt::format(
                "{}={}",
                table.columns[index.parts[i].column].name,
                use->other != nullptr ? shown(*use->other) : "NULL"
            ));
        }
        use_key(row, table, index, parts);
        const bool is_nullable =
            std::any_of(index.parts.begin(), index.parts.end(), [&](auto& part) {
                return table.columns[part.column].is_nullable;
            });
        const bool is_whole = index.is_unique && access.equalities == index.parts.size();
        if (is_range) {
            row.type = "range";
            row.references.clear();
            row.rows = std::max<std::int64_t>(1, rows_in(table) / 3);
            for (const auto* use : satisfied)
                if (use->kind == ColumnCondition::Kind::list)
                    row.rows = std::min<std::int64_t>(
                        rows_in(table),
                        static_cast<std::int64_t>(use->condition->args.size()) - 1
                    );
        } else if (is_whole && is_constant) {
            row.type = "const";
            row.rows = 1;
        } else if (is_whole && !is_nullable) {
            row.type = "eq_ref";
            row.rows = 1;
        } else {
            row.type = "ref";
            row.rows = rows_per_key(table, index, parts);
        }
        if (is_range && !index.is_primary() && !access.is_covering)
            row.extra.emplace_back("Using index condition");
    }

    void finish() {
        for (auto& block : plan_.blocks) {
            if (block.rows.empty()) continue;
            auto& extra = block.rows.front().extra;
            if (block.groups_by_table) extra.emplace_back("Using temporary");
            if (block.sorts) extra.emplace_back("Using filesort");
        }
        std::sort(plan_.blocks.begin(), plan_.blocks.end(), [](const auto& a, const auto& b) {
            return a.id < b.id;
        });
    }

    sqlite3* sqlite_;
    const ExplainedStatement& statement_;
    const Outline& outline_;
    ExplainedPlan plan_;
    std::vector<std::size_t> merged_;
    std::map<int, std::size_t> block_of_;
    std::map<std::string, bool, std::less<>> scanned_;
    std::map<std::string, std::optional<std::int64_t>> counts_;
};

} // namespace

ExplainedPlan explained_plan(sqlite3* sqlite, const ExplainedStatement& statement) {
    return Planner(sqlite, statement).run();
}

std::vector<ExplainRow> explain_rows(const ExplainedPlan& plan) {
    std::vector<ExplainRow> rows;
    for (const auto& block : plan.blocks) {
        rows.insert(rows.end(), block.rows.begin(), block.rows.end());
        if (block.rows.empty()) {
            auto& row = rows.emplace_back();
            row.id = block.id;
            row.select_type = block.select_type;
            row.extra = {block.message.empty() ? "No tables used" : block.message};
        }
    }
    if (!plan.united.empty()) {
        auto& row = rows.emplace_back();
        row.select_type = "UNION RESULT";
        row.type = "ALL";
        row.extra = {"Using temporary"};
        for (const auto id : plan.united)
            row.table += fmt::format("{}{}", row.table.empty() ? "<union" : ",", id);
        row.table += ">";
    }
    return rows;
}

} // namespace diorama::rds::sql
