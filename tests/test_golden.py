"""The shipped weights go on saying what they said: outputs recorded when they were committed.

After new weights: `python tests/test_golden.py` records them anew.
"""

import json
from pathlib import Path

import pytest
import torch

import resgen

GOLDEN = Path(__file__).parent / "golden" / "text.json"
TOPIC = ["car", "rain"]
STORY = "Once upon a time, there was a little red car. It did not like the rain."


@pytest.fixture(scope="module")
def writer():
    return resgen.load("text")


def log_probabilities(writer) -> list[float]:
    """Natural logarithms of the probability of each token of STORY, behind its header."""
    tokenizer = writer.tokenizer
    before, text = [tokenizer.end, *tokenizer.header(TOPIC)], tokenizer.encode(STORY)
    tokens = torch.tensor([before + text], device=writer.device)
    logs = writer.network(tokens)[0].float().log_softmax(-1).cpu()
    return [float(logs[len(before) - 1 + i, token]) for i, token in enumerate(text)]


def test_log_probabilities_are_those_recorded(writer):
    recorded = json.loads(GOLDEN.read_text())
    assert writer.card["sha256"] == recorded["sha256"]
    assert log_probabilities(writer) == pytest.approx(recorded["log_probabilities"], abs=1e-2)


def test_a_topic_makes_its_words_likelier(writer):
    word = writer.tokenizer.encode(" dragon")[0]

    def likely(words: list[str]) -> float:
        tokenizer = writer.tokenizer
        ids = [tokenizer.end, *tokenizer.header(words), *tokenizer.encode("One day, Tom met a")]
        return float(writer.network(torch.tensor([ids], device=writer.device))[0, -1].softmax(-1)[word])

    assert likely(["dragon", "cake"]) > 3 * likely([])


def test_the_card_and_the_readme_agree(writer):
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    metrics = writer.card["metrics"]
    assert f"{metrics['bits_per_byte_tinystories_valid']:.4f}" in readme
    assert f"{writer.card['parameters']:,}" in readme


if __name__ == "__main__":
    shipped = resgen.load("text")
    values = [round(value, 4) for value in log_probabilities(shipped)]
    GOLDEN.write_text(json.dumps({"sha256": shipped.card["sha256"], "log_probabilities": values}, indent=1) + "\n")
