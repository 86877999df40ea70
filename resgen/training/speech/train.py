"""Train the voices: `python -m resgen.training.speech.train --part acoustic|vocoder|voices|tune|adversarial --preset
cpu|gpu`.

The two networks are trained apart, each into files of its own: the acoustic model (`heart`) predicts durations, pitch
and mel from phonemes, the vocoder makes sound of them. Then the acoustic model learns more voices from little of each,
and the vocoder is tuned to what the acoustic model predicts, with a loss closer to the ear, and then against
discriminators. All learn from the shards that `python -m resgen.training.speech.synthesise` left. When `python -m
resgen evaluate speech` finds them better than what ships, copy them into `assets/weights`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from resgen import checkpoint
from resgen.speech.acoustic import BOUNDARIES, BOUNDARY, AcousticNet, with_boundaries
from resgen.speech.features import UNIT, octaves_of
from resgen.speech.vocoder import VocoderNet
from resgen.training.loop import train
from resgen.training.optim import Schedule
from resgen.training.run import cache, lineage, provenance, run_options
from resgen.training.speech import data
from resgen.training.speech.discriminators import AdversarialPair, adversarial_loss
from resgen.training.speech.losses import acoustic_loss, spectral_loss, vocoder_loss

HELD_OUT = 1  # the last shard of a voice is never trained on
TRAINED_BEFORE = ("voices", "tune", "adversarial")  # parts that go on from a network

Loss = Callable[[Any, dict[str, Tensor]], Tensor]  # of the part's own network


@dataclass(frozen=True)
class Options:
    """One run."""

    batch_size: int  # rows a batch
    frames: int  # frames a row
    tokens: int = 0  # tokens a row; acoustic model
    shards: int = 10_000  # of a voice, at most so many are read
    dropout: float = 0.0
    schedule: Schedule = field(default_factory=Schedule)


@dataclass(frozen=True)
class Part:
    """One of the two networks and how it is trained."""

    kind: str
    name: str
    description: str
    network: type[nn.Module]
    loss: Loss
    fields: tuple[str, ...]  # of `data.Speech`
    presets: dict[str, Options]
    predicted_mels: bool = False  # learns from mels that an acoustic model predicts
    learner: Callable[[Any], nn.Module] = lambda network: network  # what is trained, the network in it
    measure: Loss | None = None  # of what was held out; the loss if None

    def batches(self, speech: data.Speech, options: Options, seed: int, start: int) -> Iterator[dict[str, Tensor]]:
        if options.tokens:
            return data.packed_batches(speech, options.batch_size, options.tokens, options.frames, seed, start)
        return data.cut_batches(speech, options.batch_size, options.frames, seed, start)


SMOKE = Schedule(steps=20, warmup=5, compile=False)
PARTS = {
    "acoustic": Part(
        kind="speech",
        name="heart",
        description="Phonemes to durations, pitch and mel spectrogram, in English.",
        network=AcousticNet,
        loss=acoustic_loss,
        fields=("tokens", "durations", "f0", "shift", "mel"),
        presets={
            "cpu": Options(batch_size=6, frames=1024, tokens=288, schedule=Schedule(steps=2700, ema=0.998)),
            "gpu": Options(
                batch_size=32, frames=1024, tokens=288, schedule=Schedule(steps=8000, ema=0.998, save_minutes=2)
            ),
            "smoke": Options(batch_size=2, frames=512, tokens=160, shards=2, schedule=SMOKE),
        },
    ),
    "vocoder": Part(
        kind="vocoder",
        name="vocoder",
        description="Mel spectrogram and pitch to sound at 24 kHz.",
        network=VocoderNet,
        loss=vocoder_loss,
        fields=("f0", "shift", "mel", "wave"),
        presets={
            "cpu": Options(batch_size=16, frames=256, shards=320, schedule=Schedule(steps=2400, ema=0.998)),
            "gpu": Options(batch_size=64, frames=256, schedule=Schedule(steps=6000, ema=0.998, save_minutes=2)),
            "smoke": Options(batch_size=2, frames=64, shards=2, schedule=SMOKE),
        },
    ),
}
PARTS["voices"] = replace(
    PARTS["acoustic"],
    name="voices",
    presets={
        "cpu": Options(
            batch_size=6,
            frames=1024,
            tokens=288,
            shards=25,
            schedule=Schedule(steps=1500, lr_kernels=0.01, ema=0.99, save_minutes=2),
        ),
        "gpu": Options(
            batch_size=32,
            frames=1024,
            tokens=288,
            schedule=Schedule(steps=4000, lr_kernels=0.01, ema=0.998, save_minutes=2),
        ),
        "smoke": PARTS["acoustic"].presets["smoke"],
    },
)
# Compiling this loss takes minutes and gains little: its time is in Fourier transforms.
PARTS["tune"] = replace(
    PARTS["vocoder"],
    predicted_mels=True,
    loss=spectral_loss,
    fields=("tokens", "durations", "f0", "shift", "mel", "wave"),
    presets={
        "cpu": Options(
            batch_size=12,
            frames=192,
            shards=48,
            schedule=Schedule(steps=1500, lr_kernels=0.005, ema=0.998, compile=False),
        ),
        "gpu": Options(
            batch_size=64,
            frames=192,
            schedule=Schedule(steps=4000, lr_kernels=0.005, ema=0.998, save_minutes=2, compile=False),
        ),
        "smoke": PARTS["vocoder"].presets["smoke"],
    },
)
# The adversarial loss says nothing across time, as they learn too: the held-out shard is measured without it.
PARTS["adversarial"] = replace(
    PARTS["tune"],
    learner=AdversarialPair,
    loss=adversarial_loss,
    measure=lambda both, batch: spectral_loss(both.vocoder, batch),
    presets={
        "cpu": Options(
            batch_size=12,
            frames=96,
            shards=25,
            schedule=Schedule(steps=2000, lr_kernels=0.002, ema=0.995, compile=False),
        ),
        "gpu": Options(
            batch_size=64,
            frames=96,
            schedule=Schedule(steps=12000, lr_kernels=0.002, ema=0.998, save_minutes=2, compile=False),
        ),
        "smoke": PARTS["vocoder"].presets["smoke"],
    },
)


@torch.no_grad()
def with_predicted_mels(speech: data.Speech, network: AcousticNet) -> data.Speech:
    """The same sentences, every second one with the mel that the acoustic model predicts for its durations and pitch:
    so the vocoder learns to speak from real mels and from those it will be given."""
    where = next(network.parameters()).device
    mels, edge = list(speech.mel), BOUNDARIES * UNIT
    for index in range(0, len(speech), 2):
        tokens = with_boundaries(speech.tokens[index].tolist(), BOUNDARY).to(where)
        durations = with_boundaries((speech.durations[index].astype(int) * UNIT).tolist(), UNIT).to(where)
        frames = int(durations.sum())
        voice = network.shares(torch.tensor([speech.voice[index]], device=where))
        stream, _, energy = network.encode(tokens, voice)
        stream, _ = network.regulate_length(stream, durations, energy, frames)
        f0 = torch.zeros(1, frames, device=where)
        f0[0, edge:-edge] = torch.from_numpy(speech.pitch(index))
        mels[index] = network.decode(stream, *octaves_of(f0))[0, :, edge:-edge].T.half().cpu().numpy()
    return replace(speech, mel=mels)


def held_out_loss(part: Part, speech: data.Speech, options: Options) -> Callable[[nn.Module], dict]:
    """A report for `train`: the loss, or what is measured instead, on a few batches of the held-out shard, always the
    same."""
    name = "valid" if part.measure is None else "held_out_loss"  # the weights with the lowest "valid" are kept
    stream = part.batches(speech, options, 0, 0)
    batches, measure = [next(stream) for _ in range(4)], part.measure or part.loss

    @torch.no_grad()
    def report(network: nn.Module) -> dict:
        where = next(network.parameters()).device
        losses = [measure(network, {k: v.to(where) for k, v in batch.items()}) for batch in batches]
        return {name: round(float(torch.stack(losses).mean()), 4)}

    return report


def with_voices(network: AcousticNet, names: list[str], architecture: dict, wanted: list[str]) -> AcousticNet:
    """The same network, but of the voices wanted; those it had (`names`) sound as before, new ones as their mean."""
    other = type(network)(**architecture | {"voices": len(wanted)})
    state = {name: value for name, value in network.state_dict().items() if name != "voice.weight"}
    other.load_state_dict(state, strict=False)
    if other.voice is not None and network.voice is not None:
        vectors = dict(zip(names, network.voice.weight, strict=True))
        mean = network.voice.weight.mean(0)
        with torch.no_grad():
            other.voice.weight.copy_(torch.stack([vectors.get(name, mean) for name in wanted]))
    return other


def main(arguments: list[str] | None = None) -> Path:
    parser = run_options("resgen.training.speech.train", __doc__.splitlines()[0], PARTS["acoustic"].presets, None)
    parser.add_argument("--part", choices=PARTS, required=True, help="which of the networks, or a later stage of one")
    parser.add_argument("--acoustic", metavar="NAME", help="tune, adversarial: whose mels, a shipped model or a file")
    args = parser.parse_args(arguments)
    part = PARTS[args.part]
    if args.part in TRAINED_BEFORE and not args.init:
        raise SystemExit(f"Part {args.part} goes on from what is trained already: --init names it.")
    options, name = part.presets[args.preset], args.name or part.name
    if args.steps:
        options = replace(options, schedule=replace(options.schedule, steps=args.steps))
    schedule = options.schedule
    folder = args.out or cache() / "runs" / (args.name or args.part)
    shards = data.shards()
    voices, before = list(shards), None
    architecture: dict[str, Any] = {"voices": len(voices)} if part.kind == "speech" else {}
    if options.dropout:
        architecture["dropout"] = options.dropout
    if args.init:
        network, card, _ = checkpoint.load(part.kind, args.init)
        architecture, before = card["architecture"] | architecture, lineage(card)
        if part.kind == "speech":
            network = with_voices(network, card["voices"], architecture, voices)
        network.requires_grad_(True)
    else:
        network = part.network(**architecture)
    speech = data.Speech.load([paths[:-HELD_OUT][: options.shards] for paths in shards.values()], part.fields)
    held_out = data.Speech.load([paths[-HELD_OUT:] for paths in shards.values()], part.fields)
    if part.predicted_mels:
        acoustic, acoustic_card, _ = checkpoint.load("speech", args.acoustic)
        if acoustic_card["voices"] != voices:
            raise SystemExit(f"The acoustic model has the voices {acoustic_card['voices']}, the shards {voices}.")
        speech, held_out = with_predicted_mels(speech, acoustic), with_predicted_mels(held_out, acoustic)

    def batches(start: int, process: int):
        return part.batches(speech, options, schedule.seed + process, start)

    report = held_out_loss(part, held_out, options)
    _, facts = train(part.learner(network), part.loss, batches, schedule, folder, report)
    card = {
        "kind": part.kind,
        "description": part.description,
        **({"voices": voices} if part.kind == "speech" else {}),
        "architecture": architecture,
        "data": data.CREDITS,
        "licence": "MIT (weights); see data for the licences of what they learned from",
        "training": {
            **facts,
            "audio_hours": round(speech.hours(), 1),
            "sentences": len(speech),
            "frames": facts["steps"] * options.batch_size * options.frames,
            **provenance("resgen.training.speech.train", arguments, network),
            "before": before,
        },
        "metrics": {},
    }
    extras = {"alphabet": data.alphabet_path().read_text()} if part.kind == "speech" else None
    return checkpoint.save(folder, name, network, card, extras)


if __name__ == "__main__":
    main()
