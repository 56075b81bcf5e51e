// The rows of information_schema and performance_schema: the catalog, sessions, variables and
// counters, written into the temporary tables that hold them.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/system_tables.hpp"

#include <fmt/core.h>

#include <array>

namespace diorama::rds::sql {

namespace {

class Filler {
public:
    Filler(sqlite3* sqlite, const Catalog& catalog, Engine& engine, const Context& context)
        : sqlite_(sqlite)
        , catalog_(catalog)
        , engine_(engine)
        , context_(context) {}

    void put(std::string_view table, std::initializer_list<Value> values) {
        auto& statement = inserts_[std::string(table)];
        if (!statement) {
            std::string text = fmt::format("INSERT INTO temp.is_{} VALUES(", table);
            for (std::size_t i = 0; i < values.size(); ++i)
                text += i == 0 ? "?" : ",?";
            statement = prepare_sqlite(sqlite_, text + ")");
        }
        const Resetting resetting(statement.get());
        int parameter = 1;
        for (const auto& value : values)
            bind_value(statement.get(), parameter++, value);
        if (sqlite3_step(statement.get()) != SQLITE_DONE) throw_sqlite_error(sqlite_);
    }

    static Value t(std::string_view text) { return Value::text(std::string(text)); }

    static Value n(std::int64_t number) { return Value::of(number); }

    void fill() {
        const PutRow to = [this](auto table, auto row) { put(table, row); };
        for (const auto& [name, database] : catalog_.databases) {
            if (!sees(name)) continue;
            put("schemata",
                {t("def"),
                 t(name),
                 t(character_set_of(database.collation)),
                 t(collation_name(database.collation)),
                 {},
                 t("NO")});
            for (const auto& [table_name, table] : database.tables)
                if (sees(name, table_name)) fill_table(*table);
            for (const auto& [view_name, view] : database.views)
                if (sees(name, view_name)) fill_view(*view);
            fill_programs(to, database.programs);
            const bool may_see_events = context_.may_do_everything ||
                                        (grants_ && grants_->allows(Privilege::event, name, {}));
            if (may_see_events) fill_events(to, database);
        }
        fill_users(to, engine_, context_);
        fill_server(to, engine_, context_);
        const auto known = prepare_sqlite(sqlite_, "SELECT 1 FROM temp.is_collations");
        if (sqlite3_step(known.get()) != SQLITE_ROW) fill_constants(to);
        for (const auto& session : engine_.sessions())
            if (sees_session(session.user))
                put("processlist",
                    {n(session.id),
                     t(session.user),
                     t(session.host),
                     session.database.empty() ? Value{} : t(session.database),
                     t("Sleep"),
                     n(0),
                     t(""),
                     {}});
        for (const auto& [name, value] : context_.variables)
            put("session_variables", {t(name), t(value)});
        for (const auto& [name, value] : engine_.global_variables())
            put("global_variables", {t(name), t(value)});
    }

private:
    // MySQL: a user sees what some privilege is on.
    bool sees(std::string_view schema, std::string_view table = {}) const {
        return context_.may_do_everything || schema == "information_schema" ||
               schema == "performance_schema" || (grants_ && grants_->sees(schema, table));
    }

    bool sees_session(std::string_view user) const {
        return context_.may_do_everything || user == context_.user ||
               (grants_ && grants_->at({}).has(Privilege::process));
    }

    void fill_table(const Table& table) {
        const bool is_system = table.is_system;
        const auto next = table.auto_increment_column()
                              ? n(engine_.next_auto_increment(table, sqlite_))
                              : Value{};
        // DIFFERS: MySQL lists nothing of temporary tables; SHOW COLUMNS finds theirs here.
        if (!table.is_temporary)
            put("tables",
                {t("def"),
                 t(table.schema),
                 t(table.name),
                 t(is_system ? "SYSTEM VIEW" : "BASE TABLE"),
                 is_system ? Value{} : t("InnoDB"),
                 n(10),
                 is_system ? Value{} : t("Dynamic"),
                 n(0),
                 n(0),
                 n(16384),
                 n(0),
                 n(0),
                 n(0),
                 next,
                 {},
                 {},
                 {},
                 is_system ? Value{} : t(collation_name(table.collation)),
                 {},
                 t(""),
                 t(table.comment)});
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            if (!table.columns[i].is_hidden) fill_column(table, i);
        if (is_system) return;
        for (const auto& index : table.indexes)
            fill_index(table, index);
        for (const auto& key : table.foreign_keys)
            fill_foreign_key(table, key);
        for (const auto& check : table.checks) {
            put("check_constraints",
                {t("def"), t(table.schema), t(check.name), t(escaped(check.source))});
            put("table_constraints",
                {t("def"),
                 t(table.schema),
                 t(check.name),
                 t(table.schema),
                 t(table.name),
                 t("CHECK"),
                 t(check.is_enforced ? "YES" : "NO")});
        }
    }

    void fill_view(const StoredView& view) {
        put("tables", {t("def"),     t(view.schema),
                       t(view.name), t("VIEW"),
                       {},           {},
                       {},           {},
                       {},           {},
                       {},           {},
                       {},           {},
                       {},           {},
                       {},           {},
                       {},           {},
                       t("VIEW")});
        put("views",
            {t("def"),
             t(view.schema),
             t(view.name),
             t(view.source),
             t(check_option_name(view.check)),
             t(is_updatable(*view.select) ? "YES" : "NO"),
             t(unquoted(view.definer)),
             t(view.is_invoker ? "INVOKER" : "DEFINER"),
             t("utf8mb4"),
             t("utf8mb4_0900_ai_ci")});
        Table shown; // a table of the view's columns
        shown.schema = view.schema;
        shown.name = view.name;
        try {
            const std::vector<ParameterClass> none;
            Translator translator({catalog_, view.database, none, context_.variables});
            for (const auto& column : translator.view_query(view).columns) {
                auto& listed = shown.columns.emplace_back();
                listed.name = column.name;
                listed.type = column.type;
                listed.is_nullable = column.is_nullable;
            }
        } catch (const SQLError&) {
            return; // MySQL: a view of what is gone has no columns, and a warning
        }
        for (std::size_t i = 0; i < shown.columns.size(); ++i)
            fill_column(shown, i);
    }

    static std::string unquoted(std::string name) {
        std::erase(name, '`');
        return name;
    }

    static std::string key_word(const Table& table, std::size_t column) {
        std::string key;
        for (const auto& index : table.indexes) {
            for (const auto& part : index.parts)
                if (&index == table.leading_key() && part.column == column) key = "PRI";
            if (key.empty() && index.parts[0].column == column)
                key = index.is_unique && index.parts.size() == 1 ? "UNI" : "MUL";
        }
        return key;
    }

    void fill_column(const Table& table, std::size_t number) {
        const auto& column = table.columns[number];
        const auto& type = column.type;
        const auto key = key_word(table, number);
        std::string extra = column.is_auto_increment      ? "auto_increment"
                            : column.generated_as.empty() ? ""
                            : column.is_stored            ? "STORED GENERATED"
                                                          : "VIRTUAL GENERATED";
        if (column.default_is_expression) extra = "DEFAULT_GENERATED";
        if (column.updates_now)
            extra += (extra.empty() ? "" : " ") + std::string("on update CURRENT_TIMESTAMP") +
                     (type.scale > 0 ? fmt::format("({})", type.scale) : "");
        if (column.is_invisible) extra += extra.empty() ? "INVISIBLE" : " INVISIBLE";
        Value default_value;
        if (!column.default_source.empty()) {
            const bool is_text =
                column.default_source[0] == '\'' || column.default_source[0] == '"';
            default_value =
                t(is_text ? token_value(tokenize(column.default_source).front())
                          : escaped(without_parentheses(column.default_source)));
        }
        const bool is_text = type.is_character();
        const bool is_sized = is_text || (type.is_binary() && type.kind != TypeKind::geometry);
        const auto octets =
            std::int64_t{display_length(type)} *
            (is_text && type.kind != TypeKind::text ? entry_of(type.character_set()).longest : 1);
        static constexpr std::array<std::int64_t, 5> digits = {3, 5, 7, 10, 19};
        Value precision;
        if (type.is_decimal() || type.kind == TypeKind::bit)
            precision = n(type.length);
        else if (type.is_real())
            precision = n(display_length(type));
        else if (type.is_integer() && type.kind != TypeKind::year)
            precision =
                n(digits[static_cast<std::size_t>(type.kind) - 1] +
                  (type.is_unsigned && type.kind == TypeKind::big_integer ? 1 : 0));
        const bool has_fraction = type.is_temporal() && type.kind != TypeKind::date;
        put("columns",
            {t("def"),
             t(table.schema),
             t(table.name),
             t(column.name),
             n(static_cast<std::int64_t>(number) + 1),
             default_value,
             t(column.is_nullable ? "YES" : "NO"),
             t(type_name(type)),
             is_sized ? n(display_length(type)) : Value{},
             is_sized ? n(octets) : Value{},
             precision,
             type.is_decimal() || type.is_fixed_real() ? n(type.scale)
             : type.is_integer() && !precision.is_null() && type.kind != TypeKind::bit ? n(0)
                                                                                       : Value{},
             has_fraction ? n(type.scale) : Value{},
             is_text ? t(character_set_of(type.collation)) : Value{},
             is_text ? t(collation_name(type.collation)) : Value{},
             t(declaration(type)),
             t(key),
             t(extra),
             t("select,insert,update,references"),
             t(column.comment),
             t(escaped(column.generated_as)),
             type.srid ? n(*type.srid) : Value{}});
        fill_geometry([this](auto to, auto row) { put(to, row); }, table, column);
    }

    // MySQL: quotes in expressions are escaped in information_schema.
    static std::string escaped(std::string_view expression) {
        std::string text;
        for (const char c : expression) {
            if (c == '\'') text += '\\';
            text += c;
        }
        return text;
    }

    // An expression as a default stands in parentheses.
    static std::string_view without_parentheses(std::string_view source) {
        return source.starts_with('(') ? source.substr(1, source.size() - 2) : source;
    }

    void fill_index(const Table& table, const Index& index) {
        std::int64_t number = 0;
        for (const auto& part : index.parts) {
            const auto& column = table.columns[part.column];
            put("statistics",
                {t("def"),
                 t(table.schema),
                 t(table.name),
                 n(index.is_unique ? 0 : 1),
                 t(table.schema),
                 t(index.name),
                 n(++number),
                 column.is_hidden ? Value{} : t(column.name),
                 index.is_fulltext ? Value{} : t(part.is_descending ? "D" : "A"),
                 n(0),
                 index.is_spatial   ? n(32) // MySQL: a box of four doubles
                 : part.prefix != 0 ? n(part.prefix)
                                    : Value{},
                 {},
                 t(column.is_nullable ? "YES" : ""),
                 t(index.is_fulltext  ? "FULLTEXT"
                   : index.is_spatial ? "SPATIAL"
                                      : "BTREE"),
                 t(""),
                 t(index.comment),
                 t(index.is_visible ? "YES" : "NO"),
                 column.is_hidden ? t(escaped(column.generated_as)) : Value{}});
            if (index.is_unique)
                put("key_column_usage",
                    {t("def"),
                     t(table.schema),
                     t(index.name),
                     t("def"),
                     t(table.schema),
                     t(table.name),
                     t(column.name),
                     n(number),
                     {},
                     {},
                     {},
                     {}});
        }
        if (index.is_unique)
            put("table_constraints",
                {t("def"),
                 t(table.schema),
                 t(index.name),
                 t(table.schema),
                 t(table.name),
                 t(index.is_primary() ? "PRIMARY KEY" : "UNIQUE"),
                 t("YES")});
    }

    void fill_foreign_key(const Table& table, const ForeignKey& key) {
        const auto rule = [](ReferenceAction action) {
            static constexpr std::array<std::string_view, 4> names =
                {"NO ACTION", "RESTRICT", "CASCADE", "SET NULL"};
            return t(names[static_cast<std::size_t>(action)]);
        };
        put("table_constraints",
            {t("def"),
             t(table.schema),
             t(key.name),
             t(table.schema),
             t(table.name),
             t("FOREIGN KEY"),
             t("YES")});
        put("referential_constraints",
            {t("def"),
             t(table.schema),
             t(key.name),
             t("def"),
             t(key.parent_schema),
             t("PRIMARY"),
             t("NONE"),
             rule(key.on_update),
             rule(key.on_delete),
             t(table.name),
             t(key.parent_table)});
        for (std::size_t i = 0; i < key.columns.size(); ++i) {
            const auto number = n(static_cast<std::int64_t>(i) + 1);
            put("key_column_usage",
                {t("def"),
                 t(table.schema),
                 t(key.name),
                 t("def"),
                 t(table.schema),
                 t(table.name),
                 t(table.columns[key.columns[i]].name),
                 number,
                 number,
                 t(key.parent_schema),
                 t(key.parent_table),
                 t(key.parent_columns[i])});
        }
    }

    sqlite3* sqlite_;
    const Catalog& catalog_;
    Engine& engine_;
    const Context& context_;
    std::shared_ptr<const Grants> grants_ = engine_.rights_of(context_.account(), context_.roles);
    std::map<std::string, StatementPtr> inserts_;
};

} // namespace

void fill_system_tables(
    sqlite3* sqlite,
    const Catalog& catalog,
    Engine& engine,
    const Context& context
) {
    Filler(sqlite, catalog, engine, context).fill();
}

} // namespace diorama::rds::sql
