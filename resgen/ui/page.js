// What the page does in the browser beside Gradio. Read by resgen.ui.document, which puts it into the page's head.
window.resgen = (() => {
  const running = {}, ended = {}; // room -> runs going on, and how many have ended
  const NARROW = 768; // pixels of width below which results stand under what is asked

  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const show = (node, block) => node?.scrollIntoView({ behavior: still() ? "auto" : "smooth", block });

  function mark(room) {
    document.getElementById(room)?.classList.toggle("running", running[room] > 0);
  }

  // A press that starts a run of a room: the time goes with it.
  function press(room, values) {
    document.querySelectorAll(".toast-close").forEach((button) => button.click()); // what they say is of before
    running[room] = (running[room] ?? 0) + 1;
    mark(room);
    if (innerWidth < NARROW) show(document.getElementById(`${room}-result`), "start");
    return [performance.now(), language, ...values.slice(2)];
  }

  // A run has ended, whichever way.
  function done(room, values) {
    running[room] = Math.max(0, (running[room] ?? 0) - 1);
    ended[room] = (ended[room] ?? 0) + 1;
    mark(room);
    if (!running[room]) api.onend(room);
    return values;
  }

  // The page is hidden (resgen.ui.document) until nothing in it moves any more.
  const SETTLED = 300, PATIENCE = 15_000; // milliseconds
  function reveal() {
    let seen = "", since = performance.now();
    const look = (now) => {
      const at = ["write", "story", "write-result"].map((id) => {
        const box = document.getElementById(id)?.getBoundingClientRect();
        return box ? [box.x, box.y, box.width, box.height].map(Math.round) : "";
      });
      if (at.join() !== seen || at[0] === "") [seen, since] = [at.join(), now];
      if (now - since < SETTLED && now < PATIENCE) requestAnimationFrame(look);
      else document.getElementById("unready")?.remove();
    };
    requestAnimationFrame(look);
  }

  // The language: of the address, else of the visitor's last choice, else of the browser. Gradio asks the browser.
  const KEPT = "resgen-language";
  const asked = new URLSearchParams(location.search).get("lang");
  let language = (navigator.language ?? "").toLowerCase().startsWith("zh") ? "zh" : "en";
  try {
    if (["en", "zh"].includes(asked)) localStorage.setItem(KEPT, asked);
    language = localStorage.getItem(KEPT) ?? language;
  } catch {
    // Nothing can be kept here.
  }
  if (["en", "zh"].includes(asked)) language = asked;
  const tag = language === "zh" ? "zh-CN" : "en";
  Object.defineProperty(navigator, "language", { get: () => tag });
  Object.defineProperty(navigator, "languages", { get: () => [tag] });
  document.documentElement.lang = tag;

  // The other language is this page once more.
  addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="?lang="]');
    if (!link) return;
    event.preventDefault();
    location.search = link.getAttribute("href");
  }, true);

  // A word that was heard is played from where it was said.
  addEventListener("click", (event) => {
    const word = event.target.closest?.("#heard-words [data-start]");
    const sound = word && document.querySelector("#listen-sound audio");
    if (!sound) return;
    sound.currentTime = Math.max(0, Number(word.dataset.start) - 0.05);
    sound.play();
  });

  reveal();
  const api = { press, done, ended, language, words: WORDS[language], onend: () => {} };
  return api;
})();
