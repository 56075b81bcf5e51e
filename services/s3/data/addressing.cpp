// See addressing.hpp.
#include "services/s3/data/addressing.hpp"

#include "emulator/http/message.hpp"

#include <algorithm>
#include <array>

namespace diorama::s3 {

namespace {

bool take_suffix(std::string_view& text, std::string_view suffix) {
    if (!text.ends_with(suffix)) return false;
    text.remove_suffix(suffix.size());
    return true;
}

// Takes the last label off; what is left ends before its dot.
std::string_view take_label(std::string_view& text) {
    const auto dot = text.rfind('.');
    const auto label = dot == std::string_view::npos ? text : text.substr(dot + 1);
    text = dot == std::string_view::npos ? std::string_view{} : text.substr(0, dot);
    return label;
}

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_address(std::string_view name) {
    return std::count(name.begin(), name.end(), '.') == 3 &&
           name.find_first_not_of("0123456789.") == std::string_view::npos;
}

// What a label to the right of the bucket says: "s3", "s3-website", "s3-website-eu-west-1",
// "s3-eu-west-1". False for anything else.
bool read_service_label(std::string_view label, HostMeaning& meaning) {
    if (label == "s3") {
        meaning.style = AddressingStyle::virtual_hosted;
    } else if (label == "s3-website") {
        meaning.style = AddressingStyle::website;
    } else if (label.starts_with("s3-website-")) {
        meaning.style = AddressingStyle::website;
        meaning.region = label.substr(11);
    } else if (label.starts_with("s3-") && label != "s3-control") {
        meaning.style = AddressingStyle::virtual_hosted;
        meaning.region = label.substr(3);
    } else {
        return false;
    }
    return true;
}

} // namespace

HostMeaning read_host(std::string_view host) {
    constexpr std::array domains{".amazonaws.com", ".localhost.localstack.cloud", ".localhost"};
    HostMeaning meaning;
    if (std::none_of(domains.begin(), domains.end(), [&](auto domain) {
            return take_suffix(host, domain);
        }))
        return meaning;
    auto label = take_label(host);
    if (!read_service_label(label, meaning)) {
        // "<bucket>.s3.eu-west-1", "<bucket>.s3.dualstack.eu-west-1"
        meaning.region = label;
        label = take_label(host);
        if (label == "dualstack") label = take_label(host);
        if (label != "s3" && label != "s3-website") return {};
        read_service_label(label, meaning);
    }
    meaning.is_ours = true;
    meaning.bucket = host;
    if (host.empty()) meaning.style = AddressingStyle::path;
    return meaning;
}

std::string possible_bucket(std::string_view host) {
    constexpr std::string_view domain = ".localhost";
    if (!take_suffix(host, domain)) return {};
    // An account as label belongs to S3 Control.
    if (host.size() == 12 && host.find_first_not_of("0123456789") == host.npos) return {};
    return is_valid_bucket_name(host) ? std::string(host) : std::string();
}

Target read_target(const HostMeaning& host, std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    Target target;
    target.style = host.style;
    if (host.style == AddressingStyle::path) {
        const auto slash = std::min(path.find('/'), path.size());
        target.bucket = http::percent_decode(path.substr(0, slash));
        path.remove_prefix(std::min(slash + 1, path.size()));
    } else {
        target.bucket = host.bucket;
    }
    target.key = http::percent_decode(path);
    return target;
}

bool is_valid_bucket_name(std::string_view name) {
    if (name.size() < 3 || name.size() > 63) return false;
    if (!is_lower_or_digit(name.front()) || !is_lower_or_digit(name.back())) return false;
    for (const auto c : name) {
        if (!is_lower_or_digit(c) && c != '-' && c != '.') return false;
    }
    if (name.find("..") != name.npos || is_address(name)) return false;
    // AWS: Bucket names must not start with the prefix xn--, sthree-, amzn-s3-demo-.
    if (name.starts_with("xn--") || name.starts_with("sthree-")) return false;
    // AWS: Bucket names must not end with the suffix -s3alias, --ol-s3, .mrap, --x-s3.
    return !name.ends_with("-s3alias") && !name.ends_with("--ol-s3") && !name.ends_with(".mrap") &&
           !name.ends_with("--x-s3");
}

} // namespace diorama::s3
