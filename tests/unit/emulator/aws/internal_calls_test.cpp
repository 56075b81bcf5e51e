#include "emulator/aws/call.hpp"
#include "emulator/aws/error.hpp"
#include "emulator/aws/internal_calls.hpp"
#include "emulator/aws/protocols/model_json.hpp"
#include "tests/support/sample_operation.hpp"
#include "tests/support/test_environment.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using nlohmann::json;

namespace {

// Gives back what it was given, and who asked.
struct Echo final : aws::ServiceApi {
    tests::SampleOperation sample;
    std::string account;
    std::string region;
    bool refuses = false;

    Echo() {
        sample.operation().invoke =
            [](aws::ServiceApi& service, const aws::Call& call, const void* input, void* output) {
                auto& self = static_cast<Echo&>(service);
                self.account = call.account;
                self.region = call.region;
                if (self.refuses) throw aws::AWSError("NoSuchThing", 404, "There is no such thing");
                const auto& shape = *self.sample.operation().input;
                tests::fill_from(shape, tests::to_json(shape, input), output);
            };
    }
};

struct Fixture {
    TestEnvironment test;
    Echo echo;
    aws::InternalCalls calls{test.environment, "localhost:4566"};

    Fixture() { calls.add(echo.sample.service(), echo); }

    json put(const json& input) {
        return calls.call({"123456789012", "eu-west-1"}, "sample", "PutThing", input);
    }

    std::string refusal(const json& input) {
        try {
            put(input);
            return "";
        } catch (const aws::AWSError& error) {
            return error.code() + ": " + error.message();
        }
    }
};

} // namespace

TEST_CASE("an internal call goes through the handler and back, in the model's names") {
    Fixture f;
    const json thing{
        {"Id", "7"}, // in the URI, were it a request
        {"Name", "abc"},
        {"Color", "green"},
        {"Size", 3},
        {"Weight", 1.5},
        {"IsNew", true},
        {"Names", {"a", "b"}},
        {"Tags", {{"one", {{"Name", "x"}}}}},
        {"Made", "2026-01-02T03:04:05Z"}
    };
    const auto answered = f.put(thing);
    for (const auto& [name, value] : thing.items()) {
        CAPTURE(name);
        REQUIRE(answered.contains(name));
        CHECK(answered.at(name).dump().find(value.dump().substr(0, 5)) != std::string::npos);
    }
    CHECK(f.echo.account == "123456789012");
    CHECK(f.echo.region == "eu-west-1");
}

TEST_CASE("scalars of an internal call may be written as text, and text as numbers") {
    Fixture f;
    const auto answered =
        f.put({{"Id", 7}, {"Name", "a"}, {"Size", "42"}, {"Weight", "0.5"}, {"IsNew", "true"}});
    CHECK(answered.at("Id") == "7");
    CHECK(answered.at("Size") == 42);
    CHECK(answered.at("Weight") == 0.5);
    CHECK(answered.at("IsNew") == true);
}

TEST_CASE("an internal call is checked by the model, and members it does not know are refused") {
    Fixture f;
    CHECK(
        f.refusal({{"Name", "abc"}, {"Colour", "red"}}) ==
        "UnknownParameter: Unknown parameter in input: \"Colour\""
    );
    CHECK(
        f.refusal({{"Name", "abc"}, {"Parts", {{{"Name", "x"}, {"Sise", 1}}}}}) ==
        "UnknownParameter: Unknown parameter in input: \"Sise\""
    );
    CHECK(f.refusal({{"Size", 1}}).starts_with("ValidationError: 1 validation error detected"));
    CHECK(
        f.refusal({{"Name", "abc"}, {"Size", 1000}})
            .find("Member must have value less than or equal to 100") != std::string::npos
    );
    CHECK(f.refusal({{"Name", "abc"}, {"Size", "many"}}).starts_with("SerializationException"));
}

TEST_CASE("an internal call throws what the handler throws") {
    Fixture f;
    f.echo.refuses = true;
    CHECK(f.refusal({{"Name", "abc"}}) == "NoSuchThing: There is no such thing");
}

TEST_CASE("what is not emulated cannot be called from inside either") {
    Fixture f;
    CHECK_THROWS_WITH_AS(
        f.calls.call({}, "lambda", "Invoke", json::object()),
        "The service lambda is not emulated",
        aws::AWSError
    );
    CHECK_THROWS_WITH_AS(
        f.calls.call({}, "sample", "GetThing", json::object()),
        "The operation GetThing of sample is not emulated",
        aws::AWSError
    );
}

TEST_CASE("a service without a descriptor answers internal calls for itself") {
    Fixture f;
    f.calls.add_raw("s3", [](const auto& caller, std::string_view operation, const json& input) {
        return json{{"who", caller.account}, {"what", operation}, {"input", input}};
    });
    const auto answered = f.calls.call({"1", "x"}, "s3", "CreateBucket", {{"Bucket", "b"}});
    CHECK(answered == json{{"who", "1"}, {"what", "CreateBucket"}, {"input", {{"Bucket", "b"}}}});
}

TEST_CASE("somebody may interfere with calls, but not with those of an observer") {
    Fixture f;
    f.calls.add_raw("s3", [](const auto&, std::string_view operation, const json&) {
        return json(operation);
    });
    f.calls.interfere([](std::string_view service, std::string_view operation) {
        if (service == "s3" && operation == "PutObject")
            throw aws::AWSError("SlowDown", 503, "Please reduce your request rate.");
    });
    CHECK(f.calls.call({}, "s3", "GetObject", json::object()) == "GetObject");
    CHECK_THROWS_AS(f.calls.call({}, "s3", "PutObject", json::object()), aws::AWSError);
    const aws::InternalCalls::Caller observer{.is_observer = true};
    CHECK(f.calls.call(observer, "s3", "PutObject", json::object()) == "PutObject");
}
