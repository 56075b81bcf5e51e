// The tables a statement touches, and with which privilege.
// https://dev.mysql.com/doc/refman/8.0/en/privileges-provided.html
#include "services/rds/data/sql/access.hpp"

#include "services/rds/data/sql/lexer.hpp"

#include <algorithm>
#include <functional>

namespace diorama::rds::sql {

namespace {

class Collector {
public:
    Collector(const Catalog& catalog, std::string_view database)
        : catalog_(catalog)
        , database_(database) {}

    std::vector<Need> needs;

    void need(Privilege privilege, const TableName& table, std::string_view command = {}) {
        const auto schema = table.schema.empty() ? std::string(database_) : table.schema;
        if (is_open(schema)) return;
        Need need{privilege, schema, table.table, std::string(command), privilege};
        if (command.empty()) need.command = privilege_name(privilege);
        needs.push_back(std::move(need));
    }

    void reads(const Select& select) {
        const auto before = common_.size();
        for (const auto& table : select.common_tables) {
            common_.push_back(table.name);
            reads(*table.select);
        }
        for (const auto& member : select.members)
            reads(*member);
        if (select.from) reads(*select.from);
        for (const auto& item : select.items)
            reads(*item.expression);
        for (const auto* expr : {select.where.get(), select.having.get()})
            if (expr != nullptr) reads(*expr);
        for (const auto& item : select.group_by)
            reads(*item);
        for (const auto& item : select.order_by)
            reads(*item.expression);
        common_.resize(before);
    }

    void reads(const TableReference& reference) {
        using Kind = TableReference::Kind;
        if (reference.kind == Kind::join) {
            reads(*reference.left);
            reads(*reference.right);
            if (reference.on) reads(*reference.on);
        } else if (reference.kind == Kind::derived) {
            reads(*reference.derived);
        } else if (reference.kind == Kind::json_table) {
            reads(*reference.json_table->document);
        } else {
            reads(reference.name);
        }
    }

    void reads(const TableName& name) {
        const bool is_common =
            name.schema.empty() &&
            std::find(common_.begin(), common_.end(), name.table) != common_.end();
        if (is_common) return;
        need(Privilege::select, name);
        const auto view =
            catalog_.find_view(name.schema.empty() ? database_ : name.schema, name.table);
        if (!view || !view->is_invoker) return; // a definer's view reads with the definer's rights
        Collector inner(catalog_, view->database);
        inner.reads(*view->select);
        for (auto& need : inner.needs)
            need.is_through_view = true;
        needs.insert(needs.end(), inner.needs.begin(), inner.needs.end());
    }

    // Subqueries; says whether the expression looks at a column.
    bool reads(const Expr& expr) {
        bool has_column = expr.kind == ExprKind::column;
        for (const auto& argument : expr.args)
            if (argument) has_column = reads(*argument) || has_column;
        if (expr.select) reads(*expr.select);
        return has_column;
    }

private:
    static bool is_open(std::string_view schema) {
        return equals_ignoring_case(schema, "information_schema") ||
               equals_ignoring_case(schema, "performance_schema");
    }

    const Catalog& catalog_;
    std::string_view database_;
    std::vector<std::string> common_;
};

void each_table(
    const TableReference& reference,
    const std::function<void(const TableReference&)>& f
) {
    if (reference.left) each_table(*reference.left, f);
    if (reference.right) each_table(*reference.right, f);
    if (reference.kind == TableReference::Kind::table) f(reference);
}

std::string_view name_of(const TableReference& reference) {
    return reference.alias.empty() ? std::string_view(reference.name.table)
                                   : std::string_view(reference.alias);
}

void collect(Collector& all, const Select& select) {
    all.reads(select);
}

void collect(Collector& all, const Insert& insert) {
    all.need(Privilege::insert, insert.table);
    if (insert.is_replace) all.need(Privilege::remove, insert.table);
    if (!insert.on_duplicate.empty()) all.need(Privilege::update, insert.table);
    if (insert.select) all.reads(*insert.select);
    for (const auto& row : insert.rows)
        for (const auto& value : row)
            all.reads(*value);
}

void collect(Collector& all, const LoadData& load) {
    collect(all, load.insert);
    for (const auto& assignment : load.assignments)
        all.reads(*assignment.value);
}

void collect(Collector& all, const Update& update) {
    bool reads = update.where && all.reads(*update.where);
    for (const auto& assignment : update.assignments)
        reads = all.reads(*assignment.value) || reads;
    each_table(*update.tables, [&](const TableReference& reference) {
        // Without a qualifier any of several tables may be meant: the first one stands for them.
        const bool is_target = std::any_of(
            update.assignments.begin(),
            update.assignments.end(),
            [&](const Assignment& assignment) {
                return assignment.table.empty() || assignment.table == name_of(reference);
            }
        );
        const bool is_only = update.tables->kind == TableReference::Kind::table;
        if (is_only || is_target) all.need(Privilege::update, reference.name);
        if (reads || !is_only) all.need(Privilege::select, reference.name);
    });
}

void collect(Collector& all, const Delete& remove) {
    const bool reads = remove.where && all.reads(*remove.where);
    each_table(*remove.tables, [&](const TableReference& reference) {
        const bool is_target =
            remove.targets.empty() ||
            std::any_of(remove.targets.begin(), remove.targets.end(), [&](const TableName& target) {
                return target.table == name_of(reference);
            });
        if (is_target) all.need(Privilege::remove, reference.name);
        if (reads) all.need(Privilege::select, reference.name);
    });
}

void collect(Collector& all, const CreateTable& create) {
    all.need(Privilege::create, create.table);
    if (create.like) all.need(Privilege::select, *create.like);
    if (create.select) {
        all.need(Privilege::insert, create.table);
        all.reads(*create.select);
    }
    for (const auto& key : create.foreign_keys) {
        auto parent = key.parent;
        if (parent.schema.empty()) parent.schema = create.table.schema;
        all.need(Privilege::references, parent);
    }
}

void collect(Collector& all, const AlterTable& alter) {
    using Kind = AlterClause::Kind;
    const bool is_of_indexes =
        !alter.clauses.empty() &&
        std::all_of(alter.clauses.begin(), alter.clauses.end(), [](const AlterClause& clause) {
            return clause.kind == Kind::add_key || clause.kind == Kind::drop_key;
        });
    all.need(is_of_indexes ? Privilege::index : Privilege::alter, alter.table);
    if (is_of_indexes && !all.needs.empty()) all.needs.back().alternative = Privilege::alter;
    for (const auto& clause : alter.clauses) {
        if (clause.kind != Kind::rename_table) continue;
        all.need(Privilege::drop, alter.table);
        all.need(Privilege::create, clause.new_table);
        all.need(Privilege::insert, clause.new_table);
    }
}

void collect(Collector& all, const RenameTables& rename) {
    for (const auto& [from, to] : rename.renames) {
        all.need(Privilege::alter, from);
        all.need(Privilege::drop, from);
        all.need(Privilege::create, to);
        all.need(Privilege::insert, to);
    }
}

void collect(Collector& all, const DropTables& drop) {
    for (const auto& table : drop.tables)
        all.need(Privilege::drop, table);
}

void collect(Collector& all, const TruncateTable& truncate) {
    all.need(Privilege::drop, truncate.table);
}

void collect(Collector& all, const CreateDatabase& create) {
    all.need(Privilege::create, {create.name, {}});
}

void collect(Collector& all, const AlterDatabase& alter) {
    all.need(Privilege::alter, {alter.name, {}});
}

void collect(Collector& all, const DropDatabase& drop) {
    all.need(Privilege::drop, {drop.name, {}});
}

void collect(Collector& all, const CreateView& create) {
    all.need(Privilege::create_view, create.view);
    if (create.replaces) all.need(Privilege::drop, create.view);
    all.reads(*create.select);
}

void collect(Collector& all, const DropViews& drop) {
    for (const auto& view : drop.views)
        all.need(Privilege::drop, view);
}

// MySQL: "The CREATE ROUTINE privilege is needed to create stored routines", TRIGGER of the table
// for triggers.
void collect(Collector& all, const CreateProgram& create) {
    if (create.kind == ProgramKind::trigger) {
        auto table = create.table;
        if (table.schema.empty()) table.schema = create.name.schema;
        all.need(Privilege::trigger, table);
    } else {
        all.need(Privilege::create_routine, {create.name.schema, {}});
    }
}

void collect(Collector& all, const SetVariables& set) {
    for (const auto& item : set.items)
        if (item.value) all.reads(*item.value);
}

void need_routine(Collector& all, ProgramKind kind, const TableName& name) {
    all.need(Privilege::alter_routine, name, "alter routine");
    if (!all.needs.empty()) all.needs.back().routine = program_word(kind);
}

void collect(Collector& all, const DropProgram& drop) {
    if (drop.kind == ProgramKind::trigger)
        all.need(Privilege::trigger, {drop.name.schema, {}});
    else
        need_routine(all, drop.kind, drop.name);
}

void collect(Collector& all, const AlterRoutine& alter) {
    need_routine(all, alter.kind, alter.name);
}

void collect(Collector& all, const CreateEvent& create) {
    all.need(Privilege::event, {create.name.schema, {}});
    if (create.renamed) all.need(Privilege::event, {create.renamed->schema, {}});
}

void collect(Collector& all, const DropEvent& drop) {
    all.need(Privilege::event, {drop.name.schema, {}});
}

void collect(Collector& all, const LockTables& lock) {
    for (const auto& table : lock.tables) {
        all.need(Privilege::lock_tables, {table.schema, {}});
        all.need(Privilege::select, table);
    }
}

void need_of_server(Collector& all, Privilege privilege, std::string_view command) {
    Need need{.privilege = privilege, .schema = {}, .table = {}, .command = std::string(command)};
    need.alternative = Privilege::create_user;
    all.needs.push_back(std::move(need));
}

void collect(Collector& all, const DropUser& drop) {
    if (drop.is_role)
        need_of_server(all, Privilege::drop_role, "CREATE USER, DROP ROLE");
    else
        need_of_server(all, Privilege::create_user, "CREATE USER");
}

void collect(Collector& all, const RenameUser&) {
    need_of_server(all, Privilege::create_user, "CREATE USER");
}

// Whoever alters nothing but the own password needs no privilege.
void collect(Collector& all, const CreateUser& create) {
    if (create.is_role)
        return need_of_server(all, Privilege::create_role, "CREATE USER, CREATE ROLE");
    const bool is_own =
        create.is_alter && create.accounts.size() == 1 && create.accounts[0].name.is_current;
    if (!is_own) need_of_server(all, Privilege::create_user, "CREATE USER");
}

} // namespace

std::vector<Need>
needs_of(const Statement& statement, const Catalog& catalog, std::string_view database) {
    Collector all(catalog, database);
    std::visit(
        [&](const auto& each) {
            if constexpr (requires { collect(all, each); }) collect(all, each);
        },
        statement
    );
    return std::move(all.needs);
}

bool is_system_schema(std::string_view name) {
    return equals_ignoring_case(name, "information_schema") || name == "mysql" ||
           equals_ignoring_case(name, "performance_schema") || name == "sys";
}

} // namespace diorama::rds::sql
