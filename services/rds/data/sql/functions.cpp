// Joins our functions to SQLite.
#include "services/rds/data/sql/functions.hpp"

#include "services/rds/data/sql/collation.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <set>

namespace diorama::rds::sql {

namespace {

struct Registration {
    const Function* function;
    Context* context;
};

void run_function(sqlite3_context* target, int count, sqlite3_value** values) {
    const auto& registration = *static_cast<const Registration*>(sqlite3_user_data(target));
    const Call call(target, {values, static_cast<std::size_t>(count)}, *registration.context);
    if (registration.function->nulls == Function::Nulls::give_null) {
        for (std::size_t i = 0; i < call.size(); ++i)
            if (call.is_null(i)) return call.null();
    }
    registration.function->run(call);
}

int compare_for_sqlite(void* collation, int a_size, const void* a, int b_size, const void* b) {
    return compare(
        static_cast<Collation>(reinterpret_cast<std::uintptr_t>(collation)),
        {static_cast<const char*>(a), static_cast<std::size_t>(a_size)},
        {static_cast<const char*>(b), static_cast<std::size_t>(b_size)}
    );
}

// GROUP_CONCAT(value, separator, distinct by, directions, key…): a collation and 1, or 0;
// directions is "a05d00…", a letter and a collation for each key.
struct Gathered {
    struct Item {
        std::string text;
        std::vector<Value> keys;
        std::size_t number = 0; // equal keys stay in the order they came
    };

    std::vector<Item> items;
    std::string separator;
    std::string directions;
    std::optional<Collation> distinct_by;

    // MySQL: cut after @@group_concat_max_len bytes, between characters.
    std::string joined(Context& context) const {
        const auto found = context.variables.find("group_concat_max_len");
        const auto most = found == context.variables.end()
                              ? limits::group_concat_max_length
                              : std::strtoull(found->second.c_str(), nullptr, 10);
        std::string text;
        std::size_t row = 0;
        for (const auto& item : items) {
            if (++row > 1) text += separator;
            text += item.text;
            if (text.size() <= most) continue;
            std::size_t end = most;
            while (end > 0 && (static_cast<std::uint8_t>(text[end]) & 0xc0) == 0x80)
                --end;
            text.resize(end);
            context.warn({1260, "HY000", fmt::format("Row {} was cut by GROUP_CONCAT()", row)});
            break;
        }
        return text;
    }

    bool descends(std::size_t key) const { return directions[3 * key] == 'd'; }

    Collation collation_of(std::size_t key) const {
        std::uint8_t number = 0;
        const auto* digits = directions.data() + 3 * key + 1;
        std::from_chars(digits, digits + 2, number, 16);
        return static_cast<Collation>(number);
    }
};

int compare_keys(const Value& a, const Value& b, Collation collation) {
    if (a.is_null() || b.is_null())
        return static_cast<int>(b.is_null()) - static_cast<int>(a.is_null());
    if (a.kind == Value::Kind::text && b.kind == Value::Kind::text)
        return compare(collation, a.bytes, b.bytes);
    if (a.kind == Value::Kind::blob || b.kind == Value::Kind::blob) { // exact.hpp: above integers
        const int sides = static_cast<int>(a.kind == Value::Kind::blob) -
                          static_cast<int>(b.kind == Value::Kind::blob);
        return sides != 0 ? sides : a.bytes.compare(b.bytes);
    }
    if (a.kind == Value::Kind::integer && b.kind == Value::Kind::integer)
        return a.integer < b.integer ? -1 : a.integer > b.integer ? 1 : 0;
    const double x = a.kind == Value::Kind::integer ? static_cast<double>(a.integer) : a.real;
    const double y = b.kind == Value::Kind::integer ? static_cast<double>(b.integer) : b.real;
    return x < y ? -1 : x > y ? 1 : 0;
}

void gather(sqlite3_context* target, int count, sqlite3_value** values) {
    auto* slot = static_cast<Gathered**>(sqlite3_aggregate_context(target, sizeof(Gathered*)));
    if (slot == nullptr) return sqlite3_result_error_nomem(target);
    if (*slot == nullptr) *slot = new Gathered; // freed in finish_gathering
    auto& gathered = **slot;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
    sqlite3_value_text(values[0]);
    auto& item = gathered.items.emplace_back();
    item.number = gathered.items.size();
    item.text = std::string(
        reinterpret_cast<const char*>(sqlite3_value_text(values[0])),
        static_cast<std::size_t>(sqlite3_value_bytes(values[0]))
    );
    gathered.separator = std::string(value_of(values[1]).bytes);
    const int distinct_by = sqlite3_value_int(values[2]);
    if (distinct_by != 0) gathered.distinct_by = static_cast<Collation>(distinct_by - 1);
    gathered.directions = std::string(value_of(values[3]).bytes);
    for (int i = 4; i < count; ++i)
        item.keys.push_back(value_of(values[i]).owned());
}

void finish_gathering(sqlite3_context* target) {
    auto* slot = static_cast<Gathered**>(sqlite3_aggregate_context(target, 0));
    const std::unique_ptr<Gathered> gathered(slot == nullptr ? nullptr : *slot);
    if (!gathered || gathered->items.empty()) return sqlite3_result_null(target);
    auto& items = gathered->items;
    if (const auto collation = gathered->distinct_by) {
        std::vector<Gathered::Item> kept;
        std::set<std::string> known;
        for (auto& item : items)
            if (known.insert(sort_key(*collation, item.text)).second)
                kept.push_back(std::move(item));
        items = std::move(kept);
    }
    std::sort(items.begin(), items.end(), [&](const auto& a, const auto& b) {
        for (std::size_t i = 0; i < a.keys.size(); ++i) {
            const int order = compare_keys(a.keys[i], b.keys[i], gathered->collation_of(i));
            if (order != 0) return gathered->descends(i) ? order > 0 : order < 0;
        }
        return a.number < b.number;
    });
    const auto text = gathered->joined(*static_cast<Context*>(sqlite3_user_data(target)));
    sqlite3_result_text64(target, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

// my_only_row(value): what a scalar subquery yields; NULL without a row, error 1242 at the second.
void take_only_row(sqlite3_context* target, int, sqlite3_value** values) {
    auto* slot = static_cast<sqlite3_value**>(sqlite3_aggregate_context(target, sizeof(void*)));
    if (slot == nullptr) return sqlite3_result_error_nomem(target);
    if (*slot == nullptr) {
        *slot = sqlite3_value_dup(values[0]); // freed in give_only_row
        return;
    }
    static_cast<Context*>(sqlite3_user_data(target))->error =
        SQLError{1242, "21000", "Subquery returns more than 1 row"};
    sqlite3_result_error(target, "see the context", -1);
}

void give_only_row(sqlite3_context* target) {
    auto* slot = static_cast<sqlite3_value**>(sqlite3_aggregate_context(target, 0));
    if (slot == nullptr || *slot == nullptr) return sqlite3_result_null(target);
    sqlite3_result_value(target, *slot);
    sqlite3_value_free(*slot);
}

} // namespace

std::string_view Call::text(std::size_t i) const {
    const auto* text = sqlite3_value_text(arguments_[i]);
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments_[i]));
    return {text == nullptr ? "" : reinterpret_cast<const char*>(text), text == nullptr ? 0 : size};
}

void Call::result(double number) const {
    if (std::isfinite(number))
        sqlite3_result_double(target_, number);
    else
        fail(arithmetic_out_of_range("DOUBLE", "expression"));
}

void Call::result(std::string_view text) const {
    sqlite3_result_text64(
        target_,
        text.empty() ? "" : text.data(),
        text.size(),
        SQLITE_TRANSIENT,
        SQLITE_UTF8
    );
}

void Call::result_blob(std::string_view bytes) const {
    sqlite3_result_blob64(
        target_,
        bytes.empty() ? "" : bytes.data(),
        bytes.size(),
        SQLITE_TRANSIENT
    );
}

void Call::result(const ValueView& value) const {
    switch (value.kind) {
    case Value::Kind::null:
        return null();
    case Value::Kind::integer:
        return result(value.integer);
    case Value::Kind::real:
        return result(value.real);
    case Value::Kind::text:
        return result(value.bytes);
    case Value::Kind::blob:
        return result_blob(value.bytes);
    }
}

std::array<std::uint64_t, 2>& Call::kept() const {
    using Kept = std::array<std::uint64_t, 2>;
    auto* known = static_cast<Kept*>(sqlite3_get_auxdata(target_, 0));
    if (known == nullptr) {
        const auto forget = [](void* pointer) { delete static_cast<Kept*>(pointer); };
        sqlite3_set_auxdata(target_, 0, new Kept{}, forget); // SQLite gives it to `forget`
        known = static_cast<Kept*>(sqlite3_get_auxdata(target_, 0));
    }
    return *known;
}

void Call::fail(SQLError error) const {
    sqlite3_result_error(target_, "see the context", -1);
    context.error = std::move(error);
}

void Call::interrupt() const {
    sqlite3_result_error_code(target_, SQLITE_INTERRUPT);
}

void register_functions(sqlite3* connection, Context& context) {
    const auto add = [&](std::span<const Function> functions) {
        for (const auto& function : functions) {
            const int flags =
                SQLITE_UTF8 | SQLITE_INNOCUOUS |
                (function.changes == Function::Changes::never ? SQLITE_DETERMINISTIC : 0);
            auto registration = std::make_unique<Registration>(Registration{&function, &context});
            const auto forget = [](void* pointer) { delete static_cast<Registration*>(pointer); };
            sqlite3_create_function_v2(
                connection,
                std::string(function.name).c_str(),
                -1,
                flags,
                registration.release(), // SQLite gives it to `forget`
                run_function,
                nullptr,
                nullptr,
                forget
            );
        }
    };
    add(number_functions());
    add(exact_functions());
    add(text_functions());
    add(character_functions());
    add(locale_functions());
    add(date_functions());
    add(zone_functions());
    add(session_functions());
    add(json_functions());
    add(json_change_functions());
    add(json_search_functions());
    add(json_table_functions());
    add(pattern_functions());
    add(encoding_functions());
    add(calendar_functions());
    add(composite_functions());
    add(secret_functions());
    add(address_functions());
    add(spatial_functions());
    add(spatial_part_functions());
    add(spatial_relation_functions());
    add(geojson_functions());
    register_further_aggregates(connection);
    register_exact_aggregates(connection);
    register_aggregates(connection, context);
    register_fulltext(connection, context);
}

void register_aggregates(sqlite3* connection, Context& context) {
    sqlite3_create_function_v2(
        connection,
        "my_group_concat",
        -1,
        SQLITE_UTF8,
        &context,
        nullptr,
        gather,
        finish_gathering,
        nullptr
    );
    sqlite3_create_function_v2(
        connection,
        "my_only_row",
        1,
        SQLITE_UTF8,
        &context,
        nullptr,
        take_only_row,
        give_only_row,
        nullptr
    );
}

namespace {

// A session uses few of them: SQLite asks when it meets one.
void add_collation(void*, sqlite3* connection, int, const char* name) {
    const auto collation = find_collation(std::string_view(name));
    if (!collation) return;
    sqlite3_create_collation_v2(
        connection,
        name,
        SQLITE_UTF8,
        reinterpret_cast<void*>(static_cast<std::uintptr_t>(*collation)),
        compare_for_sqlite,
        nullptr
    );
}

} // namespace

void register_collations(sqlite3* connection) {
    sqlite3_collation_needed(connection, nullptr, add_collation);
}

double number_of(std::string_view text, bool* is_whole) {
    const auto all = text;
    while (!text.empty() && (text[0] == ' ' || text[0] == '\t' || text[0] == '\n'))
        text.remove_prefix(1);
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    double number = 0;
    const bool starts_number =
        !text.empty() && ((text[0] >= '0' && text[0] <= '9') || text[0] == '.' || text[0] == '-');
    const auto* end = text.data();
    if (starts_number) {
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
        end = parsed.ptr;
        if (parsed.ec != std::errc{} || !std::isfinite(number)) number = 0;
    }
    if (is_whole != nullptr) {
        auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
        while (!rest.empty() && rest[0] == ' ')
            rest.remove_prefix(1);
        *is_whole = starts_number && rest.empty() && !all.empty() && end != text.data();
    }
    return number;
}

} // namespace diorama::rds::sql
