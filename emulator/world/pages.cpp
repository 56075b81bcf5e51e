// See world/pages.hpp.
#include "emulator/world/pages.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace diorama {

namespace {

using nlohmann::json;

constexpr std::array services{
    "autoscaling",
    "cloudformation",
    "cloudfront",
    "cloudwatch",
    "ec2",
    "elbv2",
    "rds",
    "route53",
    "s3",
    "sns",
    "sts"
};

http::Response json_page(const json& document) {
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.body = document.dump();
    return response;
}

json health(const PageSources& sources) {
    json running = json::object();
    for (const char* service : services)
        running[service] = "running";
    json ports = json::object();
    for (const auto& [proper, actual] : sources.names.redirects())
        ports[proper.to_string()] = actual.to_string();
    json dns = json::array();
    for (const auto& endpoint : sources.route53.endpoints())
        dns.push_back(endpoint.to_string());
    return {
        {"services", running},
        {"edition", "diorama"},
        {"version", version},
        {"dns", dns},
        {"redirected_ports", ports}
    };
}

} // namespace

void add_pages(aws::Gateway& gateway, const PageSources& sources) {
    for (const char* path : {"/_localstack/health", "/_diorama/health", "/health"}) {
        gateway.add_page(path, [sources](const http::RequestHead&) {
            return json_page(health(sources));
        });
    }
    for (const char* path : {"/_localstack/info", "/_diorama/info"}) {
        gateway.add_page(path, [](const http::RequestHead&) {
            return json_page(
                {{"version", version}, {"edition", "diorama"}, {"is_license_activated", false}}
            );
        });
    }
    gateway.add_page("/_diorama/clock", [sources](const http::RequestHead&) {
        return sources.clock.page();
    });
    gateway.add_action(
        "/_diorama/clock",
        [sources](const std::string& body, const aws::Gateway::Respond& respond) {
            sources.clock.advance(body, respond);
        }
    );
    gateway.add_page("/_diorama/mailbox", [sources](const http::RequestHead&) {
        http::Response response;
        response.headers.add("Content-Type", "application/json");
        response.body = sources.sns.mailbox();
        return response;
    });
    gateway.add_page(std::string(sns::SNS::certificate_path), [sources](const http::RequestHead&) {
        http::Response response;
        response.headers.add("Content-Type", "application/x-pem-file");
        response.body = sources.sns.signing_certificate();
        return response;
    });
}

} // namespace diorama
