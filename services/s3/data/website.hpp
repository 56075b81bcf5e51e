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

// Neither the document nor an error document exists.
struct NoDocument {
    std::string key;            // that was looked for
    std::string error_document; // configured but absent; empty: none
};

using WebsiteAnswer = std::variant<ServeDocument, RedirectTo, NoDocument>;

// `key` is the decoded path without its first slash; `scheme` and `host` are the request's.
WebsiteAnswer resolve_website(
    const Bucket& bucket,
    const std::string& key,
    std::string_view scheme,
    std::string_view host
);

// The HTML page for a status without document.
std::string error_page(
    int status,
    std::string_view reason,
    const std::vector<std::pair<std::string, std::string>>& facts,
    const std::vector<std::pair<std::string, std::string>>& error_document_facts
);

} // namespace diorama::s3
