// What a keyboard and a screen reader need beside what Gradio (6.31) gives. Read by resgen.ui.document.
(() => {
  const say = (key) => resgen.words[key] ?? key;

  // One place that speaks when a run has ended.
  const speaker = document.createElement("div");
  speaker.id = "announcer";
  speaker.className = "unseen";
  speaker.setAttribute("role", "status");
  speaker.setAttribute("aria-live", "polite");
  const LINES = { write: "#status", draw: "#draw-status", speak: "#speak-status", listen: "#listen-status" };
  const MOST = 1500; // characters that are spoken at once

  resgen.announce = (text) => {
    speaker.textContent = "";
    requestAnimationFrame(() => (speaker.textContent = text.slice(0, MOST)));
  };
  resgen.onend = (room) => {
    const line = document.querySelector(LINES[room])?.innerText;
    const box = { write: "#story textarea", listen: "#heard textarea" }[room];
    const story = box ? document.querySelector(box)?.value : "";
    resgen.announce([line, story].filter(Boolean).join("\n"));
  };

  const name = (node, text) => node.getAttribute("aria-label") !== text && node.setAttribute("aria-label", text);
  const role = (node, value) => node.getAttribute("role") !== value && node.setAttribute("role", value);

  const EXAMPLES = ["HELLO", "A_STORY", "NUMBERS", "TONGUE_TWISTER", "OWN_SOUND"];

  // What Gradio draws without a name, a role or the focus.
  const MENDS = [
    // A text that is only shown can be reached, read and copied.
    ["#story textarea", (node) => {
      if (node.disabled) node.disabled = false;
      if (!node.readOnly) node.readOnly = true;
      name(node, say("STORY"));
    }],
    ['[aria-label="Empty value"]:not([role])', (node) => role(node, "img")],
    [".block:has(> .wrap input[type=radio])", (node) => {
      role(node, "radiogroup");
      const title = node.querySelector("[data-testid=block-info]");
      if (title) name(node, title.innerText.trim());
      // Gradio gives each choice a name of its own, so that none is the neighbour of another.
      const choices = node.querySelectorAll("input[type=radio]");
      choices.forEach((choice) => choice.name !== choices[0].name && (choice.name = choices[0].name));
    }],
    ["#spectrogram img", (node) => node.alt !== say("SPECTROGRAM_ALT") && (node.alt = say("SPECTROGRAM_ALT"))],
    ["#spectrogram button:not([aria-label])", (node) => node.innerText.trim() || name(node, say("ENLARGE"))],
    // Gradio translates no labels of examples.
    ["#tab-speak .gallery-item", (node) => {
      const key = EXAMPLES.find((each) => WORDS.en[each] === node.innerText.trim());
      if (key && node.innerText.trim() !== say(key)) (node.querySelector("div") ?? node).textContent = say(key);
    }],
    [".cc-button", (node) => name(node, say("SUBTITLES"))],
    [".block.hint", (node) => role(node, "status")],
    [".prose table", (node) => node.tabIndex !== 0 && (node.tabIndex = 0)],
    [".prose pre", (node) => node.tabIndex !== 0 && (node.tabIndex = 0)],
  ];
  const mend = () => MENDS.forEach(([where, how]) => document.querySelectorAll(where).forEach(how));

  let waiting = false;
  const watch = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mend();
    });
  });
  addEventListener("DOMContentLoaded", () => {
    document.body.append(speaker);
    watch.observe(document.body, {
      subtree: true, childList: true, attributes: true, attributeFilter: ["disabled", "aria-label", "alt", "name"],
    });
  });

  const seen = (node) => node && node.offsetParent !== null;
  const first = (where) => [...document.querySelectorAll(where)].find(seen);

  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      first("#write, #draw, #speak, #listen")?.click();
    } else if (event.key === "Escape" && first("button.running")) {
      first("#stop, #draw-stop, #speak-stop, #listen-stop")?.click();
    } else if (event.target.closest?.(".weighed") && ["ArrowRight", "ArrowLeft"].includes(event.key)) {
      // One tab stop for a whole text, the arrows within it.
      const words = [...event.target.closest(".weighed").children];
      const next = words[words.indexOf(event.target) + (event.key === "ArrowRight" ? 1 : -1)];
      if (next) {
        event.target.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
        resgen.announce(next.dataset.note);
      }
      event.preventDefault();
    } else if (event.target.dataset?.start && ["Enter", " "].includes(event.key)) {
      event.preventDefault();
      event.target.click();
    }
  }, true);
})();
