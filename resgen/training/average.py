"""Mean weights of a run and of what it began with: `python -m resgen.training.average KIND NEW OLD --share 0.65 --name
NAME`.

Both forget something that the other knows, and weights between them often do better than either (Wortsman et al.,
arXiv:2109.01903, WiSE-FT). That holds only along one line of descent: of networks that began apart the mean is nothing.
"""

import argparse
from pathlib import Path

from resgen import checkpoint
from resgen.training.run import cache, lineage


def _known(training: dict, other: dict) -> bool:
    """Whether the one went on from the other."""
    while training and training != other:
        training = training.get("before") or {}
    return training == other


def average(kind: str, new: str, old: str, share: float, folder: Path, name: str) -> Path:
    """Write share * new + (1 - share) * old with the card of the new one, which says so, how the old one was made if
    that is not what the new one went on from, and the credits of both; returns the weights' path.

    Args:
        new, old: shipped models or files of that kind.
        share: 0-1.

    Raises:
        ValueError: the share is no share, or the networks are not alike.
        CheckpointError: a file is missing or damaged.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"The share of the new weights is 0-1, not {share:g}.")
    (network, card, extras), (before, card_before, extras_before) = (
        checkpoint.load(kind, model) for model in (new, old)
    )
    weights, others = network.state_dict(), before.state_dict()
    if {key: value.shape for key, value in weights.items()} != {key: value.shape for key, value in others.items()}:
        raise ValueError(
            f"{new} and {old} are of different size: only a network and what it began with can be averaged."
        )
    if extras != extras_before:
        raise ValueError(f"{new} and {old} have different tokenizers.")
    for key, value in weights.items():
        if value.is_floating_point():
            value.lerp_(others[key], 1 - share)
    made = {key: value for key, value in card.items() if key not in ("name", "parameters", "bytes", "sha256")}
    made["averaged"] = {"share": share, "with": card_before["sha256"]}
    if "averaged" in card:
        made["averaged"]["new"] = card["averaged"]
    old_training = lineage(card_before)
    if not _known(lineage(card), old_training):
        made["averaged"]["with_training"] = old_training
    if "data" in card or "data" in card_before:
        made["data"] = card_before.get("data", {}) | card.get("data", {})
    return checkpoint.save(folder, name, network, made | {"metrics": {}}, extras)


def main(arguments: list[str] | None = None) -> Path:
    parser = argparse.ArgumentParser(prog="python -m resgen.training.average", description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=checkpoint.KINDS)
    parser.add_argument("new", help="a shipped model or a file")
    parser.add_argument("old", help="what it began with")
    parser.add_argument("--share", type=float, default=0.65, help="of the new weights, 0-1")
    parser.add_argument("--name", default="averaged", help="name of the model and of its folder")
    args = parser.parse_args(arguments)
    try:
        return average(args.kind, args.new, args.old, args.share, cache() / "runs" / args.name, args.name)
    except (ValueError, checkpoint.CheckpointError) as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
