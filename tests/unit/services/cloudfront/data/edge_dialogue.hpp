// A dialogue of viewers and an origin with the core of an edge location, for tests in the style of
// Apache Traffic Server's: a viewer request, the origin's response if one is asked for, the
// response that is expected.
#pragma once

#include "services/cloudfront/data/edge_cache.hpp"
#include "services/cloudfront/data/error_page.hpp"
#include "services/cloudfront/data/viewer_response.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>

namespace diorama::cloudfront {

struct Answer {
    int status = 0;
    http::Headers headers;
    std::string body;

    std::string x_cache() const { return std::string(headers.get("X-Cache")); }
};

struct EdgeDialogue {
    std::shared_ptr<Distribution> distribution = std::make_shared<Distribution>();
    EdgeCache cache{1024 * 1024};
    EdgeIdentity identity{"1.1 0123.cloudfront.net (CloudFront)", "FRA56-C2", "request-id"};
    Timestamp now = Timestamp(std::chrono::seconds(1'767'225'600));
    Viewer viewer{"203.0.113.7", 50'000, false, false};
    std::map<std::string, CacheStore::Place> places; // by key
    // What the origin was asked last; nothing if the last request was answered without it.
    std::optional<http::RequestHead> asked;

    EdgeDialogue() {
        distribution->id = "EDFDVBD6EXAMPLE";
        distribution->arn = "arn:aws:cloudfront::000000000000:distribution/EDFDVBD6EXAMPLE";
        Origin origin;
        origin.domain_name = "origin.example.com";
        distribution->origins.push_back(origin);
        distribution->behaviors.emplace_back();
    }

    Behavior& behavior() { return distribution->behaviors.back(); }

    void pass(int seconds) { now += std::chrono::seconds(seconds); }

    Answer get(std::string target, http::Response origin, http::Headers headers = {}) {
        return ask({"GET", std::move(target), 11, std::move(headers)}, std::move(origin));
    }

    // A second fetch would get this: success proves the cache.
    Answer get_cached(std::string target, http::Headers headers = {}) {
        return get(std::move(target), response(500, {}, "must not be asked"), std::move(headers));
    }

    static http::Response response(int status, http::Headers headers, std::string body) {
        return {status, std::move(headers), std::move(body), {}};
    }

    Answer ask(http::RequestHead head, http::Response origin) {
        asked.reset();
        head.headers.set("Host", "d111.cloudfront.net");
        const ViewerRequest request{distribution, head, viewer};
        const auto lookup = look_up(request);
        const auto* fresh = cache.find_fresh(lookup, now, places[lookup.key]);
        const auto entry = fresh == nullptr ? EntryPtr() : *fresh;
        auto decision = cache.begin(request, lookup, identity, now);
        agrees(decision, entry, lookup.is_head);
        if (const auto* refusal = std::get_if<Refuse>(&decision))
            return answer(page_response(refusal->page, identity).response);
        if (std::holds_alternative<Redirect>(decision))
            return answer(redirect_to_https(head, identity).response);
        if (auto* serve = std::get_if<Serve>(&decision)) {
            const auto answer = of_entry(head, *serve);
            if (serve->refresh) answered(head, *serve->refresh, origin);
            return answer;
        }
        REQUIRE(std::holds_alternative<Fetch>(decision));
        return answered(head, std::get<Fetch>(decision), std::move(origin));
    }

    // What a simulation finds without a decision is what the decision would have been.
    void agrees(const Decision& decision, const EntryPtr& fresh, bool is_head) const {
        const auto* serve = std::get_if<Serve>(&decision);
        const bool serves_fresh = serve != nullptr && serve->entry->is_fresh(now);
        if (fresh != nullptr) {
            REQUIRE(serves_fresh);
            CHECK(serve->entry == fresh);
            CHECK(serve->result == fresh->result());
            CHECK_FALSE(serve->refresh);
        } else if (!is_head) {
            CHECK_FALSE(serves_fresh);
        }
    }

    Answer answered(const http::RequestHead& head, const Fetch& fetch, http::Response origin) {
        asked = fetch.request.head;
        const http::ResponseHead response{origin.status, {}, origin.headers};
        return concluded(
            head,
            fetch.id,
            cache.origin_answered(fetch.id, response, identity, now),
            origin.body
        );
    }

    Answer concluded(
        const http::RequestHead& head,
        FetchId fetch,
        OriginVerdict verdict,
        std::string body
    ) {
        if (const auto* serve = std::get_if<Serve>(&verdict)) return of_entry(head, *serve);
        REQUIRE(std::holds_alternative<Deliver>(verdict));
        const auto& delivery = std::get<Deliver>(verdict);
        const auto response = viewer_response(
            head,
            {delivery.status, delivery.headers, body.size(), delivery.result, {}},
            identity
        );
        if (delivery.is_stored) cache.origin_completed(fetch, body);
        return cut(response, body);
    }

    Answer of_entry(const http::RequestHead& head, const Serve& serve) const {
        auto body = *serve.entry->body;
        if (serve.entry->page) body = error_page_body(*serve.entry->page, identity.request_id);
        return cut(viewer_response(head, *serve.entry, serve.age, serve.result, identity), body);
    }

    static Answer cut(const ViewerResponse& response, const std::string& body) {
        const auto length = response.length.value_or(body.size());
        return {
            response.head.status,
            response.head.headers,
            response.sends_body ? body.substr(response.offset, length) : ""
        };
    }

    static Answer answer(const http::Response& response) {
        return {response.status, response.headers, response.body};
    }
};

} // namespace diorama::cloudfront
