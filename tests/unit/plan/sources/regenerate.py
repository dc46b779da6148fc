#!/usr/bin/env python3
"""Compiles the .cu files of this folder to the .ptx beside them, as harness/compile does.

    tests/unit/plan/sources/regenerate.py [NAME...]

The PTX is committed so that the recorder's tests need no NVRTC. Run this after a change of a source, or of the headers
that candidates see. Made with NVRTC 13.0; needs libnvrtc and the toolkit's headers below CUDA (default /usr/local/cuda).
"""

import ctypes
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEADERS = HERE.parents[3] / "harness" / "compile" / "headers"
CUDA = pathlib.Path(os.environ.get("CUDA", "/usr/local/cuda"))


def virtual_headers():
    """Our headers and their other names, as harness/compile/headers.cpp maps them."""
    headers = {}
    for path in HEADERS.rglob("*"):
        if path.is_file() and path.suffix != ".md":
            headers[str(path.relative_to(HEADERS)).removeprefix("std/")] = path.read_bytes()
    aliases = (HEADERS.parent / "headers.cpp").read_text()
    for name, target in re.findall(r'\{"([^"]+)", "([^"]+)"\}', aliases):
        headers[name] = headers[target]
    return headers


def compile_to_ptx(nvrtc, source, headers):
    names = list(headers)
    as_array = lambda items: (ctypes.c_char_p * len(items))(*items)
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(
        ctypes.byref(program), source.read_bytes(), source.name.encode(), len(names),
        as_array([headers[name] for name in names]), as_array([name.encode() for name in names]))
    options = ["-default-device", "-rdc=true", "-arch=compute_90", "-std=c++20", "-lineinfo",
               "-D_CG_LIMIT_INCLUDED_DEPENDENCIES", "--pre-include=assay/prelude.h",
               f"-I{CUDA}/include", f"-I{CUDA}/include/cccl"]
    result = nvrtc.nvrtcCompileProgram(program, len(options), as_array([option.encode() for option in options]))
    size = ctypes.c_size_t()
    if result != 0:
        nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
        log = ctypes.create_string_buffer(size.value)
        nvrtc.nvrtcGetProgramLog(program, log)
        sys.exit(log.value.decode())
    nvrtc.nvrtcGetPTXSize(program, ctypes.byref(size))
    ptx = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetPTX(program, ptx)
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return ptx.value


def main():
    nvrtc = ctypes.CDLL(str(CUDA / "lib64" / "libnvrtc.so"))
    headers = virtual_headers()
    wanted = sys.argv[1:]
    os.chdir("/")  # NVRTC writes the folder into the .file directives
    for source in sorted(HERE.glob("*.cu")):
        if not wanted or source.stem in wanted:
            source.with_suffix(".ptx").write_bytes(compile_to_ptx(nvrtc, source, headers))
            print(source.stem)


if __name__ == "__main__":
    main()
