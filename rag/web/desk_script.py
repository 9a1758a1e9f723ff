"""What the bar, the buttons of an answer, the filter form and the language switch do in the browser."""

from __future__ import annotations

# Runs in the bar.  `element`, `trigger` and `watch` are Gradio's; `trigger('submit')` calls Python.
SCRIPT = """
window.__kutipDesk?.abort();  // the component can be mounted twice
const on = {signal: (window.__kutipDesk = new AbortController()).signal};
// Where the focus goes when Python has written the bar anew, and with it the button that was pressed.
let back = '';
let set = '';  // what was set when the form was last filled in
// One answer at a time: what is asked or pressed meanwhile waits here, for Gradio would lose it or answer both at once.
let free = 0, sent = 0, next = null;
// What comes before the bar has been greeted waits too: the greeting would be written over the answer's bar.
const PATIENCE = 3000, GREETED = Date.now() + 10000, GIVEN_UP = 60000;
const bar = (state) => element.querySelector(`.bar[${state}]`);
const busy = () => Date.now() < free || (bar('data-blank') && Date.now() < GREETED) || (bar('inert') && Date.now() < sent + GIVEN_UP);
const send = (wish) => {
  if (busy()) {
    next = wish;
    setTimeout(() => { if (next) send(next); }, PATIENCE);
    return;
  }
  if (wish === next) next = null;
  [sent, free] = [Date.now(), Date.now() + PATIENCE];
  trigger('submit', wish);
};
const ask = (event) => {
  event.preventDefault();
  event.stopPropagation();
  if (!document.querySelector('.ask textarea').value.trim()) return;
  document.dispatchEvent(new Event('kutip-ask'));
  send({do: 'ask'});
};
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.target.matches?.('.ask textarea')) ask(event);
}, {...on, capture: true});
document.addEventListener('click', (event) => { if (event.target.closest?.('.ask .submit-button')) ask(event); }, {...on, capture: true});
const form = () => document.querySelector('form.narrow-form');
const opener = () => element.querySelector('button.narrow');
const fill = () => {
  const set = JSON.parse(element.querySelector('.bar')?.dataset.set ?? '{}');
  for (const [name, value] of Object.entries(set)) if (form()?.elements[name]) form().elements[name].value = value;
};
const show = (shown) => {
  form().hidden = !shown;
  opener().setAttribute('aria-expanded', shown);
  if (!shown) return;
  fill();
  form().querySelector('input').focus();
};
const leave = (name) => { back = name; element.dataset.back = name; };
const fold = () => element.querySelector('details[open]')?.removeAttribute('open');
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('button');
  if (!event.target.closest?.('details.export')) fold();
  if (button?.matches('.act')) {
    fold();
    const file = button.name.startsWith('export-');
    if (file) element.querySelector('summary').focus();
    if (element.contains(button)) leave(file ? 'export' : button.name);
    send({do: button.name});
  }
  if (button?.matches('.narrow')) show(form().hidden);
  if (button?.matches('.narrow-form .clear')) {
    for (const one of form().elements) if (one.name) one.value = '';
    form().requestSubmit();
  }
  const tongue = event.target.closest?.('a.tongue');
  if (tongue && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    document.cookie = `kutip_language=${tongue.lang}; path=/; max-age=31536000; SameSite=Strict`;
    const address = new URL(location.href);
    address.searchParams.delete('lang');
    history.replaceState(history.state, '', address);
    location.reload();
  }
}, on);
document.addEventListener('submit', (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  show(false);
  opener().focus();
  leave('narrow');
  send({do: 'set', filters: Object.fromEntries(new FormData(form()))});
}, on);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing) return;
  const inside = document.activeElement;
  if (form()?.contains(inside)) { show(false); opener().focus(); }
  if (inside?.closest('details.export')) { fold(); element.querySelector('summary').focus(); }
}, on);
const dress = () => {
  const language = element.querySelector('.bar')?.dataset.language;
  if (language) document.documentElement.lang = language;
  const now = element.querySelector('.bar')?.dataset.set;
  if (now !== set) fill();
  set = now;
  opener()?.setAttribute('aria-expanded', form() ? !form().hidden : false);
  if (bar('inert')) return;
  free = 0;
  if (bar('data-recall')) send({do: 'recall'});
  else if (next) send(next);
  if (!back) return;
  const box = document.querySelector('.ask textarea'), button = element.querySelector(back === 'export' ? 'summary' : `button[name="${back}"]`);
  if (['edit', 'keep', 'new'].includes(back)) box?.focus();
  else if (document.activeElement === document.body) (button ?? opener()).focus();
  back = '';
  delete element.dataset.back;
};
watch('value', () => setTimeout(dress, 0));
"""

# Runs in a component of no size: each export arrives there as base64, and is saved under its name.
SAVE = """
watch('value', () => setTimeout(() => {
  const file = element.querySelector('[data-text]');
  if (!file) return;
  const bytes = Uint8Array.from(atob(file.dataset.text), (one) => one.charCodeAt(0));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], {type: file.dataset.type}));
  link.download = file.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}, 0));
"""

# After every change of the chat: what an earlier answer was confined to can be read but no longer taken out; and the newest
# question comes to the top, so that the first citation is on screen however long the answer is.  On a touch screen it
# also puts the keyboard away, which would cover the answer.
SHOW_NEWEST = """() => requestAnimationFrame(() => {
  const answers = [...document.querySelectorAll('.chat .bot-row')];
  answers.forEach((one, n) => one.querySelectorAll('button.act').forEach((button) => { button.disabled = n < answers.length - 1; }));
  const box = document.querySelector('.ask textarea');
  const free = document.activeElement === document.body && !document.querySelector('[data-back]');
  if (box && !box.value) matchMedia('(pointer: coarse)').matches ? box.blur() : free && box.focus();
  const question = [...document.querySelectorAll('.chat .user-row')].at(-1), log = question?.closest('[role=log]');
  if (log) log.scrollTop += question.getBoundingClientRect().top - log.getBoundingClientRect().top;
})"""
