"""What is laid out badly on a page: cut off, beside the screen, or on top of something else."""

from __future__ import annotations

from playwright.sync_api import Page

FLAWS = """() => {
  const found = new Set();
  const name = (el) => {
    const words = (el.innerText || el.getAttribute('aria-label') || el.name || '').trim();
    const kind = [...el.classList].slice(0, 2).map((one) => '.' + one).join('');
    return `${el.tagName.toLowerCase()}${kind} “${words.replace(/\\s+/g, ' ').slice(0, 40)}”`;
  };
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + 1) {
    found.add(`the page is ${root.scrollWidth - root.clientWidth} px wider than the screen`);
  }
  const shown = (el) => {
    if (!el.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    if (getComputedStyle(el).clipPath !== 'none') return false;
    const box = el.getBoundingClientRect();
    return box.width > 2 && box.height > 2;
  };
  const lifted = (el) => {
    for (let at = el; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (['fixed', 'sticky'].includes(style.position)) return true;
      if (at.matches('[popover], dialog, .visually-hidden')) return true;
    }
    return false;
  };
  for (const el of document.body.querySelectorAll('*')) {
    const own = [...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !shown(el) || el.closest('.visually-hidden, select, svg')) continue;
    const style = getComputedStyle(el);
    const cuts = ['hidden', 'clip'].includes(style.overflowX);
    const clamped = style.webkitLineClamp !== 'none' || style.textOverflow === 'ellipsis';
    if (cuts && !clamped && el.scrollWidth > el.clientWidth + 1) {
      found.add(`cut by ${el.scrollWidth - el.clientWidth} px: ${name(el)}`);
    }
    const isControl = el.matches('button, .button, .badge, .chip');
    if (isControl && el.scrollWidth > el.clientWidth + 2) found.add(`spills: ${name(el)}`);
  }
  const solid = [...document.body.querySelectorAll(
    'a, button, input:not([type=hidden]), select, textarea, h1, h2, h3, label, summary'
  )].filter((el) => shown(el) && !lifted(el) && el.getClientRects().length === 1);
  const seen = (el) => {
    let box = el.getBoundingClientRect();
    let [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom];
    for (let at = el.parentElement; at; at = at.parentElement) {
      if (getComputedStyle(at).overflow === 'visible') continue;
      const frame = at.getBoundingClientRect();
      [left, top] = [Math.max(left, frame.left), Math.max(top, frame.top)];
      [right, bottom] = [Math.min(right, frame.right), Math.min(bottom, frame.bottom)];
    }
    return { left, top, right, bottom };
  };
  const boxes = solid.map((el) => [el, seen(el)]).filter(([, b]) => b.right > b.left + 2);
  boxes.sort((a, b) => a[1].top - b[1].top);
  for (let i = 0; i < boxes.length; i += 1) {
    const [one, a] = boxes[i];
    for (let j = i + 1; j < boxes.length; j += 1) {
      const [other, b] = boxes[j];
      if (b.top > a.bottom - 3) break;
      if (one.contains(other) || other.contains(one)) continue;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 3 && high > 3) found.add(`overlap: ${name(one)} and ${name(other)}`);
    }
  }
  return [...found];
}"""


def flaws(page: Page) -> list[str]:
    """A line for each: text cut off without an ellipsis, a button its words do not fit in, a page
    wider than the screen, and what can be pressed or read lying on top of another."""
    found: list[str] = page.evaluate(FLAWS)
    return found
