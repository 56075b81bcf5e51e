// What survives: every service keeps its control-plane state in Tables, and a Table tells the
// Journal which records changed. The gateway commits once per acknowledged call, before it answers;
// background work commits when it has finished a step. Without --data nothing is written
// (ForgetfulJournal).
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace diorama {

class JournaledTable;

class Journal {
public:
    virtual ~Journal() = default;
    // Called by a Table when it is made: loads what an earlier process left.
    virtual void load(
        std::string_view table,
        const std::function<void(std::string key, std::string_view record)>& each
    ) = 0;
    // Marks a record as changed; it is read back from the table when the journal commits.
    virtual void changed(JournaledTable& table, const std::string& key) = 0;
    virtual void forget(JournaledTable& table) = 0;
    // Makes everything changed so far durable, in one transaction. False when something that
    // changed since the last call is not; it stays changed, and the next commit that succeeds makes
    // it durable too. Does not throw. World thread only.
    virtual bool commit() = 0;
};

class JournaledTable {
public:
    virtual ~JournaledTable() = default;
    virtual std::string_view name() const = 0;
    // The encoded record, or nothing when it was erased.
    virtual bool encode(const std::string& key, std::string& bytes) const = 0;
};

class ForgetfulJournal final : public Journal {
public:
    void
    load(std::string_view, const std::function<void(std::string, std::string_view)>&) override {}

    void changed(JournaledTable&, const std::string&) override {}

    void forget(JournaledTable&) override {}

    bool commit() override { return true; }
};

// Records by key, in key order. A Record provides
//     std::string encode() const;                       // any bytes, usually JSON
//     static Record decode(std::string_view bytes);
// References stay valid until the record is erased.
template <class Record>
class Table final : public JournaledTable {
public:
    Table(Journal& journal, std::string name)
        : journal_(journal)
        , name_(std::move(name)) {
        journal_.load(name_, [this](std::string key, std::string_view bytes) {
            records_.emplace(std::move(key), Record::decode(bytes));
        });
    }

    ~Table() override { journal_.forget(*this); }

    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    const Record* find(const std::string& key) const {
        const auto found = records_.find(key);
        return found == records_.end() ? nullptr : &found->second;
    }

    // For changing a record in place; nullptr when there is none.
    Record* edit(const std::string& key) {
        const auto found = records_.find(key);
        if (found == records_.end()) return nullptr;
        journal_.changed(*this, key);
        return &found->second;
    }

    Record& put(const std::string& key, Record record) {
        journal_.changed(*this, key);
        return records_.insert_or_assign(key, std::move(record)).first->second;
    }

    bool erase(const std::string& key) {
        if (records_.erase(key) == 0) return false;
        journal_.changed(*this, key);
        return true;
    }

    bool contains(const std::string& key) const { return records_.contains(key); }

    std::size_t size() const { return records_.size(); }

    bool empty() const { return records_.empty(); }

    auto begin() const { return records_.begin(); }

    auto end() const { return records_.end(); }

    auto lower_bound(const std::string& key) const { return records_.lower_bound(key); }

    std::string_view name() const override { return name_; }

    bool encode(const std::string& key, std::string& bytes) const override {
        const auto* record = find(key);
        if (record == nullptr) return false;
        bytes = record->encode();
        return true;
    }

private:
    Journal& journal_;
    std::string name_;
    std::map<std::string, Record> records_;
};

} // namespace diorama
