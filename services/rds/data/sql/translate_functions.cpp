// Function calls. Most are a row of the table below: what they take, what they give, and which of
// our functions runs. The others stand in translate_special.cpp.
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/translator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace diorama::rds::sql {

namespace {

enum class Takes : std::uint8_t { text, integer, real, moment, time };
enum class Gives : std::uint8_t { text, integer, real, date, datetime, time, json, bytes };

struct Rule {
    std::string_view name;
    std::size_t fewest;
    std::size_t most;
    std::array<Takes, 3> takes; // the last one holds for all that follow
    Gives gives;
    std::string_view function;
};

constexpr auto T = Takes::text;
constexpr auto I = Takes::integer;
constexpr auto R = Takes::real;
constexpr auto M = Takes::moment;
constexpr std::size_t any = 1000;

// clang-format off
constexpr std::array rules = {
    Rule{"CONCAT", 1, any, {T, T, T}, Gives::text, "my_concat"},
    Rule{"CONCAT_WS", 2, any, {T, T, T}, Gives::text, "my_concat_ws"},
    Rule{"UPPER", 1, 1, {T, T, T}, Gives::text, "my_upper"},
    Rule{"UCASE", 1, 1, {T, T, T}, Gives::text, "my_upper"},
    Rule{"LOWER", 1, 1, {T, T, T}, Gives::text, "my_lower"},
    Rule{"LCASE", 1, 1, {T, T, T}, Gives::text, "my_lower"},
    Rule{"LENGTH", 1, 1, {T, T, T}, Gives::integer, "my_length"},
    Rule{"OCTET_LENGTH", 1, 1, {T, T, T}, Gives::integer, "my_length"},
    Rule{"CHAR_LENGTH", 1, 1, {T, T, T}, Gives::integer, "my_character_length"},
    Rule{"CHARACTER_LENGTH", 1, 1, {T, T, T}, Gives::integer, "my_character_length"},
    Rule{"SUBSTRING", 2, 3, {T, I, I}, Gives::text, "my_substring"},
    Rule{"SUBSTR", 2, 3, {T, I, I}, Gives::text, "my_substring"},
    Rule{"MID", 2, 3, {T, I, I}, Gives::text, "my_substring"},
    Rule{"LEFT", 2, 2, {T, I, I}, Gives::text, "my_left"},
    Rule{"RIGHT", 2, 2, {T, I, I}, Gives::text, "my_right"},
    Rule{"TRIM", 1, 2, {T, T, T}, Gives::text, "my_trim"},
    Rule{"LTRIM", 1, 2, {T, T, T}, Gives::text, "my_ltrim"},
    Rule{"RTRIM", 1, 2, {T, T, T}, Gives::text, "my_rtrim"},
    Rule{"REPLACE", 3, 3, {T, T, T}, Gives::text, "my_replace"},
    Rule{"LOCATE", 2, 3, {T, T, I}, Gives::integer, "my_locate"},
    Rule{"POSITION", 2, 2, {T, T, I}, Gives::integer, "my_locate"},
    Rule{"REPEAT", 2, 2, {T, I, I}, Gives::text, "my_repeat"},
    Rule{"LPAD", 3, 3, {T, I, T}, Gives::text, "my_lpad"},
    Rule{"RPAD", 3, 3, {T, I, T}, Gives::text, "my_rpad"},
    Rule{"REVERSE", 1, 1, {T, T, T}, Gives::text, "my_reverse"},
    Rule{"UNHEX", 1, 1, {T, T, T}, Gives::bytes, "my_unhex"},
    Rule{"MD5", 1, 1, {T, T, T}, Gives::text, "my_md5"},
    Rule{"SHA1", 1, 1, {T, T, T}, Gives::text, "my_sha1"},
    Rule{"SHA", 1, 1, {T, T, T}, Gives::text, "my_sha1"},
    Rule{"SHA2", 2, 2, {T, I, I}, Gives::text, "my_sha2"},
    Rule{"ASCII", 1, 1, {T, T, T}, Gives::integer, "my_ascii"},
    Rule{"CHAR", 1, any, {I, I, I}, Gives::bytes, "my_char"},
    Rule{"FIELD", 2, any, {T, T, T}, Gives::integer, "my_field"},
    Rule{"FIND_IN_SET", 2, 2, {T, T, T}, Gives::integer, "my_find_in_set"},
    Rule{"SUBSTRING_INDEX", 3, 3, {T, T, I}, Gives::text, "my_substring_index"},
    Rule{"STRCMP", 2, 2, {T, T, T}, Gives::integer, "my_strcmp"},
    Rule{"CRC32", 1, 1, {T, T, T}, Gives::integer, "my_crc32"},
    Rule{"SQRT", 1, 1, {R, R, R}, Gives::real, "my_sqrt"},
    Rule{"EXP", 1, 1, {R, R, R}, Gives::real, "my_exp"},
    Rule{"LN", 1, 1, {R, R, R}, Gives::real, "my_log"},
    Rule{"LOG", 1, 2, {R, R, R}, Gives::real, "my_log"},
    Rule{"LOG2", 1, 1, {R, R, R}, Gives::real, "my_log2"},
    Rule{"LOG10", 1, 1, {R, R, R}, Gives::real, "my_log10"},
    Rule{"SIN", 1, 1, {R, R, R}, Gives::real, "my_sin"},
    Rule{"COS", 1, 1, {R, R, R}, Gives::real, "my_cos"},
    Rule{"TAN", 1, 1, {R, R, R}, Gives::real, "my_tan"},
    Rule{"POW", 2, 2, {R, R, R}, Gives::real, "my_pow"},
    Rule{"POWER", 2, 2, {R, R, R}, Gives::real, "my_pow"},
    Rule{"PI", 0, 0, {R, R, R}, Gives::real, "my_pi"},
    Rule{"RAND", 0, 0, {I, I, I}, Gives::real, "my_rand"},
    Rule{"RAND", 1, 1, {I, I, I}, Gives::real, "my_rand_of"},
    Rule{"COT", 1, 1, {R, R, R}, Gives::real, "my_cot"},
    Rule{"EXPORT_SET", 3, 5, {I, T, T}, Gives::text, "my_export_set"},
    Rule{"BIT_COUNT", 1, 1, {I, I, I}, Gives::integer, "my_bit_count"},
    Rule{"INTERVAL", 2, any, {R, R, R}, Gives::integer, "my_interval"},
    Rule{"LOAD_FILE", 1, 1, {T, T, T}, Gives::bytes, "my_load_file"},
    Rule{"AES_ENCRYPT", 2, 3, {T, T, T}, Gives::bytes, "my_aes_encrypt"},
    Rule{"AES_DECRYPT", 2, 3, {T, T, T}, Gives::bytes, "my_aes_decrypt"},
    Rule{"COMPRESS", 1, 1, {T, T, T}, Gives::bytes, "my_compress"},
    Rule{"UNCOMPRESS", 1, 1, {T, T, T}, Gives::bytes, "my_uncompress"},
    Rule{"UNCOMPRESSED_LENGTH", 1, 1, {T, T, T}, Gives::integer, "my_uncompressed_length"},
    Rule{"RANDOM_BYTES", 1, 1, {I, I, I}, Gives::bytes, "my_random_bytes"},
    Rule{"INET6_ATON", 1, 1, {T, T, T}, Gives::bytes, "my_inet6_aton"},
    Rule{"INET6_NTOA", 1, 1, {T, T, T}, Gives::text, "my_inet6_ntoa"},
    Rule{"IS_IPV4", 1, 1, {T, T, T}, Gives::integer, "my_is_ipv4"},
    Rule{"IS_IPV6", 1, 1, {T, T, T}, Gives::integer, "my_is_ipv6"},
    Rule{"IS_IPV4_COMPAT", 1, 1, {T, T, T}, Gives::integer, "my_is_ipv4_compat"},
    Rule{"IS_IPV4_MAPPED", 1, 1, {T, T, T}, Gives::integer, "my_is_ipv4_mapped"},
    Rule{"UUID_TO_BIN", 1, 2, {T, I, I}, Gives::bytes, "my_uuid_to_bin"},
    Rule{"BIN_TO_UUID", 1, 2, {T, I, I}, Gives::text, "my_bin_to_uuid"},
    Rule{"IS_UUID", 1, 1, {T, T, T}, Gives::integer, "my_is_uuid"},
    Rule{"SOUNDEX", 1, 1, {T, T, T}, Gives::text, "my_soundex"},
    Rule{"DATEDIFF", 2, 2, {M, M, M}, Gives::integer, "my_date_difference"},
    Rule{"DATE_FORMAT", 2, 2, {M, T, T}, Gives::text, "my_date_format"},
    Rule{"CONVERT_TZ", 3, 3, {M, T, T}, Gives::datetime, "my_convert_tz"},
    Rule{"SEC_TO_TIME", 1, 1, {I, I, I}, Gives::time, "my_seconds_to_time"},
    Rule{"TIMESTAMPDIFF", 3, 3, {T, M, M}, Gives::integer, "my_timestamp_difference"},
    Rule{"DATE", 1, 1, {M, M, M}, Gives::date, "my_date"},
    Rule{"DATABASE", 0, 0, {T, T, T}, Gives::text, "my_database"},
    Rule{"SCHEMA", 0, 0, {T, T, T}, Gives::text, "my_database"},
    Rule{"USER", 0, 0, {T, T, T}, Gives::text, "my_user"},
    Rule{"SESSION_USER", 0, 0, {T, T, T}, Gives::text, "my_user"},
    Rule{"SYSTEM_USER", 0, 0, {T, T, T}, Gives::text, "my_user"},
    Rule{"CURRENT_USER", 0, 0, {T, T, T}, Gives::text, "my_current_user"},
    Rule{"CURRENT_ROLE", 0, 0, {T, T, T}, Gives::text, "my_current_role"},
    Rule{"CONNECTION_ID", 0, 0, {T, T, T}, Gives::integer, "my_connection_id"},
    Rule{"LAST_INSERT_ID", 0, 1, {I, I, I}, Gives::integer, "my_last_insert_id"},
    Rule{"ROW_COUNT", 0, 0, {I, I, I}, Gives::integer, "my_row_count"},
    Rule{"FOUND_ROWS", 0, 0, {I, I, I}, Gives::integer, "my_found_rows"},
    Rule{"UUID", 0, 0, {T, T, T}, Gives::text, "my_uuid"},
    Rule{"MYSQL_QUERY_ATTRIBUTE_STRING", 1, 1, {T, T, T}, Gives::text, "my_query_attribute"},
    Rule{"JSON_EXTRACT", 2, any, {T, T, T}, Gives::json, "my_json_extract"},
    Rule{"JSON_UNQUOTE", 1, 1, {T, T, T}, Gives::text, "my_json_unquote"},
    Rule{"JSON_QUOTE", 1, 1, {T, T, T}, Gives::text, "my_json_quote"},
    Rule{"JSON_VALID", 1, 1, {T, T, T}, Gives::integer, "my_json_valid"},
    Rule{"REGEXP_LIKE", 2, 3, {T, T, T}, Gives::integer, "my_regexp"},
    Rule{"REGEXP_REPLACE", 3, 3, {T, T, T}, Gives::text, "my_regexp_replace"},
    Rule{"REGEXP_SUBSTR", 2, 4, {T, T, I}, Gives::text, "my_regexp_substr"},
    Rule{"REGEXP_INSTR", 2, 4, {T, T, I}, Gives::integer, "my_regexp_instr"},
    Rule{"TO_BASE64", 1, 1, {T, T, T}, Gives::text, "my_to_base64"},
    Rule{"FROM_BASE64", 1, 1, {T, T, T}, Gives::bytes, "my_from_base64"},
    Rule{"CONV", 3, 3, {T, I, I}, Gives::text, "my_conv"},
    Rule{"QUOTE", 1, 1, {T, T, T}, Gives::text, "my_quote"},
    Rule{"SPACE", 1, 1, {I, I, I}, Gives::text, "my_space"},
    Rule{"ELT", 2, any, {I, T, T}, Gives::text, "my_elt"},
    Rule{"MAKE_SET", 2, any, {I, T, T}, Gives::text, "my_make_set"},
    Rule{"ORD", 1, 1, {T, T, T}, Gives::integer, "my_ord"},
    Rule{"INET_ATON", 1, 1, {T, T, T}, Gives::integer, "my_inet_aton"},
    Rule{"INET_NTOA", 1, 1, {I, I, I}, Gives::text, "my_inet_ntoa"},
    Rule{"DEGREES", 1, 1, {R, R, R}, Gives::real, "degrees"},
    Rule{"RADIANS", 1, 1, {R, R, R}, Gives::real, "radians"},
    Rule{"ASIN", 1, 1, {R, R, R}, Gives::real, "asin"},
    Rule{"ACOS", 1, 1, {R, R, R}, Gives::real, "acos"},
    Rule{"ATAN", 1, 1, {R, R, R}, Gives::real, "atan"},
    Rule{"ATAN", 2, 2, {R, R, R}, Gives::real, "atan2"},
    Rule{"ATAN2", 2, 2, {R, R, R}, Gives::real, "atan2"},
    Rule{"FROM_DAYS", 1, 1, {I, I, I}, Gives::date, "my_from_days"},
    Rule{"TO_SECONDS", 1, 1, {M, M, M}, Gives::integer, "my_to_seconds"},
    Rule{"MAKEDATE", 2, 2, {I, I, I}, Gives::date, "my_make_date"},
    Rule{"MAKETIME", 3, 3, {I, I, I}, Gives::time, "my_make_time"},
    Rule{"PERIOD_ADD", 2, 2, {I, I, I}, Gives::integer, "my_period_add"},
    Rule{"PERIOD_DIFF", 2, 2, {I, I, I}, Gives::integer, "my_period_difference"},
    Rule{"TIMEDIFF", 2, 2, {M, M, M}, Gives::time, "my_time_difference"},
    Rule{"GET_LOCK", 2, 2, {T, R, R}, Gives::integer, "my_get_lock"},
    Rule{"SLEEP", 1, 1, {R, R, R}, Gives::integer, "my_sleep"},
    Rule{"RELEASE_LOCK", 1, 1, {T, T, T}, Gives::integer, "my_release_lock"},
    Rule{"RELEASE_ALL_LOCKS", 0, 0, {T, T, T}, Gives::integer, "my_release_all_locks"},
    Rule{"IS_FREE_LOCK", 1, 1, {T, T, T}, Gives::integer, "my_is_free_lock"},
    Rule{"IS_USED_LOCK", 1, 1, {T, T, T}, Gives::integer, "my_is_used_lock"},
    Rule{"JSON_REMOVE", 2, any, {T, T, T}, Gives::json, "my_json_remove"},
    Rule{"JSON_KEYS", 1, 2, {T, T, T}, Gives::json, "my_json_keys"},
    Rule{"JSON_DEPTH", 1, 1, {T, T, T}, Gives::integer, "my_json_depth"},
    Rule{"JSON_TYPE", 1, 1, {T, T, T}, Gives::text, "my_json_type"},
    Rule{"JSON_CONTAINS_PATH", 3, any, {T, T, T}, Gives::integer, "my_json_contains_path"},
    Rule{"JSON_MERGE_PATCH", 2, any, {T, T, T}, Gives::json, "my_json_merge_patch"},
    Rule{"JSON_MERGE_PRESERVE", 2, any, {T, T, T}, Gives::json, "my_json_merge_preserve"},
    Rule{"JSON_PRETTY", 1, 1, {T, T, T}, Gives::text, "my_json_pretty"},
    Rule{"JSON_OVERLAPS", 2, 2, {T, T, T}, Gives::integer, "my_json_overlaps"},
    Rule{"JSON_SCHEMA_VALID", 2, 2, {T, T, T}, Gives::integer, "my_json_schema_valid"},
    Rule{"JSON_STORAGE_SIZE", 1, 1, {T, T, T}, Gives::integer, "my_json_storage_size"},
    Rule{"JSON_MERGE", 2, any, {T, T, T}, Gives::json, "my_json_merge_preserve"},
    Rule{"JSON_LENGTH", 1, 2, {T, T, T}, Gives::integer, "my_json_length"},
    Rule{"JSON_CONTAINS", 2, 2, {T, T, T}, Gives::integer, "my_json_contains"},
};
// clang-format on

// The rule that takes so many arguments, or else another one of that name.
const Rule* find_rule(std::string_view name, std::size_t arguments) {
    const Rule* found = nullptr;
    for (const auto& rule : rules) {
        if (rule.name != name) continue;
        found = &rule;
        if (arguments >= rule.fewest && arguments <= rule.most) break;
    }
    return found;
}

// `length`: of the texts that it takes.
Type given(const Rule& rule, std::uint32_t length) {
    Type type;
    switch (rule.gives) {
    case Gives::text:
        return text_type(std::min(length, 16383U));
    case Gives::integer:
        return integer_type(21);
    case Gives::real:
        return double_type(rule.name == "PI" ? 6 : no_fixed_digits);
    case Gives::datetime:
        return datetime_type();
    case Gives::bytes:
        return binary_type(std::max(length, 8U));
    case Gives::date:
        type.kind = TypeKind::date;
        break;
    case Gives::time:
        type.kind = TypeKind::time;
        break;
    case Gives::json:
        type.kind = TypeKind::json;
        break;
    }
    return type;
}

} // namespace

Typed Translator::function(const Expr& expr) {
    if (!expr.schema.empty()) return stored_function(expr);
    bool is_known = true;
    // What an aggregate is of are columns, in HAVING too.
    const bool preferred = std::exchange(scopes_.back().prefers_aliases, false);
    const auto* rollup = scopes_.back().rollup;
    if (is_aggregate_name(expr.text)) scopes_.back().rollup = nullptr;
    auto result = aggregate(expr, is_known);
    scopes_.back().prefers_aliases = preferred;
    scopes_.back().rollup = rollup;
    if (is_known) return result;
    is_known = true;
    result = special_function(expr, is_known);
    if (is_known) return result;
    is_known = true;
    result = last_function(expr, is_known);
    if (is_known) return result;
    is_known = true;
    result = date_function(expr, is_known);
    if (is_known) return result;
    is_known = true;
    result = described_function(expr, is_known);
    if (is_known) return result;
    result = spatial_function(expr, is_known);
    if (is_known) return result;
    const auto count = expr.args.size();
    const auto* rule = find_rule(expr.text, count);
    if (rule == nullptr) return stored_function(expr);
    if (count < rule->fewest || count > rule->most) throw wrong_parameter_count(expr.text);
    result.sql = std::string(rule->function) + "(";
    std::uint32_t length = 0;
    result.is_nullable = rule->gives == Gives::date || rule->gives == Gives::datetime ||
                         rule->gives == Gives::json || expr.text == "DATABASE" ||
                         expr.text == "SCHEMA";
    std::vector<Typed> texts;
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
        const auto argument = expression(*expr.args[i]);
        result.is_nullable = result.is_nullable || argument.is_nullable;
        const auto takes = rule->takes[std::min<std::size_t>(i, 2)];
        if (i > 0) result.sql += ',';
        if (takes == Takes::integer)
            result.sql += as_integer(argument);
        else if (takes == Takes::real)
            result.sql += as_real(argument);
        else
            result.sql += as_argument(expr.text, argument);
        if (takes == Takes::text) texts.push_back(argument);
        if (takes == Takes::text && (i == 0 || rule->name == "CONCAT" || rule->name == "CONCAT_WS"))
            length += display_length(argument.type);
    }
    result.sql += comparing_argument(expr.text, texts) + ")";
    result.type = given(*rule, expr.args.empty() ? 64 : length);
    if (rule->gives == Gives::text) settle_text(expr.text, texts, result);
    if (expr.text == "LAST_INSERT_ID") result.type.is_unsigned = true;
    return result;
}

Typed Translator::aggregate(const Expr& expr, bool& is_known) {
    const auto& name = expr.text;
    const bool is_count = name == "COUNT";
    is_known = is_count || name == "SUM" || name == "AVG" || name == "MIN" || name == "MAX" ||
               name == "GROUP_CONCAT" || name == "ANY_VALUE";
    if (!is_known) return further_aggregate(expr, is_known);
    scopes_.back().has_aggregate = true;
    if (name == "GROUP_CONCAT") return group_concat(expr);
    if (expr.args.size() != 1) {
        if (is_count && expr.is_distinct && !expr.args.empty()) return count_of_tuples(expr);
        throw wrong_parameter_count(name);
    }
    const std::string_view distinct = expr.is_distinct ? "DISTINCT " : "";
    if (is_count && expr.args[0]->kind == ExprKind::star) {
        Typed all{.sql = "count(*)", .type = integer_type(21)};
        all.is_nullable = false;
        return all;
    }
    auto argument = expression(*expr.args[0]);
    const auto& type = argument.type;
    if (is_count) {
        Typed count{
            .sql = fmt::format("count({}{})", distinct, collated(argument)),
            .type = integer_type(21)
        };
        count.is_nullable = false;
        return count;
    }
    if (name == "MIN" || name == "MAX" || name == "ANY_VALUE") {
        auto result_type = type;
        result_type.members.reset();
        if (type.members) result_type = text_type(display_length(type));
        const auto function = name == "MAX" ? "max" : "min";
        Typed result{
            .sql = fmt::format("{}({})", function, collated(argument)),
            .type = result_type
        };
        result.type.collation = type.collation;
        result.coercibility = argument.coercibility;
        return result;
    }
    const bool is_exact = type.is_integer() || type.is_decimal();
    const unsigned scale = type.is_decimal() ? type.scale : 0;
    if (!is_exact) {
        const auto function = name == "SUM" ? "sum" : "avg";
        const auto digits = digits_after_point(type);
        return {
            .sql = fmt::format("{}({}{})", function, distinct, as_real(argument)),
            .type = double_type(name == "SUM" ? digits : digits + 4)
        };
    }
    const auto digits = whole_digits(type) + scale;
    if (name == "SUM") {
        const auto& summed = exactly(argument);
        const auto kept = summed.type.is_decimal() ? summed.type.scale : 0U;
        Typed sum{.sql = fmt::format("my_sum({}{})", distinct, summed.sql), .type = {}};
        sum.type = decimal_type(digits - scale + kept + 22, kept);
        return showing(sum, decimal_type(digits + 22, scale));
    }
    return average(argument, distinct, {});
}

// A sum divided by a count; with a window, each has it.
Typed Translator::average(
    const Typed& argument,
    std::string_view distinct,
    const std::string& window
) const {
    const unsigned scale = argument.type.is_decimal() ? argument.type.scale : 0;
    constexpr unsigned most_scale = 30;
    const auto digits = std::min(scale + 4, most_scale);
    const auto shown = decimal_type(whole_digits(argument.type) + digits, digits);
    const auto& averaged = exactly(argument);
    const unsigned kept = averaged.type.is_decimal() ? averaged.type.scale : 0;
    const Typed sum{
        .sql = fmt::format("my_sum({}{}){}", distinct, averaged.sql, window),
        .type = decimal_type(whole_digits(argument.type) + kept + 22, kept)
    };
    const Typed count{
        .sql = fmt::format("count({}{}){}", distinct, averaged.sql, window),
        .type = integer_type(21)
    };
    return showing(exact_quotient(sum, count, whole_digits(shown), digits), shown);
}

Typed Translator::group_concat(const Expr& expr) {
    const auto value = expression(*expr.args[0]);
    std::string directions;
    std::string keys;
    for (const auto& item : expr.order) {
        const bool is_position = item.expression->kind == ExprKind::integer;
        if (is_position && item.expression->text != "1")
            throw unknown_column(item.expression->text, "order clause");
        const auto key = is_position ? value : expression(*item.expression);
        directions += fmt::format(
            "{}{:02x}",
            item.is_descending ? 'd' : 'a',
            static_cast<int>(derivation(key).collation)
        );
        keys += "," + key.sql;
    }
    const auto separator = expression(*expr.args[1]);
    Typed result{
        .sql = fmt::format(
            "my_group_concat({},{},{},'{}'{})",
            as_text(value),
            separator.sql,
            expr.is_distinct ? 1 + static_cast<int>(derivation(value).collation) : 0,
            directions,
            keys
        ),
        .type = text_type(1024)
    };
    result.type.collation =
        value.type.is_character() ? value.type.collation : connection_collation();
    result.coercibility = std::min(value.coercibility, Coercibility::coercible);
    return result;
}

} // namespace diorama::rds::sql
