// Query logging: for each query of a hosted zone that has it, a line in the format of Route 53.
// DIFFERS: AWS delivers the lines to CloudWatch Logs, which is not emulated; here they are appended
// to files, a folder for each log group: <log group>/<hosted zone id>/<edge location>.log.
#pragma once

#include "emulator/log.hpp"
#include "emulator/network/network.hpp"
#include "services/route53/data/respond.hpp"

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace diorama::route53 {

// A query that was answered, as bytes.
struct LoggedQuery {
    Timestamp at;
    std::string_view hosted_zone_id;
    std::string_view request;
    std::string_view response;
    Transport transport;
    network::IPAddress resolver;
};

// The only edge location there is.
inline constexpr std::string_view edge_location = "LOCAL1";

// "1.0 2017-12-13T08:16:02.130Z Z123412341234 example.com A NOERROR UDP FRA6 192.168.1.1 -";
// without an end of line. Empty for what holds no question.
std::string query_log_line(const LoggedQuery& query);

// Where the lines of a zone go, below the folder of all logs. No name leads out of that.
std::filesystem::path query_log_path(std::string_view log_group, std::string_view hosted_zone_id);

class QueryLog {
public:
    QueryLog(network::Network& network, Log& log, std::filesystem::path folder);
    // Writes what is still to be written.
    ~QueryLog();

    // From the next query on. Any thread.
    void start(const std::string& hosted_zone_id, const std::string& log_group);
    void stop(const std::string& hosted_zone_id);

    // Whether any zone is logged: most emulators log none, and look no further.
    bool is_used() const { return is_used_.load(std::memory_order_relaxed); }

    // Any thread; files are written by the workers of the network. Lines that come faster than the
    // disk takes them are lost, which the log says.
    void write(const LoggedQuery& query);

private:
    void write_files();

    network::Network& network_;
    Log& log_;
    std::filesystem::path folder_;
    std::atomic<bool> is_used_ = false;
    std::mutex mutex_;                                                // of what follows
    std::map<std::string, std::filesystem::path, std::less<>> paths_; // by hosted zone
    std::map<std::filesystem::path, std::string> waiting_;            // lines
    std::size_t waiting_bytes_ = 0;
    std::size_t lost_lines_ = 0;
    bool is_writing_ = false;
};

} // namespace diorama::route53
