// What the page says and does while somebody fills in a box. Read by resgen.ui.document, after memory.js.
(() => {
  // Something out of a list of texts, another one than the last.
  let last = null;
  function any(lists) {
    const list = lists[resgen.language] ?? lists.en, others = list.filter((each) => each !== last);
    last = others[Math.floor(Math.random() * others.length)];
    return last;
  }

  // What a room has to say of what is being typed, once nobody has typed for a while.
  const PAUSE = 350; // milliseconds
  let typing;
  addEventListener("input", ({ target }) => {
    const room = target.closest?.("[class*=asks-]")?.className.match(/asks-(\w+)/)[1];
    if (!room) return;
    clearTimeout(typing);
    typing = setTimeout(() => document.getElementById(`${room}-look`)?.click(), PAUSE);
  });

  Object.assign(resgen, { any });
})();
