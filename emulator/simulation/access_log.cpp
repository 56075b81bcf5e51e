// See access_log.hpp.
#include "emulator/simulation/access_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace diorama::simulation {

namespace {

struct Line {
    Timestamp at;
    RequestStep request;
    int number = 0; // in the file
};

// What a line says, or why it cannot be read.
struct ReadLine {
    std::optional<Line> line;
    std::string_view reason;
};

std::uint64_t number_of(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// "https://host:443/path": scheme, host without a port that goes without saying, path and query.
bool take_url(std::string_view url, RequestStep& request) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return false;
    const auto scheme = url.substr(0, scheme_end);
    request.is_tls = scheme == "https" || scheme == "wss";
    url.remove_prefix(scheme_end + 3);
    const auto slash = std::min(url.find('/'), url.size());
    std::string_view authority = url.substr(0, slash);
    const std::string_view usual = request.is_tls ? ":443" : ":80";
    if (authority.ends_with(usual)) authority.remove_suffix(usual.size());
    request.host = authority;
    request.path = slash == url.size() ? "/" : url.substr(slash);
    return !request.host.empty();
}

// One row of outcomes for a whole log and host: paths of a log are without number.
void name_request(RequestStep& request) {
    request.name = fmt::format(
        "{} {}://{}/*",
        request.method,
        request.is_tls ? "https" : "http",
        request.host
    );
}

// AWS: fields are separated by tabs and named by the line that begins with "#Fields:".
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
class CloudFrontLog {
public:
    bool is_directive(std::string_view line) {
        if (!line.starts_with('#')) return false;
        constexpr std::string_view fields = "#Fields:";
        if (line.starts_with(fields)) columns_ = split(line.substr(fields.size()), ' ');
        return true;
    }

    ReadLine read(std::string_view line) const {
        const auto values = split(line, '\t');
        const auto get = [&](std::string_view name) -> std::string_view {
            const auto found = std::ranges::find(columns_, name);
            const auto index = static_cast<std::size_t>(found - columns_.begin());
            // AWS: a field without a value is a hyphen.
            return index < values.size() && values[index] != "-" ? values[index]
                                                                 : std::string_view{};
        };
        const auto at = parse_iso8601(fmt::format("{}T{}Z", get("date"), get("time")));
        if (!at) return {std::nullopt, "no date and time"};
        Line read{*at, {}};
        read.request.method = get("cs-method");
        read.request.is_tls = get("cs-protocol") == "https" || get("cs-protocol") == "wss";
        // AWS: cs(Host) is the distribution's own name, x-host-header what the viewer asked for.
        const auto asked = get("x-host-header");
        read.request.host = asked.empty() ? get("cs(Host)") : asked;
        read.request.path = get("cs-uri-stem");
        if (const auto query = get("cs-uri-query"); !query.empty())
            read.request.path.append("?").append(query);
        if (read.request.method == "POST" || read.request.method == "PUT")
            read.request.body_bytes = number_of(get("cs-bytes"));
        const bool is_whole = !read.request.method.empty() && !read.request.host.empty() &&
                              read.request.path.starts_with('/');
        if (!is_whole) return {std::nullopt, "no method, host and path"};
        return {std::move(read), {}};
    }

private:
    static std::vector<std::string_view> split(std::string_view line, char separator) {
        std::vector<std::string_view> pieces;
        while (!line.empty()) {
            const auto end = std::min(line.find(separator), line.size());
            // Spaces after "#Fields:" separate nothing.
            if (end > 0 || separator == '\t') pieces.push_back(line.substr(0, end));
            line.remove_prefix(std::min(line.size(), end + 1));
        }
        return pieces;
    }

    // What is there without a "#Fields:" line.
    std::vector<std::string_view> columns_{
        "date",
        "time",
        "x-edge-location",
        "sc-bytes",
        "c-ip",
        "cs-method",
        "cs(Host)",
        "cs-uri-stem",
        "sc-status",
        "cs(Referer)",
        "cs(User-Agent)",
        "cs-uri-query",
        "cs(Cookie)",
        "x-edge-result-type",
        "x-edge-request-id",
        "x-host-header",
        "cs-protocol",
        "cs-bytes",
    };
};

// Words between spaces, quoted ones without their quotes, bracketed ones without brackets.
std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (true) {
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (line.empty()) return words;
        const char closing = line.front() == '"' ? '"' : line.front() == '[' ? ']' : ' ';
        if (closing != ' ') line.remove_prefix(1);
        std::size_t end = 0;
        while (end < line.size() && line[end] != closing)
            end += line[end] == '\\' && closing == '"' && end + 1 < line.size() ? 2 : 1;
        words.push_back(line.substr(0, end));
        line.remove_prefix(std::min(line.size(), end + 1));
    }
}

// "GET /path HTTP/1.1": method and target.
std::optional<std::pair<std::string_view, std::string_view>> request_line(std::string_view text) {
    const auto space = text.find(' ');
    const auto last = text.rfind(' ');
    if (space == std::string_view::npos || last == space || space == 0) return std::nullopt;
    return std::pair{text.substr(0, space), text.substr(space + 1, last - space - 1)};
}

// AWS: fields of an entry, in order:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
ReadLine read_alb(std::string_view line) {
    constexpr std::size_t time = 1;
    constexpr std::size_t received_bytes = 10;
    constexpr std::size_t request = 12;
    constexpr std::size_t request_creation_time = 21;
    const auto words = words_of(line);
    if (words.size() <= request) return {std::nullopt, "too few fields"};
    // AWS: `time` is when the answer began; the request came at request_creation_time.
    const bool has_creation = words.size() > request_creation_time;
    auto at = has_creation ? parse_iso8601(words[request_creation_time]) : std::nullopt;
    if (!at) at = parse_iso8601(words[time]);
    if (!at) return {std::nullopt, "no time"};
    const auto asked = request_line(words[request]);
    if (!asked) return {std::nullopt, "no request line"};
    Line read{*at, {}};
    read.request.method = asked->first;
    if (!take_url(asked->second, read.request)) return {std::nullopt, "no URL"};
    if (read.request.method == "POST" || read.request.method == "PUT")
        read.request.body_bytes = number_of(words[received_bytes]);
    return {std::move(read), {}};
}

// "10/Oct/2000:13:55:36 -0700"
std::optional<Timestamp> combined_time(std::string_view text) {
    static constexpr std::array
        months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr std::size_t length = 26;
    if (text.size() != length || text[2] != '/' || text[6] != '/' || text[11] != ':')
        return std::nullopt;
    const auto month = std::ranges::find(months, text.substr(3, 3)) - months.begin();
    if (month == months.size()) return std::nullopt;
    return parse_iso8601(fmt::format(
        "{}-{:02}-{}T{}{}:{}",
        text.substr(7, 4),
        month + 1,
        text.substr(0, 2),
        text.substr(12, 8),
        text.substr(21, 3),
        text.substr(24, 2)
    ));
}

// Apache: "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\"".
// https://httpd.apache.org/docs/2.4/logs.html#combined
ReadLine read_combined(std::string_view line, const std::string& host) {
    const auto words = words_of(line);
    if (words.size() < 7) return {std::nullopt, "too few fields"};
    const auto at = combined_time(words[3]);
    if (!at) return {std::nullopt, "no time"};
    const auto asked = request_line(words[4]);
    if (!asked) return {std::nullopt, "no request line"};
    Line read{*at, {}};
    read.request.method = asked->first;
    if (take_url(asked->second, read.request)) return {std::move(read), {}};
    if (!asked->second.starts_with('/')) return {std::nullopt, "no path"};
    read.request.host = host;
    read.request.is_tls = true;
    read.request.path = asked->second;
    return {std::move(read), {}};
}

ReadLine read_line(
    std::string_view line,
    AccessLogFormat format,
    const std::string& host,
    CloudFrontLog& log
) {
    switch (format) {
    case AccessLogFormat::cloudfront:
        return log.read(line);
    case AccessLogFormat::alb:
        return read_alb(line);
    case AccessLogFormat::combined:
        return read_combined(line, host);
    }
    return {};
}

} // namespace

AccessLog read_access_log(std::string_view text, AccessLogFormat format, const std::string& host) {
    AccessLog log;
    CloudFrontLog cloudfront;
    std::vector<Line> lines;
    int number = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(text.size(), end + 1));
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (format == AccessLogFormat::cloudfront && cloudfront.is_directive(line)) continue;
        auto read = read_line(line, format, host, cloudfront);
        if (read.line) {
            name_request(read.line->request);
            read.line->number = number;
            lines.push_back(*std::move(read.line));
        } else if (log.unreadable++ == 0) {
            log.first_unreadable = number;
            log.reason = read.reason;
        }
    }
    // Logs are written when answers end, and delivered in no order.
    std::ranges::sort(lines, {}, [](const Line& line) { return std::pair(line.at, line.number); });
    for (Line& line : lines)
        log.requests.push_back({line.at - lines.front().at, std::move(line.request)});
    return log;
}

} // namespace diorama::simulation
