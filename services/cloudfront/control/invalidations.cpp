// See invalidations.hpp.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html
#include "services/cloudfront/control/invalidations.hpp"

#include "services/cloudfront/control/page.hpp"

#include <algorithm>

namespace diorama::cloudfront {

namespace {

// AWS: paths begin with "/", at most 4,000 characters; "the * … must be the last character".
void check_paths(const api::Paths& paths) {
    if (paths.quantity != static_cast<std::int32_t>(paths.items.size()))
        throw api::InconsistentQuantities("The value of Quantity and the size of Items don't match."
        );
    if (paths.items.empty())
        throw api::InvalidArgument("Your request must contain at least one invalidation path.");
    for (const auto& path : paths.items) {
        const bool is_valid = path.starts_with('/') &&
                              path.size() <= limits::invalidation_path_length &&
                              path.find('*') >= path.size() - 1;
        if (!is_valid)
            throw api::InvalidArgument(
                "Your request contains one or more invalid invalidation paths."
            );
    }
}

std::size_t wildcards(const std::vector<std::string>& paths) {
    return static_cast<std::size_t>(std::count_if(paths.begin(), paths.end(), [](const auto& path) {
        return path.ends_with('*');
    }));
}

api::Invalidation describe(const InvalidationRecord& record) {
    return {
        record.id,
        record.is_completed ? "Completed" : "InProgress",
        record.create_time,
        {{static_cast<std::int32_t>(record.paths.size()), record.paths}, record.caller_reference}
    };
}

std::string invalidation_location(const InvalidationRecord& record) {
    return location_of("distribution/" + record.distribution_id + "/invalidation/" + record.id);
}

} // namespace

void Invalidations::resume_all() {
    for (const auto& [key, record] : state_.invalidations) {
        if (!record.is_completed) complete_later(key);
    }
}

std::string Invalidations::key_of_distribution(const aws::Call& call, const std::string& id) const {
    auto key = key_of(call.account, id);
    if (!state_.distributions.contains(key))
        throw api::NoSuchDistribution("The specified distribution does not exist.");
    return key;
}

void Invalidations::check_quota(
    const std::string& distribution_key,
    const api::InvalidationBatch& batch
) const {
    const auto& items = batch.paths.items;
    if (items.size() > limits::invalidation_paths_in_progress)
        throw api::BatchTooLarge("Invalidation batch specified is too large.");
    auto paths = items.size();
    auto wildcard_paths = wildcards(items);
    for_each_with_prefix(state_.invalidations, distribution_key + "/", [&](const auto& other) {
        if (other.is_completed) return;
        paths += other.paths.size();
        wildcard_paths += wildcards(other.paths);
    });
    if (paths > limits::invalidation_paths_in_progress ||
        wildcard_paths > limits::invalidation_wildcards_in_progress)
        throw api::TooManyInvalidationsInProgress(
            "You have exceeded the maximum number of allowable InProgress invalidation batch "
            "requests, or invalidation objects."
        );
}

// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html
api::CreateInvalidationResult Invalidations::create_invalidation(
    const aws::Call& call,
    const api::CreateInvalidationRequest& input
) {
    const auto distribution_key = key_of_distribution(call, input.distribution_id);
    const auto& batch = input.invalidation_batch;
    check_paths(batch.paths);
    // AWS: with a caller reference already used and the same paths the answer is the same; with
    // others it is an error.
    const InvalidationRecord* earlier = nullptr;
    for_each_with_prefix(state_.invalidations, distribution_key + "/", [&](const auto& other) {
        if (other.caller_reference == batch.caller_reference) earlier = &other;
    });
    if (earlier != nullptr && earlier->paths == batch.paths.items)
        return {invalidation_location(*earlier), describe(*earlier)};
    if (earlier != nullptr)
        throw api::InvalidArgument(
            "Your request contains a caller reference that was used for a previous invalidation "
            "batch for the same distribution."
        );
    check_quota(distribution_key, batch);

    InvalidationRecord record;
    record.distribution_id = input.distribution_id;
    record.id = "I" + call.random.base36_upper(13);
    record.caller_reference = batch.caller_reference;
    record.paths = batch.paths.items;
    record.create_time = call.now;
    if (const auto distribution = published_.find_by_id(input.distribution_id)) {
        for (const auto& path : record.paths)
            edge_.invalidate(*distribution, path);
    }
    const auto key = distribution_key + "/" + record.id;
    const auto& stored = state_.invalidations.put(key, std::move(record));
    complete_later(key);
    return {invalidation_location(stored), describe(stored)};
}

void Invalidations::complete_later(const std::string& key) {
    auto& timer = timers_.insert_or_assign(key, Timer(environment_.scheduler)).first->second;
    timer.start_after(limits::invalidation.at(environment_.pace), [this, key] {
        // A copy: erasing the timer also ends this closure.
        const auto completed = key;
        if (auto* record = state_.invalidations.edit(completed)) record->is_completed = true;
        environment_.journal.commit();
        timers_.erase(completed);
    });
}

api::GetInvalidationResult
Invalidations::get_invalidation(const aws::Call& call, const api::GetInvalidationRequest& input) {
    const auto key = key_of_distribution(call, input.distribution_id) + "/" + input.id;
    const auto* record = state_.invalidations.find(key);
    if (record == nullptr)
        throw api::NoSuchInvalidation("The specified invalidation does not exist.");
    return {describe(*record)};
}

// AWS: "the most recent … first".
api::ListInvalidationsResult Invalidations::list_invalidations(
    const aws::Call& call,
    const api::ListInvalidationsRequest& input
) {
    const auto prefix = key_of_distribution(call, input.distribution_id) + "/";
    std::vector<const InvalidationRecord*> all;
    for_each_with_prefix(state_.invalidations, prefix, [&](const auto& record) {
        all.push_back(&record);
    });
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
        return a->create_time != b->create_time ? a->create_time > b->create_time : a->id < b->id;
    });
    const auto id_of = [](const auto* record) { return record->id; };
    const auto page = page_of(std::move(all), input.marker, input.max_items, id_of);
    api::InvalidationList list;
    list.marker = input.marker.value_or("");
    list.max_items = page.max_items;
    list.next_marker = page.next_marker;
    list.is_truncated = page.next_marker.has_value();
    for (const auto* record : page.items) {
        const auto whole = describe(*record);
        list.items.push_back({whole.id, whole.create_time, whole.status});
    }
    list.quantity = static_cast<std::int32_t>(list.items.size());
    return {std::move(list)};
}

} // namespace diorama::cloudfront
