// The events of the traffic: small, many, each known by three numbers. Those of the next half
// second stand in a wheel of short buckets, each sorted when its time has come; later ones wait in
// a heap. What happens at the same moment happens in the order in which it was scheduled. Timers of
// the control planes, which are few and carry closures, stay in VirtualTime; run_until() takes from
// both in the order of time.
#pragma once

#include "emulator/time/virtual_time.hpp"

#include <cstdint>
#include <deque>
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
    );

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
            return when != other.when ? when < other.when : order < other.order;
        }
    };

    // Buckets are numbered from the beginning of time.
    using BucketNumber = std::int64_t;
    static BucketNumber bucket_of(Timestamp when);

    // The earliest event, or nullptr.
    const Event* first();
    void open_next_bucket();
    void insert_into_open(const Event& event);
    std::optional<BucketNumber> next_in_wheel() const;
    void push_to_heap(const Event& event);
    void pop_from_heap();

    VirtualTime& time_;
    std::vector<EventSink*> sinks_;
    // The open bucket, sorted; what is before `taken_` has happened.
    std::vector<Event> open_;
    std::size_t taken_ = 0;
    BucketNumber open_number_;
    std::vector<std::vector<Event>> wheel_; // by number, in the circle
    std::vector<std::uint64_t> occupied_;   // a bit for each bucket of the wheel
    std::vector<Event> heap_;               // four children per node
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

    void push(const Deadline& deadline) { deadlines_.push_back(deadline); }

    bool empty() const { return deadlines_.empty(); }

    const Deadline& first() const { return deadlines_.front(); }

    void pop() { deadlines_.pop_front(); }

    bool is_armed = false;

private:
    std::deque<Deadline> deadlines_;
};

// Records of things under way, known by small numbers that are used again.
template <class Record>
class Slab {
public:
    // The record as it was left, or new; its generation has changed.
    std::uint32_t take() {
        if (free_.empty()) {
            records_.emplace_back();
            return static_cast<std::uint32_t>(records_.size() - 1);
        }
        const auto index = free_.back();
        free_.pop_back();
        return index;
    }

    void give_back(std::uint32_t index) {
        ++records_[index].generation;
        free_.push_back(index);
    }

    Record& operator[](std::uint32_t index) { return records_[index]; }

    const Record& operator[](std::uint32_t index) const { return records_[index]; }

    std::size_t in_use() const { return records_.size() - free_.size(); }

private:
    std::deque<Record> records_; // they stay where they are
    std::vector<std::uint32_t> free_;
};

} // namespace diorama::simulation
