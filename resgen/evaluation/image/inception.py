"""The distance that papers give: `python -m resgen.evaluation.image.inception --n 50000` paints so many photographs and
prints their true Inception FID to CIFAR-10's training pictures. It needs the internet, once, for Inception's weights
and CIFAR-10: `pip install torch-fidelity` brings what fetches them.
"""

import argparse
import json

import torch
from torch.utils.data import Dataset

from resgen.device import choose
from resgen.engine import settings_of
from resgen.errors import DataError
from resgen.evaluation.image.photo import painted
from resgen.image.photographer import Photographer
from resgen.training.run import show_progress


class Painted(Dataset):
    """Photographs (N, 3, 32, 32) uint8, one at a time."""

    def __init__(self, pixels: torch.Tensor):
        self.pixels = pixels

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.pixels[index]


def inception_fid(photographer: Photographer, n: int, steps: int, guidance: float) -> dict:
    """The FID of n photographs of CIFAR-10's ten things to its 50,000 training pictures, and how it was taken.

    Raises:
        DataError: torch-fidelity is not installed; says how to get it.
    """
    try:
        from torch_fidelity import calculate_metrics  # type: ignore[import-not-found]
    except ImportError:
        raise DataError(
            "Inception's distance needs its weights: pip install torch-fidelity, and the internet."
        ) from None
    pixels = torch.from_numpy(painted(photographer, n, steps, guidance))
    found = calculate_metrics(
        input1=Painted(pixels), input2="cifar10-train", fid=True, cuda=photographer.device.type == "cuda", verbose=False
    )
    return {
        "inception_fid": round(found["frechet_inception_distance"], 3),
        "pictures": n,
        "steps": steps,
        "guidance": guidance,
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m resgen.evaluation.image.inception", description=__doc__)
    photographer = Photographer.load(None, choose(None))
    steps, guidance = (settings_of(photographer.request)[name][1] for name in ("steps", "guidance"))
    parser.add_argument("--n", type=int, default=50_000, help="photographs to make (default 50000)")
    parser.add_argument("--steps", type=int, default=steps, help="default: the page's")
    parser.add_argument("--guidance", type=float, default=guidance, help="default: the page's")
    args = parser.parse_args(arguments)
    show_progress()
    print(json.dumps(inception_fid(photographer, args.n, args.steps, args.guidance)))


if __name__ == "__main__":
    main()
