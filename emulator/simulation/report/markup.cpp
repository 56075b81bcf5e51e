// See markup.hpp.
#include "emulator/simulation/report/markup.hpp"

#include "emulator/aws/utf8.hpp"

#include <algorithm>

namespace diorama::simulation {

std::string html_text(std::string_view text) {
    std::string safe;
    for (const char character : printable(text)) {
        switch (character) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        case '\'':
            safe += "&#39;";
            break;
        default:
            safe += character;
        }
    }
    return safe;
}

std::string script_json(std::string json) {
    // Outside of strings JSON has no '<'; inside, an escape means the same character.
    std::string safe;
    safe.reserve(json.size());
    for (const char character : json) {
        if (character == '<') {
            safe += "\\u003c";
        } else {
            safe += character;
        }
    }
    return safe;
}

std::string printable(std::string_view text) {
    std::string clean = aws::well_formed(std::string(text));
    std::string result;
    result.reserve(clean.size());
    for (std::size_t i = 0; i < clean.size(); ++i) {
        const auto byte = static_cast<unsigned char>(clean[i]);
        if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) {
            result += '?';
        } else if (byte == 0xc2 && static_cast<unsigned char>(clean[i + 1]) < 0xa0) {
            result += '?'; // the C1 controls; some terminals obey them
            ++i;
        } else if (clean.compare(i, 3, "\xef\xbf\xbe") == 0 ||
                   clean.compare(i, 3, "\xef\xbf\xbf") == 0) {
            result += '?'; // U+FFFE and U+FFFF are no characters of XML
            i += 2;
        } else {
            result += clean[i];
        }
    }
    return result;
}

std::string one_line(std::string_view text) {
    std::string line = printable(text);
    std::ranges::replace_if(
        line,
        [](char character) { return character == '\n' || character == '\t'; },
        ' '
    );
    return line;
}

std::string filled(
    std::string_view page,
    const std::vector<std::pair<std::string_view, std::string_view>>& values
) {
    std::string result;
    for (;;) {
        const auto open = page.find("{{");
        const auto close = open == page.npos ? open : page.find("}}", open);
        if (close == page.npos) break;
        const auto name = page.substr(open + 2, close - open - 2);
        const auto value =
            std::ranges::find(values, name, [](const auto& pair) { return pair.first; });
        result += page.substr(0, open);
        if (value != values.end()) result += value->second;
        page.remove_prefix(close + 2);
    }
    result += page;
    return result;
}

} // namespace diorama::simulation
