"""How the collection's card looks; in the head, so that its rules reach the whole page and follow the card's own width."""

from __future__ import annotations

SHELF_HEAD = """<style>
body:not(.shelf-open) .shelf { display: none !important; }
/* Open, the card stands where the answers stand; the box to ask in stays. */
body.shelf-open .gradio-container :is(.chat, .desk) { display: none !important; }
.gradio-container .shelf-bar { margin-block: -8px -4px; }
.gradio-container :is(.shelf-bar, .shelf) .html-container { padding: 0 clamp(6px, 100vw - 900px, 14px) !important; }
.gradio-container .shelf-bar button.shelf-toggle { min-height: 36px; padding: 4px 14px; border: 1px solid var(--rule); border-radius: 18px;
  background: var(--paper); color: inherit; font-size: .9rem; font-weight: 400; cursor: pointer; }
.gradio-container .shelf-bar button.shelf-toggle:hover { border-color: var(--go); color: var(--go); }
.shelf-toggle::after { content: ""; display: inline-block; width: .45em; height: .45em; margin-inline-start: .6em; margin-block-end: .15em;
  border: solid currentColor; border-width: 0 1.5px 1.5px 0; transform: rotate(45deg); }
.shelf-toggle[aria-expanded=true]::after { margin-block-end: -.1em; transform: rotate(225deg); }
.gradio-container .shelf { container-type: inline-size; flex: 1 1 260px; min-height: 260px; overflow-x: hidden; overflow-y: auto; flex-wrap: nowrap;
  gap: 14px; padding: 6px 0 3px; }
.gradio-container .shelf > * { flex: none; }
.gradio-container .shelf-counts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px 32px; }
.gradio-container .shelf-counts h2 { margin: 0 0 6px !important; font-size: .9rem !important; font-weight: 700; }
.gradio-container .shelf-counts ul { list-style: none; margin: 0; padding: 0; }
.gradio-container .shelf-counts li { margin: 0; padding: 0; }
.gradio-container .shelf-counts .bar-of { display: grid; grid-template-columns: minmax(0, 10.5em) minmax(2em, 1fr) auto; gap: 8px; align-items: center;
  width: calc(100% + 12px); margin: 0 -6px; padding: 2px 6px; min-height: 24px; border: 0; border-radius: 4px; background: none; color: inherit;
  font-size: .85rem; font-weight: 400; line-height: 1.4; text-align: start; }
.gradio-container .shelf-counts button.bar-of { cursor: pointer; }
.gradio-container .shelf-counts button.bar-of:hover { background: var(--paper); color: var(--go); }
.gradio-container .shelf-counts button.bar-of[aria-pressed=true] { background: var(--paper); color: var(--go); font-weight: 600;
  box-shadow: inset 0 0 0 1px var(--go); }
.gradio-container .shelf p.shelf-picked { margin: 0 0 6px; }
.gradio-container .shelf .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.gradio-container .shelf-counts .unknown .name { color: var(--quiet); }
.gradio-container .shelf-counts .name { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.gradio-container .shelf-counts .bar { height: .7em; }
.gradio-container .shelf-counts .bar i { display: block; height: 100%; border-radius: 2px; background: var(--go); opacity: .75; }
.gradio-container .shelf-counts .n { min-width: 2.5em; text-align: end; color: var(--quiet); font-variant-numeric: tabular-nums; }
.gradio-container .shelf-counts summary { padding: 4px 0; min-height: 28px; color: var(--go); font-size: .85rem; cursor: pointer; }
.gradio-container .shelf-finder { display: flex; gap: 8px; }
.gradio-container .shelf-finder :is(input, select) { height: 42px; padding: 6px 12px; border: 1px solid var(--rule); border-radius: 8px;
  background: var(--paper); color: inherit; font-size: 1rem; }
.gradio-container .shelf-finder input { flex: 1 1 0; min-width: 0; }
.gradio-container .shelf-finder select { appearance: auto; max-width: 45%; font-size: .9rem; }
.gradio-container .shelf-finder input::placeholder { color: var(--quiet); opacity: 1; }
.gradio-container .shelf-pager { display: flex; gap: 8px; align-items: center; margin-block-end: 4px; }
.gradio-container .shelf p.shelf-shown { flex: 1; margin: 0; color: var(--quiet); font-size: .9rem; }
.gradio-container .shelf button.tool { min-height: 36px; min-width: 40px; margin: 0; padding: 4px 12px; border: 1px solid var(--rule); border-radius: 6px;
  background: var(--paper); color: inherit; font-size: .9rem; font-weight: 400; cursor: pointer; }
.gradio-container .shelf button.tool:hover { border-color: var(--go); color: var(--go); }
.gradio-container .shelf button.tool[aria-disabled] { border-style: dashed; color: var(--quiet); cursor: default; }
.gradio-container .shelf-list table { width: 100%; margin: 0 !important; padding: 0 !important; border: 0 !important; border-collapse: collapse;
  font-size: .92rem; overflow-wrap: break-word; }
.gradio-container .shelf-list tr { border: 0 !important; }
.gradio-container .shelf-list :is(th, td) { padding: 8px 12px 8px 0 !important; border: 0 !important; border-bottom: 1px solid var(--rule) !important;
  text-align: start; vertical-align: top; overflow-wrap: break-word; }
.gradio-container .shelf-list th { color: var(--quiet); font-size: .82rem; font-weight: 400; white-space: nowrap; }
.gradio-container .shelf-list tbody tr { cursor: pointer; }
.gradio-container .shelf-list tbody tr:hover td { background: var(--paper); }
.gradio-container .shelf-list .title { width: 55%; overflow-wrap: anywhere; }
.gradio-container .shelf-list .title a { display: inline; padding: 0; color: var(--go); text-decoration: none; }
.gradio-container .shelf-list .title a:is(:hover, [aria-current]) { text-decoration: underline; }
.gradio-container .shelf-list td:is(.source, .date, .language, .passages), .gradio-container .shelf-list td.source span { color: var(--quiet); }
.gradio-container .shelf-list :is(.date, .language) { white-space: nowrap; }
.gradio-container .shelf-list :is(th, td).passages { padding-inline-end: 0 !important; text-align: end; font-variant-numeric: tabular-nums; }
.gradio-container .shelf-list .unit { display: none; }
.gradio-container .shelf-list :is(th, td).keep { position: relative; padding-inline: 12px 0 !important; text-align: end; white-space: nowrap; }
.gradio-container .shelf-list td.keep { cursor: default; }
.gradio-container .shelf button.ask-remove { margin-block: -8px; border-color: transparent; background: none; color: var(--quiet); }
/* Over the row, which keeps its height. */
.gradio-container .shelf-list .sure { position: absolute; z-index: 2; inset: 0 0 auto auto; display: flex; gap: 8px; align-items: center;
  padding: 4px 4px 4px 12px;  border: 1px solid var(--rule); border-radius: 8px; background: var(--paper); color: inherit; white-space: nowrap; }
.gradio-container .shelf [hidden] { display: none !important; }
/* Gradio's own words on the field follow the browser's language, whatever is chosen on the page: the label takes their place. */
.gradio-container .shelf-drop .upload-container [data-testid=upload-text] { visibility: hidden; }
.gradio-container .shelf-drop:has([data-testid=upload-text]) label { inset: 0 !important; display: flex; align-items: center; justify-content: center; gap: 6px;
  padding: 8px 16px; border: 0 !important; background: none !important; box-shadow: none !important; color: var(--body-text-color) !important;
  font-size: .92rem !important; pointer-events: none; }
.gradio-container .shelf .shelf-said:not(:has(p, ul, progress)) { display: none; }
.gradio-container button.shelf-cancel { align-self: start; width: max-content; min-height: 36px; padding-inline: 16px; font-size: .9rem;
  margin-inline-start: clamp(6px, 100vw - 900px, 14px); }
.gradio-container .shelf .shelf-progress { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; margin: 0; color: var(--quiet);
  font-size: .9rem; }
.gradio-container .shelf progress { appearance: none; flex: 1 1 200px; height: .7em; border: 0; border-radius: 4px; background: var(--rule); overflow: hidden; }
.gradio-container .shelf progress::-webkit-progress-bar { background: var(--rule); }
.gradio-container .shelf progress::-webkit-progress-value { background: var(--go); }
.gradio-container .shelf progress::-moz-progress-bar { background: var(--go); }
.gradio-container .shelf :is(.shelf-summary, .shelf-note, .shelf-problem) { margin: 0 0 6px; }
.gradio-container .shelf .shelf-problem { color: #b91c1c; }
.dark .gradio-container .shelf .shelf-problem, .gradio-container.dark .shelf .shelf-problem { color: #fca5a5; }
.gradio-container .shelf .said { color: var(--quiet); font-size: .9rem; }
.gradio-container .shelf .shelf-outcomes { margin: 0; padding: 0; max-height: 220px; overflow-y: auto; list-style: none; font-size: .9rem; }
.gradio-container .shelf .shelf-outcomes > li { margin: 0; padding: 3px 0; }
.gradio-container .shelf .shelf-outcomes > li::before { content: "✓ "; color: #166534; }
.gradio-container .shelf .shelf-outcomes > li.refused::before { content: "✕ "; color: #b91c1c; }
.dark .shelf .shelf-outcomes > li::before { color: #86efac; }
.dark .shelf .shelf-outcomes > li.refused::before { color: #fca5a5; }
.gradio-container .shelf .shelf-outcomes ul { margin: 0 0 0 1.4em; padding: 0; list-style: none; color: var(--quiet); font-size: .85rem; }
@container (max-width: 680px) {
  /* Side by side in a strip that is swiped, so that the list below stays in sight. */
  .gradio-container .shelf-counts { grid-template-columns: none; grid-auto-flow: column; grid-auto-columns: min(250px, 72cqw); gap: 24px;
    overflow-x: auto; scroll-snap-type: x proximity; }
  .gradio-container .shelf-chart { scroll-snap-align: start; }
  .gradio-container .shelf-list :is(table, tbody) { display: block; }
  .gradio-container .shelf-list thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .gradio-container .shelf-list tbody tr { width: 100%; display: flex; flex-wrap: wrap; align-items: center; gap: 2px 12px; padding: 10px 0;
    border-bottom: 1px solid var(--rule) !important; }
  .gradio-container .shelf-list td { width: auto; padding: 0 !important; border: 0 !important; }
  .gradio-container .shelf-list td.title { flex: 1 0 100%; width: 100%; }
  .gradio-container .shelf-list td:not(.title) { font-size: .85rem; }
  .gradio-container .shelf-list td:is(:empty, .source:has(span:empty)) { display: none; }
  .gradio-container .shelf-list td.keep { margin-inline-start: auto; }
  .gradio-container .shelf-list .sure { inset-block: auto -6px; }
  .gradio-container .shelf-list tbody tr:hover td { background: none; }
  .gradio-container .shelf-list .unit { display: inline; color: inherit; }
}
</style>"""
