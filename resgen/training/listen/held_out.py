"""Who is held out of the recogniser's training, as listed in `held_out.json` before the first run. Called by the
makers of shards, and by `resgen.evaluation.listen`.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from resgen.errors import DataError
from resgen.training.run import data_file

LISTS: dict = json.loads(Path(__file__).with_name("held_out.json").read_text())


@dataclass(frozen=True)
class Recording:
    """A clip of a real voice: its file, its speaker ("" if nobody knows) and its transcript."""

    path: Path
    speaker: str
    text: str


def recordings(corpus: str) -> list[Recording]:
    """All clips of "librispeech" or "commonvoice" in the folder RESGEN_DATA.

    Raises:
        DataError: they are not there.
    """
    table = data_file(f"speech/{corpus}/transcripts.tsv")
    if table is None:
        raise DataError(f"There is no speech/{corpus}/transcripts.tsv in the folder that RESGEN_DATA names.")
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Recording(table.parent / row["file"], row.get("speaker") or "", row["text"]) for row in rows]


def split(name: str) -> list[Recording]:
    """The recordings of "tune", "test" or "train"."""
    found = recordings("librispeech")
    held = set(LISTS["tune"]) | set(LISTS["test"])
    if name == "train":
        return [one for one in found if one.speaker not in held] + recordings("commonvoice")
    return [one for one in found if one.speaker in LISTS[name]]
