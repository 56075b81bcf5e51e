#include "services/s3/data/sparing.hpp"
#include "services/s3/data/store.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::s3;

TEST_CASE("sparing: an edit does not reach those who shared the value") {
    Shared<std::string> first(std::string("a"));
    auto second = first;
    CHECK(&*first == &*second);
    second.edit() = "b";
    CHECK(*first == "a");
    CHECK(*second == "b");
    Shared<std::string> untouched;
    untouched.edit() = "c";
    CHECK(*Shared<std::string>() == "");
}

TEST_CASE("sparing: equal values become one, others stay") {
    Shared<std::string> first(std::string("a"));
    Shared<std::string> same(std::string("a"));
    Shared<std::string> other(std::string("b"));
    same.join(first);
    other.join(first);
    CHECK(&*same == &*first);
    CHECK(*other == "b");
}

TEST_CASE("sparing: what is rare is copied, not shared") {
    Rare<std::string> empty;
    CHECK_FALSE(empty);
    Rare<std::string> full(std::string("x"));
    auto copy = full;
    full = empty;
    CHECK_FALSE(full);
    REQUIRE(copy);
    CHECK(*copy == "x");
    CHECK(copy->size() == 1);
}

TEST_CASE("sparing: objects with the same headers keep them once, and an edited one its own") {
    SilentLog log;
    Store store("", [](const std::function<void()>& work) { work(); }, log);
    Bucket named;
    named.name = "bucket";
    auto& bucket = store.state->add_bucket(std::move(named));
    for (const auto key : {"a", "b"}) {
        auto object = std::make_shared<Object>();
        object->key = key;
        object->headers.edit().content_type = "text/plain";
        CHECK(store.state->put_object(bucket, object) == nullptr);
    }
    const auto a = bucket.objects.at("a");
    CHECK(&*a->headers == &*bucket.objects.at("b")->headers);
    auto changed = std::make_shared<Object>(*a);
    changed->headers.edit().tags = {{"colour", "green"}};
    store.state->change_version(bucket, changed);
    CHECK(bucket.objects.at("a")->headers->tags.size() == 1);
    CHECK(bucket.objects.at("b")->headers->tags.empty());
}
