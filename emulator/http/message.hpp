// HTTP requests and responses as plain values, for everything outside this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::http {

struct Header {
    std::string name;
    std::string value;
    bool operator==(const Header&) const = default;
};

// Header fields in the order and spelling in which they came. Names compare without case.
class Headers {
public:
    Headers() = default;

    Headers(std::initializer_list<Header> fields)
        : fields_(fields) {}

    // The first field of that name.
    const std::string* find(std::string_view name) const;
    std::string_view get(std::string_view name, std::string_view otherwise = {}) const;

    bool contains(std::string_view name) const { return find(name) != nullptr; }

    // All values of that name joined by ", " (RFC 9110 5.2).
    std::string joined(std::string_view name) const;

    void add(std::string name, std::string value) {
        fields_.push_back({std::move(name), std::move(value)});
    }

    // Replaces the first field of that name and removes the others, or adds one.
    void set(std::string_view name, std::string value);
    std::size_t remove(std::string_view name);

    auto begin() const { return fields_.begin(); }

    auto end() const { return fields_.end(); }

    auto begin() { return fields_.begin(); }

    auto end() { return fields_.end(); }

    std::size_t size() const { return fields_.size(); }

    bool empty() const { return fields_.empty(); }

    void clear() { fields_.clear(); }

    void reserve(std::size_t count) { fields_.reserve(count); }

    bool operator==(const Headers&) const = default;

private:
    std::vector<Header> fields_;
};

// The head of a request. Bytes of target and header values are exactly those that were sent.
struct RequestHead {
    std::string method;
    std::string target; // "/path?query", "http://host/path", "host:443", "*"
    int version = 11;   // 10 or 11
    Headers headers;

    // The part of the target before '?', undecoded; for an absolute target without scheme and
    // authority.
    std::string_view path() const;
    // The part after '?', undecoded; empty without.
    std::string_view query() const;
    bool is_absolute_form() const;
    // The authority asked for, lower case, with port if given: of an absolute target, else the Host
    // header.
    std::string authority() const;
    // The same without port.
    std::string host() const;
};

struct ResponseHead {
    int status = 200;
    std::string reason; // empty: the standard phrase
    Headers headers;
};

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    std::string reason;
};

// "OK", "Not Found", …; "Unknown" for what has no name.
std::string_view reason_phrase(int status);

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);
// Decodes %XX; with `plus_is_space` also '+'. Broken escapes stay as they are.
std::string percent_decode(std::string_view text, bool plus_is_space = false);
// Encodes everything but A-Z a-z 0-9 - _ . ~ and, if `keep_slash`, '/'.
std::string percent_encode(std::string_view text, bool keep_slash = false);
// "a=1&b=2" decoded, in order.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

} // namespace diorama::http
