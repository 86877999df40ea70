// The settings inside a file that was downloaded here, read in the browser: a PNG's text, a WebP's EXIF, a WAV's INFO, the
// front matter of a story (see resgen/image/files.py, resgen/speech/request.py and text_file in resgen/ui/text_tab.py).
(() => {
  const MOST = 50_000_000; // bytes of a file that is looked into
  const latin = new TextDecoder("latin1"), utf8 = new TextDecoder();
  const name = (bytes, at) => latin.decode(bytes.subarray(at, at + 4));

  // PNG (W3C, 3rd edition): length, kind, content, checksum; iTXt: keyword, 0, compressed, method, language, 0, keyword, 0.
  function png(bytes) {
    const view = new DataView(bytes.buffer);
    for (let at = 8; at + 12 <= bytes.length; ) {
      const size = view.getUint32(at), content = bytes.subarray(at + 8, at + 8 + size);
      if (name(bytes, at + 4) === "iTXt" && latin.decode(content.subarray(0, 7)) === "resgen\0") {
        let zeros = 0, begin = 9; // after the keyword, its end and two flags
        for (; zeros < 2 && begin < content.length; begin++) zeros += content[begin] === 0;
        return utf8.decode(content.subarray(begin));
      }
      at += size + 12;
    }
    return "";
  }

  // RIFF: kind, length, content, even; within WAVE's LIST of INFO the comment, within WEBP the EXIF with its description.
  function riff(bytes, list, wanted) {
    const view = new DataView(bytes.buffer);
    for (let at = 12; at + 8 <= bytes.length; ) {
      const size = view.getUint32(at + 4, true), kind = name(bytes, at);
      if (kind === wanted) return utf8.decode(bytes.subarray(at + 8, at + 8 + size));
      at += kind === list ? 12 : 8 + size + (size % 2);
    }
    return "";
  }

  const object = (text) => {
    const settings = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
    return typeof settings === "object" && !Array.isArray(settings) ? settings : null;
  };

  function story(text) {
    const front = text.match(/^---\n([^]*?)\n---\n/)?.[1];
    if (!front) return null;
    return Object.fromEntries(front.split("\n").map((line) => {
      const end = line.indexOf(": ");
      return [line.slice(0, end), JSON.parse(line.slice(end + 2))];
    }));
  }

  // {room, settings}, or null: the file has none.
  resgen.settingsIn = async (file) => {
    try {
      if (file.size > MOST) return null;
      const bytes = new Uint8Array(await file.arrayBuffer()), kind = name(bytes, 0) === "RIFF" ? name(bytes, 8) : "";
      let room = "write", settings;
      if (name(bytes, 1).startsWith("PNG")) [room, settings] = ["draw", object(png(bytes))];
      else if (kind === "WEBP") [room, settings] = ["draw", object(riff(bytes, "", "EXIF"))];
      else if (kind === "WAVE") [room, settings] = ["speak", object(riff(bytes, "LIST", "ICMT"))];
      else settings = story(utf8.decode(bytes));
      return settings && Object.keys(settings).length ? { room, settings } : null;
    } catch {
      return null; // it ends early, or holds what is not ours
    }
  };
})();
