#include "services/s3/data/listing.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace diorama::s3;

namespace {

std::map<std::string, std::string> bucket_with(std::initializer_list<std::string> keys) {
    std::map<std::string, std::string> records;
    for (const auto& key : keys)
        records.emplace(key, key);
    return records;
}

// All pages, one entry on each: keys, and common prefixes in brackets.
std::string walk(const std::map<std::string, std::string>& records, ListQuery query) {
    std::string seen;
    query.max_keys = 1;
    for (int page_number = 0; page_number < 100; ++page_number) {
        const auto page = list_page(records, query);
        for (const auto& key : page.records)
            seen += key + " ";
        for (const auto& prefix : page.common_prefixes)
            seen += "[" + prefix + "] ";
        if (!page.is_truncated) break;
        query.position = *decode_token(encode_token(page.last));
    }
    return seen;
}

} // namespace

TEST_CASE("listing: keys come in byte order, rolled up behind the delimiter, once, over all pages"
) {
    const auto records =
        bucket_with({"a", "b/1", "b/2", "b/c/3", "b0", "\xc3\xa9", "z/", "z/y", "Z"});
    CHECK(walk(records, {}) == "Z a b/1 b/2 b/c/3 b0 z/ z/y \xc3\xa9 ");
    ListQuery by_folder;
    by_folder.delimiter = "/";
    CHECK(walk(records, by_folder) == "Z a [b/] b0 [z/] \xc3\xa9 ");
    by_folder.prefix = "b/";
    CHECK(walk(records, by_folder) == "b/1 b/2 [b/c/] ");
    by_folder.prefix = "z/";
    CHECK(walk(records, by_folder) == "z/ z/y ");
    by_folder.prefix = "none";
    CHECK(walk(records, by_folder).empty());
}

TEST_CASE("listing: a position before the prefix changes nothing, one behind it ends the listing") {
    const auto records = bucket_with({"a", "b1", "b2", "c"});
    ListQuery query;
    query.prefix = "b";
    query.position.after = "a";
    CHECK(list_page(records, query).records.size() == 2);
    query.position.after = "b1";
    CHECK(list_page(records, query).records.size() == 1);
    query.position.after = "c";
    CHECK(list_page(records, query).records.empty());
}

TEST_CASE("listing: no keys wanted, none given, and nothing is truncated") {
    ListQuery query;
    query.max_keys = 0;
    CHECK_FALSE(list_page(bucket_with({"a"}), query).is_truncated);
}

TEST_CASE("listing: prefixes of the greatest bytes have an end too") {
    CHECK(after_prefix("a\xff") == "b");
    CHECK_FALSE(after_prefix("\xff\xff").has_value());
    ListQuery query;
    query.delimiter = "\xff";
    CHECK(
        walk(
            bucket_with(
                {"\xff"
                 "1",
                 "\xff"
                 "2"}
            ),
            query
        ) == "[\xff] "
    );
}

TEST_CASE("listing: tokens that are not ours are refused") {
    for (const auto token : {"", "x", "78", "6", "zz"})
        CHECK_FALSE(decode_token(token).has_value());
    CHECK(decode_token(encode_token({"k\0y", true})) == ListPosition{"k\0y", true});
}

namespace {

std::size_t comparisons = 0;

// Byte order, counted: what a page costs is told by how many keys were looked at.
struct CountingLess {
    bool operator()(const std::string& first, const std::string& second) const {
        ++comparisons;
        return first < second;
    }
};

std::size_t cost_of_page(std::size_t keys, const ListQuery& query) {
    std::map<std::string, int, CountingLess> records;
    for (std::size_t i = 0; i < keys; ++i)
        records.emplace_hint(records.end(), fmt::format("{:08}/{:02}", i / 50, i % 50), 0);
    comparisons = 0;
    const auto page = list_page(records, query);
    CHECK(page.records.size() + page.common_prefixes.size() == query.max_keys);
    return comparisons;
}

} // namespace

TEST_CASE("listing: a page of a bucket with many keys costs as much as one of a bucket with few") {
    ListQuery by_key;
    by_key.max_keys = 100;
    by_key.position.after = "00000010/07";
    ListQuery by_folder = by_key;
    by_folder.delimiter = "/";
    for (const auto& query : {by_key, by_folder}) {
        const auto few = cost_of_page(10'000, query);
        const auto many = cost_of_page(400'000, query);
        // A search in a tree of forty times as many keys goes some five or six steps deeper.
        CHECK(many <= few + 8 * (query.max_keys + 2));
        CHECK(many < 100 * query.max_keys);
    }
}
