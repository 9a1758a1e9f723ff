"""What the collection's card does in the browser: opening and closing, searching, turning pages, and looking for changes."""

from __future__ import annotations

# Runs in the list of articles.  `element`, `trigger` and `watch` are Gradio's; `trigger` calls Python.
# `list` is what the reader of the page asks for, `look` asks only whether the collection has changed: apart, so that
# neither takes the other's place while one is under way.
SCRIPT = """
window.__kutipShelf?.abort();  // the list can be mounted twice
const on = {signal: (window.__kutipShelf = new AbortController()).signal};
const finder = (what) => document.querySelector('.shelf-finder ' + what);
const toggle = () => document.querySelector('.shelf-toggle');
const list = () => element.querySelector('.shelf-list');
const isOpen = () => document.body.classList.contains('shelf-open');
let start = 0, typing = 0, picks = {};
const asked = () => JSON.stringify([finder('input')?.value ?? '', finder('select')?.value ?? 'newest', start, picks]);
const show = (from = 0) => { start = from; trigger('list', {asked: asked()}); };
const look = () => {
  if (isOpen() && !document.hidden) trigger('look', {asked: asked(), generation: list()?.dataset.generation ?? ''});
};
const bars = () => [...document.querySelectorAll('.shelf-counts .pick')];
const press = () => { for (const one of bars()) one.setAttribute('aria-pressed', String(picks[one.dataset.of] === one.dataset.value)); };
// A bar of a chart, or the part above the list that names it: pressed once more it is taken off.
const pick = (button) => {
  const {of, value} = button.dataset;
  if (picks[of] === value) delete picks[of]; else picks[of] = value;
  if (element.contains(button)) {  // it goes away, and must not take the focus with it
    (bars().find((one) => one.dataset.of === of && one.dataset.value === value && one.checkVisibility()) ?? toggle())?.focus();
  }
  press();
  show();
};
const open = (opened) => {
  document.body.classList.toggle('shelf-open', opened);
  toggle()?.setAttribute('aria-expanded', String(opened));
  if (opened) show(start);
};
document.addEventListener('click', (event) => {
  const target = event.target.closest?.('button, a, .keep, tr');
  if (!target) return;
  if (target.matches('.shelf-toggle')) return open(!isOpen());
  if (target.matches('.shelf .pick')) return pick(target);
  if (target.matches('.shelf-list .turn[data-start]')) {
    show(Number(target.dataset.start));
    element.closest('.shelf')?.querySelector('.shelf-finder')?.scrollIntoView({block: 'nearest'});
  }
  if (target.matches('.shelf-list tbody tr') && !getSelection().toString()) target.querySelector('a')?.click();
}, on);
document.addEventListener('kutip-ask', () => open(false), on);  // the answer comes where the card is
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented || document.querySelector('.sidebar.open')) return;
  if (isOpen() && event.target.closest?.('.shelf, .shelf-bar')) {
    open(false);
    toggle()?.focus();
  }
}, on);
document.addEventListener('input', (event) => {
  if (!event.target.matches?.('.shelf-finder input')) return;
  clearTimeout(typing);
  typing = setTimeout(show, 150);
}, on);
document.addEventListener('change', (event) => { if (event.target.matches?.('.shelf-finder select')) show(); }, on);
// Two answers can arrive in the wrong order: the list shown must be the one asked for last.
watch('value', () => {
  const got = list()?.dataset.asked;
  if (got && got !== asked()) show(start);
  setTimeout(press, 0);
});
const every = setInterval(look, 1000);
on.signal.addEventListener('abort', () => clearInterval(every));
for (const event of ['visibilitychange', 'shelf-changed']) document.addEventListener(event, look, on);
"""
