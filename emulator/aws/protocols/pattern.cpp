// See pattern.hpp. Expressions are compiled once per thread.
#include "emulator/aws/protocols/pattern.hpp"

#include <boost/regex.hpp>

#include <map>
#include <optional>

namespace diorama::aws {
namespace {

std::optional<boost::regex> compile(std::string_view pattern) {
    // \p{L}, \u00A0 and the like speak of characters beyond ASCII, which bytes cannot answer.
    if (pattern.find("\\p") != std::string_view::npos ||
        pattern.find("\\u") != std::string_view::npos)
        return std::nullopt;
    try {
        return boost::regex(
            pattern.begin(),
            pattern.end(),
            boost::regex::perl | boost::regex::no_mod_m
        );
    } catch (const boost::regex_error&) {
        return std::nullopt;
    }
}

} // namespace

bool matches_pattern(std::string_view pattern, const std::string& text) {
    thread_local std::map<std::string, std::optional<boost::regex>, std::less<>> compiled;
    auto found = compiled.find(pattern);
    if (found == compiled.end())
        found = compiled.emplace(std::string(pattern), compile(pattern)).first;
    if (!found->second) return true;
    try {
        return boost::regex_match(text, *found->second);
    } catch (const std::runtime_error&) { // the expression is too costly for this text
        return true;
    }
}

} // namespace diorama::aws
