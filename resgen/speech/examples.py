"""The spectrograms in `assets/examples/spectrograms.png`: three sentences fixed before the first training, each as the
shipped voice says it above and as its teacher does below. `python -m resgen.speech.examples`
"""

from pathlib import Path

import numpy as np
from PIL import Image

from resgen import load
from resgen.speech.features import SAMPLE_RATE
from resgen.speech.picture import spectrogram

FOLDER = Path(__file__).parents[2] / "assets" / "examples"
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
    from hibari import Hibari

    speaker, teacher = load("speech"), Hibari()
    rows = [[drawn(wave) for wave in (speaker.speak(text, seed=0).wave, teacher(text, seed=0))] for text in SENTENCES]
    width = max(picture.shape[1] for row in rows for picture in row)
    sheet = []
    for row in rows:
        for picture in row:
            sheet.append(np.pad(picture, ((0, GAP), (0, width - picture.shape[1]), (0, 0)), constant_values=255))
        sheet.append(np.full((GAP, width, 3), 255, np.uint8))
    path = FOLDER / "spectrograms.png"
    Image.fromarray(np.concatenate(sheet)).save(path)
    print(path)


if __name__ == "__main__":
    main()
