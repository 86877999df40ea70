"""The spectrograms in `assets/examples/spectrograms.png`: sentences fixed before the first training, each as a shipped
voice says it above and as its teacher does below. `python -m resgen.evaluation.speech.examples`
"""

from itertools import cycle

import numpy as np
from PIL import Image

from resgen import load
from resgen.assets import ASSETS
from resgen.speech.features import SAMPLE_RATE
from resgen.speech.spectrogram import spectrogram
from resgen.training.speech import data
from resgen.training.speech.synthesise import speller, teacher

FOLDER = ASSETS / "examples"
SENTENCES = (
    "The birch canoe slid on the smooth planks.",
    "Once upon a time, a little red car drove through the rain.",
    "What joy there is in living!",
)
GAP = 12  # pixels
WIDTH = 240  # pixels a second


def drawn(wave: np.ndarray) -> np.ndarray:
    """Its spectrogram, all sounds on one scale of time."""
    return np.asarray(spectrogram(wave, round(len(wave) / SAMPLE_RATE * WIDTH), 160))


def main() -> None:
    speaker, sheet = load("speech"), []
    for voice, text in zip(speaker.voices, cycle(SENTENCES), strict=False):
        spelling, read = speller(voice), teacher(voice, data.folder(), np.random.default_rng(0))
        taught, _, _ = read(spelling.ids(spelling.phonemize(text)[0]), 0.0)
        sheet.append([drawn(speaker.speak(text, voice=voice, seed=0).wave), drawn(taught)])
    width = max(picture.shape[1] for pair in sheet for picture in pair)
    rows = []
    for pair in sheet:
        rows += [np.pad(one, ((0, GAP), (0, width - one.shape[1]), (0, 0)), constant_values=255) for one in pair]
        rows.append(np.full((GAP, width, 3), 255, np.uint8))
    path = FOLDER / "spectrograms.png"
    Image.fromarray(np.concatenate(rows)).save(path)
    print(path)


if __name__ == "__main__":
    main()
