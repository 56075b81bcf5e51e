// See cache_control.hpp. Directives are a comma-separated list of names with an optional value,
// which is a token or a quoted string.
#include "services/cloudfront/data/cache_control.hpp"

#include "emulator/http/message.hpp"
#include "services/cloudfront/limits.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

struct Directive {
    std::string name; // lower case
    std::string value;
    bool has_value = false;
};

// Takes a quoted string off the front of `rest`, which starts with the quote.
std::string take_quoted(std::string_view& rest) {
    std::string value;
    std::size_t i = 1;
    for (; i < rest.size() && rest[i] != '"'; ++i) {
        if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
        value += rest[i];
    }
    rest.remove_prefix(std::min(i + 1, rest.size()));
    return value;
}

Directive take_directive(std::string_view& rest) {
    Directive directive;
    const auto end = rest.find_first_of("=,");
    directive.name = http::lower_case(trim(rest.substr(0, end)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
    if (rest.starts_with('=')) {
        directive.has_value = true;
        rest.remove_prefix(1);
        if (rest.starts_with('"')) directive.value = take_quoted(rest);
        const auto comma = std::min(rest.find(','), rest.size());
        directive.value += trim(rest.substr(0, comma));
        rest.remove_prefix(comma);
    }
    if (!rest.empty()) rest.remove_prefix(1);
    return directive;
}

void add_fields(std::vector<std::string>& fields, std::string_view names) {
    while (!names.empty()) {
        const auto comma = std::min(names.find(','), names.size());
        if (const auto name = trim(names.substr(0, comma)); !name.empty())
            fields.push_back(http::lower_case(name));
        names.remove_prefix(std::min(comma + 1, names.size()));
    }
}

// RFC 9111 4.2.1: "When there is more than one value present for a given directive … either the
// first occurrence should be used or the response should be considered stale", and invalid
// freshness information is treated as stale.
void set_seconds(std::optional<Duration>& member, const Directive& directive) {
    if (!member) member = parse_delta_seconds(directive.value).value_or(Duration::zero());
}

void apply(CacheControl& control, const Directive& directive) {
    const auto& name = directive.name;
    if (name == "no-store")
        control.no_store = true;
    else if (name == "public")
        control.is_public = true;
    else if (name == "must-revalidate")
        control.must_revalidate = true;
    else if (name == "proxy-revalidate")
        control.proxy_revalidate = true;
    else if (name == "max-age")
        set_seconds(control.max_age, directive);
    else if (name == "s-maxage")
        set_seconds(control.s_maxage, directive);
    else if (name == "stale-while-revalidate")
        set_seconds(control.stale_while_revalidate, directive);
    else if (name == "stale-if-error")
        set_seconds(control.stale_if_error, directive);
    else if (name == "no-cache" || name == "private") {
        if (directive.has_value && !directive.value.empty())
            add_fields(control.unshared_fields, directive.value);
        else
            (name == "private" ? control.is_private : control.no_cache) = true;
    }
}

} // namespace

std::optional<Duration> parse_delta_seconds(std::string_view text) {
    text = trim(text);
    if (text.empty()) return std::nullopt;
    constexpr auto ceiling =
        std::chrono::duration_cast<std::chrono::seconds>(limits::max_lifetime).count();
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = std::min<std::int64_t>(value * 10 + (c - '0'), ceiling);
    }
    return std::chrono::seconds(value);
}

CacheControl parse_cache_control(std::string_view value) {
    CacheControl control;
    while (!value.empty())
        apply(control, take_directive(value));
    return control;
}

} // namespace diorama::cloudfront
