// The lines of query logs, and the files they come to.
#include "services/route53/data/query_log.hpp"
#include "services/route53/limits.hpp"
#include "tests/support/recorded_log.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/scripted_connection.hpp"
#include "tests/unit/services/route53/data/zone_builder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace diorama;
using namespace diorama::route53;

namespace {

const auto moment = *parse_iso8601("2017-12-13T08:16:02.130Z");

DNSMessage question(std::string_view name, RecordType type) {
    DNSMessage message;
    message.questions.push_back({name_of(name), type});
    return message;
}

std::string response_with(Rcode rcode) {
    DNSMessage message;
    message.is_response = true;
    message.rcode = rcode;
    return serialize(message);
}

std::string
line_of(const DNSMessage& request, Rcode rcode, Transport transport, const std::string& resolver) {
    const auto asked = serialize(request);
    const auto answered = response_with(rcode);
    return query_log_line(
        {moment, "Z123412341234", asked, answered, transport, *network::IPAddress::parse(resolver)}
    );
}

std::string content_of(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

} // namespace

TEST_CASE("query_log: a line has the fields that AWS documents, in their order") {
    CHECK(
        line_of(
            question("example.com", RecordType::a),
            Rcode::no_error,
            Transport::udp,
            "192.168.1.1"
        ) ==
        "1.0 2017-12-13T08:16:02.130Z Z123412341234 example.com A NOERROR UDP LOCAL1 192.168.1.1 -"
    );
    auto told = question("example.com", RecordType::aaaa);
    told.edns.emplace().client_subnet = ClientSubnet{1, 24, 0, std::string("\xc0\xa8\xde", 3)};
    CHECK(
        line_of(told, Rcode::nx_domain, Transport::tcp, "2001:db8::1") ==
        "1.0 2017-12-13T08:16:02.130Z Z123412341234 example.com AAAA NXDOMAIN TCP LOCAL1 "
        "2001:db8::1 192.168.222.0/24"
    );
    told.edns->client_subnet = ClientSubnet{1, 0, 0, {}}; // "tell nobody"
    CHECK(line_of(told, Rcode::no_error, Transport::udp, "192.0.2.1").ends_with(" 192.0.2.1 -"));
}

TEST_CASE("query_log: nobody writes a line of their own by a strange name") {
    auto request = question("example.com", RecordType::a);
    request.questions[0].name = *request.questions[0].name.child("a b\n1.0 \x7f");
    const auto line = line_of(request, Rcode::no_error, Transport::udp, "192.0.2.1");
    CHECK(line.find('\n') == std::string::npos);
    CHECK(std::ranges::count(line, ' ') == 9);
    CHECK(query_log_line({moment, "Z1", "x", response_with(Rcode::no_error), {}, {}}).empty());
}

TEST_CASE("query_log: a log group is a folder below the folder of all logs, whatever its name") {
    CHECK(
        query_log_path("/aws/route53/example.com", "Z1") == "aws/route53/example.com/Z1/LOCAL1.log"
    );
    CHECK(query_log_path("plain", "Z1") == "plain/Z1/LOCAL1.log");
    CHECK(query_log_path("a/../../b/./c", "Z1") == "a/__/__/b/_/c/Z1/LOCAL1.log");
    CHECK(query_log_path("///", "Z1") == "Z1/LOCAL1.log");
}

TEST_CASE("query_log: zones that are logged have their lines appended, others not") {
    test::ScratchFolder scratch;
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    test::ScriptedNetwork network{thread};
    test::RecordedLog said;
    const auto request = serialize(question("www.example.com", RecordType::a));
    const auto response = response_with(Rcode::no_error);
    const auto ask = [&](QueryLog& log, std::string_view zone) {
        log.write({moment, zone, request, response, Transport::udp, {}});
    };
    const auto path = scratch.path() / "aws/one/Z1/LOCAL1.log";
    {
        QueryLog log(network, said, scratch.path());
        CHECK_FALSE(log.is_used());
        log.start("Z1", "/aws/one");
        CHECK(log.is_used());
        ask(log, "Z1");
        ask(log, "Z2");
        ask(log, "Z1");
        CHECK(std::ranges::count(content_of(path), '\n') == 2);
        log.stop("Z1");
        CHECK_FALSE(log.is_used());
        ask(log, "Z1");
    }
    {
        QueryLog log(network, said, scratch.path());
        log.start("Z1", "/aws/one");
        ask(log, "Z1");
    }
    const auto text = content_of(path);
    CHECK(std::ranges::count(text, '\n') == 3);
    CHECK(text.starts_with("1.0 2017-12-13T08:16:02.130Z Z1 www.example.com A NOERROR UDP LOCAL1 ")
    );
    CHECK(said.lines().empty());
}

TEST_CASE("query_log: what cannot be written is told") {
    test::ScratchFolder scratch;
    VirtualTime time;
    test::FakeEdgeThread thread{time};
    test::ScriptedNetwork network{thread};
    test::RecordedLog said;
    std::ofstream(scratch.path() / "file") << "in the way";
    QueryLog log(network, said, scratch.path() / "file");
    log.start("Z1", "group");
    const auto request = serialize(question("www.example.com", RecordType::a));
    const auto response = response_with(Rcode::no_error);
    log.write({moment, "Z1", request, response, Transport::udp, {}});
    REQUIRE(said.lines().size() == 1);
    CHECK(said.lines()[0].starts_with("error dns cannot write the query log "));
}
