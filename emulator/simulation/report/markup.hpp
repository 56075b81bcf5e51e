// Text that is safe where it is put: inside HTML, inside a script, inside XML, on a terminal. What
// a scenario says ends up in all of them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::simulation {

// For elements and quoted attributes.
std::string html_text(std::string_view text);
// JSON that may stand inside <script>: no '<' in it, so nothing in a string can end the script.
std::string script_json(std::string json);
// Well-formed UTF-8 without the characters that XML 1.0 cannot hold and that move a terminal's
// cursor; line breaks and tabs stay.
std::string printable(std::string_view text);
// The same on one line.
std::string one_line(std::string_view text);
// Replaces {{name}} by its value. Values are put in as they are, and are not looked into again.
std::string filled(
    std::string_view page,
    const std::vector<std::pair<std::string_view, std::string_view>>& values
);

} // namespace diorama::simulation
