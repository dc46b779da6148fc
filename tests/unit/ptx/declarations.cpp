// The module level: header, variables, functions, debugging sections.
#include <gtest/gtest.h>

#include "fixtures.h"
#include "ptx/parser.h"

namespace assay::ptx {

namespace {

Function function_of(const std::string& text) {
    Module module = module_of(text);
    if (module.items.size() != 1 || !std::holds_alternative<Function>(module.items[0])) {
        ADD_FAILURE() << "not one function: " << text;
        return {};
    }
    return std::move(std::get<Function>(module.items[0]));
}

const std::vector<Initializer>& list(const Initializer& initializer) {
    return std::get<std::vector<Initializer>>(initializer.value);
}

const Operand& scalar(const Initializer& initializer) {
    return std::get<Operand>(initializer.value);
}

} // namespace

TEST(Header, VersionTargetAddressSize) {
    const Module module = must_parse("// made by hand\n.version 8.13\n.target sm_90a, debug\n.address_size 64\n");
    EXPECT_EQ(module.version_major, 8U);
    EXPECT_EQ(module.version_minor, 13U);
    EXPECT_EQ(module.targets, (std::vector<std::string>{"sm_90a", "debug"}));
    EXPECT_EQ(module.address_size, 64U);
    EXPECT_EQ(must_parse(".version 9.0 .target sm_80").address_size, 64U);
}

TEST(Header, Errors) {
    EXPECT_EQ(error_of(""), "ptx:1:1: expected '.version' at the beginning of a module, found the end of the text");
    EXPECT_EQ(error_of(".version 9"), "ptx:1:10: expected a version such as 9.0, found '9'");
    EXPECT_EQ(error_of(".version 1e5"), "ptx:1:10: expected a version such as 9.0, found '1e5'");
    EXPECT_EQ(error_of(".version 9."), "ptx:1:10: expected a version such as 9.0, found '9.'");
    EXPECT_EQ(error_of(".version 9.0\n.target ;"), "ptx:2:9: expected a target such as sm_90, found ';'");
    EXPECT_EQ(error_of(".version 9.0 .target sm_90 .address_size 16"), "ptx:1:42: expected 32 or 64, found '16'");
    EXPECT_EQ(error_of(".version 9.0 @"), "ptx:1:14: expected '.target' after '.version', found '@'");
    const Result<Module> named = parse("\n  \x80", "kernel.ptx");
    ASSERT_FALSE(named.has_value());
    EXPECT_EQ(named.error().where, "kernel.ptx:2:3");
    EXPECT_EQ(named.error().what, "found a byte that begins nothing in PTX: 0x80");
}

TEST(Errors, AreOneLineOfAscii) {
    EXPECT_EQ(error_of("\"a\nb\xC3\xA9\""),
              "ptx:1:1: expected '.version' at the beginning of a module, found '\"a?b\?\?\"'");
    EXPECT_EQ(error_of(std::string(1000, 'x')),
              "ptx:1:1: expected '.version' at the beginning of a module, found '" + std::string(60, 'x') + "...'");
}

TEST(Variables, EveryPart) {
    const Variable all =
        variable_of(".visible .global .attribute(.managed, .unified(19, 0x5F)) .align 16 .v4 .f32 a[2][];");
    EXPECT_EQ(all.linkage, std::vector<std::string>{"visible"});
    EXPECT_EQ(all.space, "global");
    EXPECT_EQ(all.attributes, (std::vector<std::string>{"managed", "unified(19, 0x5F)"}));
    EXPECT_EQ(all.alignment, 16U);
    EXPECT_EQ(all.vector, "v4");
    EXPECT_EQ(all.type, "f32");
    EXPECT_EQ(all.name, "a");
    EXPECT_EQ(all.dimensions, (std::vector<std::optional<std::uint64_t>>{2, std::nullopt}));
    EXPECT_FALSE(all.initializer.has_value());
    EXPECT_EQ(all.position, (Position{4, 1}));
    EXPECT_TRUE(variable_of(".extern .shared .align 4 .b8 x[];").dimensions.at(0) == std::nullopt);
    EXPECT_EQ(variable_of(".global .texref t;").type, "texref");
}

TEST(Variables, AListDeclaresEachByItself) {
    const Module module = module_of(".weak .global .u32 a, b[2] = {1, 2}, c = 3;");
    ASSERT_EQ(module.items.size(), 3U);
    const auto& b = std::get<Variable>(module.items[1]);
    EXPECT_EQ(b.linkage, std::vector<std::string>{"weak"});
    EXPECT_EQ(b.name, "b");
    EXPECT_EQ(list(*b.initializer).size(), 2U);
    EXPECT_TRUE(std::get<Variable>(module.items[2]).dimensions.empty());
}

TEST(Variables, Initialisers) {
    const Variable nested = variable_of(".global .b8 x[2][2] = {{1, 2}, {3, -1.5}};");
    EXPECT_EQ(scalar(list(list(*nested.initializer).at(1)).at(0)).bits, 3U);
    const Variable addresses = variable_of(".global .u64 x[4] = {f, a+4, generic(a), generic(a) + 2*4};");
    const auto& entries = list(*addresses.initializer);
    EXPECT_EQ(scalar(entries.at(0)).name, "f");
    EXPECT_FALSE(entries.at(0).generic);
    EXPECT_EQ(scalar(entries.at(1)).offset, 4);
    EXPECT_TRUE(entries.at(2).generic);
    EXPECT_EQ(scalar(entries.at(3)).name, "a");
    EXPECT_EQ(scalar(entries.at(3)).offset, 8);
    const Variable masked = variable_of(".global .u8 x[3] = {0xFF(a), 0XFF00(generic(a)+1), 7};");
    EXPECT_EQ(list(*masked.initializer).at(0).mask, 0xFFU);
    EXPECT_EQ(list(*masked.initializer).at(1).mask, 0xFF00U);
    EXPECT_TRUE(list(*masked.initializer).at(1).generic);
    EXPECT_EQ(scalar(list(*masked.initializer).at(1)).offset, 1);
    EXPECT_EQ(list(*masked.initializer).at(2).mask, std::nullopt);
    const Variable sampler =
        variable_of(".global .samplerref s = {addr_mode_0 = wrap, force_unnormalized_coords = 1};");
    EXPECT_EQ(list(*sampler.initializer).at(0).field, "addr_mode_0");
    EXPECT_EQ(scalar(list(*sampler.initializer).at(0)).name, "wrap");
    EXPECT_EQ(scalar(list(*sampler.initializer).at(1)).bits, 1U);
    EXPECT_EQ(scalar(*variable_of(".global .u64 x = generic;").initializer).name, "generic");
}

TEST(Variables, Errors) {
    EXPECT_EQ(error_in_module(".global .b7 x;"), "ptx:4:9: expected the type of a variable, found '.b7'");
    EXPECT_EQ(error_in_module(".global .b8 .b8 x;"), "ptx:4:13: expected the name of a variable, found '.b8'");
    EXPECT_EQ(error_in_module(".global .b8 x[;"), "ptx:4:15: expected the size of an array, found ';'");
    EXPECT_EQ(error_in_module(".global .b8 x = {1, };"),
              "ptx:4:21: expected a number, a name or '{' in an initialiser, found '}'");
    EXPECT_EQ(error_in_module(".global .b8 x = {1 2};"), "ptx:4:20: expected '}' or ',' in an initialiser, found '2'");
    EXPECT_EQ(error_in_module(".global .b8 x = \"abc\";"),
              "ptx:4:17: expected a number, a name or '{' in an initialiser, found '\"abc\"'");
    EXPECT_EQ(error_in_module(".global .b8 x = 1"),
              "ptx:4:18: expected ';' after a variable, found the end of the text");
    EXPECT_EQ(error_in_module(".visible x;"),
              "ptx:4:10: expected a function, a variable or a directive of a module, found 'x'");
    EXPECT_EQ(error_in_module(".reg .b32 x;"),
              "ptx:4:1: expected a function, a variable or a directive of a module, found '.reg'");
}

TEST(Functions, DeclarationsAndDefinitions) {
    const Function declared =
        function_of(".extern .func (.param .b32 r) f (.param .align 8 .b8 a[16], .reg .pred p) .noreturn ;");
    EXPECT_FALSE(declared.entry);
    EXPECT_FALSE(declared.body.has_value());
    EXPECT_EQ(declared.linkage, std::vector<std::string>{"extern"});
    EXPECT_EQ(declared.name, "f");
    ASSERT_EQ(declared.returns.size(), 1U);
    EXPECT_EQ(declared.returns[0].type, "b32");
    ASSERT_EQ(declared.parameters.size(), 2U);
    EXPECT_EQ(declared.parameters[0].alignment, 8U);
    EXPECT_EQ(declared.parameters[0].dimensions.at(0), 16U);
    EXPECT_EQ(declared.parameters[1].space, "reg");
    ASSERT_EQ(declared.directives.size(), 1U);
    EXPECT_EQ(declared.directives[0].name, "noreturn");
    const Function bare = function_of(".func .attribute(.unified(1, 2)) f { }");
    EXPECT_TRUE(bare.body.has_value());
    EXPECT_EQ(bare.attributes, std::vector<std::string>{"unified(1, 2)"});
    EXPECT_TRUE(bare.parameters.empty());
}

TEST(Functions, EntriesAndTheirDirectives) {
    const Function entry =
        function_of(".visible .entry k(.param .u64 .ptr .global .align 16 a) .maxntid 256,1 , 1 .minnctapersm "
                    "2\n.explicitcluster .reqnctapercluster 4 .maxnreg 64 .pragma \"x\"; { ret; }");
    EXPECT_TRUE(entry.entry);
    EXPECT_EQ(entry.parameters.at(0).pointer_attributes, (std::vector<std::string>{"ptr", "global", "align", "16"}));
    EXPECT_EQ(entry.parameters.at(0).alignment, std::nullopt);
    std::string directives;
    for (const Directive& directive : entry.directives) {
        directives += directive.name + "=" + directive.text + ";";
    }
    EXPECT_EQ(directives,
              "maxntid=256, 1, 1;minnctapersm=2;explicitcluster=;reqnctapercluster=4;maxnreg=64;pragma=\"x\";");
    EXPECT_EQ(entry.directives[1].position, (Position{4, 76}));
    EXPECT_EQ(entry.body->statements.size(), 1U);
}

TEST(Functions, Errors) {
    EXPECT_EQ(error_in_module(".func ;"), "ptx:4:7: expected the name of a function, found ';'");
    EXPECT_EQ(error_in_module(".func f ret;"),
              "ptx:4:9: expected '{' or ';' after the head of a function, found 'ret'");
    EXPECT_EQ(
        error_in_module(".entry f () .maxthreads 3 {}"),
        "ptx:4:13: expected a performance directive, '{' or ';' after a function's parameters, found '.maxthreads'");
    EXPECT_EQ(error_in_module(".entry f () .maxntid x {}"), "ptx:4:22: expected a number, found 'x'");
    EXPECT_EQ(error_in_module(".func f (.param .b32 a .param .b32 b);"),
              "ptx:4:24: expected ')' or ',' after a parameter, found '.param'");
    EXPECT_EQ(error_in_module(".func f (.b32 a);"), "ptx:4:15: expected a state space such as '.param', found 'a'");
}

TEST(Debugging, FilesAndSections) {
    const Module module = module_of(".file 1 \"a b.cu\", 12, 34\n.section .debug_str\n{ // {\n.b8 1, 0x2\nL: }\n"
                                    ".section .debug_loc { }\n.alias f , g;\n");
    ASSERT_EQ(module.items.size(), 4U);
    const auto& file = std::get<File>(module.items[0]);
    EXPECT_EQ(file.index, 1U);
    EXPECT_EQ(file.path, "a b.cu");
    EXPECT_EQ(file.attributes, (std::vector<std::uint64_t>{12, 34}));
    EXPECT_EQ(std::get<Section>(module.items[1]).text, ".section .debug_str\n{ // {\n.b8 1, 0x2\nL: }");
    EXPECT_EQ(std::get<Section>(module.items[2]).text, ".section .debug_loc { }");
    EXPECT_EQ(std::get<Directive>(module.items[3]).text, "f, g");
    EXPECT_EQ(error_in_module(".section .debug_str { {"),
              "ptx:4:24: expected '}' at the end of a section, found the end of the text");
    EXPECT_EQ(error_in_module(".section { }"), "ptx:4:10: expected the name of a section, found '{'");
}

} // namespace assay::ptx
