// REGEXP and the REGEXP_ functions. MySQL has ICU's expressions, these are Perl's; the differences
// are in corners that neither WordPress nor the ORMs go to.
// https://dev.mysql.com/doc/refman/8.0/en/regexp.html
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/functions.hpp"

#include <boost/regex.hpp>

#include <array>

namespace diorama::rds::sql {

namespace {

// Characters, not bytes, are what an expression counts.
std::wstring wide(std::string_view text) {
    std::wstring out;
    while (!text.empty())
        out += static_cast<wchar_t>(take_character(text));
    return out;
}

std::string narrow(std::wstring_view text) {
    std::string out;
    for (const auto character : text)
        append_character(out, static_cast<char32_t>(character));
    return out;
}

SQLError refused(const boost::regex_error& error) {
    if (error.code() == boost::regex_constants::error_complexity ||
        error.code() == boost::regex_constants::error_stack)
        return {3699, "HY000", "Timeout exceeded in regular expression match."};
    return {3685, "HY000", "Illegal argument to a regular expression."};
}

boost::wregex compiled(const Call& call, std::size_t pattern, std::string_view match_type) {
    boost::wregex::flag_type flags = boost::regex_constants::perl;
    const bool is_binary = call.value(pattern).kind == Value::Kind::blob;
    bool ignores_case = !is_binary;
    for (const char c : match_type) {
        if (c == 'c') ignores_case = false;
        if (c == 'i') ignores_case = true;
    }
    if (ignores_case) flags |= boost::regex_constants::icase;
    if (match_type.find('m') == std::string_view::npos) flags |= boost::regex_constants::no_mod_m;
    if (match_type.find('n') == std::string_view::npos) flags |= boost::regex_constants::no_mod_s;
    return boost::wregex(wide(call.text(pattern)), flags);
}

std::string_view match_type(const Call& call, std::size_t argument) {
    return call.size() > argument ? call.text(argument) : std::string_view();
}

// my_regexp(text, pattern[, match type])
void regexp_like(const Call& call) {
    try {
        const auto expression = compiled(call, 1, match_type(call, 2));
        call.result(std::int64_t{boost::regex_search(wide(call.text(0)), expression)});
    } catch (const boost::regex_error& error) {
        call.fail(refused(error));
    } catch (const std::runtime_error&) { // too complex
        call.fail({3699, "HY000", "Timeout exceeded in regular expression match."});
    }
}

// Calls `found` with the text and the match that the position and occurrence arguments name.
template <class Found>
void find(const Call& call, std::size_t position, Found found) {
    try {
        const auto type = match_type(call, call.size() - 1);
        const bool has_type = call.size() == position + (position == 2 ? 3 : 4);
        const auto expression = compiled(call, 1, has_type ? type : std::string_view());
        const auto text = wide(call.text(0));
        const auto from = call.size() > position ? call.integer(position) : 1;
        const auto occurrence = call.size() > position + 1 ? call.integer(position + 1) : 1;
        if (from < 1 || static_cast<std::size_t>(from) > text.size() + 1)
            return call.fail({3686, "HY000", "Index out of bounds in regular expression search."});
        boost::wsregex_iterator match(text.begin() + (from - 1), text.end(), expression);
        for (std::int64_t i = 1; i < occurrence && match != boost::wsregex_iterator(); ++i)
            ++match;
        found(text, static_cast<std::size_t>(from - 1), match);
    } catch (const boost::regex_error& error) {
        call.fail(refused(error));
    } catch (const std::runtime_error&) {
        call.fail({3699, "HY000", "Timeout exceeded in regular expression match."});
    }
}

void regexp_substring(const Call& call) {
    find(call, 2, [&](const std::wstring&, std::size_t, const boost::wsregex_iterator& match) {
        match == boost::wsregex_iterator() ? call.null() : call.result(narrow(match->str()));
    });
}

void regexp_position(const Call& call) {
    find(call, 2, [&](const std::wstring&, std::size_t skipped, const auto& match) {
        const bool is_found = match != boost::wsregex_iterator();
        const auto at = is_found ? static_cast<std::size_t>(match->position()) + skipped + 1 : 0;
        call.result(static_cast<std::int64_t>(at));
    });
}

// my_regexp_replace(text, pattern, replacement[, match type]): all of them.
void regexp_replace(const Call& call) {
    try {
        const auto expression = compiled(call, 1, match_type(call, 3));
        call.result(narrow(boost::regex_replace(wide(call.text(0)), expression, wide(call.text(2))))
        );
    } catch (const boost::regex_error& error) {
        call.fail(refused(error));
    } catch (const std::runtime_error&) {
        call.fail({3699, "HY000", "Timeout exceeded in regular expression match."});
    }
}

constexpr std::array functions = {
    Function{"my_regexp", regexp_like},
    Function{"my_regexp_substr", regexp_substring},
    Function{"my_regexp_instr", regexp_position},
    Function{"my_regexp_replace", regexp_replace},
};

} // namespace

std::span<const Function> pattern_functions() {
    return functions;
}

} // namespace diorama::rds::sql
