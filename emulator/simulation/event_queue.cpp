// See event_queue.hpp.
#include "emulator/simulation/event_queue.hpp"

#include <algorithm>
#include <bit>

namespace diorama::simulation {

namespace {

constexpr std::size_t children = 4;
constexpr std::size_t few = 12;

} // namespace

EventQueue::EventQueue(VirtualTime& time)
    : time_(time)
    , open_number_(bucket_of(time.now())) {
    wheel_.fill(no_link);
}

EventQueue::SinkId EventQueue::add(EventSink& sink) {
    sinks_.push_back(&sink);
    return static_cast<SinkId>(sinks_.size() - 1);
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
    if (occupied_words_ == 0) return std::nullopt;
    const auto from = place_of(open_number_ + 1);
    auto word = from / bits_per_word;
    auto bits = occupied_[word] & (~std::uint64_t{0} << (from % bits_per_word));
    if (bits == 0) {
        const auto later = occupied_words_ & (~std::uint64_t{1} << word);
        word = static_cast<std::size_t>(std::countr_zero(later != 0 ? later : occupied_words_));
        // Once round it may be the same word again, of which only the bits before are left.
        bits = occupied_[word];
    }
    const auto place = word * bits_per_word + static_cast<std::size_t>(std::countr_zero(bits));
    const auto ahead = (place - from) & (buckets - 1);
    return open_number_ + 1 + static_cast<BucketNumber>(ahead);
}

void EventQueue::take_chain(std::size_t place) {
    auto link = wheel_[place];
    wheel_[place] = no_link;
    const auto word = place / bits_per_word;
    occupied_[word] &= ~(std::uint64_t{1} << (place % bits_per_word));
    if (occupied_[word] == 0) occupied_words_ &= ~(std::uint64_t{1} << word);
    while (link != no_link) {
        open_.push_back(links_[link].event);
        const auto next = links_[link].next;
        links_[link].next = unused_;
        unused_ = link;
        link = next;
    }
}

void EventQueue::open_next_bucket() {
    open_.clear();
    taken_ = 0;
    const auto near = next_in_wheel();
    auto number = near.value_or(0);
    if (!heap_.empty()) {
        const auto far = bucket_of(heap_.front().when);
        if (!near || far < number) number = far;
    }
    if (near == number) take_chain(place_of(number));
    for (; !heap_.empty() && bucket_of(heap_.front().when) == number; pop_from_heap())
        open_.push_back(heap_.front());
    open_number_ = number;
    sort_open();
}

// Each one's place is the number of those before it: for the few that a millisecond has that is
// faster than branches that nobody could foretell.
void EventQueue::sort_open() {
    const auto count = open_.size();
    if (count > few)
        return std::sort(open_.begin(), open_.end(), [](const Event& one, const Event& other) {
            return one.before(other);
        });
    std::array<Event, few> unsorted; // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<std::uint32_t, few> place{};
    std::copy(open_.begin(), open_.end(), unsorted.begin());
    for (std::size_t i = 1; i < count; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const auto is_behind = static_cast<std::uint32_t>(unsorted[j].before(unsorted[i]));
            place[i] += is_behind;
            place[j] += 1 - is_behind;
        }
    for (std::size_t i = 0; i < count; ++i)
        open_[place[i]] = unsorted[i];
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
    while (stop == nullptr || !*stop) {
        const Event* next = first();
        const auto due = next == nullptr ? Timestamp::max() : next->when;
        // Control planes go first, so that what they decide at a moment holds for its traffic.
        const auto timer = time_.next().value_or(Timestamp::max());
        if (timer <= due && timer <= end) {
            time_.step();
            ++happened_;
            continue;
        }
        if (next == nullptr || due > end) break;
        const Event event = *next;
        ++taken_;
        --pending_;
        ++happened_;
        time_.pass_to(due);
        const auto low = static_cast<std::uint32_t>(event.order);
        sinks_[(low >> what_bits) & 0xff]
            ->happen(static_cast<std::uint8_t>(low), event.subject, event.generation);
    }
    if (stop == nullptr || !*stop) time_.pass_to(end);
}

} // namespace diorama::simulation
