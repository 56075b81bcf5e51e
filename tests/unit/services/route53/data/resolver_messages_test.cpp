// A resolver's question for addresses, and what it reads from answers; see route53.hpp.
#include "services/route53/data/dns_message.hpp"
#include "services/route53/route53.hpp"

#include <doctest/doctest.h>

namespace diorama::route53 {

namespace {

using network::IPAddress;

constexpr std::uint16_t id = 4711;

DNSName name(std::string_view text) {
    return DNSName::parse(text).value();
}

Record address(std::string_view owner, std::uint32_t ttl, std::string bytes) {
    return {name(owner), RecordType::a, ttl, std::move(bytes)};
}

DNSMessage answer_for(std::string_view asked) {
    DNSMessage message;
    message.id = id;
    message.is_response = true;
    message.questions.push_back({name(asked), RecordType::a});
    return message;
}

} // namespace

TEST_CASE("a resolver asks for addresses and tells the first three bytes of its client's") {
    const auto bytes = address_question("www.example.com", id, IPAddress::v4(198, 18, 31, 7));
    const auto question = parse_message(bytes.value());
    REQUIRE(question);
    CHECK(question->id == id);
    CHECK(question->recursion_desired);
    REQUIRE(question->questions.size() == 1);
    CHECK(question->questions[0].name == name("www.example.com"));
    CHECK(question->questions[0].type == RecordType::a);
    const auto& subnet = question->edns.value().client_subnet.value();
    CHECK(subnet.source_prefix == 24);
    CHECK(subnet.address == std::string("\xc6\x12\x1f", 3));
}

TEST_CASE("there is no question for what is no name") {
    CHECK_FALSE(address_question("a..b", id, IPAddress::v4(198, 18, 31, 7)));
}

TEST_CASE("addresses are read behind aliases, with the shortest time to live on the way") {
    auto message = answer_for("WWW.example.com");
    message.answers.push_back(
        {name("www.example.com"), RecordType::cname, 20, name("web.example.net").wire()}
    );
    message.answers.push_back(address("web.example.net", 60, std::string("\x7f\x0a\x00\x01", 4)));
    message.answers.push_back(address("web.example.net", 60, std::string("\x7f\x0a\x00\x02", 4)));
    message.answers.push_back(address("other.example.net", 5, std::string("\x7f\x0a\x00\x03", 4)));
    const auto answer = read_address_answer(serialize(message), id);
    REQUIRE(answer);
    CHECK(
        answer->addresses ==
        std::vector<IPAddress>{IPAddress::v4(127, 10, 0, 1), IPAddress::v4(127, 10, 0, 2)}
    );
    CHECK(answer->ttl == std::chrono::seconds(20));
}

TEST_CASE("an alias that leads in a circle has no addresses") {
    auto message = answer_for("a.example.com");
    message.answers.push_back(
        {name("a.example.com"), RecordType::cname, 20, name("b.example.com").wire()}
    );
    message.answers.push_back(
        {name("b.example.com"), RecordType::cname, 20, name("a.example.com").wire()}
    );
    const auto answer = read_address_answer(serialize(message), id);
    REQUIRE(answer);
    CHECK(answer->addresses.empty());
}

TEST_CASE("what answers another question is not taken for the answer") {
    const auto bytes = serialize(answer_for("www.example.com"));
    CHECK(read_address_answer(bytes, id));
    CHECK_FALSE(read_address_answer(bytes, id + 1));
    CHECK_FALSE(read_address_answer(bytes.substr(0, 11), id));
    auto question = answer_for("www.example.com");
    question.is_response = false;
    CHECK_FALSE(read_address_answer(serialize(question), id));
}

} // namespace diorama::route53
