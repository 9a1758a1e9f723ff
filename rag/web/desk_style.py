"""How the bar, the filter form, the parts of a question and the language switch look."""

from __future__ import annotations

CSS = """
.masthead .tongue { float: inline-end; margin-inline-start: 12px; padding: 2px 10px; border: 1px solid var(--rule); border-radius: 12px;
  color: var(--quiet); font-size: .85rem; line-height: 1.5rem; text-decoration: none; white-space: nowrap; }
.masthead .tongue:hover { border-color: var(--go); color: var(--go); }
.masthead .tongue .short { display: none; }

.parts { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 6px; margin: 0 0 8px; }
.parts p { display: contents; }
.parts .said { color: var(--quiet); font-size: .9rem; }
.part { max-width: 100%; font-weight: 400; min-height: 26px; padding: 1px 8px; border: 1px solid var(--rule); border-radius: 13px; background: var(--paper);
  color: inherit; font-size: .85rem; line-height: 1.35rem; text-align: start; cursor: pointer; }
.part:not(:disabled)::after { content: "\\2715" / ""; margin-inline-start: 7px; color: var(--quiet); font-size: .75em; }
.part:not(:disabled):hover { border-color: var(--go); color: var(--go); }
.part:disabled { cursor: default; background: none; }
.chat .widen { padding: 4px 14px; min-height: 34px; border: 1px solid var(--go); border-radius: 6px; background: var(--paper); color: var(--go);
  font-size: .95rem; font-weight: 400; cursor: pointer; }
.chat .widen:disabled { border-color: var(--rule); color: var(--quiet); cursor: default; }
.chat .lost { display: block; margin: 10px 0; padding: 8px 12px; border: 1px dashed var(--rule); border-radius: 6px; color: var(--quiet); }
.chat button[aria-label="Clear"], .chat .icon-button-wrapper { display: none; }  /* New in the bar also empties what the browser keeps */

.desk { padding: 0 !important; margin-block: -6px; overflow: visible !important; }
.desk:has(.narrow-form[hidden]) { display: none; }
.gradio-container:has(.narrow-form:not([hidden])) .chat { min-height: 140px !important; }
.bar[inert] { opacity: .6; }
.bar .notice { margin: 0 0 6px; color: var(--quiet); font-size: .9rem; }
.bar .notice:empty { display: none; }
.bar .parts { margin: 0 0 6px; }
.bar .acts { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.desk .tool { min-height: 32px; margin: 0 !important; padding: 3px 11px; border: 1px solid var(--rule); border-radius: 6px; background: var(--paper);
  color: var(--body-text-color); font-size: .88rem; font-weight: 400; line-height: 1.5rem; cursor: pointer; }
.desk .tool:hover { border-color: var(--go); color: var(--go); }
.desk .narrow[aria-expanded=true] { border-color: var(--go); color: var(--go); }
.bar .export { position: relative; margin: 0; }
.bar .export summary { display: block; }
.bar .export summary::-webkit-details-marker { display: none; }
.bar .export > div { position: absolute; bottom: 40px; inset-inline-end: 0; z-index: 5; display: grid; gap: 4px; width: max-content; padding: 8px;
  border: 1px solid var(--rule); border-radius: 8px; background: var(--background-fill-secondary); box-shadow: 0 4px 16px rgb(0 0 0 / .18); }
.bar .export > div .tool { text-align: start; }
.narrow-form { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: end; padding: 10px 12px; border: 1px solid var(--rule); border-radius: 8px;
  background: var(--background-fill-secondary); }
.narrow-form[hidden] { display: none; }
.narrow-form label { flex: 1 1 130px; min-width: 0; font-size: .85rem; color: var(--quiet); }
.narrow-form label.source, .narrow-form label.article { flex-basis: 190px; }
.narrow-form label span { display: block; margin-bottom: 2px; }
.narrow-form :is(input, select) { width: 100%; min-height: 36px; padding: 4px 8px; border: 1px solid var(--rule); border-radius: 6px;
  background: var(--paper); color: var(--body-text-color); font-size: .95rem; }
.narrow-form select { appearance: auto; }
.narrow-form .ends { display: flex; gap: 6px; }
.narrow-form .tool { min-height: 36px; }
.narrow-form .apply { border-color: var(--go); color: var(--go); font-weight: 600; }
.dark .narrow-form { color-scheme: dark; }
.files { display: none; }
"""

# As in theme.py: what depends on the width stands in the head.
HEAD = """<style>
@media (max-width: 600px) {
  .gradio-container .masthead .tongue .long { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) !important; }
  .gradio-container .masthead .tongue .short { display: inline !important; }
  body:has(.chat .user-row) .masthead .tongue { order: 3; margin-inline-start: auto; }
  .gradio-container .bar .acts { position: relative; gap: 3px !important; }
  .gradio-container .bar .export { position: static !important; }
  .gradio-container .desk .tool { padding-inline: 6px !important; font-size: .8rem !important; }
  .gradio-container .desk.html-container { padding-inline: 0 !important; }
  .gradio-container .narrow-form label { flex-basis: calc(50% - 10px) !important; }
  .gradio-container .narrow-form label.article { flex-basis: 100% !important; }
}
</style>"""
