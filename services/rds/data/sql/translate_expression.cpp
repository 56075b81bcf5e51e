// Expressions by their kind; literals, names and variables.
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace diorama::rds::sql {

namespace {
// Of an operand that is written twice.
constexpr std::size_t max_translated_text = std::size_t{8} << 20;
} // namespace

// A text literal of SQLite. NUL bytes cannot stand in one.
std::string sqlite_text(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
        std::string hex = "CAST(x'";
        for (const char c : text)
            hex += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
        return hex + "' AS TEXT)";
    }
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'') quoted += '\'';
        quoted += c;
    }
    return quoted + "'";
}

std::string exact_literal(const Wide& number, Range range) {
    const auto kept = kept_exact(number, range);
    if (kept.kind != Value::Kind::integer) {
        std::string sql = "x'";
        for (const char c : kept.bytes)
            sql += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
        return sql + "'";
    }
    if (kept.integer == INT64_MIN) return "(-9223372036854775807-1)";
    return kept.integer < 0 ? fmt::format("({})", kept.integer) : fmt::format("{}", kept.integer);
}

Typed boolean(std::string sql) {
    auto type = integer_type(1);
    type.kind = TypeKind::integer;
    return {.sql = std::move(sql), .type = type};
}

namespace {

// IS NULL, IS TRUE and their kin.
Typed tested(const Translator& translator, const Typed& value, const Expr& expr) {
    const std::string_view negation = expr.is_negated ? "NOT " : "";
    auto result = boolean(
        expr.text == "NULL"
            ? fmt::format("({} IS {}NULL)", value.sql, negation)
            : fmt::format("({} IS {}{})", translator.as_truth(value), negation, expr.text)
    );
    result.is_nullable = false;
    return result;
}

} // namespace

Typed Translator::expression(const Expr& expr) {
    if (const auto place = rolled_up_place(expr); place && *place >= scopes_.back().rollup->kept) {
        const auto* rollup = std::exchange(scopes_.back().rollup, nullptr);
        auto typed = expression(expr);
        scopes_.back().rollup = rollup;
        return {.sql = "NULL", .type = typed.type, .column = typed.column};
    }
    switch (expr.kind) {
    case ExprKind::null:
    case ExprKind::integer:
    case ExprKind::decimal:
    case ExprKind::real:
    case ExprKind::text:
    case ExprKind::bytes:
    case ExprKind::boolean:
    case ExprKind::parameter:
        return literal(expr);
    case ExprKind::column:
        return column(expr);
    case ExprKind::inserted_value: {
        Expr named;
        named.kind = ExprKind::column;
        named.table = "\x01inserted";
        named.text = expr.text;
        return column(named);
    }
    case ExprKind::system_variable:
        return system_variable(expr);
    case ExprKind::user_variable: {
        Typed value{
            .sql = fmt::format("my_user_variable({})", sqlite_text(expr.text)),
            .type = text_type(16383)
        };
        value.type.collation = connection_collation();
        value.coercibility = coercibility_of_computed;
        return value;
    }
    case ExprKind::assignment: {
        auto value = expression(*expr.args[0]);
        const bool is_exact = value.type.is_decimal() || value.type.may_be_wide();
        const auto kept = is_exact ? as_text(value) : value.sql;
        const auto type = is_exact ? text_type(display_length(value.type)) : value.type;
        return {.sql = fmt::format("my_assign({},{})", sqlite_text(expr.text), kept), .type = type};
    }
    case ExprKind::unary:
        return unary(expr);
    case ExprKind::binary:
        return binary(expr);
    case ExprKind::function:
        return function(expr);
    case ExprKind::window:
        return window(expr);
    case ExprKind::case_when:
        return case_when(expr);
    case ExprKind::in_list:
        return in_list(expr);
    case ExprKind::in_select:
        return in_select(expr);
    case ExprKind::between: {
        const auto value = expression(*expr.args[0]);
        const auto low = comparison(">=", value, expression(*expr.args[1]));
        const auto high = comparison("<=", value, expression(*expr.args[2]));
        if (value.sql.size() > max_translated_text) throw stack_overrun();
        const auto text = fmt::format("({} AND {})", low.sql, high.sql);
        return boolean(expr.is_negated ? "NOT " + text : text);
    }
    case ExprKind::like:
        return like(expr);
    case ExprKind::regexp:
        return regexp(expr);
    case ExprKind::is_test:
        return tested(*this, expression(*expr.args[0]), expr);
    case ExprKind::exists: {
        const auto kind = std::exchange(next_kind_, "SUBQUERY");
        auto result = boolean(fmt::format("EXISTS({})", query(*expr.select).sql));
        next_kind_ = kind;
        result.is_nullable = false;
        return result;
    }
    case ExprKind::subquery:
        return subquery(expr);
    case ExprKind::cast:
        return cast_expression(expr);
    case ExprKind::collate:
        return collate(expr);
    case ExprKind::interval:
        throw syntax_error("INTERVAL", 1);
    case ExprKind::default_value:
        throw syntax_error("DEFAULT", 1);
    case ExprKind::quantified:
        return quantified(expr);
    case ExprKind::match:
        return match(expr);
    case ExprKind::row:
        throw SQLError{1241, "21000", "Operand should contain 1 column(s)"};
    case ExprKind::star:
        throw syntax_error("*", 1);
    }
    throw not_supported("this expression");
}

Typed Translator::cast_expression(const Expr& expr) {
    const auto value = expression(*expr.args[0]);
    auto type = *expr.type;
    const bool names_set = expr.number != 0;
    if (type.is_character() && !names_set) type.collation = connection_collation();
    auto result = cast(value, type);
    if (value.literal != nullptr && expr.type->is_integer())
        result.label = fmt::format(
            "cast({} as {})",
            value.literal->text,
            expr.type->is_unsigned ? "unsigned" : "signed"
        );
    return result;
}

void Translator::text_literal(const Expr& expr, Typed& value) const {
    const auto set = set_of(connection_collation());
    value.type = text_type(static_cast<std::uint32_t>(character_count(expr.text)));
    value.type.collation = expr.type ? expr.type->collation : connection_collation();
    value.sql = sqlite_text(expr.type ? expr.text : fitted(set, expr.text));
}

Typed Translator::literal(const Expr& expr) const {
    Typed value;
    value.is_nullable = false;
    value.literal = &expr;
    switch (expr.kind) {
    case ExprKind::null:
        value.sql = "NULL";
        value.is_nullable = true;
        break;
    case ExprKind::boolean:
        value.sql = expr.number != 0 ? "1" : "0";
        value.type = integer_type(1);
        break;
    case ExprKind::integer: {
        const std::string_view digits = expr.text;
        const auto plain = digits.substr(digits[0] == '-' ? 1 : 0);
        const bool is_small =
            plain.size() < 19 || (plain.size() == 19 && plain <= "9223372036854775807");
        if (!is_small) {
            // MySQL: BIGINT UNSIGNED up to 2^64-1, DECIMAL beyond.
            const auto number = parse_exact(digits, 0).value_or(0);
            const bool is_unsigned = number > 0 && number <= UINT64_MAX;
            const auto length = static_cast<unsigned>(plain.size());
            value.type = fits_integer(number) ? integer_type(length)
                         : is_unsigned        ? unsigned_type(length)
                                              : decimal_type(length, 0);
            value.sql = exact_literal(number, range_of(value.type));
            break;
        }
        value.sql = digits[0] == '-' ? fmt::format("({})", digits) : std::string(digits);
        value.type = integer_type(static_cast<std::uint32_t>(digits.size()));
        break;
    }
    case ExprKind::decimal: {
        constexpr std::size_t most_scale = 30;
        const auto scale = std::min(expr.text.size() - expr.text.find('.') - 1, most_scale);
        value.type =
            decimal_type(static_cast<unsigned>(expr.text.size() - 1), static_cast<unsigned>(scale));
        value.sql = exact_literal(
            parse_exact(expr.text, static_cast<unsigned>(scale)).value_or(0),
            range_of(value.type)
        );
        break;
    }
    case ExprKind::real:
        value.sql = expr.text[0] == '-' ? "(" + expr.text + ")" : expr.text;
        value.type = double_type();
        break;
    case ExprKind::text:
        text_literal(expr, value);
        break;
    case ExprKind::bytes: {
        value.sql = "x'";
        for (const char c : expr.text)
            value.sql += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
        value.sql += "'";
        value.type = binary_type(static_cast<std::uint32_t>(expr.text.size()));
        break;
    }
    default: { // a parameter
        const auto index = static_cast<std::size_t>(expr.number);
        value.literal = nullptr;
        value.is_nullable = true;
        value.sql = fmt::format("?{}", index + 1);
        const auto known = index < names_.parameters.size() ? names_.parameters[index]
                                                            : ParameterClass(ParameterClass::text);
        value.is_parameter = !known.has_type();
        value.type = known.type();
        if (known.has_type())
            value.coercibility = coercibility_of_computed;
        else if (value.type.is_character())
            value.type.collation = connection_collation();
        break;
    }
    }
    return value;
}

const OutputColumn*
Translator::find_in(const Scope& scope, const Expr& expr, std::string& sqlite_name) const {
    const OutputColumn* found = nullptr;
    for (const auto& source : scope.sources) {
        const bool is_inserted = source.alias == "\x01inserted";
        if (expr.table.empty() ? is_inserted : source.alias != expr.table) continue;
        if (!expr.schema.empty() && source.schema != expr.schema) continue;
        for (std::size_t i = 0; i < source.columns.size(); ++i) {
            if (!equals_ignoring_case(source.columns[i].name, expr.text)) continue;
            const bool is_hidden =
                std::find(source.hidden.begin(), source.hidden.end(), i) != source.hidden.end();
            if (is_hidden && expr.table.empty()) continue;
            if (found != nullptr) throw ambiguous_column(expr.text, scope.clause);
            found = &source.columns[i];
            const bool is_at_hand = source.sqlite_alias[0] == '?'; // a row given as parameters
            sqlite_name = is_at_hand
                              ? fmt::format("?{}", std::stoul(source.sqlite_alias.substr(1)) + i)
                              : fmt::format("{}.c{}", source.sqlite_alias, i);
        }
    }
    return found;
}

// MySQL: "preference is given to the column in the GROUP BY column".
// https://dev.mysql.com/doc/refman/8.0/en/select.html
bool Translator::is_grouped_by(const Select& select, std::string_view name) {
    return std::ranges::any_of(select.group_by, [&](const auto& item) {
        return item->kind == ExprKind::column && equals_ignoring_case(item->text, name);
    });
}

const Translator::Alias* Translator::alias_in(const Scope& scope, const Expr& expr) {
    if (!scope.sees_aliases || !expr.table.empty()) return nullptr;
    const auto found = std::ranges::find_if(scope.aliases, [&](const Alias& alias) {
        return equals_ignoring_case(alias.name, expr.text);
    });
    return found == scope.aliases.end() ? nullptr : &*found;
}

Typed Translator::column(const Expr& expr) {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        const auto* alias = alias_in(*scope, expr);
        const bool is_alias =
            alias != nullptr && scope->prefers_aliases && !is_grouped_by(*scope->select, expr.text);
        std::string name;
        const auto* found = is_alias ? nullptr : find_in(*scope, expr, name);
        if (found != nullptr) {
            for (auto inner = scopes_.rbegin(); outline != nullptr && inner != scope; ++inner)
                if (inner->block != 0) outline->blocks[inner->block - 1].is_dependent = true;
            Typed value{.sql = name, .type = found->type, .is_nullable = found->is_nullable};
            value.is_plain_column = name[0] != '?';
            value.column = found;
            value.coercibility = coercibility_of(*found);
            if (found->type.kind == TypeKind::character && has_mode("PAD_CHAR_TO_FULL_LENGTH"))
                value.sql = fmt::format("my_rpad({},{},' ')", name, found->type.length);
            return value;
        }
        if (alias == nullptr) continue;
        auto value = alias->value;
        value.column = nullptr;
        return value;
    }
    const auto full = expr.table.empty() ? expr.text : fmt::format("{}.{}", expr.table, expr.text);
    throw unknown_column(full, scopes_.back().clause);
}

bool Translator::has_mode(std::string_view mode) const {
    const auto modes = names_.variables.find("sql_mode");
    return modes != names_.variables.end() && modes->second.find(mode) != std::string::npos;
}

Typed Translator::system_variable(const Expr& expr) const {
    const auto found = names_.variables.find(expr.text);
    if (found == names_.variables.end()) throw unknown_system_variable(expr.text);
    const auto& text = found->second;
    const bool is_number = !text.empty() && text.size() < 19 &&
                           text.find_first_not_of("0123456789") == std::string::npos;
    const auto sql = fmt::format("my_system_variable('{}')", expr.text);
    if (is_number) {
        return {
            .sql = fmt::format("CAST({} AS INTEGER)", sql),
            .type = integer_type(),
            .is_nullable = false
        };
    }
    const bool is_word = expr.text == "event_scheduler"; // one of three
    if (!is_word && (text == "ON" || text == "OFF"))     // shown as words, selected as numbers
        return {
            .sql = fmt::format("({} = 'ON')", sql),
            .type = integer_type(1),
            .is_nullable = false
        };
    Typed result{.sql = sql, .type = text_type(static_cast<std::uint32_t>(text.size()))};
    result.type.collation = Collation::utf8mb3_general_ci;
    result.coercibility = Coercibility::of_the_system;
    return result;
}

} // namespace diorama::rds::sql
