// Functions that know a collation or a character set: texts found in texts, texts as bytes and
// back. The translator tells which, as a last argument.
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/functions.hpp"

#include <fmt/core.h>

#include <array>

namespace diorama::rds::sql {

namespace {

Collation last_collation(const Call& call) {
    return static_cast<Collation>(call.integer(call.size() - 1));
}

CharacterSet last_set(const Call& call) {
    return static_cast<CharacterSet>(call.integer(call.size() - 1));
}

// Of as many bytes, as MySQL looks for it.
std::size_t
find(Collation collation, std::string_view text, std::string_view part, std::size_t from) {
    if (entry_of(collation).weighing == Weighing::bytes) return text.find(part, from);
    auto rest = text.substr(from);
    while (rest.size() >= part.size()) {
        if (compare(collation, rest.substr(0, part.size()), part) == 0)
            return text.size() - rest.size();
        if (rest.empty()) break;
        take_character(rest);
    }
    return std::string_view::npos;
}

// my_locate(part, text [, from], collation): characters, from 1; 0 when absent.
void locate(const Call& call) {
    const auto text = call.text(1);
    const auto from = call.size() > 3 ? call.integer(2) : 1;
    if (from < 1 || static_cast<std::size_t>(from - 1) > character_count(text))
        return call.result(std::int64_t{0});
    const auto start = character_offset(text, static_cast<std::size_t>(from - 1));
    const auto found = find(last_collation(call), text, call.text(0), start);
    if (found == std::string_view::npos) return call.result(std::int64_t{0});
    call.result(static_cast<std::int64_t>(character_count(text.substr(0, found))) + 1);
}

void field(const Call& call) {
    const auto collation = last_collation(call);
    for (std::size_t i = 1; i + 1 < call.size() && !call.is_null(0); ++i)
        if (!call.is_null(i) && compare(collation, call.text(0), call.text(i)) == 0)
            return call.result(static_cast<std::int64_t>(i));
    call.result(std::int64_t{0});
}

// my_find_in_set(text, list [, collation])
void find_in_set(const Call& call) {
    const auto collation = call.size() > 2 ? last_collation(call) : Collation::utf8mb4_0900_ai_ci;
    std::int64_t number = 1;
    auto list = call.text(1);
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (compare(collation, call.text(0), list.substr(0, comma)) == 0)
            return call.result(number);
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
        ++number;
    }
    call.result(std::int64_t{0});
}

void compare_text(const Call& call) {
    const auto order = compare(last_collation(call), call.text(0), call.text(1));
    call.result(std::int64_t{order < 0 ? -1 : order > 0 ? 1 : 0});
}

void encode(const Call& call) {
    call.result_blob(encoded(last_set(call), call.text(0)));
}

void fit(const Call& call) {
    call.result(fitted(last_set(call), call.text(0)));
}

void decode(const Call& call) {
    const auto bytes = call.text(0);
    if (const auto text = decoded(last_set(call), bytes)) return call.result(*text);
    call.context.warn(invalid_characters(last_set(call), bytes));
    call.null();
}

constexpr std::array functions = {
    Function{"my_locate", locate},
    Function{"my_field", field, Function::Nulls::are_passed},
    Function{"my_find_in_set", find_in_set},
    Function{"my_strcmp", compare_text},
    Function{"my_encoded", encode},
    Function{"my_fitted", fit},
    Function{"my_decoded", decode},
};

} // namespace

std::span<const Function> character_functions() {
    return functions;
}

} // namespace diorama::rds::sql
