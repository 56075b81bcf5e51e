// The events of the traffic: small, many, each known by three numbers. Those of the next four
// seconds stand in a wheel of short buckets, each sorted when its time has come; later ones wait in
// a heap. What happens at the same moment happens in the order in which it was scheduled. Timers of
// the control planes, which are few and carry closures, stay in VirtualTime; run_until() takes from
// both in the order of time.
#pragma once

#include "emulator/time/virtual_time.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace diorama::simulation {

// Who is told when an event is due.
class EventSink {
public:
    virtual ~EventSink() = default;
    // All three are the sink's own words; `generation` may tell a subject that is gone from a new
    // one with its number.
    virtual void happen(std::uint8_t what, std::uint32_t subject, std::uint32_t generation) = 0;
};

class EventQueue {
public:
    explicit EventQueue(VirtualTime& time);

    using SinkId = std::uint8_t;
    SinkId add(EventSink& sink);

    void schedule(
        Timestamp when,
        SinkId sink,
        std::uint8_t what,
        std::uint32_t subject,
        std::uint32_t generation = 0
    ) {
        const std::uint64_t order =
            (scheduled_++ << (sink_bits + what_bits)) | (std::uint64_t{sink} << what_bits) | what;
        const Event event{std::max(when, time_.now()), order, subject, generation};
        const auto number = bucket_of(event.when);
        ++pending_;
        if (number <= open_number_) return insert_into_open(event);
        if (number >= open_number_ + buckets) return push_to_heap(event);
        put_into_wheel(event, place_of(number));
    }

    Timestamp now() const { return time_.now(); }

    // Everything up to and including `end`; then the time is `end`. Stops early, between two
    // events, once `stop` is set.
    void run_until(Timestamp end, const volatile bool* stop = nullptr);

    std::uint64_t happened() const { return happened_; }

    std::size_t pending() const { return pending_; }

private:
    struct Event {
        Timestamp when;
        std::uint64_t order; // sequence number, then sink and what in the low bits
        std::uint32_t subject;
        std::uint32_t generation;

        bool before(const Event& other) const {
            // Without branches, as sorting wants it.
            const int is_earlier = when < other.when ? 1 : 0;
            const int is_same = when == other.when ? 1 : 0;
            return (is_earlier | (is_same & (order < other.order ? 1 : 0))) != 0;
        }
    };

    // An event in the wheel: a link of its bucket's chain, or of the chain of those to be used
    // again, so that the few that are under way stay in the processor's nearest cache.
    struct Link {
        Event event;
        std::uint32_t next;
    };

    static constexpr int sink_bits = 8;
    static constexpr int what_bits = 8;
    static constexpr int bucket_bits = 20; // 2^20 ns, about a millisecond
    static constexpr std::int64_t buckets = 4096;
    static constexpr std::size_t bits_per_word = 64;
    static constexpr std::uint32_t no_link = 0xffff'ffff;

    // Buckets are numbered from the beginning of time.
    using BucketNumber = std::int64_t;

    static BucketNumber bucket_of(Timestamp when) {
        return when.time_since_epoch().count() >> bucket_bits;
    }

    static std::size_t place_of(BucketNumber number) {
        return static_cast<std::size_t>(number & (buckets - 1));
    }

    void put_into_wheel(const Event& event, std::size_t place) {
        std::uint32_t link = unused_;
        if (link == no_link) {
            link = static_cast<std::uint32_t>(links_.size());
            links_.emplace_back();
        } else {
            unused_ = links_[link].next;
        }
        links_[link] = {event, wheel_[place]};
        wheel_[place] = link;
        const auto word = place / bits_per_word;
        occupied_[word] |= std::uint64_t{1} << (place % bits_per_word);
        occupied_words_ |= std::uint64_t{1} << word;
    }

    // The earliest event, or nullptr.
    const Event* first() {
        if (taken_ == open_.size()) {
            if (pending_ == 0) return nullptr;
            open_next_bucket();
        }
        return &open_[taken_];
    }

    void open_next_bucket();
    void sort_open();
    void take_chain(std::size_t place);
    // Not inline, so that schedule() can be.
    [[gnu::noinline]] void insert_into_open(const Event& event);
    [[gnu::noinline]] void push_to_heap(const Event& event);
    std::optional<BucketNumber> next_in_wheel() const;
    void pop_from_heap();

    VirtualTime& time_;
    std::vector<EventSink*> sinks_;
    // The open bucket, sorted; what is before `taken_` has happened.
    std::vector<Event> open_;
    std::size_t taken_ = 0;
    BucketNumber open_number_;
    std::array<std::uint32_t, buckets> wheel_;                      // first links, in the circle
    std::array<std::uint64_t, buckets / bits_per_word> occupied_{}; // a bit for each bucket
    std::uint64_t occupied_words_ = 0; // and one for each of these words
    std::vector<Link> links_;
    std::uint32_t unused_ = no_link;
    std::vector<Event> heap_; // four children per node
    std::size_t pending_ = 0;
    std::uint64_t scheduled_ = 0;
    std::uint64_t happened_ = 0;
};

// Deadlines that are all equally far away when they are set, so that they are due in the order in
// which they were set: time-outs, most of which never happen. Costs no event each; the owner looks
// at first() and arms one event for the lane.
class DeadlineLane {
public:
    struct Deadline {
        Timestamp when;
        std::uint32_t subject;
        std::uint32_t generation; // tells a subject that is gone from a new one with its number
    };

    void push(const Deadline& deadline) {
        if (count_ == circle_.size()) grow();
        circle_[(first_ + count_++) & (circle_.size() - 1)] = deadline;
    }

    bool empty() const { return count_ == 0; }

    const Deadline& first() const { return circle_[first_]; }

    void pop() {
        first_ = (first_ + 1) & (circle_.size() - 1);
        --count_;
    }

    bool is_armed = false;

private:
    void grow() {
        std::vector<Deadline> larger(std::max<std::size_t>(circle_.size() * 2, 64));
        for (std::size_t i = 0; i < count_; ++i)
            larger[i] = circle_[(first_ + i) & (circle_.size() - 1)];
        circle_ = std::move(larger);
        first_ = 0;
    }

    std::vector<Deadline> circle_; // its size is a power of two
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

// Records of things under way, known by small numbers that are used again.
template <class Record>
class Slab {
public:
    // The record as it was left, or new; its generation has changed.
    std::uint32_t take() {
        if (in_use_ == free_.size()) grow();
        return free_[in_use_++];
    }

    void give_back(std::uint32_t index) {
        ++(*this)[index].generation;
        free_[--in_use_] = index;
    }

    Record& operator[](std::uint32_t index) {
        return blocks_[index / block_size][index % block_size];
    }

    const Record& operator[](std::uint32_t index) const {
        return blocks_[index / block_size][index % block_size];
    }

    std::size_t in_use() const { return in_use_; }

private:
    void grow() {
        blocks_.push_back(std::make_unique<Record[]>(block_size));
        for (std::uint32_t i = 0; i < block_size; ++i)
            free_.push_back(static_cast<std::uint32_t>(free_.size()));
    }

    static constexpr std::uint32_t block_size = 256;
    std::vector<std::unique_ptr<Record[]>> blocks_; // records stay where they are
    // As many as there are records; those from `in_use_` on are free.
    std::vector<std::uint32_t> free_;
    std::size_t in_use_ = 0;
};

} // namespace diorama::simulation
