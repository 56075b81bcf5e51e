// AWS's own corpus for its desync guardian, case by case: tier and reason must be those expected,
// both for the parts as they stand in the corpus and, where a request can carry them, for the same
// request read from bytes.
#include "emulator/http/desync.hpp"
#include "emulator/http/head_reader.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <yaml-cpp/yaml.h>

using namespace diorama::http;

namespace {

std::filesystem::path corpus_folder() {
    const char* suites = std::getenv("DIORAMA_SUITES");
    return std::filesystem::path(suites != nullptr ? suites : "../shared/suites") / "http-desync";
}

struct Case {
    std::string name;
    std::string method;
    std::string target;
    std::string version;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string tier;
    std::string reason;
};

std::vector<Case> read_corpus(const std::filesystem::path& folder) {
    std::vector<Case> cases;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".yaml") continue;
        for (const auto& node : YAML::LoadFile(entry.path().string())) {
            Case test;
            test.name = entry.path().filename().string() + ": " + node["name"].as<std::string>();
            test.method = node["method"].as<std::string>();
            test.target = node["uri"].as<std::string>();
            test.version = node["version"].as<std::string>();
            for (const auto& header : node["headers"]) {
                test.headers.emplace_back(
                    header["name"].as<std::string>(),
                    header["value"].as<std::string>()
                );
            }
            test.tier = node["expected"]["tier"].as<std::string>();
            test.reason = node["expected"]["reason"].as<std::string>();
            cases.push_back(std::move(test));
        }
    }
    return cases;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

RawHead raw_head(const Case& test) {
    RawHead head{test.method, test.target, test.version, {}};
    for (const auto& [name, value] : test.headers)
        head.headers.emplace_back(name, trimmed(value));
    return head;
}

std::string as_bytes(const Case& test) {
    std::string bytes = test.method + " " + test.target;
    if (!test.version.empty()) bytes += " " + test.version;
    bytes += "\r\n";
    for (const auto& [name, value] : test.headers)
        bytes += name + ": " + value + "\r\n";
    return bytes + "\r\n";
}

std::string verdict(const Classification& classification) {
    return std::string(name_of(classification.tier)) + " " +
           std::string(name_of(classification.reason));
}

} // namespace

TEST_CASE("classify: AWS's corpus, every tier and every reason") {
    if (!std::filesystem::exists(corpus_folder())) {
        MESSAGE("skipped: no corpus at " << corpus_folder().string());
        return;
    }
    const auto cases = read_corpus(corpus_folder());
    CHECK(cases.size() == 159);
    for (const auto& test : cases) {
        CAPTURE(test.name);
        CHECK(verdict(classify(raw_head(test))) == test.tier + " " + test.reason);
    }
}

TEST_CASE("head reader: what the guardian lets pass can be read, and is judged alike from bytes") {
    if (!std::filesystem::exists(corpus_folder())) {
        MESSAGE("skipped: no corpus at " << corpus_folder().string());
        return;
    }
    for (const auto& test : read_corpus(corpus_folder())) {
        CAPTURE(test.name);
        // Line ends inside of a part, and NUL, make another request of it on the wire; two cases
        // put blanks before a second field's name, which makes it the continuation of the first.
        if (test.tier == "Severe") continue;
        const auto bytes = as_bytes(test);
        HeadReader reader{HeadLimits{}};
        REQUIRE(reader.read(bytes) == HeadStatus::ok);
        CHECK(reader.consumed() == bytes.size());
        const auto from_bytes = classify(reader.head());
        const bool is_folded =
            test.headers.size() > 1 && test.headers[1].first.find_first_of(" \t") == 0;
        if (is_folded) {
            CHECK(verdict(from_bytes) == "Severe BadHeader");
        } else {
            CHECK(verdict(from_bytes) == test.tier + " " + test.reason);
        }
    }
}

TEST_CASE("classify: a name that only looks alike is suspicious, one that merely contains it is not"
) {
    RawHead head{"POST", "/", "HTTP/1.1", {{"TRANSFER_ENCODING", "chunked"}}};
    CHECK(classify(head).reason == DesyncReason::suspicious_header);
    head.headers = {{"X-Transfer-Encoding", "chunked"}, {"Content-Length-Hint", "7"}};
    CHECK(classify(head).reason == DesyncReason::compliant);
}

TEST_CASE("classify: a version that is none is severe, an unknown one is tolerated") {
    RawHead head{"GET", "/", "HTTP/3.7", {}};
    CHECK(classify(head).tier == DesyncTier::acceptable);
    head.version = "HTTP/11";
    CHECK(classify(head).reason == DesyncReason::bad_version);
}
