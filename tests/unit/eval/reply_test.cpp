// What is taken of a reply, and what is said about it.
#include "eval/reply.h"

#include <gtest/gtest.h>

namespace assay::eval {
namespace {

const std::string kernel = "__global__ void k(float* y) {}\n";
const std::string entry = "extern \"C\" void solve(float* y) { k<<<1, 1>>>(y); }\n";
const std::string whole = kernel + entry;

std::string fenced(const std::string& code, const std::string& language = "cuda") {
    return "```" + language + "\n" + code + "```\n";
}

std::string code_of(const std::string& reply) {
    const auto extracted = extract_code(reply);
    EXPECT_TRUE(extracted) << extracted.error().to_string();
    return extracted ? extracted->code : "";
}

std::string how(const std::string& reply) {
    const auto extracted = extract_code(reply);
    return extracted ? extracted->how : extracted.error().what;
}

TEST(Reply, OneBlockIsTaken) {
    EXPECT_EQ(code_of("Here it is:\n" + fenced(whole) + "It is fast.\n"), whole);
    EXPECT_EQ(how("Here it is:\n" + fenced(whole)), "code block 1 of 1 (the one with kernel and entry), from line 3");
    EXPECT_EQ(code_of("~~~~c++\n" + whole + "~~~\n~~~~\n"), whole + "~~~\n") << "closed by its own kind of fence";
    EXPECT_EQ(code_of(fenced(whole, "")), whole);
}

TEST(Reply, TheLastWholeBlockOfSeveralIsTaken) {
    const std::string better = "// v2\n" + whole;
    const std::string reply = fenced(whole) + "That has a bug.\n" + fenced(better) + "Note the launch:\n" +
                              fenced(entry) + "Compile it:\n" + fenced("nvcc kernel.cu\n", "sh");
    EXPECT_EQ(code_of(reply), better);
    EXPECT_EQ(how(reply), "code block 2 of 4 (the last with kernel and entry), from line 7");
}

TEST(Reply, AModuleInPythonIsWhole) {
    const std::string module = "import torch\nclass ModelNew(torch.nn.Module):\n    pass\n";
    EXPECT_EQ(code_of(fenced(whole) + fenced(module, "python") + fenced("import torch\nprint(1)\n", "python")), module);
    const std::string submission = "from task import input_t\n\ndef custom_kernel(data: input_t):\n    return data\n";
    EXPECT_EQ(code_of(fenced(submission, "python") + fenced("import torch\nprint(1)\n", "python")), submission);
}

TEST(Reply, KernelAndEntryInTwoBlocksAreJoined) {
    EXPECT_EQ(code_of(fenced(kernel) + "and on the host\n" + fenced(entry)), whole);
    EXPECT_NE(how(fenced(kernel) + fenced(entry)).find("1 and 2 of 2, joined"), std::string::npos);
}

TEST(Reply, ThoughtsAreNoPartOfIt) {
    const std::string reply = "<think>\n" + fenced(whole) + "Hm, no.\n</think>\n" + fenced("// real\n" + whole);
    EXPECT_EQ(code_of(reply), "// real\n" + whole);
    EXPECT_NE(how(reply).find("from line 9"), std::string::npos) << how(reply);
}

TEST(Reply, ACutOffReplyIsTakenAndSaid) {
    EXPECT_EQ(code_of("```cuda\n" + whole + "// and then"), whole + "// and then\n");
    EXPECT_NE(how("```cuda\n" + whole).find("cut off"), std::string::npos);
}

TEST(Reply, AnIndentedBlockLosesTheIndentOfItsFence) {
    EXPECT_EQ(code_of("1. first\n   ```cuda\n   __global__ void k() {\n     f();\n   }\n   ```\n"),
              "__global__ void k() {\n  f();\n}\n");
}

TEST(Reply, CodeWithoutFencesIsTakenWhole) {
    EXPECT_EQ(code_of(whole), whole);
}

TEST(Reply, WithoutCodeIsAnError) {
    EXPECT_EQ(how("I cannot help with that."), "the reply holds no code block");
    EXPECT_EQ(how(""), "the reply holds no code block");
    EXPECT_EQ(how("the block ```__global__ k``` in a line"), "the reply holds no code block");
    EXPECT_EQ(how(fenced("pip install torch\n", "sh")), "none of the reply's 1 code blocks holds a kernel or an entry");
    EXPECT_EQ(how("``"), "the reply holds no code block");
}

TEST(Reply, OfAMillionCharactersIsRead) {
    const std::string name(900'000, 'a');
    const auto extracted = extract_code("```cuda\n__global__ void k() {}\nextern \"C\" void solve() { torch::Tensor " +
                                        name + "; }\n```\n");
    ASSERT_TRUE(extracted);
    EXPECT_NE(extracted->code.find(name), std::string::npos);
    EXPECT_FALSE(is_python("def f(" + name));
    EXPECT_FALSE(extract_code("```\nTensor" + std::string(900'000, ' ') + "\n```\n"));
}

TEST(Reply, PythonIsToldFromCpp) {
    for (const char* python : {"import torch", "from torch import nn", "x = 1\nclass ModelNew(nn.Module):\n    pass",
                               "def f(a, b) -> int:  # why\n    return a"}) {
        EXPECT_TRUE(is_python(python)) << python;
    }
    for (const char* other :
         {"class Sum : public Base {", "import std;", "// from x\nint important = 3;", "defined(X):", ""}) {
        EXPECT_FALSE(is_python(other)) << other;
    }
}

} // namespace
} // namespace assay::eval
