// Upper and lower case, one character for one: what UPPER, LOWER and the words of full-text indexes
// need. MySQL: 'ß' and 'ŉ', whose upper case is two letters, stay as they are.
#include "services/rds/data/sql/collation.hpp"

#include <unicode/uchar.h>

namespace diorama::rds::sql {

std::string lower_case_unicode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto c = take_character(text);
        if (c < 0x80)
            out.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
        else
            append_character(out, static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))));
    }
    return out;
}

std::string upper_case_unicode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto c = take_character(text);
        if (c < 0x80)
            out.push_back(static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c));
        else
            append_character(out, static_cast<char32_t>(u_toupper(static_cast<UChar32>(c))));
    }
    return out;
}

} // namespace diorama::rds::sql
