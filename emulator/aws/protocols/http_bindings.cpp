// See http_bindings.hpp.
#include "emulator/aws/protocols/http_bindings.hpp"

#include "emulator/aws/base64.hpp"

#include <optional>
#include <string>

namespace diorama::aws {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;
using Query = std::vector<std::pair<std::string, std::string>>;

std::string_view next_segment(std::string_view& path) {
    const auto slash = path.find('/');
    const auto segment = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    return segment;
}

// How well a template matches: the number of its literal parts; nothing when it does not.
std::optional<int>
match(std::string_view uri, std::string_view path, const Query& query, Labels* labels) {
    const auto mark = uri.find('?');
    int score = 0;
    if (mark != std::string_view::npos) {
        for (const auto& [name, value] : http::parse_query(uri.substr(mark + 1))) {
            bool found = false;
            for (const auto& [given, given_value] : query)
                found = found || (given == name && (value.empty() || value == given_value));
            if (!found) return std::nullopt;
            ++score;
        }
        uri = uri.substr(0, mark);
    }
    // A final slash makes no difference to AWS.
    if (uri.ends_with('/') && uri.size() > 1) uri.remove_suffix(1);
    if (uri.starts_with('/')) uri.remove_prefix(1);
    if (path.starts_with('/')) path.remove_prefix(1);
    while (!uri.empty()) {
        const auto part = next_segment(uri);
        if (part.starts_with('{') && part.ends_with("+}")) {
            if (path.empty()) return std::nullopt;
            if (labels) labels->emplace_back(part.substr(1, part.size() - 3), path);
            return score;
        }
        const auto segment = next_segment(path);
        if (part.starts_with('{')) {
            if (segment.empty()) return std::nullopt;
            if (labels) labels->emplace_back(part.substr(1, part.size() - 2), segment);
        } else if (part == segment) {
            score += 100;
        } else {
            return std::nullopt;
        }
    }
    if (!path.empty()) return std::nullopt;
    return score;
}

// The members of a comma-separated header. HTTP dates contain a comma themselves.
std::vector<std::string> header_list(std::string_view text, bool dates) {
    if (text.empty()) return {};
    std::vector<std::string> items(1);
    bool quoted = false;
    int commas = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char character = text[i];
        if (character == '"' && (quoted || items.back().empty())) {
            quoted = !quoted;
        } else if (quoted && character == '\\' && i + 1 < text.size()) {
            items.back() += text[++i];
        } else if (character == ',' && !quoted && (!dates || ++commas % 2 == 0)) {
            items.emplace_back();
        } else if (character != ' ' || !items.back().empty()) {
            items.back() += character;
        }
    }
    for (auto& item : items)
        while (!quoted && item.ends_with(' '))
            item.pop_back();
    return items;
}

struct Bindings {
    const http::RequestHead& request;
    Query query;
    Labels labels;
    InputChecks& checks;

    void read_text(const Member& member, std::string_view text, void* value, const Path& path) {
        const auto& shape = *member.shape;
        if (member.json_value) {
            // A string holding JSON, in Base64 where it stands in a header.
            auto json = base64_decode(text);
            *static_cast<std::string*>(value) = json ? std::move(*json) : std::string(text);
        } else {
            read_scalar_text(shape, text, value, path, checks);
        }
    }

    void read_items(
        const Member& member,
        const std::vector<std::string>& items,
        void* value,
        const Path& path
    ) {
        const auto& list = *member.shape;
        std::size_t position = 0;
        for (const auto& item : items)
            read_scalar_text(
                *list.element().shape,
                item,
                list.list->append(value, *list.element().shape),
                path.element(++position),
                checks
            );
        checks.check(list, value, path);
    }

    bool read_label(const Member& member, void* input, const Path& path) {
        for (const auto& [name, text] : labels) {
            if (name != member.wire_name()) continue;
            read_text(member, http::percent_decode(text), member.set(input, member), path);
            return true;
        }
        return false;
    }

    bool read_query(const Member& member, void* input, const Path& path) {
        if (member.shape->map) return read_query_map(member, input);
        std::vector<std::string> values;
        for (const auto& [name, value] : query)
            if (name == member.wire_name()) values.push_back(value);
        if (values.empty()) return false;
        if (member.shape->list)
            read_items(member, values, member.set(input, member), path);
        else
            read_text(member, values.front(), member.set(input, member), path);
        return true;
    }

    // Every parameter, by name; the members that name one themselves have it as well.
    bool read_query_map(const Member& member, void* input) {
        if (query.empty()) return false;
        void* map = member.set(input, member);
        const auto& value_shape = *member.shape->value().shape;
        for (const auto& [name, value] : query) {
            void* held = member.shape->map->insert(map, value_shape, name);
            if (value_shape.list)
                held = value_shape.list->append(held, *value_shape.element().shape);
            *static_cast<std::string*>(held) = value;
        }
        return true;
    }

    bool read_header(const Member& member, void* input, const Path& path) {
        if (!request.headers.contains(member.wire_name())) return false;
        if (member.shape->list) {
            const bool dates =
                member.shape->element().shape->kind == ShapeKind::timestamp &&
                member.shape->element().timestamp_format != TimestampFormat::iso8601 &&
                member.shape->element().timestamp_format != TimestampFormat::unix_timestamp;
            const auto text = request.headers.joined(member.wire_name());
            read_items(member, header_list(text, dates), member.set(input, member), path);
        } else {
            const auto text = request.headers.get(member.wire_name());
            read_text(member, text, member.set(input, member), path);
        }
        return true;
    }

    bool read_headers(const Member& member, void* input) {
        void* map = nullptr;
        for (const auto& header : request.headers) {
            if (header.name.size() < member.location_name.size() ||
                !http::equal_ignoring_case(
                    std::string_view(header.name).substr(0, member.location_name.size()),
                    member.location_name
                ))
                continue;
            if (map == nullptr) map = member.set(input, member);
            *static_cast<std::string*>(member.shape->map->insert(
                map,
                *member.shape->value().shape,
                header.name.substr(member.location_name.size())
            )) = header.value;
        }
        return map != nullptr;
    }
};

std::string header_text(const Member& member, const Shape& shape, const void* value) {
    if (member.json_value) return base64_encode(*static_cast<const std::string*>(value));
    const auto format = member.timestamp_format == TimestampFormat::of_protocol
                            ? TimestampFormat::rfc822
                            : member.timestamp_format;
    return scalar_text(shape, value, format);
}

std::string header_text_of_list(const Member& member, const void* value) {
    const auto& list = *member.shape;
    std::string text;
    for (std::size_t i = 0; i < list.list->size(value); ++i) {
        if (i > 0) text += ", ";
        auto item = header_text(list.element(), *list.element().shape, list.list->at(value, i));
        if (list.element().shape->kind == ShapeKind::string &&
            item.find_first_of("\",") != std::string::npos) {
            std::string quoted = "\"";
            for (const char character : item) {
                if (character == '"' || character == '\\') quoted += '\\';
                quoted += character;
            }
            item = quoted + '"';
        }
        text += item;
    }
    return text;
}

} // namespace

const Operation*
find_rest_operation(const ServiceDescriptor& service, const http::RequestHead& request) {
    const auto query = http::parse_query(request.query());
    const Operation* best = nullptr;
    int best_score = -1;
    for (const auto operations : {service.operations, service.not_emulated}) {
        for (const auto& operation : operations) {
            if (operation.method != request.method) continue;
            const auto score = match(operation.uri, request.path(), query, nullptr);
            if (score && *score > best_score) {
                best = &operation;
                best_score = *score;
            }
        }
    }
    return best;
}

void read_bindings(
    const Operation& operation,
    const http::RequestHead& request,
    void* input,
    std::vector<bool>& seen,
    InputChecks& checks
) {
    Bindings bindings{request, http::parse_query(request.query()), {}, checks};
    match(operation.uri, request.path(), bindings.query, &bindings.labels);
    const auto& members = operation.input->members;
    const Path root;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto& member = members[i];
        const auto path = root.member(member.name);
        switch (member.location) {
        case Location::uri:
            seen[i] = bindings.read_label(member, input, path);
            break;
        case Location::querystring:
            seen[i] = bindings.read_query(member, input, path);
            break;
        case Location::header:
            seen[i] = bindings.read_header(member, input, path);
            break;
        case Location::headers:
            seen[i] = bindings.read_headers(member, input);
            break;
        case Location::body:
        case Location::status_code:
            break;
        }
    }
}

void write_bindings(const Operation& operation, const void* output, http::Response& response) {
    response.status = operation.status;
    for (const auto& member : operation.output->members) {
        const void* value = member.get(output, member);
        if (value == nullptr) continue;
        const auto& shape = *member.shape;
        if (member.location == Location::status_code) {
            response.status = *static_cast<const std::int32_t*>(value);
        } else if (member.location == Location::header && shape.list) {
            if (shape.list->size(value) > 0)
                response.headers.set(member.wire_name(), header_text_of_list(member, value));
        } else if (member.location == Location::header) {
            response.headers.set(member.wire_name(), header_text(member, shape, value));
        } else if (member.location == Location::headers) {
            struct Context {
                http::Headers& headers;
                std::string_view prefix;
            } context{response.headers, member.location_name};

            shape.map->each(
                value,
                &context,
                [](void* untyped, const std::string& name, const void* held) {
                    auto& [headers, prefix] = *static_cast<Context*>(untyped);
                    headers.add(std::string(prefix) + name, *static_cast<const std::string*>(held));
                }
            );
        }
    }
}

} // namespace diorama::aws
