"""What the side panel does in the browser: opening, closing, copying, and where the focus and the history go."""

from __future__ import annotations

# Runs in the panel.  `element`, `trigger` and `watch` are Gradio's; `trigger('cite')` calls Python.
# Only `value` is watched: Gradio applies other properties before the new article is in the document.
SCRIPT = """
window.__kutip?.abort();  // the panel can be mounted twice
const on = {signal: (window.__kutip = new AbortController()).signal};
let opener = null, shown = '', others = [], pushed = false;
const isCite = (hash) => /^#(cite|read)=/.test(hash);
const bare = () => location.pathname + location.search;
const panel = () => element.closest('.sidebar');
// Tab reaches nothing in a closed panel, and nothing behind one that covers the page.
const fence = () => {
  panel().inert = !shown;
  const covered = shown && panel().offsetWidth > innerWidth - 40;
  for (const one of panel().parentElement.children) if (one !== panel()) one.inert = covered;
};
// Beside the panel the chat gets another width: the citation that was pressed stays where it was.  Another height comes from elsewhere,
// the filter form for example, and is no reason to bring back who has scrolled on meanwhile.
const hold = () => {
  const log = opener?.isConnected && opener.closest('[role=log], .shelf');
  if (!log) return;
  const top = opener.getBoundingClientRect().top;
  let width = log.offsetWidth;
  const observer = new ResizeObserver(() => {
    if (log.offsetWidth !== width) log.scrollTop += opener.getBoundingClientRect().top - top;
    width = log.offsetWidth;
  });
  observer.observe(log);
  setTimeout(() => observer.disconnect(), 1000);
};
// All citations of the answer that `opener` stands in: the panel marks those in the same article too.
const cites = () => [...(opener?.closest('.bot')?.querySelectorAll('blockquote a[href^="#cite="]') ?? [])];
const href = (link) => link.getAttribute('href');
const choose = (link) => {
  opener = link;
  document.querySelectorAll('a[aria-current]').forEach((one) => one.removeAttribute('aria-current'));
  link.setAttribute('aria-current', 'true');
};
const open = (hash) => {
  shown = hash;
  others = cites().map(href);
  hold();
  fence();
  trigger('cite', {ref: hash, others});
};
const go = (hash) => {
  // One step of the history for the panel, so that a phone's Back closes it instead of leaving the page.
  if (isCite(location.hash)) history.replaceState(history.state, '', bare() + hash);
  else { history.pushState(history.state, '', bare() + hash); pushed = true; }
  open(hash);
};
const hop = (button) => {
  const link = cites().find((one) => href(one) === button.dataset.ref);
  if (link) { choose(link); link.scrollIntoView({block: 'nearest'}); }
  go(button.dataset.ref);
};
// A browser may refuse its clipboard, and has none for a page over plain http from another machine.
const put = async (text, button) => {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* the older way, then by hand */ }
  const box = element.querySelector('.by-hand');
  box.hidden = false;
  box.value = text;
  box.focus();
  box.select();
  if (!document.execCommand('copy')) return false;
  box.hidden = true;
  button.focus();
  return true;
};
const copy = async (button) => {
  element.querySelector('.by-hand').hidden = true;
  const done = await put(button.dataset.copy ?? location.href.split('#')[0] + button.dataset.link, button);
  element.querySelector('.copied').textContent = done ? button.dataset.done : button.dataset.refused;
};
const close = () => {
  shown = '';
  trigger('done', {});
  if (isCite(location.hash)) pushed ? history.back() : history.replaceState(history.state, '', bare());
  pushed = false;
  fence();
  (opener?.isConnected ? opener : document.querySelector('.ask textarea'))?.focus();
  hold();
};
document.addEventListener('click', (event) => {
  if (event.target.closest?.('.reader button.close')) return close();
  const more = event.target.closest?.('.reader button.more');
  if (more) return trigger('cite', {ref: shown, others, at: Number(more.dataset.at)});
  const tool = event.target.closest?.('.reader button.tool');
  if (tool) return tool.matches('.hop') ? hop(tool) : copy(tool);
  const link = event.target.closest?.('a[href^="#cite="], a[href^="#read="]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (!element.contains(link)) choose(link);
  go(href(link));
}, on);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing && shown) close();
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !element.contains(event.target) || event.target.matches('textarea')) return;
  const pressed = element.querySelector(`.hop[data-key="${event.key}"]`);
  if (pressed) { event.preventDefault(); hop(pressed); }
}, on);
window.addEventListener('hashchange', () => {
  if (isCite(location.hash)) open(location.hash);
  else if (shown) close();
}, on);
window.addEventListener('resize', fence, on);
// What stands in a panel that is not open yet is hidden, and what is hidden takes no focus.
let arriving = 0;
const arrive = (frames) => {
  const hidden = getComputedStyle(element).visibility === 'hidden';
  if (!shown) return;
  if (hidden && frames) { arriving = setTimeout(() => arrive(frames - 1), 16); return; }
  const best = element.querySelector('.here') ?? element.querySelector('mark strong') ?? element.querySelector('mark:not(.other)');
  if (best) best.scrollIntoView({block: 'center'});
  else element.closest('.sidebar-content')?.scrollTo(0, 0);
  (best?.closest('.here, mark') ?? element.querySelector('h2'))?.focus({preventScroll: true});
};
watch('value', () => { clearTimeout(arriving); arriving = setTimeout(() => arrive(600), 50); });
setTimeout(() => isCite(location.hash) ? open(location.hash) : fence(), 0);
"""
