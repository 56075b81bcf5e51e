// See live_metrics.hpp. A shard is guarded by a spin lock that only gather() ever contends for, and
// only for the time of swapping two vectors. Repeated equal values, which is what counters add, are
// counted without touching the histogram.
#include "emulator/metrics/live_metrics.hpp"

#include <algorithm>
#include <atomic>

namespace diorama {

namespace {

class SpinLock {
public:
    void lock() {
        while (taken_.test_and_set(std::memory_order_acquire)) {
            while (taken_.test(std::memory_order_relaxed))
                std::this_thread::yield();
        }
    }

    void unlock() { taken_.clear(std::memory_order_release); }

private:
    std::atomic_flag taken_;
};

std::uint64_t next_instance() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

} // namespace

class alignas(64) LiveMetrics::Shard {
public:
    void add(SeriesId series, double value, double count) {
        if (count <= 0) return;
        const std::lock_guard lock(lock_);
        add_locked(series, value, count);
    }

    void add_each(std::span<const Value> values) {
        const std::lock_guard lock(lock_);
        for (const auto& each : values)
            add_locked(each.series, each.value, 1);
    }

    void add_to_all(std::span<const SeriesId> all, double value, double count) {
        if (count <= 0) return;
        const std::lock_guard lock(lock_);
        for (const auto each : all)
            add_locked(each, value, count);
    }

    void merge(SeriesId series, const Distribution& values) {
        if (values.empty()) return;
        const std::lock_guard lock(lock_);
        if (series >= active_.cells.size()) active_.cells.resize(series + 1);
        auto& cell = active_.cells[series];
        if (cell.is_untouched()) active_.touched.push_back(series);
        cell.values.merge(values);
    }

    // Moves what was added into `merged`, which is indexed by series, and notes new series in
    // `touched`.
    void take(std::vector<Distribution>& merged, std::vector<SeriesId>& touched);

private:
    void add_locked(SeriesId series, double value, double count) {
        if (series >= active_.cells.size()) active_.cells.resize(series + 1);
        auto& cell = active_.cells[series];
        if (cell.run_value == value && cell.run_count > 0) {
            cell.run_count += count;
            return;
        }
        if (cell.is_untouched()) active_.touched.push_back(series);
        cell.values.add(cell.run_value, cell.run_count);
        cell.run_value = value;
        cell.run_count = count;
    }

    struct Cell {
        Distribution values;
        double run_value = 0; // the last value added, and how often in a row
        double run_count = 0;

        bool is_untouched() const { return run_count == 0 && values.empty(); }
    };

    struct Buffer {
        std::vector<Cell> cells; // by SeriesId
        std::vector<SeriesId> touched;
    };

    SpinLock lock_;
    Buffer active_;
    Buffer resting_;
};

void LiveMetrics::Shard::take(std::vector<Distribution>& merged, std::vector<SeriesId>& touched) {
    {
        const std::lock_guard lock(lock_);
        std::swap(active_, resting_);
    }
    for (const auto series : resting_.touched) {
        auto& cell = resting_.cells[series];
        cell.values.add(cell.run_value, cell.run_count);
        if (series >= merged.size()) merged.resize(series + 1);
        if (merged[series].empty()) {
            touched.push_back(series);
            merged[series] = std::move(cell.values);
        } else {
            merged[series].merge(cell.values);
        }
        cell = Cell{};
    }
    resting_.touched.clear();
}

LiveMetrics::LiveMetrics()
    : instance_(next_instance()) {}

LiveMetrics::~LiveMetrics() = default;

SeriesId LiveMetrics::series(const MetricId& id) {
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = known_.try_emplace(id, static_cast<SeriesId>(ids_.size()));
    if (is_new) ids_.push_back(&place->first);
    return place->second;
}

LiveMetrics::Shard& LiveMetrics::shard_of_this_thread() {
    struct Remembered {
        std::uint64_t instance = 0;
        Shard* shard = nullptr;
    };

    thread_local Remembered remembered;
    if (remembered.instance == instance_) return *remembered.shard;
    const std::lock_guard lock(mutex_);
    auto& shard = shards_by_thread_[std::this_thread::get_id()];
    if (shard == nullptr) {
        shards_.push_back(std::make_unique<Shard>());
        shard = shards_.back().get();
    }
    remembered = {instance_, shard};
    return *shard;
}

void LiveMetrics::add(SeriesId series, double value, double count) {
    shard_of_this_thread().add(series, value, count);
}

void LiveMetrics::add_each(std::span<const Value> values) {
    shard_of_this_thread().add_each(values);
}

void LiveMetrics::add_to_all(std::span<const SeriesId> all, double value, double count) {
    shard_of_this_thread().add_to_all(all, value, count);
}

void LiveMetrics::merge(SeriesId series, const Distribution& values) {
    shard_of_this_thread().merge(series, values);
}

void LiveMetrics::gather(MetricsSink& sink, Timestamp when) {
    std::vector<Shard*> shards;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& shard : shards_)
            shards.push_back(shard.get());
    }
    std::vector<Distribution> merged;
    std::vector<SeriesId> touched;
    for (auto* shard : shards)
        shard->take(merged, touched);
    std::sort(touched.begin(), touched.end());
    for (const auto series : touched) {
        const MetricId* id = nullptr;
        {
            const std::lock_guard lock(mutex_);
            id = ids_[series];
        }
        sink.put(*id, when, merged[series]);
    }
}

} // namespace diorama
