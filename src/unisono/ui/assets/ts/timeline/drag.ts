// By pointer: notes and cards are dragged, and a frame drawn on empty ground selects.
import { minuteAt, root, said, snapped } from "./ground";
import { CARRIED, type Load, ROWS, highlight, loadOf, mark, nameOf, rowsFor } from "./load";
import { putDown, shiftAll } from "./moves";
import { clear, isSelected, selected, toggle } from "./selection";

const FAR_ENOUGH = 5;
const EDGE = 40;

interface Spot {
  row: HTMLElement | undefined;
  minute: number;
}

let dragging = false;

export function isDragging(): boolean {
  return dragging;
}

export function startDrags(): void {
  document.addEventListener("pointerdown", (event) => {
    // A finger scrolls; by touch, notes are moved through the selection or their own page.
    if (event.button !== 0 || event.pointerType === "touch" || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = event.target as Element;
    const element = target.closest<HTMLElement>(`.timeline-page ${CARRIED}`);
    const load = element ? loadOf(element) : undefined;
    if (load) carry(load, event);
    else if (target.matches(".timeline-lane .timeline-track, .timeline-lanes")) lasso(event);
  });
  document.addEventListener("dragstart", (event) => {
    if ((event.target as Element).closest?.(".timeline-page .note")) event.preventDefault();
  });
}

/** Follows the pointer until it is let go; `end` hears whether it was let go rather than left. */
function follow(onMove: (event: PointerEvent) => void, end: (drop: boolean) => void): void {
  const listeners = new AbortController();
  const { signal } = listeners;
  const stop = (drop: boolean) => {
    listeners.abort();
    end(drop);
  };
  document.addEventListener("pointermove", onMove, { signal });
  document.addEventListener("pointerup", () => stop(true), { signal });
  document.addEventListener("pointercancel", () => stop(false), { signal });
  document.addEventListener("keydown", (key) => {
    if (key.key !== "Escape") return;
    key.stopPropagation();
    stop(false);
  }, { signal, capture: true });
}

function carry(load: Load, start: PointerEvent): void {
  const together = load.kind === "note" && isSelected(load.id) && selected().length > 1;
  const rows = rowsFor(load, together);
  const grip = load.kind === "note" ? minuteAt(start.clientX) - load.minute : 0;
  const inside = start.clientX - load.element.getBoundingClientRect().left;
  const spot: Spot = { row: load.lane, minute: load.minute };
  let ghost: HTMLElement | undefined;
  let label: HTMLElement | undefined;
  const onMove = (event: PointerEvent) => {
    if (!ghost && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < FAR_ENOUGH) return;
    if (!ghost) {
      dragging = true;
      mark(rows);
      ghost = lift(load.element);
      label = document.body.appendChild(Object.assign(document.createElement("div"), { className: "timeline-when" }));
    }
    scrollNear(event);
    spot.row = rowUnder(event, rows) ?? (load.kind === "note" ? spot.row : undefined);
    spot.minute = snapped(minuteAt(event.clientX) - grip, load.hour);
    highlight(spot.row);
    ghost.style.translate = `${event.clientX - inside}px ${event.clientY - 14}px`;
    if (!label) return;
    label.style.translate = `${event.clientX - inside}px ${event.clientY - 46}px`;
    label.textContent = spot.row ? `${said(spot.minute)} · ${nameOf(spot.row)}` : load.title;
  };
  follow(onMove, (drop) => {
    highlight(undefined);
    mark([]);
    delete load.element.dataset["dragging"];
    if (!ghost) return;
    ghost.remove();
    label?.remove();
    dragging = false;
    swallowClick(load.element);
    if (!drop || !spot.row) return;
    if (together) void shiftAll(selected(), Math.round(spot.minute - load.minute));
    else void putDown(load, spot.row, spot.minute);
  });
}

function rowUnder(event: PointerEvent, rows: HTMLElement[]): HTMLElement | undefined {
  const under = document.elementsFromPoint(event.clientX, event.clientY);
  const row = under.map((one) => one.closest<HTMLElement>(ROWS)).find((one) => one !== null);
  return row && rows.includes(row) ? row : undefined;
}

/** At an edge, the frame scrolls on. */
function scrollNear(event: PointerEvent): void {
  const frame = root()?.parentElement;
  const box = frame?.getBoundingClientRect();
  if (!frame || !box) return;
  const inside = event.clientY > box.top && event.clientY < box.bottom;
  if (event.clientX > box.right - EDGE && event.clientX < box.right) frame.scrollLeft += 12;
  if (inside && event.clientX < box.left + EDGE && event.clientX > box.left) frame.scrollLeft -= 12;
  if (event.clientX > box.right) return;
  if (inside && event.clientY > box.bottom - EDGE) frame.scrollTop += 12;
  if (inside && event.clientY < box.top + EDGE) frame.scrollTop -= 12;
}

function lift(element: HTMLElement): HTMLElement {
  const ghost = element.cloneNode(true) as HTMLElement;
  const { width, height } = element.getBoundingClientRect();
  ghost.classList.add("note-ghost");
  ghost.removeAttribute("id");
  ghost.setAttribute("aria-hidden", "true");
  Object.assign(ghost.style, { left: "0", top: "0", width: `${width}px`, height: `${height}px` });
  element.dataset["dragging"] = "";
  return document.body.appendChild(ghost);
}

function swallowClick(element: HTMLElement): void {
  const stop = (event: Event) => event.preventDefault();
  element.addEventListener("click", stop, { once: true, capture: true });
  window.setTimeout(() => element.removeEventListener("click", stop, true), 80);
}

function lasso(start: PointerEvent): void {
  let frame: HTMLElement | undefined;
  let box = new DOMRect();
  const onMove = (event: PointerEvent) => {
    const [x, y] = [Math.min(start.clientX, event.clientX), Math.min(start.clientY, event.clientY)];
    box = new DOMRect(x, y, Math.abs(event.clientX - start.clientX), Math.abs(event.clientY - start.clientY));
    if (!frame && Math.hypot(box.width, box.height) < FAR_ENOUGH) return;
    frame ??= document.body.appendChild(Object.assign(document.createElement("div"), { className: "timeline-lasso" }));
    Object.assign(frame.style, { translate: `${x}px ${y}px`, width: `${box.width}px`, height: `${box.height}px` });
    dragging = true;
  };
  start.preventDefault();
  follow(onMove, (drop) => {
    frame?.remove();
    dragging = false;
    if (!frame) return clear();
    if (!drop) return;
    root()?.querySelectorAll<HTMLElement>(".note[data-variant][data-moves]").forEach((note) => {
      const at = note.getBoundingClientRect();
      const inside = at.left < box.right && at.right > box.left && at.top < box.bottom && at.bottom > box.top;
      if (at.width && inside) toggle(note, true);
    });
  });
}
