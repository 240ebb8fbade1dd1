// The timeline: placed, kept fresh, and moved upon.
import { isDragging, startDrags } from "./timeline/drag";
import { place, rememberFolds, root, scrollToNow, tick } from "./timeline/ground";
import { isCarrying, refocus, rove, startKeys } from "./timeline/keys";
import { busy, changed, takeFocus } from "./timeline/moves";
import { show, startSelection } from "./timeline/selection";

const EVERY = 20_000;

let stale = false;
let opener: Element | undefined;
let focused = "";

function begin(): void {
  const timeline = root();
  if (!timeline || timeline.dataset["placed"] !== undefined) return;
  place(timeline);
  rove(timeline);
  show();
}

/** A refresh must not take away what is in somebody's hands; it is made up for afterwards. */
function beforeSwap(event: Event): void {
  const detail = (event as CustomEvent<{ target: Element; shouldSwap: boolean }>).detail;
  if (detail.target.id !== "timeline") return;
  const active = document.activeElement;
  focused = active instanceof HTMLElement && active.closest("#timeline") ? (active.dataset["variant"] ?? "") : "";
  if (!isDragging() && !isCarrying() && !busy()) return;
  detail.shouldSwap = false;
  stale = true;
}

function makeUp(): void {
  if (!stale || isDragging() || isCarrying() || busy()) return;
  stale = false;
  changed();
}

function openMore(): void {
  const more = document.getElementById("timeline-more");
  if (!more) return;
  more.showPopover();
  const at = opener?.getBoundingClientRect();
  const size = more.getBoundingClientRect();
  const left = Math.min(at?.left ?? 0, window.innerWidth - size.width - 12);
  const below = (at?.bottom ?? 0) + 6;
  const top = below + size.height < window.innerHeight ? below : Math.max(12, (at?.top ?? 0) - size.height - 6);
  Object.assign(more.style, { left: `${Math.max(12, left)}px`, top: `${top}px` });
  more.querySelector<HTMLElement>("a")?.focus();
}

begin();
scrollToNow();
rememberFolds();
startDrags();
startKeys();
startSelection();
window.setInterval(() => {
  tick();
  makeUp();
}, EVERY);
document.addEventListener("pointerup", () => window.setTimeout(makeUp, 400));
document.addEventListener("keyup", () => window.setTimeout(makeUp, 400));
document.body.addEventListener("htmx:beforeSwap", beforeSwap);
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const from = (event as CustomEvent<{ elt: Element }>).detail.elt;
  if (from.matches(".timeline-more, .timeline-ghost")) opener = from;
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  const target = (event as CustomEvent<{ target: Element }>).detail.target;
  if (target.id === "timeline-more") return openMore();
  if (target.id !== "timeline") return;
  begin();
  const wanted = takeFocus() || focused;
  focused = "";
  if (wanted) refocus(wanted);
});
