// The visitor's own results: settings, a label, and a small picture of what was drawn, in this browser only; a click makes
// one again. Read by resgen.ui.document, after memory.js.
(() => {
  const { say } = resgen;
  const byId = (id) => document.getElementById(id);
  const ROOMS = ["write", "draw", "speak"];
  const KEPT = "resgen-history", MOST = 30, BYTES = 1_500_000, LABEL = 90, THUMB = 56;

  function read() {
    try {
      const all = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
      const sound = (each) => each && ROOMS.includes(each.room) && typeof each.settings === "object" && each.settings;
      return Array.isArray(all) ? all.filter(sound).slice(0, MOST) : [];
    } catch {
      return []; // nothing is kept here, or not by us
    }
  }

  function write(all) {
    while (all.length && JSON.stringify(all).length > BYTES) all.pop();
    try {
      if (all.length) localStorage.setItem(KEPT, JSON.stringify(all));
      else localStorage.removeItem(KEPT);
    } catch {
      // It is full, or not allowed: the page works without.
    }
    show();
  }

  async function thumb() {
    const picture = document.querySelector("#pictures img");
    try {
      await picture.decode();
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = THUMB;
      canvas.getContext("2d").drawImage(picture, 0, 0, THUMB, THUMB);
      return canvas.toDataURL("image/webp", 0.7);
    } catch {
      return ""; // it was taken away meanwhile
    }
  }

  async function remember(room, settings) {
    if (!settings) return;
    const same = JSON.stringify(settings);
    let label = room === "write" ? byId("story")?.querySelector("textarea")?.value : settings.prompt ?? settings.text;
    label = (label || settings.topic || say("SURPRISE_ALT")).trim().slice(0, LABEL);
    const entry = { room, settings, label, thumb: room === "draw" ? await thumb() : "" };
    write([entry, ...read().filter((each) => JSON.stringify(each.settings) !== same)].slice(0, MOST));
  }

  const made = (kind, text, properties = {}) =>
    Object.assign(document.createElement(kind), text === null ? {} : { textContent: text }, properties);

  function show() {
    const place = byId("history");
    if (!place) return;
    const all = read(), open = place.querySelector("details")?.open ?? false;
    const box = made("details", null, { open });
    box.append(made("summary", say("HISTORY", { count: all.length })), made("p", say("HISTORY_HELP")));
    const list = made("ul", null);
    for (const { room, settings, label, thumb } of all) {
      const button = made("button", null, { type: "button" });
      const drawn = typeof thumb === "string" && thumb.startsWith("data:image/");
      if (drawn) button.append(made("img", null, { src: thumb, alt: "", width: THUMB, height: THUMB }));
      const tab = byId(`tab-${room}-button`)?.textContent ?? room;
      button.append(made("span", `${tab}: ${label}`));
      button.onclick = () => resgen.restore(room, settings, { run: true });
      list.append(made("li", null));
      list.lastChild.append(button);
    }
    const clear = made("button", say("HISTORY_CLEAR"), { type: "button", id: "history-clear", disabled: !all.length });
    clear.onclick = () => write([]);
    // The browser's own button would speak the browser's language.
    const choose = made("p", `${say("FILE_HELP")} `, { className: "file" });
    choose.append(made("label", say("FILE_CHOOSE"), { htmlFor: "own-file" }), made("input", null, {
      type: "file", id: "own-file", className: "unseen", accept: ".png,.webp,.wav,.txt",
      onchange: ({ target }) => resgen.dropped(target.files[0]),
    }));
    box.append(...(all.length ? [list] : []), clear);
    const focused = place.contains(document.activeElement);
    place.replaceChildren(box, choose);
    if (focused) box.firstChild.focus({ preventScroll: true });
  }

  const ended = resgen.onend;
  resgen.onend = (room) => {
    ended(room);
    byId(`${room}-remember`)?.click();
  };
  Object.assign(resgen, { remember, showResults: show });
})();
