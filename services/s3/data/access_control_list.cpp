// See access_control_list.hpp.
#include "services/s3/data/access_control_list.hpp"

#include "emulator/aws/checksum.hpp"

#include <algorithm>
#include <array>

namespace diorama::s3 {

namespace {

constexpr std::array<std::string_view, 5> names{
    "FULL_CONTROL",
    "WRITE",
    "WRITE_ACP",
    "READ",
    "READ_ACP",
};

bool is_public_group(std::string_view grantee) {
    return grantee == groups::all_users || grantee == groups::authenticated_users;
}

bool is_to(const Grant& grant, std::string_view canonical_user, bool ignores_public) {
    if (!grant.is_to_group()) return !canonical_user.empty() && grant.grantee == canonical_user;
    if (ignores_public) return false;
    if (grant.grantee == groups::all_users) return true;
    return grant.grantee == groups::authenticated_users && !canonical_user.empty();
}

} // namespace

std::string_view name_of(Permission permission) {
    return names[static_cast<std::size_t>(permission)];
}

std::optional<Permission> parse_permission(std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Permission>(found - names.begin());
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
std::optional<AccessControlList> canned(std::string_view name, const Owners& owners) {
    AccessControlList list{owners.owner, {{owners.owner, Permission::full_control}}};
    const auto grant = [&](std::string_view grantee, Permission permission) {
        list.grants.push_back({std::string(grantee), permission});
    };
    const bool has_two_owners = owners.owner != owners.bucket_owner;
    if (name == "private") return list;
    if (name == "public-read") {
        grant(groups::all_users, Permission::read);
    } else if (name == "public-read-write") {
        grant(groups::all_users, Permission::read);
        grant(groups::all_users, Permission::write);
    } else if (name == "authenticated-read") {
        grant(groups::authenticated_users, Permission::read);
    } else if (name == "bucket-owner-read") {
        if (has_two_owners) grant(owners.bucket_owner, Permission::read);
    } else if (name == "bucket-owner-full-control") {
        if (has_two_owners) grant(owners.bucket_owner, Permission::full_control);
    } else if (name == "log-delivery-write") {
        grant(groups::log_delivery, Permission::write);
        grant(groups::log_delivery, Permission::read_acp);
    } else if (name == "aws-exec-read") {
        // AWS: "Amazon EC2 gets READ access to GET an Amazon Machine Image (AMI) bundle".
        grant("6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c", Permission::read);
    } else {
        return std::nullopt;
    }
    return list;
}

std::string canonical_user_id(const std::string& account) {
    return aws::hex(aws::sha256(account));
}

bool is_canonical_user(std::string_view text) {
    return (text.size() == 64 &&
            text.find_first_not_of("0123456789abcdef") == std::string_view::npos) ||
           text == anonymous_user;
}

bool is_group(std::string_view uri) {
    return is_public_group(uri) || uri == groups::log_delivery;
}

bool grants(
    const AccessControlList& list,
    std::string_view canonical_user,
    Permission permission,
    bool ignores_public
) {
    const bool is_about_list =
        permission == Permission::read_acp || permission == Permission::write_acp;
    if (is_about_list && list.owner == canonical_user) return true;
    return std::any_of(list.grants.begin(), list.grants.end(), [&](const Grant& grant) {
        return (grant.permission == permission || grant.permission == Permission::full_control) &&
               is_to(grant, canonical_user, ignores_public);
    });
}

bool is_public(const AccessControlList& list) {
    return std::any_of(list.grants.begin(), list.grants.end(), [](const Grant& grant) {
        return is_public_group(grant.grantee);
    });
}

} // namespace diorama::s3
