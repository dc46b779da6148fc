// Memory files between processes: only a sealed one of the right size is believed.
#include "sandbox/sealed.h"

#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/pass.h"

namespace assay::sandbox {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::uint64_t, 2> sizes{3, 4};
constexpr int all_seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

Descriptor memory_file(const std::string& text, int seals) {
    Descriptor file(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    EXPECT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    EXPECT_EQ(::fcntl(file.get(), F_ADD_SEALS, seals), 0);
    return file;
}

std::string why_not(const Descriptor& file) {
    const auto blobs = read_sealed(file, sizes, 7);
    return blobs ? "" : blobs.error().what;
}

TEST(Sealed, RoundTrip) {
    const std::vector<Bytes> blobs{Bytes(3, std::byte{1}), Bytes(), Bytes(5, std::byte{2})};
    const Descriptor file = seal(blobs, 8);
    ASSERT_GE(file.get(), 0);
    EXPECT_NE(::write(file.get(), "x", 1), 1);
    EXPECT_NE(::ftruncate(file.get(), 2), 0);
    const auto read = read_sealed(file, std::array<std::uint64_t, 3>{3, 0, 5}, 8);
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(*read, blobs);
}

TEST(Sealed, WhatAPeerCouldStillChangeIsRefused) {
    EXPECT_EQ(why_not(memory_file("1234567", all_seals)), "");
    for (const int seals : {0, F_SEAL_WRITE, F_SEAL_WRITE | F_SEAL_SHRINK, F_SEAL_SHRINK | F_SEAL_GROW}) {
        EXPECT_EQ(why_not(memory_file("1234567", seals)), "the file that was passed is no sealed memory file");
    }
    EXPECT_NE(why_not(Descriptor(::open("/dev/zero", O_RDONLY | O_CLOEXEC))), "");
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    const Descriptor write_end(pipe[1]);
    EXPECT_NE(why_not(Descriptor(pipe[0])), "");
}

TEST(Sealed, AnotherSizeAndASparseFileAreRefused) {
    EXPECT_EQ(why_not(memory_file("123456", all_seals)), "the file that was passed does not hold 7 bytes");
    EXPECT_EQ(why_not(memory_file("12345678", all_seals)), "the file that was passed does not hold 7 bytes");
    const Descriptor sparse(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    ASSERT_EQ(::ftruncate(sparse.get(), 1 << 20), 0);
    ASSERT_EQ(::fcntl(sparse.get(), F_ADD_SEALS, all_seals), 0);
    EXPECT_FALSE(read_sealed(sparse, std::array<std::uint64_t, 1>{1 << 20}, 1 << 20));
}

TEST(Descriptors, ComeAsManyAsAreExpected) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const Descriptor near(ends[0]);
    const Descriptor far(ends[1]);
    const std::array two{STDIN_FILENO, STDERR_FILENO};
    const auto deadline = [] { return std::chrono::steady_clock::now() + 100ms; };
    ASSERT_TRUE(pass_descriptors(near.get(), two, deadline()));
    const auto taken = take_descriptors(far.get(), 2, deadline());
    ASSERT_TRUE(taken) << taken.error().to_string();
    EXPECT_EQ(::fcntl((*taken)[0].get(), F_GETFD), FD_CLOEXEC);
    ASSERT_TRUE(pass_descriptors(near.get(), two, deadline()));
    EXPECT_FALSE(take_descriptors(far.get(), 1, deadline()));
    ASSERT_EQ(::send(near.get(), "x", 1, 0), 1); // a byte, and nothing with it
    EXPECT_FALSE(take_descriptors(far.get(), 1, deadline()));
    EXPECT_FALSE(take_descriptors(far.get(), 1, deadline())); // nothing at all
}

} // namespace
} // namespace assay::sandbox
