// See event_queue.hpp.
#include "emulator/simulation/event_queue.hpp"

#include <algorithm>
#include <bit>

namespace diorama::simulation {

namespace {

constexpr std::size_t children = 4;
constexpr int sink_bits = 8;
constexpr int what_bits = 8;
constexpr int bucket_bits = 17; // 2^17 ns, an eighth of a millisecond
constexpr std::int64_t buckets = 4096;
constexpr std::int64_t bits_per_word = 64;

constexpr std::size_t place_of(std::int64_t number) {
    return static_cast<std::size_t>(number & (buckets - 1));
}

} // namespace

EventQueue::EventQueue(VirtualTime& time)
    : time_(time)
    , open_number_(bucket_of(time.now()))
    , wheel_(buckets)
    , occupied_(buckets / bits_per_word) {}

EventQueue::SinkId EventQueue::add(EventSink& sink) {
    sinks_.push_back(&sink);
    return static_cast<SinkId>(sinks_.size() - 1);
}

EventQueue::BucketNumber EventQueue::bucket_of(Timestamp when) {
    return when.time_since_epoch().count() >> bucket_bits;
}

void EventQueue::schedule(
    Timestamp when,
    SinkId sink,
    std::uint8_t what,
    std::uint32_t subject,
    std::uint32_t generation
) {
    const std::uint64_t order =
        (scheduled_++ << (sink_bits + what_bits)) | (std::uint64_t{sink} << what_bits) | what;
    const Event event{std::max(when, time_.now()), order, subject, generation};
    const auto number = bucket_of(event.when);
    ++pending_;
    if (number <= open_number_) return insert_into_open(event);
    if (number >= open_number_ + buckets) return push_to_heap(event);
    const auto place = place_of(number);
    wheel_[place].push_back(event);
    occupied_[place / bits_per_word] |= std::uint64_t{1} << (place % bits_per_word);
}

void EventQueue::insert_into_open(const Event& event) {
    const auto waiting = open_.begin() + static_cast<std::ptrdiff_t>(taken_);
    const auto place =
        std::upper_bound(waiting, open_.end(), event, [](const Event& one, const Event& other) {
            return one.before(other);
        });
    open_.insert(place, event);
}

// The bits of the wheel, from the bucket after the open one once round.
std::optional<EventQueue::BucketNumber> EventQueue::next_in_wheel() const {
    const auto from = place_of(open_number_ + 1);
    const std::size_t words = occupied_.size();
    for (std::size_t i = 0; i <= words; ++i) {
        const std::size_t word = (from / bits_per_word + i) % words;
        std::uint64_t bits = occupied_[word];
        const auto below = (std::uint64_t{1} << (from % bits_per_word)) - 1;
        if (i == 0) bits &= ~below;
        if (i == words) bits &= below;
        if (bits == 0) continue;
        const auto place = word * bits_per_word + static_cast<std::size_t>(std::countr_zero(bits));
        const auto ahead = (place + buckets - from) % buckets;
        return open_number_ + 1 + static_cast<BucketNumber>(ahead);
    }
    return std::nullopt;
}

void EventQueue::open_next_bucket() {
    open_.clear();
    taken_ = 0;
    const auto near = next_in_wheel();
    if (!near && heap_.empty()) return;
    auto number = near.value_or(0);
    if (!heap_.empty()) {
        const auto far = bucket_of(heap_.front().when);
        if (!near || far < *near) number = far;
    }
    if (near == number) {
        const auto place = place_of(number);
        std::swap(open_, wheel_[place]);
        occupied_[place / bits_per_word] &= ~(std::uint64_t{1} << (place % bits_per_word));
    }
    for (; !heap_.empty() && bucket_of(heap_.front().when) == number; pop_from_heap())
        open_.push_back(heap_.front());
    open_number_ = number;
    std::sort(open_.begin(), open_.end(), [](const Event& one, const Event& other) {
        return one.before(other);
    });
}

const EventQueue::Event* EventQueue::first() {
    if (pending_ == 0) return nullptr;
    if (taken_ == open_.size()) open_next_bucket();
    return &open_[taken_];
}

void EventQueue::push_to_heap(const Event& event) {
    std::size_t at = heap_.size();
    heap_.push_back(event);
    while (at > 0) {
        const std::size_t parent = (at - 1) / children;
        if (!event.before(heap_[parent])) break;
        heap_[at] = heap_[parent];
        at = parent;
    }
    heap_[at] = event;
}

void EventQueue::pop_from_heap() {
    const Event last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (size == 0) return;
    std::size_t at = 0;
    for (;;) {
        const std::size_t first_child = at * children + 1;
        if (first_child >= size) break;
        std::size_t least = first_child;
        for (std::size_t i = first_child + 1; i < std::min(first_child + children, size); ++i)
            if (heap_[i].before(heap_[least])) least = i;
        if (!heap_[least].before(last)) break;
        heap_[at] = heap_[least];
        at = least;
    }
    heap_[at] = last;
}

void EventQueue::run_until(Timestamp end, const volatile bool* stop) {
    auto timer = time_.next();
    while (stop == nullptr || !*stop) {
        const Event* next = first();
        // Control planes go first, so that what they decide at a moment holds for its traffic.
        if (timer && *timer <= end && (next == nullptr || *timer <= next->when)) {
            time_.step();
            ++happened_;
            timer = time_.next();
            continue;
        }
        if (next == nullptr || next->when > end) break;
        const Event event = *next;
        ++taken_;
        --pending_;
        time_.pass_to(event.when);
        ++happened_;
        const auto low = static_cast<std::uint32_t>(event.order);
        sinks_[(low >> what_bits) & 0xff]
            ->happen(static_cast<std::uint8_t>(low), event.subject, event.generation);
        timer = time_.next();
    }
    if (stop == nullptr || !*stop) time_.pass_to(end);
}

} // namespace diorama::simulation
