// What brings settings back: the form as it was left, links, files that were downloaded. The server checks them as it
// checks any request. Read by resgen.ui.document.
(() => {
  const say = (key, values = {}) => (resgen.words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const byId = (id) => document.getElementById(id);
  const ROOMS = ["write", "draw", "speak"]; // each named after the button that makes its results
  const FORM = 60_000, LINK = 6000; // characters of a form that is kept, and of a link, at most

  // A sentence of the page's own, seen and spoken for a while.
  const SEEN = 7000; // milliseconds
  let note, gone;
  function tell(text) {
    if (!note) {
      note = document.createElement("div");
      note.id = "note";
      note.setAttribute("role", "status");
      document.body.append(note);
    }
    clearTimeout(gone);
    note.textContent = text;
    gone = setTimeout(() => (note.textContent = ""), SEEN);
  }

  // The form: all rooms' values as one text, the value of a gr.BrowserState.
  function form(kept, room, names, values) {
    let all = {};
    try {
      all = JSON.parse(kept || "{}") ?? {};
    } catch {
      // It begins anew.
    }
    all[room] = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const text = JSON.stringify(all);
    return text.length <= FORM ? text : kept;
  }

  // Settings on their way into a room's form: the server checks them, then `restored` goes on.
  const SHOWN = 10_000; // milliseconds that a tab may take to show its room
  let pending = null;
  const restoring = () => [JSON.stringify(pending.settings), resgen.language];

  function restore(room, settings, { run = false, said = "" } = {}) {
    pending = { settings, run, said };
    byId(`tab-${room}-button`)?.click();
    byId(`${room}-restore`)?.click();
  }

  function restored(room, told) {
    const { settings, run, said } = pending ?? {};
    pending = null;
    if (!told && said) tell(said);
    if (told || !run) return;
    const button = settings.phonemes ? "say-phonemes" : room, since = performance.now();
    const press = (now) => {
      if (byId(button)?.offsetParent) byId(button).click();
      else if (now - since < SHOWN) requestAnimationFrame(press);
    };
    requestAnimationFrame(press);
  }

  // A link: the settings that are not as they are by default, in the address only.
  const KEYS = ["tab", "lang", "view"]; // of addresses, that are no settings
  async function link(room, used, defaults) {
    if (!used) return tell(say("NOTHING_YET"));
    const address = new URL(location.pathname, location.href), asked = address.searchParams;
    asked.set("tab", room);
    let whole = true;
    for (const [name, value] of Object.entries(used)) {
      if (!(name in defaults) || value === defaults[name]) continue;
      if (name === "picture") whole = false; // too large for any address
      else asked.set(name, value);
    }
    if (address.href.length > LINK) return tell(say("LINK_TOO_LONG"));
    tell(say(await copied(address.href) ? (whole ? "LINK_COPIED" : "LINK_WITHOUT_PICTURE") : "LINK_NOT_COPIED"));
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed, or not over https: the old way.
    }
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }

  // What the address asks for, once the page is there.
  function arrived() {
    resgen.showResults();
    const address = new URL(location.href), asked = [...address.searchParams];
    const room = address.searchParams.get("tab");
    if (room === null) return;
    const settings = Object.fromEntries(asked.filter(([name]) => !KEYS.includes(name) && !name.startsWith("__")));
    for (const name of ["tab", ...Object.keys(settings)]) address.searchParams.delete(name);
    history.replaceState(history.state, "", address); // a reload is to show the form as it was left
    const tab = byId(`tab-${room}-button`);
    if (!tab) tell(say("NO_SUCH_TAB"));
    else if (!ROOMS.includes(room) || !Object.keys(settings).length) tab.click();
    else restore(room, settings, { run: true });
  }

  // The link to the models opens their tab.
  addEventListener("click", (event) => {
    if (!event.target.closest?.('a[href="?tab=about"]')) return;
    event.preventDefault();
    byId("tab-about-button").click();
    requestAnimationFrame(() => byId("models")?.scrollIntoView());
  }, true);

  // A file that was downloaded here brings its settings back. What is dropped on a box for files is for that.
  const TAKES = ":is(.upload-container, [data-testid=image], [data-testid=audio], .audio-container, #own-file)";
  const files = (event) => [...(event.dataTransfer?.items ?? [])].some((item) => item.kind === "file");
  const ours = (event) =>
    files(event) && !event.target.closest?.(TAKES) && !event.target.closest?.(".block")?.querySelector("input[type=file]");
  addEventListener("dragover", (event) => ours(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    if (!ours(event)) return;
    event.preventDefault();
    dropped(event.dataTransfer.files[0]);
  });

  async function dropped(file) {
    if (!file) return;
    const found = await resgen.settingsIn(file);
    if (found) restore(found.room, found.settings, { said: say("FILE_RESTORED") });
    else tell(say("FILE_WITHOUT"));
  }

  Object.assign(resgen, { say, tell, form, restore, restoring, restored, link, arrived, dropped });
})();
