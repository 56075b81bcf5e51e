// Access control lists of buckets and objects: who was granted what, and by which canned list.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::s3 {

// FULL_CONTROL is all of the others.
enum class Permission { full_control, write, write_acp, read, read_acp };

std::string_view name_of(Permission permission);
std::optional<Permission> parse_permission(std::string_view name);

namespace groups {
inline constexpr std::string_view all_users = "http://acs.amazonaws.com/groups/global/AllUsers";
inline constexpr std::string_view authenticated_users =
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
inline constexpr std::string_view log_delivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";
} // namespace groups

// To a canonical user or to a group, whose URI begins with "http".
struct Grant {
    std::string grantee;
    Permission permission = Permission::read;

    bool is_to_group() const { return grantee.starts_with("http"); }

    bool operator==(const Grant&) const = default;
};

struct AccessControlList {
    std::string owner; // a canonical user
    std::vector<Grant> grants;
    bool operator==(const AccessControlList&) const = default;
};

using AccessControlListRef = std::shared_ptr<const AccessControlList>;

// Who owns an object and the bucket it is in, as canonical users.
struct Owners {
    std::string owner;
    std::string bucket_owner;
};

// "private", "public-read" …; nothing for a name that is none of them.
std::optional<AccessControlList> canned(std::string_view name, const Owners& owners);

// The canonical user id of an account: 64 hex digits, always the same.
std::string canonical_user_id(const std::string& account);
// AWS: the canonical user of whoever writes anonymously.
inline constexpr std::string_view anonymous_user = "65a011a29cdf8ec533ec3d1ccaae921c";

bool is_canonical_user(std::string_view text);
bool is_group(std::string_view uri);

// Whether the list lets this canonical user (empty: nobody known) do it. The owner may always read
// and write the list itself. Public grants count unless `ignores_public`.
bool grants(
    const AccessControlList& list,
    std::string_view canonical_user,
    Permission permission,
    bool ignores_public
);

// AWS: public is a grant to AllUsers or AuthenticatedUsers.
bool is_public(const AccessControlList& list);

} // namespace diorama::s3
