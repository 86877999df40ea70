"""Which device the networks run on. Called at start-up by `resgen.load` and by training."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch

from resgen.errors import VariableError


def choose(device: str | torch.device | None = None) -> torch.device:
    """The device asked for, else that of the variable RESGEN_DEVICE, else CUDA, else Apple's MPS, else the CPU.

    Args:
        device: "cpu", "cuda", "cuda:1", "mps".

    Raises:
        VariableError: it, or RESGEN_DEVICE, names no device that is here.
    """
    wanted = device or os.environ.get("RESGEN_DEVICE")
    if wanted:
        try:
            chosen = torch.device(wanted)
            torch.empty(0, device=chosen)
        except (RuntimeError, AssertionError):  # the latter where PyTorch was built without CUDA
            name, remedy = "device" if device else "RESGEN_DEVICE", "use cpu, or cuda, cuda:N or mps where there is one"
            raise VariableError(f"{name} is {str(wanted)!r}; {remedy}.") from None
        return chosen
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def precision(device: torch.device) -> torch.dtype:
    """What training multiplies in: bf16, or fp32 on a CPU without instructions for bf16: one with AVX2 only took
    fourteen times as long in bf16 as in fp32."""
    if device.type != "cpu":
        return torch.bfloat16
    can = torch.cpu.get_capabilities()
    able = any(can.get(name) for name in ("amx_bf16", "avx512_bf16", "bf16"))  # the last on ARM
    return torch.bfloat16 if able else torch.float32


@cache
def spare_a_core() -> None:
    """Have PyTorch leave one CPU core to what runs beside the networks, in this process from now on, unless the user
    set OMP_NUM_THREADS.

    Its threads wait for each other after every operation. Where they take all cores, whatever else runs (the page, the
    browser that shows it, another visitor's connection) holds one of them up and so all: on two cores fifty visitors
    were served twice as fast by one thread as by two. How many there are decides the last bits of a result, so it is
    the same for the page, the command line and Python.
    """
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, torch.get_num_threads() - 1))


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch with a single CPU thread inside; also a decorator. For work of many small operations, such as one
    token's, where more threads cost as much as they bring, and far more while other processes want the cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def describe(device: torch.device) -> str:
    """The device in words, for the page and the cards."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' * (threads > 1)}" if device.type == "cpu" else "Apple GPU"
