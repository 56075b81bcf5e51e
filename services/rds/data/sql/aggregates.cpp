// Aggregates that SQLite does not have: variance, bits, JSON.
// https://dev.mysql.com/doc/refman/8.0/en/aggregate-functions.html
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/json.hpp"

#include <cmath>
#include <memory>
#include <string>

namespace diorama::rds::sql {

namespace {

// Welford's: https://en.wikipedia.org/wiki/Algorithms_for_calculating_variance
struct Spread {
    std::int64_t count;
    double mean;
    double squares;
};

void take_number(sqlite3_context* target, int, sqlite3_value** values) {
    auto* spread = static_cast<Spread*>(sqlite3_aggregate_context(target, sizeof(Spread)));
    if (spread == nullptr || sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    const double number = sqlite3_value_double(values[0]);
    const double off = number - spread->mean;
    spread->mean += off / static_cast<double>(++spread->count);
    spread->squares += off * (number - spread->mean);
}

template <bool is_sample, bool is_root>
void give_spread(sqlite3_context* target) {
    const auto* spread = static_cast<const Spread*>(sqlite3_aggregate_context(target, 0));
    const auto parts = spread == nullptr ? 0 : spread->count - (is_sample ? 1 : 0);
    if (parts <= 0) return sqlite3_result_null(target);
    const double variance = spread->squares / static_cast<double>(parts);
    sqlite3_result_double(target, is_root ? std::sqrt(variance) : variance);
}

struct Bits {
    bool has_begun;
    std::uint64_t bits;
};

template <char operation>
void take_bits(sqlite3_context* target, int, sqlite3_value** values) {
    auto* bits = static_cast<Bits*>(sqlite3_aggregate_context(target, sizeof(Bits)));
    if (bits == nullptr || sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    if (!bits->has_begun && operation == '&') bits->bits = UINT64_MAX;
    bits->has_begun = true;
    const auto value = static_cast<std::uint64_t>(sqlite3_value_int64(values[0]));
    bits->bits = operation == '&'   ? bits->bits & value
                 : operation == '|' ? bits->bits | value
                                    : bits->bits ^ value;
}

template <char operation>
void give_bits(sqlite3_context* target) {
    const auto* bits = static_cast<const Bits*>(sqlite3_aggregate_context(target, 0));
    const bool is_empty = bits == nullptr || !bits->has_begun;
    const auto number = !is_empty ? bits->bits : operation == '&' ? UINT64_MAX : 0;
    const auto kept = from_bits(number);
    if (kept.kind == Value::Kind::integer) return sqlite3_result_int64(target, kept.integer);
    sqlite3_result_blob64(target, kept.bytes.data(), kept.bytes.size(), SQLITE_TRANSIENT);
}

// Values come alone in an array ("[1]"), keys of objects as a first argument.
void take_json(sqlite3_context* target, int count, sqlite3_value** values) {
    auto** slot = static_cast<std::string**>(sqlite3_aggregate_context(target, sizeof(void*)));
    if (slot == nullptr) return sqlite3_result_error_nomem(target);
    if (*slot == nullptr) *slot = new std::string; // freed in give_json
    auto& text = **slot;
    if (!text.empty()) text += ',';
    const auto read = [](sqlite3_value* value) {
        const auto* bytes = sqlite3_value_text(value);
        const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
        return bytes == nullptr ? std::string()
                                : std::string(reinterpret_cast<const char*>(bytes), size);
    };
    if (count > 1) text += quoted_json(read(values[0])) + ":";
    const auto wrapped = read(values[count - 1]);
    text += wrapped.size() > 2 ? wrapped.substr(1, wrapped.size() - 2) : "null";
}

template <char open, char close>
void give_json(sqlite3_context* target) {
    auto** slot = static_cast<std::string**>(sqlite3_aggregate_context(target, 0));
    const std::unique_ptr<std::string> gathered(slot == nullptr ? nullptr : *slot);
    if (!gathered) return sqlite3_result_null(target);
    const auto text = canonical_json(open + *gathered + close).value_or("null");
    sqlite3_result_text64(target, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

} // namespace

void register_further_aggregates(sqlite3* connection) {
    using Step = void (*)(sqlite3_context*, int, sqlite3_value**);
    using Final = void (*)(sqlite3_context*);
    const auto add = [connection](const char* name, int arguments, Step step, Final final) {
        sqlite3_create_function_v2(
            connection,
            name,
            arguments,
            SQLITE_UTF8 | SQLITE_INNOCUOUS,
            nullptr,
            nullptr,
            step,
            final,
            nullptr
        );
    };
    add("my_var_pop", 1, take_number, give_spread<false, false>);
    add("my_var_samp", 1, take_number, give_spread<true, false>);
    add("my_stddev_pop", 1, take_number, give_spread<false, true>);
    add("my_stddev_samp", 1, take_number, give_spread<true, true>);
    add("my_bit_and", 1, take_bits<'&'>, give_bits<'&'>);
    add("my_bit_or", 1, take_bits<'|'>, give_bits<'|'>);
    add("my_bits_xor", 1, take_bits<'^'>, give_bits<'^'>);
    add("my_json_arrayagg", 1, take_json, give_json<'[', ']'>);
    add("my_json_objectagg", 2, take_json, give_json<'{', '}'>);
}

} // namespace diorama::rds::sql
