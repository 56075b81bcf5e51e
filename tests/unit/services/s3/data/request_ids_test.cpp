// The names of requests: see request_ids.hpp.
#include "services/s3/data/request_ids.hpp"

#include <doctest/doctest.h>

#include <set>

namespace diorama::s3 {

TEST_CASE("a request id is sixteen capital letters and digits") {
    Random random(1);
    const auto id = new_request_id(random);
    CHECK(id.size() == 16);
    CHECK(id.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
}

TEST_CASE("a host id is 76 characters of base64") {
    Random random(1);
    const auto id = new_host_id(random);
    CHECK(id.size() == 76);
    CHECK(
        id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") ==
        std::string::npos
    );
}

TEST_CASE("ids differ from request to request") {
    Random random(1);
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        CHECK(seen.insert(new_request_id(random)).second);
        CHECK(seen.insert(new_host_id(random)).second);
    }
}

TEST_CASE("every letter comes up at every place of a request id") {
    Random random(7);
    std::set<std::pair<std::size_t, char>> seen;
    for (int i = 0; i < 2000; ++i) {
        const auto id = new_request_id(random);
        for (std::size_t place = 0; place < id.size(); ++place)
            seen.emplace(place, id[place]);
    }
    CHECK(seen.size() == 16 * 36);
}

} // namespace diorama::s3
