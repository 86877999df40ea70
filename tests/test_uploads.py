"""Tests the promise that a visitor's file is opened with care: few formats, size before pixels, a sentence for each."""

import zlib
from io import BytesIO

import pytest
from PIL import EpsImagePlugin, Image, ImageCms, PngImagePlugin

from resgen.errors import RequestError
from resgen.image.init_image import FORMATS, opened
from resgen.ui.uploads import uploaded

pytestmark = pytest.mark.slow

POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200
NAMES = "PNG, JPEG, WebP, GIF and BMP can be read"


def chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)


def bomb(side: int = 13_000) -> bytes:
    """A white one-bit PNG of that many pixels a side: 20 KB, and a gigabyte as RGBA."""
    header = side.to_bytes(4) * 2 + bytes([1, 0, 0, 0, 0])
    pixels = zlib.compress(bytes(side * (1 + -(-side // 8))), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def saved(kind: str, size: tuple[int, int] = (40, 20), **options) -> bytes:
    file = BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", FORMATS)
def test_the_formats_that_are_named_can_be_read(kind):
    assert opened(BytesIO(saved(kind))).mode == "RGBA"


@pytest.mark.parametrize("kind", ["TIFF", "PPM", "ICO", "TGA", "PCX", "EPS", "PDF"])
def test_nothing_else_is_opened_whatever_its_name(kind, tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(saved(kind))
    with pytest.raises(RequestError, match=f"not a picture that can be read. {NAMES}"):
        opened(path)


def test_postscript_never_reaches_ghostscript(monkeypatch, tmp_path):
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *_, **__: pytest.fail("Ghostscript was run"))
    path = tmp_path / "picture.png"
    path.write_bytes(POSTSCRIPT)
    with pytest.raises(RequestError, match=NAMES):
        opened(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a picture"),
        (b"Hello. This is a text.", "not a picture"),
        (b"PK\x03\x04" + b"\0" * 100, "not a picture"),
        (HEIC, "not a picture"),
        (saved("PNG")[:900], "damaged or not complete"),
        (saved("JPEG")[:700], "damaged or not complete"),
        (saved("WEBP")[:500], "not a picture|damaged"),
        (saved("GIF")[:900], "damaged or not complete"),
        (saved("BMP")[:900], "damaged or not complete"),
    ],
    ids=["empty", "text", "zip", "HEIC", "PNG", "JPEG", "WebP", "GIF", "BMP"],
)
def test_what_is_wrong_with_a_file_and_what_would_be_right_is_told(content, says):
    with pytest.raises(RequestError, match=says) as error:
        opened(BytesIO(content))
    assert NAMES in str(error.value)


def test_a_missing_file_or_a_folder_is_told(tmp_path):
    with pytest.raises(RequestError, match="no such picture file"):
        opened(tmp_path / "no.png")
    with pytest.raises(RequestError, match="not a picture"):
        opened(tmp_path)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_cut_or_changed_anywhere_is_a_picture_or_a_sentence(kind):
    whole = saved(kind, exif=bytes(EXIF)) if kind in ("PNG", "JPEG", "WEBP") else saved(kind)
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        for content in (whole[:place], bytes(changed)):
            try:
                assert opened(BytesIO(content)).mode == "RGBA"
            except RequestError as error:
                assert "can be read" in str(error) or "are possible" in str(error)


EXIF = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"


@pytest.mark.parametrize("exif", [b"Exif\0\0nonsense", EXIF[:20], EXIF[:14] + b"\xff" * 30, b"Exif\0\0" + b"\xff" * 60])
def test_a_picture_with_damaged_notes_of_the_camera_is_shown_as_it_lies(exif):
    assert opened(BytesIO(saved("JPEG", exif=exif))).size == (40, 20)


@pytest.mark.parametrize("orientation", range(10))
def test_every_orientation_is_the_one_that_pillow_makes(orientation):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    file = BytesIO(saved("PNG", exif=exif))
    assert opened(file).tobytes() == ImageOps.exif_transpose(Image.open(file)).convert("RGBA").tobytes()


def test_a_damaged_colour_profile_does_no_harm():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for damaged in (profile[:50], b"\0" * 1000, profile * 20):
        assert opened(BytesIO(saved("PNG", icc_profile=damaged))).size == (40, 20)


def test_enormous_texts_in_a_png_are_refused_before_they_fill_the_memory(monkeypatch):
    texts = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(20_000_000), 9)) * 10
    content = bomb(8)
    content = content[:33] + texts + content[33:]
    assert len(content) < 300_000
    inflated = []
    inflate = PngImagePlugin._safe_zlib_decompress
    monkeypatch.setattr(PngImagePlugin, "_safe_zlib_decompress", lambda s: inflated.append(len(s)) or inflate(s))
    with pytest.raises(RequestError, match=NAMES):
        opened(BytesIO(content))
    assert len(inflated) == 1


def test_of_an_animation_no_second_frame_is_decoded(monkeypatch):
    file = BytesIO()
    Image.new("P", (9, 9)).save(
        file, "GIF", save_all=True, append_images=[Image.new("P", (9, 9), i) for i in range(1, 99)]
    )
    from PIL import GifImagePlugin

    monkeypatch.setattr(GifImagePlugin.GifImageFile, "seek", lambda *_: pytest.fail("another frame was looked for"))
    assert opened(file).size == (9, 9)


def webp(side: int) -> bytes:
    """An animated WebP of a few bytes that claims that many pixels a side."""
    file = BytesIO()
    Image.new("RGBA", (2, 2)).save(file, "WEBP", save_all=True, append_images=[Image.new("RGBA", (2, 2), "red")])
    content = bytearray(file.getvalue())
    content[24:30] = (side - 1).to_bytes(3, "little") * 2
    return bytes(content)


@pytest.mark.parametrize("content", [bomb(), bomb(6000), webp(16_383), webp(6000)], ids=len)
def test_a_size_that_the_header_tells_is_refused_before_any_pixel_is_decoded(monkeypatch, content):
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("its pixels were read"))
    with pytest.raises(RequestError, match="25,000,000 are possible"):
        opened(BytesIO(content))


def test_a_large_photograph_is_decoded_small():
    assert max(opened(BytesIO(saved("JPEG", (4000, 3000)))).size) <= 1024


@pytest.mark.parametrize(
    "value",
    [
        {"path": "/etc/passwd"},
        {"path": "app.py"},
        {"path": "https://example.org/a.png"},
        {"path": ""},
        {"path": "a\0b"},
        {"path": "a" * 9000},
        {"path": None, "url": "data:image/png;base64,AAAA"},
        {"path": ["a"]},
        {"path": 5},
        {},
        [],
        "a.png",
        5,
        True,
    ],
    ids=lambda value: str(value)[:40],
)
def test_only_a_file_that_was_uploaded_is_one(value):
    with pytest.raises(RequestError, match="uploaded here"):
        uploaded(value)


def test_no_way_leads_out_of_the_folder_of_uploads(monkeypatch, tmp_path):
    uploads = tmp_path / "uploads"
    (uploads / "a").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(saved("PNG"))
    (uploads / "a" / "own.png").write_bytes(saved("PNG"))
    (uploads / "link.png").symlink_to(tmp_path / "secret.png")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(uploads))
    assert uploaded({"path": str(uploads / "a" / "own.png")}) == uploads / "a" / "own.png"
    for path in (uploads / ".." / "secret.png", uploads / "link.png", uploads, uploads / "a" / "no.png"):
        with pytest.raises(RequestError, match="uploaded here"):
            uploaded({"path": str(path)})


def test_transparency_is_kept():
    file = BytesIO()
    Image.new("RGBA", (9, 9), (10, 20, 30, 40)).save(file, "PNG")
    assert opened(file).getpixel((4, 4)) == (10, 20, 30, 40)
