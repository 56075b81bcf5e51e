// See website.hpp.
#include "services/s3/data/website.hpp"

#include "emulator/assert.hpp"
#include "emulator/http/message.hpp"

#include <fmt/core.h>

#include <charconv>

namespace diorama::s3 {

namespace {

ObjectRef find_readable(const Bucket& bucket, const std::string& key, const WebsiteAccess& access) {
    const auto found = bucket.objects.find(key);
    if (found == bucket.objects.end() || !access.may_read(key)) return nullptr;
    return found->second;
}

int status_of(const std::string& text, int otherwise) {
    int status = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), status);
    return status;
}

struct Asked {
    const std::string& key;
    std::string_view scheme;
    std::string_view host;
};

RedirectTo follow(const RoutingRule& rule, const Asked& asked) {
    std::string key = asked.key;
    if (rule.replace_key_with) {
        key = *rule.replace_key_with;
    } else if (rule.replace_key_prefix_with) {
        key = *rule.replace_key_prefix_with + key.substr(rule.key_prefix_equals.size());
    }
    return {
        fmt::format(
            "{}://{}/{}",
            rule.protocol.empty() ? asked.scheme : rule.protocol,
            rule.host_name.empty() ? asked.host : rule.host_name,
            http::percent_encode(key, true)
        ),
        status_of(rule.http_redirect_code, 301)
    };
}

// The first rule that applies: before the document is looked for (`error` 0: rules without an error
// condition), or after an error.
const RoutingRule*
find_rule(const WebsiteConfiguration& website, const std::string& key, int error) {
    for (const auto& rule : website.routing_rules) {
        if (!key.starts_with(rule.key_prefix_equals)) continue;
        const bool is_for_error = !rule.http_error_code_equals.empty();
        if (is_for_error != (error != 0)) continue;
        if (is_for_error && status_of(rule.http_error_code_equals, 0) != error) continue;
        return &rule;
    }
    return nullptr;
}

WebsiteAnswer serve(ObjectRef object, int status) {
    // AWS: "x-amz-website-redirect-location: […] redirects requests for this object to another
    // object in the same bucket or to an external URL."
    const auto& location = object->headers->website_redirect_location;
    if (status == 200 && !location.empty()) return RedirectTo{location, 301};
    return ServeDocument{std::move(object), status};
}

} // namespace

WebsiteAnswer resolve_website(
    const Bucket& bucket,
    const std::string& key,
    std::string_view scheme,
    std::string_view host,
    const WebsiteAccess& access
) {
    ASSERT(bucket.website.has_value());
    const auto& website = *bucket.website;
    const Asked asked{key, scheme, host};
    if (website.redirect_all) {
        const auto& all = *website.redirect_all;
        return RedirectTo{
            fmt::format(
                "{}://{}/{}",
                all.protocol.empty() ? scheme : all.protocol,
                all.host_name,
                http::percent_encode(key, true)
            ),
            301
        };
    }
    if (const auto* rule = find_rule(website, key, 0)) return follow(*rule, asked);

    // AWS: The index document is the webpage that Amazon S3 returns when a request is made to
    // the root of a website or any subfolder.
    const bool is_folder = key.empty() || key.ends_with('/');
    const auto wanted = is_folder ? key + website.index_document : key;
    if (auto object = find_readable(bucket, wanted, access)) return serve(std::move(object), 200);
    const bool is_absent = !bucket.objects.contains(wanted);
    // AWS: if you exclude the trailing slash, Amazon S3 first looks for an object photos.
    // If not found, it searches for an index document, photos/index.html. If found, returns a 302
    // Found message and points to the photos/ key.
    const auto index = key + "/" + website.index_document;
    if (is_absent && !is_folder && find_readable(bucket, index, access) != nullptr)
        return RedirectTo{"/" + http::percent_encode(key, true) + "/", 302};

    const int status = is_absent && access.may_list ? 404 : 403;
    if (const auto* rule = find_rule(website, key, status)) return follow(*rule, asked);
    if (website.error_document.empty()) return NoDocument{wanted, {}, status};
    if (auto object = find_readable(bucket, website.error_document, access))
        return serve(std::move(object), status);
    return NoDocument{wanted, website.error_document, status};
}

namespace {

std::string escaped(std::string_view text) {
    std::string result;
    for (const auto c : text) {
        switch (c) {
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '&':
            result += "&amp;";
            break;
        case '"':
            result += "&#34;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

std::string list_of(const std::vector<std::pair<std::string, std::string>>& facts) {
    std::string html = "<ul>\n";
    for (const auto& [name, value] : facts)
        html += fmt::format("<li>{}: {}</li>\n", name, escaped(value));
    return html + "</ul>\n";
}

} // namespace

std::string error_page(
    int status,
    std::string_view reason,
    const std::vector<std::pair<std::string, std::string>>& facts,
    const std::vector<std::pair<std::string, std::string>>& error_document_facts
) {
    auto html = fmt::format(
        "<html>\n<head><title>{0} {1}</title></head>\n<body>\n<h1>{0} {1}</h1>\n{2}",
        status,
        reason,
        list_of(facts)
    );
    if (!error_document_facts.empty())
        html += "<h3>An Error Occurred While Attempting to Retrieve a Custom Error "
                "Document</h3>\n" +
                list_of(error_document_facts);
    return html + "<hr/>\n</body>\n</html>\n";
}

} // namespace diorama::s3
