// What real clients and ORMs sent to a MySQL 8.4, sent to ours: every packet must be answered with
// well-formed packets, and what is refused is counted.
#include "services/rds/data/protocol/session.hpp"
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

using namespace diorama;

namespace {

// The value of Python's b'…' at the end of a line.
std::string bytes_of(std::string_view line) {
    const auto start = line.find(" b");
    if (start == std::string_view::npos || start + 3 >= line.size()) return {};
    auto text = line.substr(start + 3);
    text.remove_suffix(1);
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            bytes += text[i];
            continue;
        }
        const char kind = text[++i];
        if (kind == 'x') {
            bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            bytes += kind == 'n' ? '\n' : kind == 'r' ? '\r' : kind == 't' ? '\t' : kind;
        }
    }
    return bytes;
}

std::optional<std::uint8_t> command_of(std::string_view line) {
    static constexpr std::pair<std::string_view, std::uint8_t> commands[] = {
        {"COM_QUERY ", 0x03},
        {"COM_INIT_DB ", 0x02},
        {"COM_PING ", 0x0e},
        {"COM_STATISTICS ", 0x09},
        {"COM_STMT_PREPARE ", 0x16},
        {"COM_STMT_EXECUTE ", 0x17},
        {"COM_STMT_CLOSE ", 0x19},
        {"COM_STMT_RESET ", 0x1a},
        {"COM_SET_OPTION ", 0x1b},
        {"COM_RESET_CONNECTION ", 0x1f}
    };
    for (const auto& [name, code] : commands)
        if (line.starts_with(name)) return code;
    return std::nullopt;
}

std::unique_ptr<rds::Session> log_in(rds::Engine& engine) {
    auto session = std::make_unique<rds::Session>(engine, rds::SessionOptions{});
    std::string payload;
    constexpr auto capabilities = mysql::client_protocol_41 | mysql::client_secure_connection |
                                  mysql::client_connect_with_db | mysql::client_multi_statements;
    mysql::put_fixed(payload, capabilities, 4);
    mysql::put_fixed(payload, 0, 4 + 1 + 23);
    payload.append(20, '\0');
    payload.resize(32, '\0');
    payload += std::string("app\0\0app\0", 9);
    std::string bytes;
    mysql::FrameWriter frames(bytes);
    frames.set_sequence(1);
    frames.write(payload);
    session->received(bytes);
    return session;
}

struct Tally {
    std::size_t sent = 0;
    std::size_t syntax_errors = 0;
    std::size_t unsupported = 0;
    std::size_t other_errors = 0;
};

void check_answer(const std::string& line, std::string_view output, Tally& tally) {
    mysql::FrameReader reader(std::size_t{64} << 20);
    std::string last;
    while (!output.empty()) {
        const auto frame = reader.next(output);
        REQUIRE(frame.has_value());
        last = frame->payload;
        output.remove_prefix(frame->consumed);
    }
    if (last.empty() || last[0] != '\xff') return;
    mysql::PacketReader error(std::string_view(last).substr(1));
    const auto code = error.fixed(2);
    ++(code == 1064 ? tally.syntax_errors : code == 1235 ? tally.unsupported : tally.other_errors);
    if (std::getenv("DIORAMA_SHOW_REFUSED") != nullptr)
        MESSAGE(line.substr(0, 400) << "\n  -> " << last.substr(3));
}

} // namespace

TEST_CASE("client traces: every packet of real clients is answered") {
    const char* folder = std::getenv("DIORAMA_SUITES");
    const std::filesystem::path traces =
        std::filesystem::path(folder == nullptr ? "../shared/suites" : folder) /
        "mysql-client-traces";
    if (!std::filesystem::exists(traces)) {
        MESSAGE("skipped: there is no folder " << traces.string());
        return;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(traces))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    Tally tally;
    for (const auto& file : files) {
        CAPTURE(file.string());
        test::Instance db;
        db.engine.put_user("app", "");
        db.run("CREATE DATABASE app");
        db.run("CREATE TABLE app.t1 (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) NOT NULL, "
               "price DECIMAL(10,2), d DATETIME, e ENUM('a','b'), j JSON)");
        db.run("CREATE TABLE app.t2 (id INT PRIMARY KEY, t1id INT, FOREIGN KEY (t1id) REFERENCES "
               "t1 (id))");
        auto session = log_in(db.engine);
        std::ifstream lines(file);
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("HANDSHAKE")) session = log_in(db.engine);
            const auto command = command_of(line);
            if (!command) continue;
            auto payload = bytes_of(line);
            // This login did not ask for query attributes.
            if (*command == 0x03 && payload.starts_with(std::string_view("\0\1", 2)))
                payload.erase(0, 2);
            if (*command == 0x17 && payload.size() > 4 && (payload[4] & 8) != 0) continue;
            std::string bytes;
            mysql::FrameWriter(bytes).write(static_cast<char>(*command) + payload);
            session->output().clear();
            CHECK(session->received(bytes) == bytes.size());
            while (session->pending_statement())
                REQUIRE(session->execute() == rds::sql::Progress::finished);
            CAPTURE(line);
            CHECK(session->output().empty() == (*command == 0x19));
            check_answer(line, session->output(), tally);
            ++tally.sent;
        }
    }
    MESSAGE(
        tally.sent << " packets; refused: " << tally.syntax_errors << " as syntax (1064), "
                   << tally.unsupported << " as not supported (1235), " << tally.other_errors
                   << " otherwise"
    );
    CHECK(tally.sent > 400);
}
