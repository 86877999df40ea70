"""How the page looks. Read by `resgen.ui.page`."""

import gradio as gr

# Fonts of the visitor's own system: the page asks no other host for anything.
_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]

THEME = gr.themes.Soft(primary_hue="teal", secondary_hue="teal", neutral_hue="slate", font=_SANS, font_mono=_MONO).set(
    # White on the theme's light teal is hard to read.
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_hover_dark="*primary_600",
    block_title_text_color="*primary_800",
)

ACCENT = "#0f766e"  # the theme's primary_700, where a component takes no theme colour

CSS = """
.gradio-container { max-width: 1080px !important; margin: 0 auto !important; }
#title h1 { margin-bottom: 0; letter-spacing: -0.02em; }
#story textarea { font-size: 1.08rem; line-height: 1.65; }
.status { min-height: 1.6em; opacity: 0.85; font-variant-numeric: tabular-nums; }
"""
