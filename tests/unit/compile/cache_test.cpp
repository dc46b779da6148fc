// The cache: it saves time, and whatever is done to it costs time only.
#include "compile/cache.h"

#include <fcntl.h>
#include <fstream>
#include <functional>
#include <set>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

namespace assay::compile {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

Request example(const std::string& source = "__global__ void k(float* x) { *x = 1 / 0; }\n") {
    Request request;
    request.source = source;
    return request;
}

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(folder)) {
        files.push_back(file.path());
    }
    return files;
}

TEST(Cache, SecondTimeIsTheSame) {
    const TemporaryFolder folder;
    Compiler first(toolkit(), folder.path() / "new" / "folder");
    const auto compiled = first.compile(example());
    ASSERT_TRUE(compiled && compiled->ptx);
    EXPECT_FALSE(compiled->cached);
    EXPECT_GT(compiled->seconds, 0);
    Compiler second(toolkit(), folder.path() / "new" / "folder");
    const auto cached = second.compile(example());
    ASSERT_TRUE(cached && cached->ptx);
    EXPECT_TRUE(cached->cached);
    EXPECT_EQ(cached->seconds, 0);
    EXPECT_EQ(*cached->ptx, *compiled->ptx);
    EXPECT_EQ(cached->log, compiled->log);
    EXPECT_EQ(to_string(cached->diagnostics), to_string(compiled->diagnostics));
    EXPECT_EQ(cached->diagnostics.at(0).severity, Severity::Warning);
    EXPECT_TRUE(second.warnings().empty());
}

TEST(Cache, KeepsErrorsToo) {
    const TemporaryFolder folder;
    Compiler compiler(toolkit(), folder.path());
    const auto compiled = compiler.compile(example("oops\n"));
    const auto cached = compiler.compile(example("oops\n"));
    ASSERT_TRUE(compiled && cached);
    EXPECT_TRUE(cached->cached);
    EXPECT_FALSE(cached->ptx);
    EXPECT_EQ(to_string(cached->diagnostics), to_string(compiled->diagnostics));
}

TEST(Cache, EverythingThatMattersIsInTheKey) {
    const TemporaryFolder folder;
    Compiler compiler(toolkit(), folder.path());
    std::vector<Request> requests(6, example());
    requests[1].name = "other.cu";
    requests[2].architecture = "compute_80";
    requests[3].options = {"-use_fast_math"};
    requests[4].line_info = false;
    requests[5].headers["x.h"] = "";
    for (const Request& request : requests) {
        const auto compilation = compiler.compile(request);
        ASSERT_TRUE(compilation);
        EXPECT_FALSE(compilation->cached);
    }
    EXPECT_EQ(files_in(folder.path()).size(), requests.size());
}

TEST(Cache, TimeoutsAreNotKept) {
    const TemporaryFolder folder;
    CompileLimits limits;
    limits.wall = std::chrono::milliseconds(1);
    Compiler compiler(toolkit(), folder.path(), limits);
    const auto compilation = compiler.compile(example());
    ASSERT_TRUE(compilation);
    EXPECT_EQ(compilation->failure, "timeout");
    EXPECT_TRUE(files_in(folder.path()).empty());
}

TEST(Cache, CorruptEntryIsMadeAgain) {
    const TemporaryFolder folder;
    const auto compile_once = [&](std::size_t warnings, bool cached) {
        Compiler compiler(toolkit(), folder.path());
        const auto compilation = compiler.compile(example());
        ASSERT_TRUE(compilation && compilation->ptx);
        EXPECT_EQ(compilation->cached, cached);
        EXPECT_EQ(compiler.warnings().size(), warnings);
        if (warnings != 0) {
            EXPECT_NE(compiler.warnings()[0].find("corrupt"), std::string::npos);
        }
    };
    compile_once(0, false);
    const fs::path entry = files_in(folder.path()).at(0);
    const std::string whole = read_text(entry);
    std::string flipped = whole;
    flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 4);
    for (const std::string& broken :
         {std::string(), std::string("\n"), whole.substr(0, whole.size() / 2), flipped, whole + "x"}) {
        std::ofstream(entry, std::ios::trunc) << broken;
        compile_once(1, false);
        EXPECT_EQ(read_text(entry), whole);
        compile_once(0, true);
    }
}

TEST(Cache, EntryOfAnotherFormIsMadeAgain) {
    const TemporaryFolder folder;
    Compiler compiler(toolkit(), folder.path());
    ASSERT_TRUE(compiler.compile(example()));
    const std::string key = files_in(folder.path()).at(0).stem().string();
    Cache cache(folder.path());
    for (const json& value :
         {json::object(), json(3), json{{"diagnostics", 3}}, json{{"diagnostics", {{1, 2}}}, {"log", ""}}}) {
        cache.store(key, value);
        const auto compilation = compiler.compile(example());
        ASSERT_TRUE(compilation && compilation->ptx);
        EXPECT_FALSE(compilation->cached);
    }
}

TEST(Cache, UnwritableFolderIsOneWarning) {
    const TemporaryFolder folder;
    const fs::path blocked = folder.path() / "file";
    std::ofstream(blocked) << "in the way";
    Compiler compiler(toolkit(), blocked / "cache");
    for (const char* source : {"__global__ void a() {}\n", "__global__ void b() {}\n"}) {
        const auto compilation = compiler.compile(example(source));
        ASSERT_TRUE(compilation && compilation->ptx);
    }
    ASSERT_EQ(compiler.warnings().size(), 1U);
    EXPECT_NE(compiler.warnings()[0].find("cannot be written"), std::string::npos);
}

TEST(Cache, FullDiskLeavesNothingBehind) {
    const TemporaryFolder folder;
    const pid_t child = ::fork(); // the limit cannot be taken back
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{1000, 1000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        Cache cache(folder.path());
        cache.store("key", json{{"text", std::string(5000, 'x')}});
        const bool clean = cache.warnings().size() == 1 && !cache.find("key") && fs::is_empty(folder.path());
        ::_exit(clean ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST(Cache, NoFolderKeepsNothing) {
    Cache cache({});
    cache.store("key", json{{"a", 1}});
    EXPECT_FALSE(cache.find("key"));
    EXPECT_TRUE(cache.warnings().empty());
}

/// What is done to the file of an entry, and whether the entry is there afterwards.
struct Change {
    const char* what;
    std::function<void(const fs::path&)> make;
    bool kept = false;
};

TEST(Cache, BytesAreWholeOrNotThere) {
    const std::string bytes("\0any\n\xff bytes", 12);
    const auto write = [](const fs::path& path, std::size_t at, std::string_view text) {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(at));
        file << text;
    };
    const std::vector<Change> changes{
        {"nothing", [](const fs::path&) {}, true},
        {"a byte", [&](const fs::path& path) { write(path, fs::file_size(path) - 1, "!"); }},
        {"the hash", [&](const fs::path& path) { write(path, 0, "0000000000000000"); }},
        {"cut short", [](const fs::path& path) { fs::resize_file(path, fs::file_size(path) - 1); }},
        {"empty", [](const fs::path& path) { fs::resize_file(path, 0); }},
        {"longer", [&](const fs::path& path) { write(path, fs::file_size(path), "more"); }},
        {"others may write it", [](const fs::path& path) { fs::permissions(path, fs::perms(0666)); }},
        {"a group may write it", [](const fs::path& path) { fs::permissions(path, fs::perms(0664)); }},
    };
    for (const Change& change : changes) {
        SCOPED_TRACE(change.what);
        const TemporaryFolder folder;
        Cache cache(folder.path());
        cache.store_bytes("key", bytes);
        EXPECT_EQ(cache.bytes(), 64 + 1 + bytes.size());
        change.make(folder.path() / "key.bin");
        const auto found = cache.find_bytes("key");
        EXPECT_EQ(found.has_value(), change.kept);
        EXPECT_TRUE(!found || *found == bytes);
        EXPECT_EQ(cache.warnings().empty(), change.kept);
        cache.store_bytes("key", bytes); // mends it, whatever it was
        EXPECT_EQ(cache.find_bytes("key"), bytes);
    }
}

TEST(Cache, AnEntryUnderTheNameOfAnotherIsNone) {
    const TemporaryFolder folder;
    Cache cache(folder.path());
    cache.store_bytes("key", "code");
    fs::copy(folder.path() / "key.bin", folder.path() / "other.bin");
    EXPECT_FALSE(cache.find_bytes("other"));
    EXPECT_EQ(cache.find_bytes("key"), "code");
}

TEST(Cache, OneEntryDoesNotDriveOutTheOthers) {
    const TemporaryFolder folder;
    Cache cache(folder.path(), 4000);
    cache.store_bytes("key", "code");
    cache.store_bytes("large", std::string(1001, 'x'));
    EXPECT_FALSE(cache.find_bytes("large"));
    EXPECT_TRUE(cache.find_bytes("key"));
}

TEST(Cache, AFileOfAnotherUserIsNotRead) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can give files away";
    }
    const TemporaryFolder folder;
    Cache cache(folder.path());
    cache.store_bytes("key", "code");
    ASSERT_EQ(::chown((folder.path() / "key.bin").c_str(), 65534, 65534), 0);
    EXPECT_FALSE(cache.find_bytes("key"));
    ASSERT_EQ(cache.warnings().size(), 1U);
    EXPECT_NE(cache.warnings()[0].find("another user"), std::string::npos);
}

TEST(Cache, TheLongestUnusedGoFirst) {
    const TemporaryFolder folder;
    const std::string text(1000, 'x');
    {
        Cache roomy(folder.path());
        for (int i = 0; i < 10; i++) {
            roomy.store(fmt::format("key{}", i), json{{"text", text}});
        }
    }
    const auto now = fs::file_time_type::clock::now();
    for (int i = 0; i < 10; i++) {
        fs::last_write_time(folder.path() / fmt::format("key{}.json", i), now - std::chrono::minutes(60 - i));
    }
    std::ofstream(folder.path() / "key.1.part") << "left by a killed process";
    fs::last_write_time(folder.path() / "key.1.part", now - std::chrono::hours(3));
    Cache tight(folder.path(), 5000);
    ASSERT_TRUE(tight.find("key0")); // used now
    tight.store("new", json{{"text", text}});
    std::set<std::string> left;
    for (const auto& file : files_in(folder.path())) {
        left.insert(file.filename().string());
    }
    EXPECT_EQ(left, (std::set<std::string>{"key0.json", "key8.json", "key9.json", "new.json"}));
}

TEST(Cache, ManyProcessesAtOnce) {
    const TemporaryFolder folder;
    std::vector<pid_t> children;
    for (int process = 0; process < 6; process++) {
        children.push_back(::fork());
        if (children.back() == 0) {
            Cache cache(folder.path(), 20'000);
            bool sound = true;
            for (int i = 0; i < 300; i++) {
                const std::string key = fmt::format("key{}", i % 7);
                const json value{{"text", std::string(2000, static_cast<char>('a' + i % 7))}};
                const auto found = cache.find(key);
                sound = sound && (!found || *found == value);
                cache.store(key, value);
            }
            ::_exit(sound && cache.warnings().empty() ? 0 : 1);
        }
    }
    for (const pid_t child : children) {
        int status = -1;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
}

} // namespace
} // namespace assay::compile
