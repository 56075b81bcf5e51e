// The syntax tree back into text: names quoted, words in lower case, an operator with its operands
// in parentheses.
#include "services/rds/data/sql/expression_text.hpp"

#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/error.hpp"
#include "services/rds/data/sql/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

std::string bytes_text(std::string_view bytes) {
    std::string text = "0x";
    for (const char c : bytes)
        text += fmt::format("{:02X}", static_cast<std::uint8_t>(c));
    return text.size() == 2 ? "x''" : text;
}

std::string literal_text(std::string_view value, CharacterSet set) {
    auto text = fmt::format("_{}", entry_of(set).name);
    if (!is_kept_as_bytes(set) && !is_ascii(value)) return text + bytes_text(encoded(set, value));
    text += "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') text += '\\';
        if (c == '\n')
            text += "\\n";
        else if (c == '\0')
            text += "\\0";
        else
            text += c;
    }
    return text + '\'';
}

std::string list_text(const std::vector<ExprPtr>& list, std::size_t from = 0) {
    std::string text;
    for (auto i = from; i < list.size(); ++i)
        text += (i == from ? "" : ",") + expression_text(*list[i]);
    return text;
}

std::string cast_type_text(const Type& type) {
    if (type.is_integer() && type.kind != TypeKind::year)
        return type.is_unsigned ? "unsigned" : "signed";
    if (type.is_character())
        return fmt::format(
            "char{} charset {}",
            type.length == 0 ? "" : fmt::format("({})", type.length),
            entry_of(type.character_set()).name
        );
    if (type.is_binary())
        return type.length == 0 ? "binary" : fmt::format("char({}) charset binary", type.length);
    return declaration(type);
}

std::string name_of(const std::string& function) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 22> names = {{
        {"CURRENT_TIMESTAMP", "now"},
        {"LOCALTIME", "now"},
        {"LOCALTIMESTAMP", "now"},
        {"CURRENT_DATE", "curdate"},
        {"CURRENT_TIME", "curtime"},
        {"UCASE", "upper"},
        {"LCASE", "lower"},
        {"SUBSTRING", "substr"},
        {"MID", "substr"},
        {"CHARACTER_LENGTH", "char_length"},
        {"OCTET_LENGTH", "length"},
        {"POWER", "pow"},
        {"CEIL", "ceiling"},
        {"DAY", "dayofmonth"},
        {"SCHEMA", "database"},
        {"SHA1", "sha"},
        {"STDDEV_POP", "std"},
        {"STDDEV", "std"},
        {"VAR_POP", "variance"},
        {"POSITION", "locate"},
        {"SESSION_USER", "user"},
        {"SYSTEM_USER", "user"},
    }};
    const auto found = std::find_if(names.begin(), names.end(), [&](const auto& candidate) {
        return candidate.first == function;
    });
    return found == names.end() ? lower_case(function) : std::string(found->second);
}

std::string function_text(const Expr& expr) {
    const auto& name = expr.text;
    const auto& args = expr.args;
    if (name == "EXTRACT")
        return fmt::format(
            "extract({} from {})",
            lower_case(args[0]->text),
            expression_text(*args[1])
        );
    if (name == "TIMESTAMPDIFF" || name == "TIMESTAMPADD")
        return fmt::format("{}({},{})", lower_case(name), args[0]->text, list_text(args, 1));
    if (name == "MOD" && args.size() == 2)
        return fmt::format("({} % {})", expression_text(*args[0]), expression_text(*args[1]));
    const bool trims = name == "TRIM" || name == "LTRIM" || name == "RTRIM";
    if (trims && args.size() == 2)
        return fmt::format(
            "trim({} {} from {})",
            name == "TRIM"    ? "both"
            : name == "LTRIM" ? "leading"
                              : "trailing",
            expression_text(*args[1]),
            expression_text(*args[0])
        );
    const bool adds = name == "DATE_ADD" || name == "ADDDATE";
    if ((adds || name == "DATE_SUB" || name == "SUBDATE") && args.size() == 2) {
        const auto& amount = *args[1];
        const auto interval = amount.kind == ExprKind::interval
                                  ? expression_text(amount)
                                  : fmt::format("interval {} day", expression_text(amount));
        return fmt::format("({} {} {})", expression_text(*args[0]), adds ? '+' : '-', interval);
    }
    if (name == "GROUP_CONCAT") {
        std::string order;
        for (const auto& item : expr.order)
            order += (order.empty() ? " order by " : ",") + expression_text(*item.expression) +
                     (item.is_descending ? " desc" : "");
        return fmt::format(
            "group_concat({}{}{} separator '{}')",
            expr.is_distinct ? "distinct " : "",
            expression_text(*args[0]),
            order,
            args[1]->text
        );
    }
    const bool counts_rows = name == "COUNT" && args[0]->kind == ExprKind::star;
    return fmt::format(
        "{}({}{})",
        name_of(name),
        expr.is_distinct ? "distinct " : "",
        counts_rows ? "0" : list_text(args)
    );
}

std::string binary_text(const Expr& expr) {
    auto op = expr.text;
    if (op == "AND" || op == "OR" || op == "XOR") op = lower_case(op);
    return fmt::format(
        "({} {} {})",
        expression_text(*expr.args[0]),
        op,
        expression_text(*expr.args[1])
    );
}

// NOT, said of a comparison, is the opposite comparison.
std::string negation_text(const Expr& operand) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> opposites = {
        {{"=", "<>"}, {"<>", "="}, {"<", ">="}, {">=", "<"}, {">", "<="}, {"<=", ">"}}
    };
    if (operand.kind == ExprKind::binary)
        for (const auto& [op, opposite] : opposites)
            if (operand.text == op)
                return fmt::format(
                    "({} {} {})",
                    expression_text(*operand.args[0]),
                    opposite,
                    expression_text(*operand.args[1])
                );
    const bool is_condition = operand.kind == ExprKind::binary ||
                              operand.kind == ExprKind::between || operand.kind == ExprKind::like ||
                              operand.kind == ExprKind::in_list ||
                              operand.kind == ExprKind::regexp || operand.kind == ExprKind::is_test;
    const auto text = expression_text(operand);
    return is_condition ? fmt::format("(not({}))", text) : fmt::format("(0 = {})", text);
}

std::string case_text(const Expr& expr) {
    const bool has_operand = (expr.number & 1) != 0;
    const bool has_else = (expr.number & 2) != 0;
    std::string text = "(case";
    std::size_t i = has_operand ? 1 : 0;
    if (has_operand) text += " " + expression_text(*expr.args[0]);
    const auto end = expr.args.size() - (has_else ? 1 : 0);
    for (; i + 1 < end; i += 2)
        text += fmt::format(
            " when {} then {}",
            expression_text(*expr.args[i]),
            expression_text(*expr.args[i + 1])
        );
    if (has_else) text += " else " + expression_text(*expr.args.back());
    return text + " end)";
}

std::string predicate_text(const Expr& expr) {
    const std::string_view negation = expr.is_negated ? "not " : "";
    const auto left = expression_text(*expr.args[0]);
    switch (expr.kind) {
    case ExprKind::in_list:
        return fmt::format("({} {}in ({}))", left, negation, list_text(expr.args, 1));
    case ExprKind::between:
        return fmt::format(
            "({} {}between {} and {})",
            left,
            negation,
            expression_text(*expr.args[1]),
            expression_text(*expr.args[2])
        );
    case ExprKind::like: {
        const auto escape = expr.args.size() > 2
                                ? fmt::format(" escape {}", expression_text(*expr.args[2]))
                                : std::string();
        auto text = fmt::format("({} like {}{})", left, expression_text(*expr.args[1]), escape);
        return expr.is_negated ? fmt::format("(not({}))", text) : text;
    }
    case ExprKind::regexp: {
        auto text = fmt::format("regexp_like({},{})", left, expression_text(*expr.args[1]));
        return expr.is_negated ? fmt::format("(not({}))", text) : text;
    }
    default:
        return fmt::format("({} is {}{})", left, negation, lower_case(expr.text));
    }
}

std::string column_text(const Expr& expr) {
    auto text = quoted_name(expr.text);
    if (!expr.table.empty()) text = quoted_name(expr.table) + "." + text;
    if (!expr.schema.empty()) text = quoted_name(expr.schema) + "." + text;
    return text;
}

} // namespace

std::string expression_text(const Expr& expr) {
    switch (expr.kind) {
    case ExprKind::null:
        return "NULL";
    case ExprKind::integer:
    case ExprKind::decimal:
    case ExprKind::real:
        return expr.text;
    case ExprKind::text:
        return literal_text(
            expr.text,
            expr.type ? expr.type->character_set() : CharacterSet::utf8mb4
        );
    case ExprKind::bytes:
        return bytes_text(expr.text);
    case ExprKind::boolean:
        return expr.number != 0 ? "true" : "false";
    case ExprKind::column:
        return column_text(expr);
    case ExprKind::user_variable:
        return "@" + quoted_name(expr.text);
    case ExprKind::system_variable:
        return "@@" + expr.text;
    case ExprKind::unary:
        if (expr.text == "NOT") return negation_text(*expr.args[0]);
        return expr.text == "-" ? fmt::format("-({})", expression_text(*expr.args[0]))
                                : expr.text + expression_text(*expr.args[0]);
    case ExprKind::binary:
        return binary_text(expr);
    case ExprKind::function:
        return function_text(expr);
    case ExprKind::case_when:
        return case_text(expr);
    case ExprKind::in_list:
    case ExprKind::between:
    case ExprKind::like:
    case ExprKind::regexp:
    case ExprKind::is_test:
        return predicate_text(expr);
    case ExprKind::cast:
        return fmt::format(
            "cast({} as {})",
            expression_text(*expr.args[0]),
            cast_type_text(*expr.type)
        );
    case ExprKind::collate:
        return expr.text == "binary"
                   ? fmt::format("cast({} as char charset binary)", expression_text(*expr.args[0]))
                   : fmt::format("({} collate {})", expression_text(*expr.args[0]), expr.text);
    case ExprKind::interval:
        return fmt::format("interval {} {}", expression_text(*expr.args[0]), lower_case(expr.text));
    case ExprKind::default_value:
        return "DEFAULT";
    case ExprKind::row:
        return fmt::format("({})", list_text(expr.args));
    case ExprKind::parameter:
        return "?";
    default:
        throw not_supported("this expression in a definition");
    }
}

} // namespace diorama::rds::sql
