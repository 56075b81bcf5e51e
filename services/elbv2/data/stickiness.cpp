// See stickiness.hpp.
#include "services/elbv2/data/stickiness.hpp"

#include "emulator/aws/base64.hpp"
#include "services/elbv2/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace diorama::elbv2 {

namespace {

constexpr std::string_view own_cookie = "AWSALB";
constexpr std::string_view own_cookie_elsewhere = "AWSALBCORS"; // for requests of other sites
// AWS: "If the application cookie is larger than 4K, it is sharded": into four.
constexpr std::string_view application_cookie = "AWSALBAPP-0";
constexpr std::array<std::string_view, 3> other_shards{"AWSALBAPP-1", "AWSALBAPP-2", "AWSALBAPP-3"};
constexpr std::string_view no_shard = "_remove_";

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// RFC 6265 4.2.1: cookie-string = cookie-pair *( ";" SP cookie-pair ).
std::optional<std::string_view> cookie(const http::Headers& request, std::string_view name) {
    for (const auto& header : request) {
        if (!http::equal_ignoring_case(header.name, "Cookie")) continue;
        std::string_view left = header.value;
        while (!left.empty()) {
            const auto end = std::min(left.find(';'), left.size());
            const auto pair = left.substr(0, end);
            left.remove_prefix(std::min(end + 1, left.size()));
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && trimmed(pair.substr(0, equals)) == name)
                return trimmed(pair.substr(equals + 1));
        }
    }
    return std::nullopt;
}

// RFC 6265 4.1.1: the name is what stands before the first '='.
bool sets_cookie(const http::Headers& response, std::string_view name) {
    return std::ranges::any_of(response, [&](const http::Header& header) {
        const std::string_view value = header.value;
        return http::equal_ignoring_case(header.name, "Set-Cookie") &&
               trimmed(value.substr(0, value.find('='))) == name;
    });
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

void set_cookie(
    http::Headers& response,
    std::string_view name,
    std::string_view value,
    Timestamp now,
    std::string_view more = {}
) {
    response.add(
        "Set-Cookie",
        fmt::format(
            "{}={}; Expires={}; Path=/{}",
            name,
            value,
            http_date(now + limits::stickiness_cookie_lifetime),
            more
        )
    );
}

} // namespace

std::string cookie_value(const Binding& binding) {
    const auto until =
        std::chrono::duration_cast<std::chrono::milliseconds>(binding.until - epoch).count();
    return aws::base64_encode(
        fmt::format("{}|{}|{}|{}", binding.target_group, binding.target_id, binding.port, until)
    );
}

std::optional<Binding> parse_binding(std::string_view cookie_value) {
    const auto text = aws::base64_decode(cookie_value);
    if (!text) return std::nullopt;
    std::array<std::string_view, 4> parts;
    std::string_view left = *text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool is_last = i + 1 == parts.size();
        const auto end = is_last ? left.size() : left.find('|');
        if (end == std::string_view::npos) return std::nullopt;
        parts[i] = left.substr(0, end);
        left.remove_prefix(std::min(end + 1, left.size()));
    }
    const auto port = number_of<std::uint16_t>(parts[2]);
    const auto until = number_of<std::int64_t>(parts[3]);
    // What no clock can show was not made here.
    constexpr std::int64_t greatest = 1LL << 43;
    if (!port || !until || *until < 0 || *until > greatest) return std::nullopt;
    return Binding{
        std::string(parts[0]),
        std::string(parts[1]),
        *port,
        epoch + std::chrono::milliseconds(*until),
    };
}

Binding binding_to(const TargetGroup& target_group, const Target& target, Timestamp now) {
    return {target_group.label, target.id, target.port, now + target_group.stickiness->duration};
}

// AWS: with application-based stickiness "clients have to send back both cookies".
std::optional<Binding> binding_of(const TargetGroup& target_group, const http::Headers& request) {
    if (!target_group.stickiness) return std::nullopt;
    const auto& application = target_group.stickiness->application_cookie;
    const bool is_application_based = !application.empty();
    if (is_application_based && !cookie(request, application)) return std::nullopt;
    auto value = cookie(request, is_application_based ? application_cookie : own_cookie);
    if (!value && !is_application_based) value = cookie(request, own_cookie_elsewhere);
    return value ? parse_binding(*value) : std::nullopt;
}

const Target* bound_target(
    const TargetGroup& target_group,
    std::string_view zone,
    const Binding& binding,
    Timestamp now
) {
    if (binding.target_group != target_group.label || now >= binding.until) return nullptr;
    for (const auto& pool : target_group.pools) {
        if (!pool.zone.empty() && pool.zone != zone) continue;
        for (const auto& target : pool.targets)
            if (target.port == binding.port && target.id == binding.target_id) return &target;
    }
    return nullptr;
}

void add_stickiness_cookies(const StickyAnswer& answer, http::Headers& response) {
    const auto& application = answer.target_group.stickiness->application_cookie;
    const auto value = cookie_value(binding_to(answer.target_group, answer.target, answer.now));
    if (application.empty()) {
        // AWS: AWSALBCORS "includes the same information as the original stickiness cookie plus the
        // SameSite attribute"; browsers take SameSite=None only where it is Secure.
        set_cookie(response, own_cookie, value, answer.now);
        const std::string_view more = answer.is_tls ? "; SameSite=None; Secure" : "; SameSite=None";
        return set_cookie(response, own_cookie_elsewhere, value, answer.now, more);
    }
    // AWS: the cookie is made when the target sets the application's; "in subsequent responses"
    // it is renewed.
    const bool binds = answer.was_bound || sets_cookie(response, application);
    set_cookie(
        response,
        application_cookie,
        binds ? std::string_view(value) : no_shard,
        answer.now
    );
    for (const auto shard : other_shards)
        set_cookie(response, shard, no_shard, answer.now);
}

} // namespace diorama::elbv2
