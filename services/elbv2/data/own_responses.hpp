// The responses that a load balancer makes itself: error pages, redirects, fixed responses. Byte
// for byte what AWS sends. Pure.
#pragma once

#include "emulator/http/message.hpp"
#include "services/elbv2/data/snapshot.hpp"

#include <string>
#include <string_view>

namespace diorama::elbv2 {

// "502 Bad Gateway": the words on the page and after the status.
std::string_view error_phrase(int status);
http::Response error_page(int status);

http::Response fixed_response(const FixedResponseAction& action);

// What #{protocol}, #{host}, #{port}, #{path} and #{query} stand for.
struct RedirectSource {
    std::string_view protocol; // "http" or "https"
    std::string_view host;     // without port
    std::uint16_t port = 0;    // of the listener
    std::string_view path;     // with leading slash
    std::string_view query;    // without question mark
};

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
std::string redirect_location(const RedirectAction& action, const RedirectSource& source);
http::Response redirect(int status, std::string location);

} // namespace diorama::elbv2
