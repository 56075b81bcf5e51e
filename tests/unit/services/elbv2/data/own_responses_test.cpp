// Error pages, redirects and fixed responses, byte for byte.
#include "services/elbv2/data/own_responses.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::elbv2;

TEST_CASE("own responses: an error page is AWS's to the byte") {
    const auto page = error_page(502);
    CHECK(
        page.body == "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
                     "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    CHECK(page.headers.get("Server") == "awselb/2.0");
    CHECK(page.headers.get("Content-Type") == "text/html");
    CHECK(page.reason == "Bad Gateway");
}

TEST_CASE("own responses: error pages have the lengths that were seen at AWS") {
    CHECK(error_page(400).body.size() == 122);
    CHECK(error_page(403).body.size() == 118);
    CHECK(error_page(502).body.size() == 122);
    CHECK(error_page(503).body.size() == 162);
    CHECK(error_page(504).body.size() == 132);
    CHECK(redirect(301, "/").body.size() == 134);
}

TEST_CASE("own responses: a redirect keeps what it does not change and names the port") {
    const RedirectSource source{"http", "www.example.com", 80, "/img/a.jpg", "size=2"};
    CHECK(
        redirect_location({.protocol = "HTTPS", .port = "443", .status = 301}, source) ==
        "https://www.example.com:443/img/a.jpg?size=2"
    );
    CHECK(
        redirect_location(
            {.host = "new.#{host}", .path = "/old/#{path}", .query = "q=1&#{query}"},
            source
        ) == "http://new.www.example.com:80/old/img/a.jpg?q=1&size=2"
    );
    CHECK(
        redirect_location({.path = "/#{unknown}", .query = ""}, source) ==
        "http://www.example.com:80/#{unknown}"
    );
    const auto response = redirect(301, "https://a:443/");
    CHECK(response.status == 301);
    CHECK(response.headers.get("Location") == "https://a:443/");
}

TEST_CASE("own responses: what a redirect puts in is not expanded again") {
    CHECK(
        redirect_location({.port = "81"}, {"http", "h", 80, "/#{host}", ""}) ==
        "http://h:81/#{host}"
    );
}

TEST_CASE("own responses: a fixed response carries the configured type with its charset") {
    const auto response = fixed_response({503, "text/plain", "closed"});
    CHECK(response.status == 503);
    CHECK(response.body == "closed");
    CHECK(response.headers.get("Content-Type") == "text/plain; charset=utf-8");
    CHECK(response.headers.get("Server") == "awselb/2.0");
}
