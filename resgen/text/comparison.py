"""The figures of `assets/compare/text.json` as tables, for the page and docs/text.md. `python -m
resgen.text.comparison` prints them; `python -m resgen.evaluation.text.ablations` measures them."""

import json

from resgen.assets import ASSETS

FIGURES = ASSETS / "compare" / "text.json"
NAMES = {
    "plain": "plain stacked convolutions, without residual connections",
    "residual": "residual convolutions",
    "residual + GRU": "residual convolutions + GRU",
    "residual + matrix RNN": "residual convolutions + matrix RNN (ours)",
    "residual + delta RNN": "residual convolutions + delta-rule RNN",
    "GPT": "GPT (RoPE, RMSNorm, SwiGLU)",
}
NEAR, FAR = "100", "8000"  # positions shown


def figures() -> dict:
    return json.loads(FIGURES.read_text())


def kinds_table(figures: dict) -> str:
    """Kinds of network of one size: how well each learned from the same stories, and what a token costs early and late
    in a text. What is not measured is a dash."""
    rows = ["| kind | bits per byte | ms a token at 100 | at 8,000 | state at 8,000 |", "|---|---|---|---|---|"]
    for kind, name in NAMES.items():
        learned, cost = figures.get("kinds", {}).get(kind), figures["generation"][kind]
        bits = f"{learned['bits_per_byte']:.4f}" if learned else "-"
        state = cost[FAR]["state_bytes"] / 1e6
        times = " | ".join(f"{cost[at]['milliseconds']:.2f}" for at in (NEAR, FAR))
        rows.append(f"| {name} | {bits} | {times} | {state:.{0 if state >= 1 else 2}f} MB |")
    return "\n".join(rows)


def depth_table(figures: dict) -> str:
    """What depth is worth with and without residual connections; empty when nothing is measured."""
    measured = figures.get("depth", {})
    depths = list(dict.fromkeys(name.split()[0] for name in measured))
    rows = ["| convolutional layers | with residual connections | without |", "|---|---|---|"]
    for depth in depths:
        found = [measured.get(f"{depth} layers, {kind}") for kind in ("residual", "plain")]
        bits = (f"{one['bits_per_byte']:.3f}" if one else "-" for one in found)
        rows.append(f"| {depth} | {' | '.join(bits)} |")
    return "\n".join(rows) if depths else ""


def levers_table(figures: dict) -> str:
    """What else makes a difference: data, loss, optimiser; empty when nothing is measured."""
    groups = {"data": "share of the stories", "loss": "loss", "optimiser": "optimiser, at the best of three rates"}
    rows = ["| lever | bits per byte |", "|---|---|"]
    for group, title in groups.items():
        best: dict[str, float] = {}
        for name, found in figures.get(group, {}).items():
            name = name.split(" x ")[0]
            best[name] = min(best.get(name, float("inf")), found["bits_per_byte"])
        rows += [f"| {title}: {name} | {bits:.3f} |" for name, bits in best.items()]
    return "\n".join(rows) if len(rows) > 2 else ""


if __name__ == "__main__":
    print("\n\n".join(table(figures()) for table in (kinds_table, depth_table, levers_table)))
