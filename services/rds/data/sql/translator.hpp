// From MySQL's syntax tree to SQLite's text: names are bound to the catalog, every expression gets
// its MySQL type, and conversions that MySQL makes silently are written out.
#pragma once

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/coercion.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/typed.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::rds::sql {

// A column of a result, as clients are told about it.
struct OutputColumn {
    std::string name;
    std::string origin_name; // of the table's column; empty for expressions
    std::string table;       // the alias
    std::string origin_table;
    std::string schema;
    Type type;
    bool is_nullable = true;
    std::uint16_t key_flags = 0; // primary, unique, multiple, auto increment …
};

// What is known of a parameter before it has a value: a class, or the very type of what it stands
// for, a variable of a stored program.
class ParameterClass {
public:
    enum Kind : std::uint8_t { integer, unsigned_integer, real, text };

    // NOLINTNEXTLINE(google-explicit-constructor): a kind is a class
    constexpr ParameterClass(Kind kind)
        : kind_(kind) {}

    // The type outlives it.
    explicit ParameterClass(const Type& type)
        : kind_(text)
        , type_(&type) {}

    bool has_type() const { return type_ != nullptr; }

    Type type() const {
        if (type_ != nullptr) return *type_;
        return kind_ == integer            ? integer_type()
               : kind_ == unsigned_integer ? unsigned_type()
               : kind_ == real             ? double_type()
                                           : text_type(16383);
    }

    bool operator==(const ParameterClass&) const = default;

private:
    Kind kind_;
    const Type* type_ = nullptr;
};

struct TranslatedSelect {
    std::string sql;
    std::vector<OutputColumn> columns;
};

// A table of a FROM clause, as the rest of the statement sees it.
struct Source {
    std::string alias;
    std::string schema; // empty for derived tables
    TablePtr table;     // nullptr for derived ones
    std::string sqlite_alias;
    std::vector<OutputColumn> columns;
    std::vector<std::size_t> hidden;   // columns that USING joined into another one
    std::vector<std::size_t> unlisted; // that * does not mean

    bool lists(std::size_t column) const {
        return std::find(unlisted.begin(), unlisted.end(), column) == unlisted.end();
    }
};

// What EXPLAIN asks of a translation: the query blocks, numbered from 1 in the order in which they
// stand in the text, and the tables in them.
struct OutlinedSource {
    std::string sqlite_alias;
    std::string alias;
    TablePtr table;
    std::size_t block = 0;
    std::size_t derived = 0; // the block that a derived table is
};

struct OutlinedBlock {
    const Select* select = nullptr;
    std::string kind; // "PRIMARY", "SUBQUERY", "DERIVED", "UNION"
    bool is_dependent = false;
    bool is_united = false; // with others, duplicates removed
};

struct Outline {
    std::vector<OutlinedSource> sources;
    std::vector<OutlinedBlock> blocks;
};

class Translator {
public:
    struct Names {
        const Catalog& catalog;
        std::string_view database;
        const std::vector<ParameterClass>& parameters;
        const std::map<std::string, std::string, std::less<>>& variables;
    };

    explicit Translator(const Names& names)
        : names_(names) {}

    TranslatedSelect select(const Select& select);

    // One table's rows that an UPDATE or DELETE concerns: SELECT <all columns>, <extra> ….
    struct Selection {
        const TableReference* tables = nullptr;
        const Expr* where = nullptr;
        const std::vector<OrderItem>* order = nullptr;
        const Expr* limit = nullptr;
        const Expr* offset = nullptr;
        const Select* locking = nullptr; // whose rows are to be locked
    };

    std::string rows_with(
        const Selection& selection,
        const std::vector<std::string>& targets,
        const std::vector<const Expr*>& extra,
        std::vector<Type>& extra_types
    );

    // A value that stands alone or sees one row, given as parameters "?N" from `first_parameter`.
    Typed value(const Expr& expression);
    void bind_row(const Table& table, std::size_t first_parameter);
    // Seen by VALUES(column), and under the alias if the statement gave one.
    void bind_inserted(
        const Table& table,
        std::size_t first_parameter,
        const std::string& alias,
        const std::vector<std::string>& columns
    );

    TablePtr table_of(const TableName& name) const;
    // What a view gives, under its own names.
    TranslatedSelect view_query(const StoredView& view);

    std::vector<Source>& sources() { return scopes_.back().sources; }

    std::string as_truth(const Typed& value) const;

    Outline* outline = nullptr; // filled if there is one

private:
    struct Alias {
        std::string name;
        Typed value;
        std::size_t position = 0;
        const Expr* expression = nullptr;
    };

    // One of the groupings that WITH ROLLUP stands for: the first `kept` expressions group, the
    // others are NULL.
    struct Rollup {
        std::vector<const Expr*> grouped;
        std::size_t kept = 0;
    };

    struct Scope {
        std::vector<Source> sources;
        const Rollup* rollup = nullptr;
        std::size_t block = 0;      // of the outline
        std::vector<Alias> aliases; // of the select list
        std::string_view clause = "field list";
        bool sees_aliases = false;
        bool prefers_aliases = false; // to columns of the same name
        bool has_aggregate = false;
        std::string recursive_alias; // of the recursive common table, when it is among the sources
        const Select* select = nullptr;
    };

    // Queries.
    TranslatedSelect query(const Select& select);
    TranslatedSelect block(const Select& select, bool counts_depth = false);
    TranslatedSelect chain(const Select& select, bool counts_depth = false);
    std::string with_clause(const Select& select);
    TranslatedSelect rolled_up(const Select& select);
    TranslatedSelect rolled_up_level(const Select& select, const Rollup& rollup);
    std::vector<const Expr*> rollup_keys(const Select& select);
    std::optional<std::size_t> rolled_up_place(const Expr& expression) const;
    Typed grouping(const Expr& expression);
    std::size_t outline_block(const Select& select);
    void outline_source(const Source& source, std::size_t derived);
    std::string table_function(const JSONTable& table, Source& source);
    void
    unite_columns(TranslatedSelect& result, const std::vector<TranslatedSelect>& members) const;
    std::optional<Collation>
    united_collation(const std::vector<TranslatedSelect>& members, std::size_t column) const;
    void select_items(const Select& select, TranslatedSelect& result, std::string& sql);
    void expand_star(const Expr& star, TranslatedSelect& result, std::string& sql);
    void
    output(TranslatedSelect& result, std::string& sql, const Typed& value, OutputColumn column);
    std::string lockable(const Select& select) const;
    std::string group_by(const Select& select);
    std::string order_by(const std::vector<OrderItem>& items);
    void order_chain(const Select& select, TranslatedSelect& result);
    std::string limit(const Expr* limit, const Expr* offset);
    std::string over(const Expr& window);
    void check_grouping(const Select& select) const;
    struct Grouping;
    void check_dependence(const Select& select) const;
    void complete(Grouping& grouping, const Select& select) const;
    const OutputColumn* undetermined(const Expr& expression, const Grouping& grouping) const;
    std::string from(const TableReference& reference);
    std::string join(const TableReference& reference);
    std::string source(const TableReference& reference);
    TranslatedSelect alone(const Select& select);
    static std::string lateral(const std::string& query, std::size_t width);
    ViewPtr view_of(const TableName& name) const;
    void fit_columns(const StoredView& view, TranslatedSelect& inner);

    // Expressions.
    Typed expression(const Expr& expression);
    Typed collate(const Expr& expression);
    Typed default_function(const Expr& expression);
    Typed benchmark(const Expr& expression);
    Typed cast_expression(const Expr& expression);
    Typed literal(const Expr& expression) const;
    void text_literal(const Expr& expression, Typed& value) const;
    Typed column(const Expr& expression);
    static const Alias* alias_in(const Scope& scope, const Expr& expr);
    static bool is_grouped_by(const Select& select, std::string_view name);
    const OutputColumn*
    find_in(const Scope& scope, const Expr& expression, std::string& sqlite_name) const;
    Typed unary(const Expr& expression);
    Typed binary(const Expr& expression);
    Typed arithmetic(const Expr& expression, const std::string& op);
    Typed exact_arithmetic(const Typed& a, const Typed& b, const std::string& op) const;
    Typed division(const Typed& a, const Typed& b) const;
    Typed exact_negation(const Typed& operand) const;
    Typed date_arithmetic(const Expr& moment, const Expr& interval, bool subtracts);
    Typed case_when(const Expr& expression);
    Typed in_list(const Expr& expression);
    Typed in_select(const Expr& expression);
    Typed among(const Expr& operand_or_row, const Select& select, bool is_negated);
    Typed row_comparison(const std::string& op, const Expr& a, const Expr& b);
    Typed row_order(const std::string& op, const Expr& a, const Expr& b, std::size_t from);
    Typed comparison(const std::string& op, const Typed& a, const Typed& b) const;
    std::pair<std::string, std::string>
    comparable(const Typed& a, const Typed& b, std::string_view operation = "=") const;
    std::pair<std::string, std::string> comparable_moments(const Typed& a, const Typed& b) const;
    std::pair<std::string, std::string>
    comparable_texts(const Typed& a, const Typed& b, std::string_view operation) const;
    Typed like(const Expr& expression);
    Typed regexp(const Expr& expression);
    Typed cast(const Typed& value, const Type& type) const;
    Typed system_variable(const Expr& expression) const;
    Typed subquery(const Expr& expression);
    Typed quantified(const Expr& expression);
    Typed match(const Expr& expression);
    Typed last_function(const Expr& expression, bool& is_known);
    Typed function(const Expr& expression);
    Typed stored_function(const Expr& expression);
    Typed aggregate(const Expr& expression, bool& is_known);
    Typed
    average(const Typed& argument, std::string_view distinct, const std::string& window) const;
    Typed group_concat(const Expr& expression);
    Typed window(const Expr& expression);
    Typed special_function(const Expr& expression, bool& is_known);
    Typed composed_function(const Expr& expression, bool& is_known);
    Typed date_function(const Expr& expression, bool& is_known);
    Typed unix_timestamp(const Typed& moment) const;
    Typed from_unix_time(const Typed& seconds) const;
    Typed moment_function(const Expr& expression, bool& is_known);
    Typed converted_moment(const Expr& expression, bool& is_known);
    Typed with_digits(const Typed& value, std::int64_t digits) const;
    Typed extreme(const Expr& expression);
    std::string wrapped_json(const Expr& expression);
    Typed further_aggregate(const Expr& expression, bool& is_known);
    Typed further_function(const Expr& expression, bool& is_known);
    Typed described_function(const Expr& expression, bool& is_known);
    Typed spatial_function(const Expr& expression, bool& is_known);
    Typed week_function(const Expr& expression);
    Typed composite_part(const Expr& expression);
    Typed count_of_tuples(const Expr& expression);
    Typed json_change(const Expr& expression);
    Typed text_to_date(const Expr& expression);
    Typed formatted_number(const Expr& expression);
    Typed interval_added(
        const Expr& moment,
        const ExprPtr& amount,
        const std::string& unit,
        bool subtracts
    );
    Typed json_construction(const Expr& expression);
    Typed rounding(const Expr& expression);
    Typed rounded_real(Typed value, const Expr& expression);
    Typed rounded_to_side(const Typed& value, std::string_view name) const;
    Typed common(const std::vector<Typed>& values, std::vector<std::string>& sql) const;
    // One of several values, and the text that chooses it.
    using Written = std::function<std::string(const std::vector<std::string>& values)>;
    Typed one_of(const std::vector<Typed>& values, const Written& written) const;

    // Conversions.
    std::string as_text(const Typed& value) const;
    std::string as_real(const Typed& value) const;
    std::string as_integer(const Typed& value) const;
    std::string as_decimal(const Typed& value, const Type& wanted) const;
    std::string as_bits(const Typed& value) const;
    std::string cast_to_integer(const Typed& value, bool is_unsigned) const;
    std::string cast_to_decimal(const Typed& value, const Type& type) const;
    std::string as_moment(const Typed& value, const Type& type) const;
    std::string as_timestamp(const Typed& value, const Type& type) const;
    std::string collated(const Typed& value) const;

    // Collations and character sets.
    Collation connection_collation() const;
    Derivation derivation(const Typed& value) const;
    Derivation
    together_of(const std::vector<const Typed*>& values, std::string_view operation, bool compares)
        const;
    std::string as_bytes(const Typed& value) const;
    std::string as_argument(std::string_view function, const Typed& value) const;
    std::string as_character(const Typed& value, const Type& type) const;
    void
    settle_text(std::string_view function, const std::vector<Typed>& texts, Typed& result) const;
    std::string
    comparing_argument(std::string_view function, const std::vector<Typed>& texts) const;

    std::string new_alias();
    bool has_mode(std::string_view mode) const;

    Names names_;
    std::vector<Scope> scopes_{1};

    struct Common {
        std::string name;
        std::string sqlite_name;
        std::vector<OutputColumn> columns;
        bool counts_depth = false; // while its own members are translated
    };

    std::vector<Common> common_tables_;
    std::size_t aliases_ = 0;
    std::size_t view_depth_ = 0;
    bool is_in_recursion_ = false;                          // the body of a recursive common table
    mutable std::optional<Collation> connection_collation_; // once it has been looked up
    std::string next_kind_ = "PRIMARY";                     // of the next block, for the outline
};

// A text literal of SQLite.
std::string sqlite_text(std::string_view text);
// A condition: 1, 0 or NULL.
Typed boolean(std::string sql);

bool is_aggregate_name(std::string_view name);
bool contains_aggregate(const Expr& expr);

// Whether the expressions are the same, as far as names tell.
bool is_same(const Expr& a, const Expr& b);

// Whether a locking read locks the rows of the table that it calls so.
bool is_locked_by(const Select& select, std::string_view alias);

bool yields_one_row(const Select& select);

// The type that can hold both, as CASE, COALESCE, IF and UNION yield it.
Type common_type(const Type& a, const Type& b);
// The decimal that holds both of two exact types.
Type common_decimal(const Type& a, const Type& b);
// Of a column of rows: one of a table, or a computed one.
Coercibility coercibility_of(const OutputColumn& column);
constexpr auto coercibility_of_computed = Coercibility::of_the_system;
// Whether upper and lower case are told apart.
bool tells_case(Collation collation);
// Characters that the text of a value may have.
std::uint32_t display_length(const Type& type);

} // namespace diorama::rds::sql
