// Versions of keys as a client sees them.
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/services/s3/s3_client.hpp"

#include <doctest/doctest.h>
#include <fmt/core.h>

using namespace diorama;
using s3::test::Client;
using Texts = std::vector<std::string>;

namespace {

void set_versioning(Client& client, const std::string& status) {
    const auto answer = client.send(
        "PUT",
        "/bucket?versioning",
        {},
        "<VersioningConfiguration><Status>" + status + "</Status></VersioningConfiguration>"
    );
    REQUIRE(answer.status == 200);
}

std::string put(Client& client, const std::string& target, const std::string& body) {
    return client.send("PUT", target, {}, body).header("x-amz-version-id");
}

void make_bucket(Client& client) {
    client.put("/bucket", "");
    set_versioning(client, "Enabled");
}

} // namespace

TEST_CASE("versions: each put is a version of its own, found by its id until it is deleted") {
    Client client;
    make_bucket(client);
    const auto first = put(client, "/bucket/key", "one");
    const auto second = put(client, "/bucket/key", "two");
    CHECK(first.size() == 32);
    CHECK(first != second);
    CHECK(client.send("GET", "/bucket/key").body == "two");
    CHECK(client.send("GET", "/bucket/key").header("x-amz-version-id") == second);
    CHECK(client.send("GET", "/bucket/key?versionId=" + first).body == "one");
    const auto deleted = client.send("DELETE", "/bucket/key?versionId=" + second);
    CHECK(deleted.status == 204);
    CHECK(deleted.header("x-amz-version-id") == second);
    CHECK(deleted.header("x-amz-delete-marker").empty());
    CHECK(client.send("GET", "/bucket/key").body == "one");
    CHECK(client.send("GET", "/bucket/key?versionId=" + second).element("Code") == "NoSuchVersion");
}

TEST_CASE("versions: a delete marker hides the key, and removing it brings the key back") {
    Client client;
    make_bucket(client);
    put(client, "/bucket/key", "one");
    const auto deleted = client.send("DELETE", "/bucket/key");
    const auto marker = deleted.header("x-amz-version-id");
    CHECK(deleted.header("x-amz-delete-marker") == "true");
    const auto hidden = client.send("GET", "/bucket/key");
    CHECK(hidden.status == 404);
    CHECK(hidden.header("x-amz-delete-marker") == "true");
    CHECK(hidden.header("x-amz-version-id") == marker);
    const auto refused = client.send("HEAD", "/bucket/key?versionId=" + marker);
    CHECK(refused.status == 405);
    CHECK(refused.header("Allow") == "DELETE");
    CHECK(refused.header("Last-Modified") == "Thu, 01 Jan 2026 00:00:00 GMT");
    CHECK(client.send("GET", "/bucket").elements("Key").empty());
    CHECK(client.send("DELETE", "/bucket").element("Code") == "BucketNotEmpty");

    const auto removed = client.send("DELETE", "/bucket/key?versionId=" + marker);
    CHECK(removed.header("x-amz-delete-marker") == "true");
    CHECK(client.send("GET", "/bucket/key").body == "one");
}

TEST_CASE("versions: without and with suspended versioning there is one null version") {
    Client client;
    client.put("/bucket", "");
    CHECK(put(client, "/bucket/key", "before").empty());
    CHECK(client.send("GET", "/bucket/key").header("x-amz-version-id").empty());
    set_versioning(client, "Enabled");
    const auto id = put(client, "/bucket/key", "during");
    CHECK(client.send("GET", "/bucket/key?versionId=null").body == "before");
    set_versioning(client, "Suspended");
    CHECK(client.send("GET", "/bucket?versioning").element("Status") == "Suspended");
    put(client, "/bucket/key", "after");
    CHECK(client.send("GET", "/bucket/key?versionId=null").body == "after");
    CHECK(client.send("GET", "/bucket/key?versionId=" + id).body == "during");
    const auto deleted = client.send("DELETE", "/bucket/key");
    CHECK(deleted.header("x-amz-version-id") == "null");
    const auto listed = client.send("GET", "/bucket?versions");
    CHECK(listed.elements("VersionId") == Texts{"null", id});
    CHECK(listed.elements("IsLatest") == Texts{"true", "false"});
}

TEST_CASE("versions: a listing has keys in byte order and versions from new to old, in pages") {
    Client client;
    make_bucket(client);
    Texts ids;
    for (const auto* key : {"b", "a", "b", "a/1", "a/2"})
        ids.push_back(put(client, fmt::format("/bucket/{}", key), key));
    ids.push_back(client.send("DELETE", "/bucket/b").header("x-amz-version-id"));
    const Texts expected{ids[1], ids[3], ids[4], ids[5], ids[2], ids[0]};
    const auto all = client.send("GET", "/bucket?versions");
    CHECK(all.elements("VersionId") == expected);
    CHECK(all.elements("Key") == Texts{"a", "a/1", "a/2", "b", "b", "b"});
    CHECK(all.elements("IsLatest") == Texts{"true", "true", "true", "true", "false", "false"});
    CHECK(all.body.find("<DeleteMarker>") < all.body.rfind("<Version>"));

    Texts found;
    std::string markers;
    for (int page = 0; page < 6; ++page) {
        const auto answer = client.send("GET", "/bucket?versions&max-keys=1" + markers);
        CHECK(answer.elements("VersionId").size() == 1);
        found.push_back(answer.element("VersionId"));
        CHECK(answer.element("IsTruncated") == (page < 5 ? "true" : "false"));
        markers = "&key-marker=" + answer.element("NextKeyMarker") +
                  "&version-id-marker=" + answer.element("NextVersionIdMarker");
    }
    CHECK(found == expected);

    const auto rolled_up = client.send("GET", "/bucket?versions&delimiter=/&max-keys=2");
    CHECK(rolled_up.elements("Key") == Texts{"a"});
    CHECK(rolled_up.element("CommonPrefixes") == "<Prefix>a/</Prefix>");
    const auto rest = client.send("GET", "/bucket?versions&delimiter=/&key-marker=a/");
    CHECK(rest.elements("Key") == Texts{"b", "b", "b"});
}

TEST_CASE("versions: a listing goes on behind a version that was deleted meanwhile") {
    Client client;
    make_bucket(client);
    Texts ids;
    for (int i = 0; i < 4; ++i)
        ids.push_back(put(client, "/bucket/key", "x"));
    client.send("DELETE", "/bucket/key?versionId=" + ids[3]);
    client.send("DELETE", "/bucket/key?versionId=" + ids[2]);
    const auto rest =
        client.send("GET", "/bucket?versions&key-marker=key&version-id-marker=" + ids[2]);
    CHECK(rest.elements("VersionId") == Texts{ids[1], ids[0]});
}

TEST_CASE("versions: what names no version is refused") {
    Client client;
    make_bucket(client);
    put(client, "/bucket/key", "x");

    struct Case {
        std::string method;
        std::string target;
        std::string code;
    };

    const std::vector<Case> cases{
        {"GET", "/bucket/key?versionId=no", "InvalidArgument"},
        {"GET", "/bucket/key?versionId=", "InvalidArgument"},
        {"GET", "/bucket/key?versionId=null", "NoSuchVersion"},
        {"DELETE", "/bucket/key?versionId=no", "InvalidArgument"},
        {"GET", "/bucket/key?tagging&versionId=null", "NoSuchVersion"},
        {"GET", "/bucket?versions&version-id-marker=null", "InvalidArgument"},
    };
    for (const auto& example : cases) {
        CAPTURE(example.target);
        CHECK(client.send(example.method, example.target).element("Code") == example.code);
    }
    const auto mfa = client.send(
        "PUT",
        "/bucket?versioning",
        {},
        "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>"
        "</VersioningConfiguration>"
    );
    CHECK(mfa.status == 501);
    CHECK(mfa.element("Message").find("MfaDelete") != std::string::npos);
}

TEST_CASE("versions: DeleteObjects deletes versions and puts markers, each told by its answer") {
    Client client;
    make_bucket(client);
    const auto id = put(client, "/bucket/a", "x");
    put(client, "/bucket/b", "x");
    const auto answer = client.send(
        "POST",
        "/bucket?delete",
        {},
        "<Delete><Object><Key>a</Key><VersionId>" + id +
            "</VersionId></Object><Object><Key>b</Key></Object><Object><Key>c</Key>"
            "<VersionId>0123456789abcdef0123456789abcdef</VersionId></Object><Object><Key>d</Key>"
            "<VersionId>no</VersionId></Object></Delete>"
    );
    CHECK(answer.elements("Key") == Texts{"a", "b", "c", "d"});
    CHECK(answer.elements("DeleteMarker") == Texts{"true"});
    CHECK(answer.element("DeleteMarkerVersionId").size() == 32);
    CHECK(answer.element("Code") == "NoSuchVersion");
    CHECK(client.send("GET", "/bucket/a").status == 404);
}

TEST_CASE("versions: tags, copies and restarts keep to the version they name") {
    test::ScratchFolder folder;
    Client client(folder.file("s3"));
    client.put("/bucket", "");
    put(client, "/bucket/key", "null");
    set_versioning(client, "Enabled");
    const auto first = put(client, "/bucket/key", "one");
    put(client, "/bucket/key", "two");
    client.send(
        "PUT",
        "/bucket/key?tagging&versionId=" + first,
        {},
        "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"
    );
    const auto copied = client.send(
        "PUT",
        "/bucket/key",
        {{"x-amz-copy-source", "/bucket/key?versionId=" + first}}
    );
    CHECK(copied.header("x-amz-copy-source-version-id") == first);
    client.send("DELETE", "/bucket/key");
    client.send("DELETE", "/bucket/only-a-marker");
    const auto before = client.send("GET", "/bucket?versions");
    client.restart();
    CHECK(client.send("GET", "/bucket?versions").body == before.body);
    CHECK(before.elements("VersionId").size() == 6);
    CHECK(client.send("GET", "/bucket/key").header("x-amz-delete-marker") == "true");
    CHECK(client.send("GET", "/bucket/key?versionId=null").body == "null");
    const auto copy = copied.header("x-amz-version-id");
    CHECK(client.send("GET", "/bucket/key?versionId=" + copy).body == "one");
    CHECK(client.send("GET", "/bucket/key?tagging&versionId=" + copy).element("Value") == "1");
    const auto next = put(client, "/bucket/key", "three");
    CHECK(client.send("GET", "/bucket?versions").element("VersionId") == next);
}
