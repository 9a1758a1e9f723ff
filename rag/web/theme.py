"""How the page looks: system fonts, one blue, quiet greys, light and dark."""

from __future__ import annotations

import gradio as gr

# No bundled fonts: their SemiBold files hold only a few Latin letters, so bold text would mix two typefaces.
_SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif")
_MONO = ("ui-monospace", "Consolas", "Liberation Mono", "monospace")


def theme() -> gr.themes.Base:
    return gr.themes.Default(primary_hue="blue", secondary_hue="blue", neutral_hue="slate", font=_SANS, font_mono=_MONO).set(
        body_background_fill="#fbfaf8",
        body_background_fill_dark="*neutral_950",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_700",
        button_primary_text_color="white",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
    )


CSS = """
:root { --mark: #fdf3c7; --mark-best: #fde68a; --mark-line: #b45309; --quiet: #475569; --rule: #d3d6dc; --go: #1d4ed8; --paper: #ffffff; }
:root { --reader: min(560px, 100vw); }
.dark { --mark: #3f3817; --mark-best: #6b5a17; --mark-line: #fbbf24; --quiet: #a9b4c4; --rule: #3b4658; --go: #93c5fd; --paper: #0f172a; }
.gradio-container { width: 100%; max-width: 900px !important; margin-inline: auto !important; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--go) !important; outline-offset: 2px; }

.masthead { padding: 4px 2px 0; }
.masthead h1 { display: inline; font-size: 1.6rem; font-weight: 700; letter-spacing: -.01em; margin: 0 .5em 0 0; }
.masthead .tagline { display: inline; color: var(--quiet); }
.masthead .state { margin: 4px 0 0; min-height: 1.5em; font-size: .9rem; color: var(--quiet); }
.masthead .state * { color: inherit; }
.masthead .preparing::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-inline-end: .5em;
  border-radius: 50%; background: var(--go); animation: breathe 1.2s ease-in-out infinite alternate; }
.masthead .failed { color: #b91c1c; }
.masthead .failed .details { display: block; color: var(--quiet); }
.dark .masthead .failed { color: #fca5a5; }
@keyframes breathe { from { opacity: .25; } to { opacity: 1; } }
@keyframes appear { from { visibility: hidden; } to { visibility: visible; } }
@media (prefers-reduced-motion: reduce) { .masthead .preparing::before { animation: none; } }

.chat .placeholder-content { padding-top: 28px; }
.chat .placeholder-content h2 { font-size: 1.15rem; text-align: center; }
.chat .examples { display: grid; gap: 10px; max-width: 34rem; margin: 20px auto 0; padding-inline: 8px; }
.chat .example { padding: 12px 16px; border: 1px solid var(--rule); border-radius: 10px; background: var(--paper); color: inherit;
  font-size: .95rem; line-height: 1.4; text-align: start; cursor: pointer; }
.chat .example:hover { border-color: var(--go); color: var(--go); }
.chat .message, .chat .message * { opacity: 1 !important; }
.chat .message-row.panel { padding: 6px 18px !important; }
.chat .message-row.user-row { padding-block: 12px !important; }
.chat .message-row :is(.message, .panel-full-width) { padding: 0 !important; margin: 0 !important; }
.chat .user .md { font-weight: 600; }
.chat .user p { margin: 0 !important; }
.chat .searching { animation: appear 0s .4s both; }
.chat .bot-row, .chat .bot { background: transparent !important; }
.chat .bot-row.panel { padding-block: 14px 10px !important; }
.chat blockquote { margin: 14px 0 8px !important; padding: 2px 0 2px 14px !important; border-inline-start: 3px solid var(--rule) !important;
  color: inherit !important; font-size: 1.02rem; line-height: 1.6; }
.chat .bot :is(p, .why) + blockquote { margin-top: 28px !important; }
.chat .near :is(p, .why) + blockquote { margin-top: 20px !important; }
.chat .why { margin: 0; color: var(--quiet); font-size: .9rem; }
.chat .why summary { width: max-content; min-height: 24px; padding: 0 2px; border-radius: 4px; cursor: pointer; }
.chat .why summary:hover { color: var(--go); }
.chat .why p { margin: 2px 0 0 !important; }
.chat .bot p { unicode-bidi: plaintext; text-align: start; }
.chat mark, .reader mark { color: inherit; border-radius: 2px; padding: 1px 0; }
.chat mark { background: var(--mark-best); }
.chat a[href^="#cite="] { text-decoration: none; color: var(--go); }
.chat :is(blockquote, .lost) a[href^="#cite="] { display: inline-block; position: relative; min-width: 26px; padding: 0 6px;
  border: 1px solid currentColor; border-radius: 13px; line-height: 24px; text-align: center; font-size: .85rem; font-weight: 600;
  unicode-bidi: isolate; }
.chat :is(blockquote, .lost) a[href^="#cite="]::after { content: ""; position: absolute; inset: -10px; }
.chat :is(blockquote, .lost) a[href^="#cite="]:is([aria-current], :hover) { background: var(--go); color: var(--paper); }
.chat .heading a { font-weight: 600; }
.chat .heading a:is([aria-current], :hover) { text-decoration: underline; }
.chat .said, .chat .also, .reader .said, .reader .facts { color: var(--quiet); font-size: .9rem; font-weight: 400; }
.chip, .strength { display: inline-block; padding: 0 8px; border: 1px solid var(--rule); border-radius: 10px; color: var(--quiet);
  font-size: .8rem; line-height: 1.5rem; white-space: nowrap; }
.strength.strong { border-color: #15803d; color: #166534; }
.dark .strength.strong { border-color: #4ade80; color: #86efac; }
.strength.weak { border-style: dashed; }
.chat .near { margin-top: 12px; padding-inline-start: 12px; border-inline-start: 1px dashed var(--rule); }
.chat .near mark { background: none; text-decoration: underline; text-decoration-color: var(--rule); text-underline-offset: 3px; }
.chat .scroll-down-button-container { display: none; }  /* it lies on the words of the quote */

.ask textarea:focus-visible { outline: none !important; }
.ask:has(textarea:focus-visible) { outline: 3px solid var(--go); outline-offset: -1px; }
.ask .submit-button { align-self: center; min-height: 36px; padding: 0 16px; color: white;
  background: var(--button-primary-background-fill); }
.ask .submit-button:hover { background: var(--button-primary-background-fill-hover); }
footer .divider { display: none; }

.sidebar .toggle-button { display: none; }  /* a citation opens the reader; Close and Esc close it */
.sidebar:not(.open) .sidebar-content { visibility: hidden; }
.sidebar .sidebar-content { padding: 0 16px 20px 24px !important; }
.reader header { position: sticky; top: 0; z-index: 1; max-height: 45vh; overflow-y: auto; margin: 0 -16px 16px; padding: 14px 16px 10px;
  border-bottom: 1px solid var(--rule);
  background: var(--background-fill-secondary); }
.reader h2 { font-size: 1.15rem; line-height: 1.35; font-weight: 700; margin: 0; }
.reader .facts { margin: 4px 0 0; }
.reader .close { float: inline-end; margin-inline-start: 12px; padding: 4px 12px; min-height: 32px; border: 1px solid var(--rule);
  border-radius: 6px; color: inherit; background: var(--paper); }
.reader article { max-width: 65ch; padding-bottom: 40vh; font-size: 1.02rem; line-height: 1.65; }
.reader article p { margin: 0 0 .9em; white-space: pre-wrap; }
.reader mark { background: var(--mark); }
.reader mark strong { background: var(--mark-best); color: inherit; font-weight: inherit; text-decoration: underline 2px var(--mark-line);
  text-underline-offset: 4px; }
.reader :is(mark, h2, .here):focus-visible { outline: none !important; }  /* reached by a jump, not by Tab: nothing to press */
.reader .notice { margin: 0 0 16px; padding: 10px 14px; border-inline-start: 3px solid var(--go); background: var(--paper); }
.reader .part { max-width: 65ch; margin: 0 0 16px; padding: 10px 14px; border: 1px dashed var(--rule); border-radius: 6px;
  color: var(--quiet); font-size: .9rem; }
.reader article + .part { margin: 0 0 40vh; }
.reader article:has(+ .part) { padding-bottom: 0; }
.reader .more { margin: 2px 8px 2px 0; padding: 4px 12px; min-height: 32px; border: 1px solid var(--rule); border-radius: 6px;
  background: var(--paper); color: var(--go); cursor: pointer; }
.reader mark.other { background: color-mix(in srgb, var(--mark) 60%, transparent); border-bottom: 1px dashed var(--mark-line); }
.reader .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; margin-top: 8px; }
.reader .tool { padding: 4px 12px; min-height: 32px; min-width: 36px; border: 1px solid var(--rule); border-radius: 6px;
  background: var(--paper); color: inherit; font-size: .9rem; cursor: pointer; }
.reader .tool:hover { border-color: var(--go); color: var(--go); }
.reader .copied { color: var(--quiet); font-size: .9rem; }
.reader .by-hand { width: 100%; padding: 6px 8px; border: 1px solid var(--rule); border-radius: 6px; background: var(--paper);
  color: inherit; font-size: .85rem; }
.reader a { color: var(--go); text-decoration: underline; }
"""

# Gradio confines what stands inside @media in its `css` to the page's inner part; as a style of the head it reaches the frame too.
HEAD = """<style>
/* Beside an open reader the chat keeps its own room; Gradio's padding lets the two overlap. */
.sidebar-parent { padding-inline: 0 !important; }
@media (min-width: 1000px) {
  :root:root { --reader: min(600px, 44vw); }
  body:has(.sidebar.open) .gradio-container { max-width: min(900px, calc(100vw - var(--reader))) !important;
    margin-inline: auto max(var(--reader), calc(50vw - 450px)) !important; }
}
@media (max-width: 600px) {
  .gradio-container .main.fillable.app { padding: 8px 8px 0; }
  .gradio-container .html-container { padding-inline: 6px !important; }
  .gradio-container .masthead h1 { font-size: 1.3rem; }
  .gradio-container .masthead { font-size: .9rem; }
  .gradio-container .masthead .state { font-size: .85rem; }
  /* After the first question the screen belongs to the answers. */
  body:has(.chat .user-row) .masthead:not(:has(.failed)) { display: flex; gap: 12px; align-items: baseline; }
  body:has(.chat .user-row) .masthead h1 { flex: none; margin: 0 !important; }
  body:has(.chat .user-row) .masthead .tagline { display: none !important; }
  body:has(.chat .user-row) .masthead .state:not(.failed) { margin: 0 !important; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
  .gradio-container .reader h2 { font-size: 1.05rem !important; }
  .gradio-container .chat .message-row.panel { padding-inline: 12px !important; }
  .gradio-container .chat blockquote { padding-inline-start: 10px !important; font-size: 1rem; line-height: 1.5; }
  .gradio-container .sidebar .sidebar-content { padding: 0 8px 20px !important; }
}
</style>"""
