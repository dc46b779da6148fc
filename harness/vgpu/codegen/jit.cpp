// IR is optimised by a short pipeline and compiled to an object file, which JITLink puts into memory: one session for
// each piece of code, so that the code goes when its kernel goes. The object file holds no address of this process:
// what lies outside of it has names (symbols.h). So it can be linked in another process too, without LLVM's passes.
#include "vgpu/codegen/jit.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <dlfcn.h>
#include <stdexcept>

#include <fmt/format.h>

#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/ExecutionEngine/Orc/CompileUtils.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "vgpu/codegen/emit.h"
#include "vgpu/codegen/portable.h"
#include "vgpu/codegen/symbols.h"

namespace assay::vgpu::codegen {

namespace {

template <class T> T check(llvm::Expected<T> value) {
    if (!value) {
        throw std::runtime_error("LLVM: " + llvm::toString(value.takeError()));
    }
    return std::move(*value);
}

void check(llvm::Error error) {
    if (error) {
        throw std::runtime_error("LLVM: " + llvm::toString(std::move(error)));
    }
}

void optimize(llvm::Module& module, llvm::TargetMachine& target) {
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager components;
    llvm::ModuleAnalysisManager modules;
    llvm::PassBuilder builder(&target);
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);
    llvm::FunctionPassManager passes;
    passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    passes.addPass(llvm::EarlyCSEPass(true));
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::SimplifyCFGPass());
    llvm::LoopPassManager in_loops;
    in_loops.addPass(llvm::LICMPass(llvm::LICMOptions()));
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(in_loops), true));
    passes.addPass(llvm::EarlyCSEPass(true));
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::ADCEPass());
    for (llvm::Function& function : module) {
        if (!function.isDeclaration()) {
            passes.run(function, functions);
        }
    }
}

/// For whoever works on the generator: ASSAY_VGPU_DUMP names a folder for the code of every kernel.
void dump(const llvm::Module& module, const std::string& path) {
    std::error_code error;
    llvm::raw_fd_ostream(path, error) << module;
}

std::string& chosen_cpu() {
    static std::string name;
    return name;
}

struct Target {
    std::unique_ptr<llvm::TargetMachine> machine;
    Machine features;
};

llvm::orc::JITTargetMachineBuilder describe_target() {
    static const bool initialized = [] {
        llvm::InitializeNativeTarget();
        llvm::InitializeNativeTargetAsmPrinter();
        return true;
    }();
    (void)initialized;
    if (chosen_cpu().empty()) {
        return check(llvm::orc::JITTargetMachineBuilder::detectHost());
    }
    llvm::orc::JITTargetMachineBuilder builder((llvm::Triple(llvm::sys::getProcessTriple())));
    builder.setCPU(chosen_cpu());
    return builder;
}

Target make_target() {
    auto builder = describe_target();
    builder.setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
    builder.setRelocationModel(llvm::Reloc::PIC_);
    builder.setCodeModel(llvm::CodeModel::Small);
    Target target{check(builder.createTargetMachine()), {}};
    const llvm::MCSubtargetInfo& known = *target.machine->getMCSubtargetInfo();
    target.features.avx512 = known.checkFeatures("+avx512f,+avx512bw,+avx512dq,+avx512vl");
    target.features.half = known.checkFeatures("+f16c");
    return target;
}

using ObjectFile = std::unique_ptr<llvm::MemoryBuffer>;

constexpr const char* together_name = "together";
constexpr const char* masked_name = "masked";
/// Code to hand values over is the most part of a long kernel with many branches, and LLVM's time grows faster than it:
/// one of 2200 instructions and 300 blocks took 22 s instead of one.
constexpr std::size_t most_handed_over = 2048;

/// Emits both versions, since each knows how values pass to the other, and drops what is not wanted; nothing is where
/// all is. Where only one is possible, that is the masked one.
void emit_versions(llvm::Module& module, const Kernel& kernel, Machine machine, std::optional<Version> wanted,
                   Code& code) {
    std::deque<Site> sites;
    const std::optional<Structure> structure = find_structure(kernel.graph);
    Patterns patterns;
    Facts facts = analyze(kernel.graph, *structure, code.known, patterns, Version::Masked);
    Emitter masked(module, kernel, *structure, facts, code.known, machine, code, sites, Version::Masked);
    masked.begin(masked_name);
    std::optional<Facts> together_facts;
    std::optional<Emitter> together;
    if (code.known.block[0] * code.known.block[1] * code.known.block[2] >= lanes && !facts.serial) {
        together_facts.emplace(analyze(kernel.graph, *structure, code.known, patterns, Version::Together));
        if (std::ranges::equal(facts.shapes, together_facts->shapes, covers)) {
            together.emplace(module, kernel, *structure, *together_facts, code.known, machine, code, sites,
                             Version::Together);
            together->begin(together_name);
            if (together->handed_over() <= most_handed_over) {
                together->emit_blocks(&masked);
            } else {
                together.reset();
                module.getFunction(together_name)->eraseFromParent();
            }
        }
    }
    masked.emit_blocks(together ? &*together : nullptr);
    masked.finish();
    if (together) {
        together->finish();
    }
    code.sites.assign(sites.begin(), sites.end());
    if (together && wanted) {
        module.getFunction(wanted == Version::Together ? masked_name : together_name)->eraseFromParent();
    }
}

struct Object {
    ObjectFile file;
    bool together = false, masked = false; ///< which versions it has
};

/// The code's object file; `code`, of which what it is made for is known, gets what the runtime has to know beside it.
Object make_object(const Kernel& kernel, std::optional<Version> wanted, Code& code) {
    const Target target = make_target();
    llvm::LLVMContext context;
    llvm::Module module(kernel.flat.name, context);
    module.setDataLayout(target.machine->createDataLayout());
    module.setTargetTriple(target.machine->getTargetTriple().str());
    emit_versions(module, kernel, target.features, wanted, code);
    Object object;
    object.together = module.getFunction(together_name) != nullptr;
    object.masked = module.getFunction(masked_name) != nullptr;
    const char* dump_to = std::getenv("ASSAY_VGPU_DUMP");
    const std::string dump_name = fmt::format("{}/{}{}{}", dump_to != nullptr ? dump_to : "", kernel.flat.name,
                                              object.together ? ".together" : "", object.masked ? ".masked" : "");
    if (dump_to != nullptr) {
        dump(module, dump_name + ".ll");
    }
    std::string problem;
    llvm::raw_string_ostream stream(problem);
    if (llvm::verifyModule(module, &stream)) {
        throw std::runtime_error("the generator made invalid code for " + kernel.flat.name + ": " + problem);
    }
    optimize(module, *target.machine);
    if (dump_to != nullptr) {
        dump(module, dump_name + ".optimized.ll");
    }
    object.file = check(llvm::orc::SimpleCompiler(*target.machine)(module));
    return object;
}

/// Finds what the code has names for: symbols.h, and the C library's functions.
class Outside : public llvm::orc::DefinitionGenerator {
public:
    Outside(const LoadedModule& module, const Code& code) : module_(module), code_(code) {}

    llvm::Error tryToGenerate(llvm::orc::LookupState&, llvm::orc::LookupKind, llvm::orc::JITDylib& library,
                              llvm::orc::JITDylibLookupFlags, const llvm::orc::SymbolLookupSet& wanted) override {
        llvm::orc::SymbolMap found;
        for (const auto& [name, flags] : wanted) {
            const auto known = address_of(std::string_view(*name), module_, code_);
            const auto address =
                known ? *known : reinterpret_cast<std::uint64_t>(::dlsym(RTLD_DEFAULT, (*name).data()));
            if (address != 0) {
                found[name] = {llvm::orc::ExecutorAddr(address), llvm::JITSymbolFlags::Exported};
            }
        }
        return found.empty() ? llvm::Error::success() : library.define(llvm::orc::absoluteSymbols(std::move(found)));
    }

private:
    const LoadedModule& module_;
    const Code& code_;
};

/// Code in memory.
class Linked {
public:
    explicit Linked(const LoadedModule& module, const Code& code, ObjectFile object)
        : session_(check(llvm::orc::SelfExecutorProcessControl::Create(
              nullptr, std::make_unique<llvm::orc::InPlaceTaskDispatcher>()))),
          layer_(session_), library_(session_.createBareJITDylib("code")) {
        session_.setErrorReporter([](llvm::Error error) { llvm::consumeError(std::move(error)); }); // lookup tells
        library_.addGenerator(std::make_unique<Outside>(module, code));
        check(layer_.add(library_, std::move(object)));
    }
    ~Linked() { llvm::consumeError(session_.endSession()); }
    Linked(const Linked&) = delete;
    Linked& operator=(const Linked&) = delete;

    KernelFunction function(const char* name) {
        return check(session_.lookup({&library_}, session_.intern(name))).getAddress().toPtr<KernelFunction>();
    }

private:
    llvm::orc::ExecutionSession session_;
    llvm::orc::ObjectLinkingLayer layer_;
    llvm::orc::JITDylib& library_;
};

void link(const Kernel& kernel, Code& code, Object object) {
    auto linked = std::make_shared<Linked>(*kernel.module, code, std::move(object.file));
    code.together = object.together ? linked->function(together_name) : nullptr;
    code.masked = object.masked ? linked->function(masked_name) : nullptr;
    code.memory = std::move(linked);
}

} // namespace

std::unique_ptr<Code> make_code(const Kernel& kernel, const Known& known, Version version) {
    auto code = std::make_unique<Code>();
    code->known = known;
    Object object = make_object(kernel, version, *code);
    link(kernel, *code, std::move(object));
    return code;
}

std::vector<std::byte> make_portable_code(const Kernel& kernel, const Known& known) {
    Code code;
    code.known = known;
    const Object object = make_object(kernel, std::nullopt, code);
    return pack(kernel, code, object.together, {object.file->getBufferStart(), object.file->getBufferSize()});
}

std::unique_ptr<Code> link_code(const Kernel& kernel, const Known& known, std::span<const std::byte> bytes) {
    Unpacked unpacked = unpack(kernel, bytes);
    if (unpacked.code == nullptr) {
        return nullptr;
    }
    unpacked.code->known = known;
    try {
        link(kernel, *unpacked.code,
             {llvm::MemoryBuffer::getMemBufferCopy(unpacked.object, "code"), unpacked.together, true});
    } catch (const std::runtime_error&) {
        return nullptr;
    }
    return std::move(unpacked.code);
}

std::string target_name() {
    const auto target = describe_target();
    return target.getCPU() + " " + target.getFeatures().getString();
}

void set_target(const std::string& cpu) {
    chosen_cpu() = cpu;
}

} // namespace assay::vgpu::codegen
