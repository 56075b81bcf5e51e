// See world/live/cookies.hpp.
#include "emulator/world/live/cookies.hpp"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace diorama {

namespace {

using Pair = std::pair<std::string, std::string>;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "name=value"; what has no "=" is a name without a value.
Pair split_pair(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return {std::string(trimmed(text)), {}};
    return {
        std::string(trimmed(text.substr(0, equals))),
        std::string(trimmed(text.substr(equals + 1)))
    };
}

std::vector<Pair> split(std::string_view text) {
    std::vector<Pair> pairs;
    while (!text.empty()) {
        const auto end = std::min(text.find(';'), text.size());
        if (auto pair = split_pair(text.substr(0, end));
            !pair.first.empty() || !pair.second.empty())
            pairs.push_back(std::move(pair));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return pairs;
}

bool equal_without_case(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
    });
}

// RFC 6265 5.2.2: "If delta-seconds is less than or equal to zero (0), let expiry-time be the
// earliest representable date and time."
bool is_taken_back(const std::vector<Pair>& attributes) {
    return std::any_of(attributes.begin() + 1, attributes.end(), [](const Pair& attribute) {
        return equal_without_case(attribute.first, "Max-Age") &&
               (attribute.second == "0" || attribute.second.starts_with('-'));
    });
}

} // namespace

std::string cookies_after(std::string_view known, const http::Headers& answer) {
    auto cookies = split(known);
    for (const auto& [name, value] : answer) {
        if (!equal_without_case(name, "Set-Cookie")) continue;
        const auto parts = split(value);
        if (parts.empty() || parts[0].first.empty()) continue;
        const auto place = std::ranges::find(cookies, parts[0].first, &Pair::first);
        if (is_taken_back(parts)) {
            if (place != cookies.end()) cookies.erase(place);
        } else if (place != cookies.end()) {
            place->second = parts[0].second;
        } else {
            cookies.push_back(parts[0]);
        }
    }
    std::string joined;
    for (const auto& [name, value] : cookies)
        joined += (joined.empty() ? "" : "; ") + name + "=" + value;
    return joined;
}

std::uint32_t CookieBook::note(std::string cookies) {
    if (cookies.empty()) return 0;
    kept_.push_back(std::move(cookies));
    if (kept_.size() > capacity_) {
        kept_.pop_front();
        ++forgotten_;
    }
    return forgotten_ + static_cast<std::uint32_t>(kept_.size());
}

std::string_view CookieBook::find(std::uint32_t number) const {
    if (number <= forgotten_ || number - forgotten_ > kept_.size()) return {};
    return kept_[number - forgotten_ - 1];
}

} // namespace diorama
