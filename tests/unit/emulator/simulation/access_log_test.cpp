#include "emulator/simulation/access_log.hpp"

#include <doctest/doctest.h>

namespace diorama::simulation {

using namespace std::chrono_literals;

TEST_CASE("CloudFront's standard logs name their fields") {
    const auto log = read_access_log(
        "#Version: 1.0\n"
        "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status "
        "cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id "
        "x-host-header cs-protocol cs-bytes time-taken\n"
        "2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111111abcdef8.cloudfront.net\t/"
        "index.html"
        "\t200\t-\tMozilla\t-\t-\tHit\tSOX4xwn4==\twww.example.com\thttps\t23\t0.001\n"
        "2019-12-04\t21:02:30\tLAX1\t392\t192.0.2.100\tPOST\td111111abcdef8.cloudfront.net\t/buy"
        "\t200\t-\tMozilla\ta=1\t-\tMiss\tk6WGMNkEz==\t-\thttp\t2300\t0.001\r\n",
        AccessLogFormat::cloudfront,
        ""
    );
    CHECK(log.unreadable == 0);
    REQUIRE(log.requests.size() == 2);
    const auto& [first_at, first] = log.requests[0];
    CHECK(first_at == 0s);
    CHECK(first.method == "POST");
    CHECK(first.host == "d111111abcdef8.cloudfront.net");
    CHECK(first.path == "/buy?a=1");
    CHECK_FALSE(first.is_tls);
    CHECK(first.body_bytes == 2300);
    const auto& [second_at, second] = log.requests[1];
    CHECK(second_at == 1s);
    CHECK(second.host == "www.example.com");
    CHECK(second.is_tls);
    CHECK(second.name == "GET https://www.example.com/*");
}

TEST_CASE("a load balancer's log tells when the request came") {
    const auto log = read_access_log(
        "h2 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 10.0.1.252:48160 "
        "10.0.0.66:9000 0.000 0.002 0.000 200 200 5 257 \"GET https://10.0.2.105:773/?a=\\\"b "
        "HTTP/2.0\" "
        "\"curl/7.46.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:targetgroup/x \"Root=1\" "
        "\"api.example.com\" \"session-reused\" 1 2018-07-02T22:22:48.364000Z \"forward\" \"-\" "
        "\"-\"\n"
        "http 2018-07-02T22:22:48.864000Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 "
        "- -1 -1 -1 503 - 34 366 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl\" - -\n",
        AccessLogFormat::alb,
        ""
    );
    CHECK(log.unreadable == 0);
    REQUIRE(log.requests.size() == 2);
    CHECK(log.requests[0].request.host == "10.0.2.105:773");
    CHECK(log.requests[0].request.is_tls);
    CHECK(log.requests[1].at == 500ms);
    CHECK(log.requests[1].request.host == "www.example.com");
    CHECK(log.requests[1].request.path == "/");
}

TEST_CASE("the combined format has a time zone and no host") {
    const auto log = read_access_log(
        "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a.gif?x=1 HTTP/1.0\" 200 2326 "
        "\"http://www.example.com/\" \"Mozilla/4.08 [en] (Win98; I ;Nav)\"\n"
        "\n"
        "127.0.0.1 - - [10/Oct/2000:20:55:40 +0000] \"HEAD / HTTP/1.1\" 200 0 \"-\" \"-\"\n",
        AccessLogFormat::combined,
        "www.example.com"
    );
    REQUIRE(log.requests.size() == 2);
    CHECK(log.requests[0].request.path == "/a.gif?x=1");
    CHECK(log.requests[0].request.host == "www.example.com");
    CHECK(log.requests[1].at == 4s);
}

TEST_CASE("lines of another format are counted, and the first is named") {
    const auto log = read_access_log(
        "127.0.0.1 - - [10/Oct/2000:20:55:40 +0000] \"HEAD / HTTP/1.1\" 200 0\nhello\n\"\n",
        AccessLogFormat::combined,
        "www.example.com"
    );
    CHECK(log.requests.size() == 1);
    CHECK(log.unreadable == 2);
    CHECK(log.first_unreadable == 2);
    CHECK(log.reason == "too few fields");
}

} // namespace diorama::simulation
