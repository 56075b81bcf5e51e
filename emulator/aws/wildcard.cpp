// See wildcard.hpp. Greedy with one point of return: the last '*' and the text it has taken so far.
#include "emulator/aws/wildcard.hpp"

#include <cstddef>

namespace diorama::aws {

namespace {

char folded(char c, const WildcardOptions& options) {
    return options.ignores_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

} // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text, WildcardOptions options) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t taken = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken = t;
            continue;
        }
        const bool is_escaped = options.has_escapes && p + 1 < pattern.size() && pattern[p] == '\\';
        const auto wanted = p + (is_escaped ? 1 : 0);
        const bool fits =
            p < pattern.size() && ((pattern[p] == '?' && !is_escaped) ||
                                   folded(pattern[wanted], options) == folded(text[t], options));
        if (fits) {
            p = wanted + 1;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

} // namespace diorama::aws
