// See own_responses.hpp.
#include "services/elbv2/data/own_responses.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace diorama::elbv2 {

namespace {

http::Response page(int status) {
    const auto title = fmt::format("{} {}", status, error_phrase(status));
    http::Response response;
    response.status = status;
    response.reason = std::string(error_phrase(status));
    response.headers = {{"Server", "awselb/2.0"}, {"Content-Type", "text/html"}};
    response.body = fmt::format(
        "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
        "</body>\r\n</html>\r\n",
        title
    );
    return response;
}

std::string lower_protocol(std::string_view protocol) {
    return http::lower_case(protocol);
}

std::string expanded(std::string_view pattern, const RedirectSource& source) {
    const std::array<std::pair<std::string_view, std::string>, 5> words = {{
        {"#{protocol}", std::string(source.protocol)},
        {"#{host}", std::string(source.host)},
        {"#{port}", std::to_string(source.port)},
        {"#{path}", std::string(source.path.substr(source.path.starts_with('/') ? 1 : 0))},
        {"#{query}", std::string(source.query)},
    }};
    std::string text;
    while (!pattern.empty()) {
        bool found = false;
        for (const auto& [word, value] : words) {
            if (!pattern.starts_with(word)) continue;
            text += value;
            pattern.remove_prefix(word.size());
            found = true;
            break;
        }
        if (found) continue;
        text += pattern.front();
        pattern.remove_prefix(1);
    }
    return text;
}

} // namespace

std::string_view error_phrase(int status) {
    switch (status) {
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 400:
        return "Bad Request";
    case 401:
        return "Authorization Required";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Not Allowed";
    case 408:
        return "Request Time-out";
    case 413:
        return "Request Entity Too Large";
    case 414:
        return "Request-URI Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Temporarily Unavailable";
    case 504:
        return "Gateway Time-out";
    case 505:
        return "HTTP Version Not Supported";
    case 507:
        return "Insufficient Storage";
    default:
        return ""; // 463, 464 and the like have no name
    }
}

http::Response error_page(int status) {
    return page(status);
}

http::Response redirect(int status, std::string location) {
    auto response = page(status);
    response.headers.add("Location", std::move(location));
    return response;
}

http::Response fixed_response(const FixedResponseAction& action) {
    http::Response response;
    response.status = action.status;
    response.headers = {{"Server", "awselb/2.0"}};
    // Observed: the load balancer adds the charset to what is configured.
    if (!action.content_type.empty())
        response.headers.add("Content-Type", action.content_type + "; charset=utf-8");
    response.body = action.body;
    return response;
}

std::string redirect_location(const RedirectAction& action, const RedirectSource& source) {
    auto location = fmt::format(
        "{}://{}:{}{}",
        lower_protocol(expanded(action.protocol, source)),
        expanded(action.host, source),
        expanded(action.port, source),
        expanded(action.path, source)
    );
    const auto query = expanded(action.query, source);
    if (!query.empty()) location += "?" + query;
    return location;
}

} // namespace diorama::elbv2
