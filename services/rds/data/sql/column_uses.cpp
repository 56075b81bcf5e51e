// Which columns a statement reads and writes: asked when privileges are of columns only. Names are
// resolved as the statement does, from the innermost query outwards.
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <algorithm>

namespace diorama::rds::sql {

namespace {

class Uses {
public:
    Uses(const Catalog& catalog, std::string_view database)
        : catalog_(catalog)
        , database_(database) {}

    std::vector<ColumnUse> found;

    struct Source {
        std::string alias;
        std::string schema;
        std::string table; // empty: what a query gives
        std::vector<std::string> columns;

        bool has(std::string_view column) const {
            return std::any_of(columns.begin(), columns.end(), [&](const std::string& name) {
                return equals_ignoring_case(name, column);
            });
        }
    };

    void select(const Select& query) {
        const auto before = common_.size();
        for (const auto& table : query.common_tables) {
            select(*table.select);
            auto columns = table.columns.empty() ? outputs(*table.select) : table.columns;
            common_.push_back({table.name, {}, {}, std::move(columns)});
        }
        for (const auto& member : query.members)
            select(*member);
        scopes_.emplace_back();
        if (query.from) from(*query.from);
        for (const auto& item : query.items)
            expression(*item.expression);
        for (const auto* part : {query.where.get(), query.having.get()})
            if (part != nullptr) expression(*part);
        for (const auto& group : query.group_by)
            expression(*group);
        for (const auto& item : query.order_by)
            expression(*item.expression);
        for (const auto& [name, window] : query.windows)
            expression(*window);
        scopes_.pop_back();
        common_.resize(before);
    }

    void from(const TableReference& reference) {
        using Kind = TableReference::Kind;
        if (reference.kind == Kind::join) {
            from(*reference.left);
            from(*reference.right);
            for (const auto& column : reference.using_columns)
                for (const auto& source : scopes_.back())
                    if (source.has(column)) note(source, column);
            if (reference.is_natural) natural();
            if (reference.on) expression(*reference.on);
        } else if (reference.kind == Kind::derived) {
            select(*reference.derived);
            auto columns = reference.derived_columns.empty() ? outputs(*reference.derived)
                                                             : reference.derived_columns;
            scopes_.back().push_back({reference.alias, {}, {}, std::move(columns)});
        } else if (reference.kind == Kind::json_table) {
            expression(*reference.json_table->document);
            Source source{reference.alias, {}, {}, {}};
            for (const auto& column : reference.json_table->columns)
                source.columns.push_back(column.name);
            scopes_.back().push_back(std::move(source));
        } else {
            scopes_.back().push_back(named(reference.name, reference.alias));
        }
    }

    void expression(const Expr& expr) {
        if (expr.kind == ExprKind::column) column(expr);
        if (expr.kind == ExprKind::star && !scopes_.empty())
            for (const auto& source : scopes_.back())
                if (expr.table.empty() || expr.table == source.alias) note(source, {});
        for (const auto& argument : expr.args)
            if (argument && !is_counted_star(expr, *argument)) expression(*argument);
        for (const auto& item : expr.order)
            expression(*item.expression);
        for (const auto& item : expr.partition)
            expression(*item);
        if (expr.select) select(*expr.select);
    }

    Source named(const TableName& name, const std::string& alias) const {
        if (name.schema.empty())
            for (auto known = common_.rbegin(); known != common_.rend(); ++known)
                if (known->alias == name.table)
                    return {alias.empty() ? name.table : alias, {}, {}, known->columns};
        const auto schema = name.schema.empty() ? std::string(database_) : name.schema;
        Source source{alias.empty() ? name.table : alias, schema, name.table, {}};
        if (const auto table = catalog_.find_table(schema, name.table)) {
            for (const auto& column : table->columns)
                if (!column.is_hidden) source.columns.push_back(column.name);
        } else if (const auto view = catalog_.find_view(schema, name.table)) {
            source.columns = view->columns;
        }
        return source;
    }

    void enter(Source source) { scopes_.push_back({std::move(source)}); }

    void enter() { scopes_.emplace_back(); }

    void leave() { scopes_.pop_back(); }

    const std::vector<Source>& innermost() const { return scopes_.back(); }

    void note(const Source& source, std::string_view column, Privilege privilege = {}) {
        if (source.table.empty()) return;
        for (const auto& name : source.columns)
            if (equals_ignoring_case(name, column))
                return found.push_back({privilege, source.schema, source.table, name});
        if (column.empty()) found.push_back({privilege, source.schema, source.table, {}});
    }

private:
    // Columns of the same name in two tables are compared.
    void natural() {
        const auto& sources = scopes_.back();
        for (const auto& source : sources)
            for (const auto& column : source.columns)
                for (const auto& other : sources)
                    if (&other != &source && other.has(column)) note(source, column);
    }

    static bool is_counted_star(const Expr& expr, const Expr& argument) {
        return argument.kind == ExprKind::star && expr.text == "COUNT";
    }

    void column(const Expr& expr) {
        for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
            for (const auto& source : *scope) {
                const bool is_meant = expr.table.empty() || expr.table == source.alias;
                if (is_meant && source.has(expr.text)) return note(source, expr.text);
            }
    }

    static std::vector<std::string> outputs(const Select& query) {
        const auto& block = query.members.empty() ? query : *query.members.front();
        std::vector<std::string> names;
        for (const auto& item : block.items)
            names.push_back(
                !item.alias.empty()                         ? item.alias
                : item.expression->kind == ExprKind::column ? item.expression->text
                                                            : item.source
            );
        return names;
    }

    const Catalog& catalog_;
    std::string_view database_;
    std::vector<Source> common_;
    std::vector<std::vector<Source>> scopes_;
};

void collect(Uses& uses, const Select& select) {
    uses.select(select);
}

void collect(Uses& uses, const Insert& insert) {
    const auto target = uses.named(insert.table, {});
    if (insert.columns.empty())
        for (const auto& column : target.columns)
            uses.note(target, column, Privilege::insert);
    for (const auto& column : insert.columns)
        uses.note(target, column, Privilege::insert);
    if (insert.select) uses.select(*insert.select);
    uses.enter(target);
    for (const auto& row : insert.rows)
        for (const auto& value : row)
            uses.expression(*value);
    for (const auto& assignment : insert.on_duplicate) {
        uses.note(target, assignment.column, Privilege::update);
        uses.expression(*assignment.value);
    }
    uses.leave();
}

void collect(Uses& uses, const Update& update) {
    uses.enter();
    uses.from(*update.tables);
    for (const auto& assignment : update.assignments) {
        for (const auto& source : uses.innermost())
            if ((assignment.table.empty() || assignment.table == source.alias) &&
                source.has(assignment.column)) {
                uses.note(source, assignment.column, Privilege::update);
                break;
            }
        uses.expression(*assignment.value);
    }
    if (update.where) uses.expression(*update.where);
    for (const auto& item : update.order_by)
        uses.expression(*item.expression);
    uses.leave();
}

void collect(Uses& uses, const Delete& remove) {
    uses.enter();
    uses.from(*remove.tables);
    if (remove.where) uses.expression(*remove.where);
    for (const auto& item : remove.order_by)
        uses.expression(*item.expression);
    uses.leave();
}

void collect(Uses& uses, const LoadData& load) {
    const auto target = uses.named(load.insert.table, {});
    if (load.targets.empty())
        for (const auto& column : target.columns)
            uses.note(target, column, Privilege::insert);
    for (const auto& [name, is_variable] : load.targets)
        if (!is_variable) uses.note(target, name, Privilege::insert);
    uses.enter(target);
    for (const auto& assignment : load.assignments) {
        uses.note(target, assignment.column, Privilege::insert);
        uses.expression(*assignment.value);
    }
    uses.leave();
}

void collect(Uses& uses, const SetVariables& set) {
    for (const auto& item : set.items)
        if (item.value) uses.expression(*item.value);
}

void collect(Uses& uses, const CreateTable& create) {
    if (create.like) uses.note(uses.named(*create.like, {}), {});
    if (create.select) uses.select(*create.select);
}

void collect(Uses& uses, const CreateView& create) {
    uses.select(*create.select);
}

} // namespace

std::optional<std::vector<ColumnUse>>
columns_used(const Statement& statement, const Catalog& catalog, std::string_view database) {
    Uses uses(catalog, database);
    const bool is_known = std::visit(
        [&](const auto& each) {
            if constexpr (requires { collect(uses, each); }) {
                collect(uses, each);
                return true;
            }
            return false;
        },
        statement
    );
    if (!is_known) return std::nullopt;
    return std::move(uses.found);
}

} // namespace diorama::rds::sql
