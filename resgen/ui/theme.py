"""How the page looks. Read by `resgen.ui.page`."""

import gradio as gr

# Fonts of the visitor's own system: the page asks no other host for anything.
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]

# Contrast of at least 4.5 : 1, in both themes: white on the theme's light teal and its grey hints are hard to read.
THEME = gr.themes.Soft(primary_hue="teal", secondary_hue="teal", neutral_hue="slate", font=_SANS, font_mono=_MONO).set(
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_hover_dark="*primary_800",
    button_secondary_background_fill_hover_dark="*neutral_600",
    block_title_text_color="*primary_800",
    block_title_background_fill_dark="*primary_800",
    block_label_text_color="*primary_800",
    block_label_background_fill_dark="*primary_800",
    block_info_text_color="*neutral_600",
    block_info_text_color_dark="*neutral_300",
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_300",
    input_placeholder_color="*neutral_500",
    input_placeholder_color_dark="*neutral_400",
    checkbox_label_background_fill_selected="*primary_700",
    checkbox_label_background_fill_selected_dark="*primary_700",
    checkbox_background_color_selected="*primary_700",
    checkbox_background_color_selected_dark="*primary_700",
    checkbox_border_color="*neutral_500",
    checkbox_border_color_dark="*neutral_400",
    checkbox_border_color_selected="*primary_700",
    # Boxes and buttons have an edge: the theme's shadows alone are hardly seen on white.
    input_border_width="1px",
    input_border_color="*neutral_400",
    input_border_color_dark="*neutral_500",
    button_border_width="1px",
    button_secondary_border_color="*neutral_300",
    button_secondary_border_color_dark="*neutral_500",
    checkbox_label_border_width="1px",
    checkbox_label_border_color="*neutral_300",
    checkbox_label_border_color_dark="*neutral_500",
    slider_color="*primary_700",
    slider_color_dark="*primary_400",
    link_text_color="*primary_700",
    link_text_color_dark="*primary_300",
)

ACCENT = "#0f766e"  # the theme's primary_700, where a component takes no theme colour

CSS = """
.gradio-container { width: 100% !important; max-width: 1080px !important; margin: 0 auto !important; }
/* One width in all rooms, whatever is in them. */
.gradio-container main { position: relative; }
.gradio-container .main, .gradio-container .wrap, .gradio-container main { width: 100%; min-width: 0; }
#title h1 { margin-bottom: 0; letter-spacing: -0.02em; }
#links { position: absolute; top: 0.6rem; right: 0; width: auto; }
/* Nothing to tell takes no room. */
:is(.hint, #story-note):not(:has(p)) { display: none; }
.hint { font-size: 0.9rem; }
#history { padding: 0; }
#history ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr)); gap: 0.5rem;
  list-style: none; margin: 0.6rem 0; padding: 0; }
#history summary { cursor: pointer; font-weight: 600; padding: 0.4rem 0; }
#history p { margin: 0.2rem 0; }
#history button { border: 1px solid var(--border-color-primary); border-radius: 8px; padding: 0.35rem 0.7rem;
  background: var(--button-secondary-background-fill); color: var(--body-text-color); font-size: 0.9rem; }
#history li button { display: flex; gap: 0.6rem; align-items: center; width: 100%; min-height: 44px; text-align: left; }
#history li span { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
#history li img { width: 36px; height: 36px; border-radius: 4px; }
#history .file { margin-top: 0.8rem; font-size: 0.9rem; color: var(--block-info-text-color); }
#history .file label { text-decoration: underline; cursor: pointer; color: var(--link-text-color); }
#note { position: fixed; left: 50%; bottom: 1.2rem; translate: -50%; z-index: 50; max-width: min(90vw, 40rem);
  padding: 0.6rem 1rem; border-radius: 8px; background: var(--neutral-900); color: var(--neutral-50);
  border: 1px solid var(--neutral-500); }
#note:empty { display: none; }
#pictures .caption-label { display: none; }
#story textarea { font-size: 1.08rem; line-height: 1.65; }
.weighed-help { opacity: 0.85; font-size: 0.9rem; }
.weighed { position: relative; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.9; }
.weighed span { border-radius: 3px; background: rgb(234 88 12 / calc(var(--surprise) * 0.75)); cursor: help; }
.weighed span:focus { outline: 2px solid var(--color-accent); }
/* Below the piece, but as wide as the text, so that it is never cut off. */
.weighed span:hover::after, .weighed span:focus::after {
  content: attr(data-note); position: absolute; left: 0; margin-top: 1.8em; z-index: 10; max-width: 100%;
  padding: 4px 10px; border-radius: 6px; font-size: 0.85rem; line-height: 1.5; white-space: normal;
  background: var(--neutral-900); color: var(--neutral-50); border: 1px solid var(--neutral-500); pointer-events: none;
}
/* As high as its pictures; Gradio leaves room for more, or cuts them off. */
.gallery .grid-wrap { min-height: 0; max-height: none !important; overflow: visible; }
.gallery .grid-container { grid-template-columns: repeat(4, minmax(0, 1fr)) !important; height: auto; }
#pictures { min-height: 200px; }
.tools { flex-wrap: nowrap !important; align-items: stretch; }
.tools > * { min-width: 0 !important; flex: 1 1 0 !important; }
/* Progress, where it is looked for. */
button.running::before {
  content: ""; width: 0.9em; height: 0.9em; margin-right: 0.5em; border-radius: 50%;
  border: 2px solid currentColor; border-right-color: transparent; animation: turning 0.8s linear infinite;
}
@keyframes turning { to { transform: rotate(360deg); } }
@media (max-width: 640px) {
  footer .divider { display: none; } /* what stood before it is not shown there */
}
@media (max-width: 520px) {
  .gallery .grid-container { grid-template-columns: repeat(2, minmax(0, 1fr)) !important; }
}
/* Tables are as wide as they must be, within the page. */
.prose table { display: block; overflow-x: auto; max-width: 100%; border: 0; }
.prose table :is(th, td) { word-break: normal; overflow-wrap: normal; hyphens: none; min-width: 4.5em; padding: 0.5em; }
.prose table :is(th, td):first-child { min-width: 9em; }
/* What Gradio colours by itself. */
.gradio-container button[role="tab"][aria-selected="true"] { color: var(--primary-700); }
.dark .gradio-container button[role="tab"][aria-selected="true"],
.gradio-container.dark button[role="tab"][aria-selected="true"] { color: var(--primary-300); }
.gradio-container .label { color: var(--primary-800); }
.dark .gradio-container .label, .gradio-container.dark .label { color: var(--primary-200); }
.gradio-container .token { color: inherit !important; background: none !important; }
.gradio-container :is(.min_value, .max_value, .info-text, #time, #duration, .playback span) {
  color: var(--block-info-text-color) !important;
}
/* A disabled button is told apart by its border, not by pale letters. */
.gradio-container :is(button, a):disabled { opacity: 1; color: var(--body-text-color-subdued); }
.gradio-container :is(button, a, input, textarea, label, [tabindex]):focus-visible,
.gradio-container :is(label:has(input:focus-visible), label:has(+ input:focus-visible)) {
  outline: 3px solid var(--primary-600) !important; outline-offset: 2px;
}
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation-duration: 0.01ms !important; animation-iteration-count: 1 !important;
    transition-duration: 0.01ms !important; scroll-behavior: auto !important; }
}
.status { min-height: 1.6em; opacity: 0.85; font-variant-numeric: tabular-nums; }
"""
