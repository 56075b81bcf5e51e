// What a bucket's website endpoint answers: index and error documents, redirects and routing rules.
#pragma once

#include "services/s3/state.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>

namespace diorama::s3 {

struct ServeDocument {
    ObjectRef object;
    int status = 200;
};

struct RedirectTo {
    std::string location;
    int status = 301;
};

// Neither the document nor an error document can be had.
struct NoDocument {
    std::string key;            // that was looked for
    std::string error_document; // configured but absent; empty: none
    int status = 404;           // or 403
};

using WebsiteAnswer = std::variant<ServeDocument, RedirectTo, NoDocument>;

// What anybody may do with the bucket: visitors of a website sign nothing.
struct WebsiteAccess {
    std::function<bool(const std::string& key)> may_read;
    bool may_list = false; // and so may know that a document does not exist
};

// `key` is the decoded path without its first slash; `scheme` and `host` are the request's.
WebsiteAnswer resolve_website(
    const Bucket& bucket,
    const std::string& key,
    std::string_view scheme,
    std::string_view host,
    const WebsiteAccess& access
);

// The HTML page for a status without document.
std::string error_page(
    int status,
    std::string_view reason,
    const std::vector<std::pair<std::string, std::string>>& facts,
    const std::vector<std::pair<std::string, std::string>>& error_document_facts
);

} // namespace diorama::s3
