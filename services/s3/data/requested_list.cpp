// See requested_list.hpp.
#include "services/s3/data/requested_list.hpp"

#include "services/s3/data/errors.hpp"

#include <array>
#include <string>

namespace diorama::s3 {

namespace {

struct GrantHeader {
    std::string_view name;
    Permission permission;
};

constexpr std::array grant_headers{
    GrantHeader{"x-amz-grant-full-control", Permission::full_control},
    GrantHeader{"x-amz-grant-read", Permission::read},
    GrantHeader{"x-amz-grant-read-acp", Permission::read_acp},
    GrantHeader{"x-amz-grant-write", Permission::write},
    GrantHeader{"x-amz-grant-write-acp", Permission::write_acp},
};

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

// AWS: "You specify each grantee as a type=value pair": id="…", uri="…", emailAddress="…".
void add_grants(
    std::string_view header,
    const std::string& value,
    Permission permission,
    AccessControlList& list
) {
    std::string_view rest = value;
    while (!trim(rest).empty()) {
        const auto comma = std::min(rest.find(','), rest.size());
        const auto pair = trim(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        const auto equals = pair.find('=');
        const std::string kind(trim(pair.substr(0, equals)));
        if (equals == std::string_view::npos ||
            (kind != "id" && kind != "uri" && kind != "emailAddress"))
            throw invalid_argument("Argument format not recognized", header, value);
        auto grantee = trim(pair.substr(equals + 1));
        if (grantee.size() >= 2 && grantee.front() == '"' && grantee.back() == '"')
            grantee = grantee.substr(1, grantee.size() - 2);
        list.grants.push_back({std::string(grantee), permission});
        check_grantee(kind, list.grants.back().grantee);
    }
}

} // namespace

void check_grantee(const std::string& kind, const std::string& grantee) {
    if (kind == "emailAddress")
        throw aws::AWSError(
            "UnresolvableGrantByEmailAddress",
            400,
            "The e-mail address you provided does not match any account on record."
        );
    if (kind == "uri" && !is_group(grantee))
        throw invalid_argument("Invalid group uri", kind, grantee);
    if (kind != "uri" && !is_canonical_user(grantee))
        throw invalid_argument("Invalid id", kind, grantee);
}

std::optional<AccessControlList>
requested_list(const http::Headers& headers, const Owners& owners) {
    const auto* name = headers.find("x-amz-acl");
    AccessControlList list{owners.owner, {}};
    bool has_grants = false;
    for (const auto& [header, permission] : grant_headers) {
        const auto* value = headers.find(header);
        if (value == nullptr) continue;
        has_grants = true;
        add_grants(header, *value, permission, list);
    }
    if (name != nullptr && has_grants)
        throw invalid_request("Specifying both Canned ACLs and Header Grants is not allowed");
    if (has_grants) return list;
    if (name == nullptr) return std::nullopt;
    auto canned_list = canned(*name, owners);
    if (!canned_list) throw invalid_argument("", "x-amz-acl", *name);
    return canned_list;
}

} // namespace diorama::s3
