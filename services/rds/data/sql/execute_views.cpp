// CREATE VIEW, DROP VIEW and what SHOW tells of views.
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {

SQLError not_a_view(std::string_view schema, std::string_view name) {
    return {1347, "HY000", fmt::format("'{}.{}' is not VIEW", schema, name)};
}

// The parsed SELECT belongs to the statement; the view gets one of its own.
std::shared_ptr<const Select> parsed_again(const std::string& source) {
    auto parsed = parse(source);
    if (auto* error = std::get_if<SQLError>(&parsed)) throw std::move(*error);
    auto& statement = std::get<ParsedStatement>(parsed).statement;
    return std::make_shared<const Select>(std::move(std::get<Select>(statement)));
}

void name_columns(StoredView& view, const std::vector<std::string>& given) {
    view.names_columns = !given.empty();
    view.columns = given.empty() ? view.inner_columns : given;
    if (view.columns.size() != view.inner_columns.size())
        throw SQLError{
            1353,
            "HY000",
            "In definition of view, derived table or common table expression, SELECT list and "
            "column names list have different column counts"
        };
    for (auto name = view.columns.begin(); name != view.columns.end(); ++name)
        if (std::any_of(view.columns.begin(), name, [&](const auto& other) {
                return equals_ignoring_case(*name, other);
            }))
            throw duplicate_column(*name);
}

} // namespace

void Connection::run(Run& current, const CreateView& create) {
    const auto& schema = schema_of(create.view);
    const auto* database = catalog_->find_database(schema);
    if (database == nullptr) throw unknown_database(schema);
    const auto& name = create.view.table;
    if (catalog_->find_table(schema, name)) {
        if (create.replaces) throw not_a_view(schema, name);
        throw table_exists(name);
    }
    const bool exists = database->views.contains(name);
    if (exists && !create.replaces) throw table_exists(name);
    if (!exists && create.is_alter) throw no_such_table(schema, name);
    if (create.has_parameters)
        throw SQLError{1351, "HY000", "View's SELECT contains a variable or parameter"};
    StoredView view;
    view.schema = schema;
    view.name = name;
    view.database = context_.database;
    view.algorithm = create.algorithm;
    view.definer = create.definer.empty() ? quoted(context_.account()) : create.definer;
    programs_->check_definer(view.definer);
    view.is_invoker = create.is_invoker;
    view.check = create.check;
    view.source = create.source;
    view.select = parsed_again(create.source);
    for (const auto& column : Translator(names({})).select(*view.select).columns)
        view.inner_columns.push_back(column.name);
    name_columns(view, create.columns);
    if (view.check != CheckOption::none && !is_updatable(*view.select))
        throw SQLError{
            1368,
            "HY000",
            fmt::format("CHECK OPTION on non-updatable view '{}.{}'", schema, name)
        };
    auto catalog = catalog_to_change();
    store_view(sqlite_.get(), view);
    const auto kept = std::make_shared<const StoredView>(std::move(view));
    catalog->databases.at(schema).views[name] = kept;
    Translator(names({})).view_query(*kept); // refused if it is made of itself
    log_definition(current);
    current.sink.done({});
}

void Connection::run(Run& current, const DropViews& drop) {
    std::vector<ViewPtr> views;
    std::string missing;
    for (const auto& name : drop.views) {
        const auto& schema = schema_of(name);
        if (catalog_->find_table(schema, name.table)) throw not_a_view(schema, name.table);
        if (auto view = catalog_->find_view(schema, name.table))
            views.push_back(std::move(view));
        else
            missing += fmt::format("{}{}.{}", missing.empty() ? "" : ",", schema, name.table);
    }
    if (!missing.empty() && !drop.if_exists) throw unknown_table(missing);
    if (!missing.empty())
        context_.warnings.push_back({"Note", 1051, unknown_table(missing).message});
    if (!views.empty()) {
        auto catalog = catalog_to_change();
        for (const auto& view : views) {
            forget_view(sqlite_.get(), *view);
            catalog->databases.at(view->schema).views.erase(view->name);
        }
        log_definition(current);
    }
    current.sink.done({});
}

void Connection::run_on_view(Run& current) {
    // The view's names are put into the statement's own text, which is read without modes.
    auto read_by = modes();
    read_by.client_set = {};
    const bool is_plain =
        read_by == Modes{} || current.statement.text.find_first_of("\"|\\") == std::string::npos;
    if (!is_plain) throw not_supported("changing rows of a view under this sql_mode");
    auto change = on_table(
        current.statement.text,
        current.statement.parsed.scope,
        *catalog_,
        context_.database
    );
    view_checks_ = std::move(change.checks);

    struct Forget {
        ~Forget() { checks.clear(); }

        std::vector<ViewCheck>& checks;
    } forget{view_checks_};

    std::visit(
        [&](const auto& statement) { // INSERT, UPDATE or DELETE
            if constexpr (requires { run(current, statement); }) run(current, statement);
        },
        change.statement
    );
}

TableName Connection::existing_relation(const TableName& name) const {
    const auto& schema = schema_of(name);
    if (const auto view = catalog_->find_view(schema, name.table))
        return {view->schema, view->name};
    const auto table = Translator(names(classes_)).table_of(name);
    return {table->schema, table->name};
}

} // namespace diorama::rds::sql
