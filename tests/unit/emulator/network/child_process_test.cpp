// Real processes of this machine, each over in milliseconds.
#include "emulator/network/child_process.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <string>
#include <unistd.h>

using namespace diorama;
using network::run_script;

namespace {

// Only the operating system can say when a process has come so far, so this one test polls it.
template <class Condition>
bool comes_true(Condition condition) {
    for (int i = 0; i < 5000; ++i) {
        if (condition()) return true;
        poll(nullptr, 0, 1); // a millisecond
    }
    return false;
}

bool exists(pid_t process) {
    return kill(process, 0) == 0 || errno != ESRCH;
}

} // namespace

TEST_CASE("child process: runs under sh, with our environment and the additions") {
    const auto process = run_script(
        "echo \"$GREETING $HOME\"; echo late >&2",
        {{"GREETING", "hi"}, {"HOME", "/h"}},
        100
    );
    REQUIRE(comes_true([&] { return !process->is_running(); }));
    CHECK(process->output() == "hi /h\nlate\n");
}

TEST_CASE("child process: the interpreter is that of the first line, with its argument") {
    const auto process = run_script("#!/bin/sh -e\necho one\nfalse\necho two\n", {}, 100);
    REQUIRE(comes_true([&] { return !process->is_running(); }));
    CHECK(process->output() == "one\n");
}

TEST_CASE("child process: what cannot be started says why") {
    const auto process = run_script("#!/no/such/interpreter\n", {}, 100);
    CHECK(!process->is_running());
    CHECK(process->output() == "/no/such/interpreter: No such file or directory\n");
    CHECK(process->cpu_time() == Duration::zero());
}

TEST_CASE("child process: only the last bytes of the output are kept") {
    const auto process = run_script("printf 1234567890", {}, 4);
    REQUIRE(comes_true([&] { return !process->is_running(); }));
    CHECK(process->output() == "7890");
}

TEST_CASE("child process: CPU time is that which it really took, also when it has ended") {
    const auto process = run_script("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done", {}, 100);
    REQUIRE(comes_true([&] { return !process->is_running(); }));
    CHECK(process->cpu_time() > Duration::zero());
}

TEST_CASE("child process: with its owner goes everything it started") {
    auto process = run_script("sleep 1000 & echo $!; wait", {}, 100);
    REQUIRE(comes_true([&] { return process->output().ends_with('\n'); }));
    const pid_t grandchild = std::atoi(process->output().c_str());
    REQUIRE(grandchild > 0);
    CHECK(process->is_running());
    process.reset();
    // Whoever adopted it has to collect it first.
    CHECK(comes_true([&] { return !exists(grandchild); }));
}

TEST_CASE("child process: one that escaped and holds the output does not hold its owner") {
    auto process = run_script("setsid sleep 5 & echo $!; wait", {}, 100);
    REQUIRE(comes_true([&] { return process->output().ends_with('\n'); }));
    const auto began = std::chrono::steady_clock::now();
    const pid_t escaped = std::atoi(process->output().c_str());
    // Give it the time to leave the group; if it does not, it is killed with it.
    comes_true([&] { return getpgid(escaped) == escaped; });
    process.reset();
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(4));
    kill(escaped, SIGKILL);
}
