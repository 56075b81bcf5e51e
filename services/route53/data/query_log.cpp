// See query_log.hpp.
#include "services/route53/data/query_log.hpp"

#include "services/route53/data/dns_message.hpp"
#include "services/route53/data/routing.hpp"
#include "services/route53/limits.hpp"

#include <fmt/format.h>

#include <fstream>
#include <utility>

namespace diorama::route53 {

namespace {

// "192.168.222.0/24"; "-" when the resolver told nothing.
std::string client_subnet(const DNSMessage& request) {
    if (!request.edns || !request.edns->client_subnet) return "-";
    if (request.edns->client_subnet->source_prefix == 0) return "-";
    return block_of({.subnet = request.edns->client_subnet}).to_string();
}

} // namespace

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html: log format version,
// query timestamp, hosted zone ID, query name, query type, response code, layer 4 protocol, edge
// location, resolver IP address, EDNS client subnet.
std::string query_log_line(const LoggedQuery& query) {
    const auto request = parse_message(query.request);
    if (!request || request->questions.size() != 1 || query.response.size() < header_bytes)
        return {};
    const auto& question = request->questions[0];
    auto name = question.name.to_string();
    if (name.size() > 1) name.pop_back();
    return fmt::format(
        "1.0 {} {} {} {} {} {} {} {} {}",
        iso8601_ms(query.at),
        query.hosted_zone_id,
        name,
        to_string(question.type),
        to_string(static_cast<Rcode>(static_cast<std::uint8_t>(query.response[3]) & 0xF)),
        query.transport == Transport::udp ? "UDP" : "TCP",
        edge_location,
        query.resolver.to_string(),
        client_subnet(*request)
    );
}

std::filesystem::path query_log_path(std::string_view log_group, std::string_view hosted_zone_id) {
    std::filesystem::path path;
    for (std::size_t at = 0; at < log_group.size();) {
        const auto end = std::min(log_group.find('/', at), log_group.size());
        const auto part = log_group.substr(at, end - at);
        if (part == "." || part == "..") {
            path /= std::string(part.size(), '_');
        } else if (!part.empty()) {
            path /= part;
        }
        at = end + 1;
    }
    return path / hosted_zone_id / (std::string(edge_location) + ".log");
}

QueryLog::QueryLog(network::Network& network, Log& log, std::filesystem::path folder)
    : network_(network)
    , log_(log)
    , folder_(std::move(folder)) {}

QueryLog::~QueryLog() {
    write_files();
}

void QueryLog::start(const std::string& hosted_zone_id, const std::string& log_group) {
    const std::lock_guard lock(mutex_);
    paths_[hosted_zone_id] = folder_ / query_log_path(log_group, hosted_zone_id);
    is_used_ = true;
}

void QueryLog::stop(const std::string& hosted_zone_id) {
    const std::lock_guard lock(mutex_);
    paths_.erase(hosted_zone_id);
    is_used_ = !paths_.empty();
}

void QueryLog::write(const LoggedQuery& query) {
    {
        const std::lock_guard lock(mutex_);
        const auto path = paths_.find(query.hosted_zone_id);
        if (path == paths_.end()) return;
        if (waiting_bytes_ > limits::query_log_waiting_bytes_max) {
            ++lost_lines_;
            return;
        }
        const auto line = query_log_line(query);
        if (line.empty()) return;
        waiting_[path->second] += line + '\n';
        waiting_bytes_ += line.size() + 1;
        if (std::exchange(is_writing_, true)) return;
    }
    network_.run_blocking([this] { write_files(); });
}

void QueryLog::write_files() {
    for (;;) {
        std::map<std::filesystem::path, std::string> lines;
        std::size_t lost = 0;
        {
            const std::lock_guard lock(mutex_);
            lines.swap(waiting_);
            waiting_bytes_ = 0;
            lost = std::exchange(lost_lines_, 0);
            is_writing_ = !lines.empty();
            if (lines.empty()) return;
        }
        for (const auto& [path, text] : lines) {
            std::error_code ignored; // what is missing then shows below
            std::filesystem::create_directories(path.parent_path(), ignored);
            std::ofstream file(path, std::ios::binary | std::ios::app);
            if (!file.write(text.data(), static_cast<std::streamsize>(text.size())).flush())
                log_.write(LogLevel::error, "dns", "cannot write the query log {}", path.string());
        }
        if (lost > 0) log_.write(LogLevel::error, "dns", "{} lines of query logs were lost", lost);
    }
}

} // namespace diorama::route53
