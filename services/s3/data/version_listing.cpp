// See version_listing.hpp.
#include "services/s3/data/version_listing.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::s3 {

namespace {

// The versions of one key, from the newest to the oldest.
struct KeyVersions {
    const ObjectRef* current = nullptr; // unless it is a delete marker
    const std::vector<ObjectRef>* others = nullptr;

    std::size_t size() const {
        return (current != nullptr ? 1u : 0u) + (others != nullptr ? others->size() : 0u);
    }

    const ObjectRef& operator[](std::size_t index) const {
        if (current == nullptr) return (*others)[others->size() - 1 - index];
        return index == 0 ? *current : (*others)[others->size() - index];
    }
};

// Walks over the keys of current objects and of other versions as if they were one list.
class Keys {
public:
    Keys(const Bucket& bucket, const std::string& from)
        : bucket_(bucket) {
        seek(from);
    }

    void seek(const std::string& key) {
        object_ = bucket_.objects.lower_bound(key);
        others_ = bucket_.other_versions.lower_bound(key);
    }

    void end() {
        object_ = bucket_.objects.end();
        others_ = bucket_.other_versions.end();
    }

    bool is_at_end() const { return !has_object() && !has_others(); }

    const std::string& key() const {
        if (!has_object()) return others_->first;
        if (!has_others()) return object_->first;
        return std::min(object_->first, others_->first);
    }

    KeyVersions versions() const {
        KeyVersions versions;
        const auto& wanted = key();
        if (has_object() && object_->first == wanted) versions.current = &object_->second;
        if (has_others() && others_->first == wanted) versions.others = &others_->second;
        return versions;
    }

    void next() {
        const auto passed = key();
        if (has_object() && object_->first == passed) ++object_;
        if (has_others() && others_->first == passed) ++others_;
    }

private:
    bool has_object() const { return object_ != bucket_.objects.end(); }

    bool has_others() const { return others_ != bucket_.other_versions.end(); }

    const Bucket& bucket_;
    Objects::const_iterator object_;
    Versions::const_iterator others_;
};

Keys start_of(const Bucket& bucket, const VersionQuery& query) {
    const auto& [prefix, delimiter, position, max] = query.keys;
    Keys keys(bucket, prefix);
    const auto& after = position.after;
    if (after.empty() || after < prefix) return keys;
    if (position.is_common_prefix) {
        if (const auto rest = after_prefix(after)) {
            keys.seek(std::max(*rest, prefix));
        } else {
            keys.end();
        }
    } else {
        keys.seek(query.version_id_marker ? after : after + '\0');
    }
    return keys;
}

// The order of a version that may be gone is in the first digits of its id.
std::optional<std::uint64_t> order_of(std::string_view version_id) {
    std::uint64_t order = 0;
    const auto digits = version_id.substr(0, 12);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), order, 16);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return order;
}

std::size_t first_behind(const KeyVersions& versions, const std::string& version_id_marker) {
    const auto order = order_of(version_id_marker);
    if (!order) {
        for (std::size_t i = 0; i < versions.size(); ++i) {
            if (versions[i]->version_id == version_id_marker) return i + 1;
        }
        return 0; // a null version that is gone: better twice than never
    }
    // Orders fall from version to version.
    std::size_t first = 0;
    for (std::size_t count = versions.size(); count > 0;) {
        const auto half = count / 2;
        if (versions[first + half]->order >= *order) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first;
}

} // namespace

VersionPage list_versions(const Bucket& bucket, const VersionQuery& query) {
    VersionPage page;
    const auto max = query.keys.max_keys;
    if (max == 0) return page;
    auto keys = start_of(bucket, query);
    while (!keys.is_at_end() && keys.key().starts_with(query.keys.prefix)) {
        const auto& key = keys.key();
        if (const auto rolled_up = common_prefix_of(key, query.keys)) {
            if (page.versions.size() + page.common_prefixes.size() == max) {
                page.is_truncated = true;
                return page;
            }
            page.last_key = *rolled_up;
            page.last_version_id.reset();
            page.common_prefixes.push_back(page.last_key);
            if (const auto rest = after_prefix(page.last_key)) {
                keys.seek(*rest);
            } else {
                keys.end();
            }
            continue;
        }
        const auto versions = keys.versions();
        const bool is_marked = query.version_id_marker && key == query.keys.position.after;
        const auto first = is_marked ? first_behind(versions, *query.version_id_marker) : 0;
        for (auto i = first; i < versions.size(); ++i) {
            if (page.versions.size() + page.common_prefixes.size() == max) {
                page.is_truncated = true;
                return page;
            }
            page.versions.push_back({versions[i], i == 0});
            page.last_key = key;
            page.last_version_id = versions[i]->version_id;
        }
        keys.next();
    }
    return page;
}

} // namespace diorama::s3
