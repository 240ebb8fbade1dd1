// By keyboard alone: arrows walk the notes, Space picks up, arrows carry, Enter puts down.
import { nowMinute, root, said, snapped, step } from "./ground";
import { type Load, highlight, loadOf, mark, nameOf, rowsFor } from "./load";
import { putDown, say, shiftAll, undo, word } from "./moves";
import { clear, isSelected, selected, toggle } from "./selection";

interface Carried {
  load: Load;
  rows: HTMLElement[];
  row: HTMLElement;
  minute: number;
  together: boolean;
  ghost: HTMLElement;
}

const NOTES = ".timeline-lane .note[data-variant], .timeline-lane :is(.timeline-more, .timeline-density, .timeline-ghost)";
const DAY = 1_440;

let carried: Carried | undefined;

export function isCarrying(): boolean {
  return carried !== undefined;
}

/** One note takes the Tab; from there the arrows go. */
export function rove(timeline: HTMLElement): void {
  const notes = [...timeline.querySelectorAll<HTMLElement>(NOTES)];
  const now = nowMinute(timeline);
  const first = notes.find((note) => Number(note.dataset["x"]) >= now) ?? notes[0];
  notes.forEach((note) => (note.tabIndex = note === first ? 0 : -1));
}

function focusOn(note: HTMLElement | undefined): void {
  if (!note) return;
  root()?.querySelectorAll<HTMLElement>(`:is(${NOTES})[tabindex="0"]`).forEach((old) => (old.tabIndex = -1));
  note.tabIndex = 0;
  note.focus();
  note.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function notesOf(lane: Element): HTMLElement[] {
  const notes = [...lane.querySelectorAll<HTMLElement>(NOTES.replaceAll(".timeline-lane ", ""))];
  return notes.sort((a, b) => at(a) - at(b) || Number(a.dataset["row"]) - Number(b.dataset["row"]));
}

function at(note: HTMLElement): number {
  return Number(note.dataset["x"]);
}

function walk(note: HTMLElement, key: string): void {
  const lane = note.closest<HTMLElement>(".timeline-lane");
  if (!lane) return;
  const row = notesOf(lane);
  if (key === "ArrowLeft" || key === "ArrowRight") {
    return focusOn(row[row.indexOf(note) + (key === "ArrowRight" ? 1 : -1)]);
  }
  const lanes = [...(root()?.querySelectorAll<HTMLElement>("[open] > .timeline-lane") ?? [])];
  const here = lanes.indexOf(lane);
  const order = key === "ArrowDown" ? lanes.slice(here + 1) : lanes.slice(0, here).reverse();
  const next = order.map(notesOf).find((notes) => notes.length > 0);
  focusOn(next?.reduce((best, one) => (Math.abs(at(one) - at(note)) < Math.abs(at(best) - at(note)) ? one : best)));
}

function pick(element: HTMLElement): void {
  const load = loadOf(element);
  if (!load) return;
  const together = load.kind === "note" && isSelected(load.id) && selected().length > 1;
  const rows = rowsFor(load, together);
  const row = load.lane ?? rows.find((one) => one.matches(".timeline-lane")) ?? rows[0];
  const timeline = root();
  if (!row || !timeline) return;
  const ahead = snapped(Math.max(0, nowMinute(timeline)) + DAY, load.hour);
  const minute = load.kind === "note" ? load.minute : snapped(Math.floor(ahead / DAY) * DAY + load.hour, load.hour);
  const ghost = element.cloneNode(true) as HTMLElement;
  ghost.setAttribute("aria-hidden", "true");
  ghost.removeAttribute("href");
  ghost.tabIndex = -1;
  delete ghost.dataset["variant"];
  delete ghost.dataset["moves"];
  ghost.dataset["moving"] = "";
  element.dataset["dragging"] = "";
  carried = { load, rows, row, minute, together, ghost };
  mark(rows);
  show();
  say(word("picked", { title: load.title, place: place() }));
}

function place(): string {
  return carried ? `${said(carried.minute)}, ${nameOf(carried.row)}` : "";
}

/** Shows where what is carried would lie. */
function show(): void {
  if (!carried) return;
  const { ghost, row, minute } = carried;
  highlight(row);
  row.querySelector(".timeline-track")?.append(ghost);
  ghost.style.position = "absolute";
  ghost.style.top = "7px";
  ghost.style.left = `${(minute / Number(root()?.dataset["minutes"])) * 100}%`;
  ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function carry(key: string, far: boolean): void {
  if (!carried) return;
  const by = far ? (step().minutes < 60 && root()?.dataset["zoom"] === "day" ? 60 : DAY) : step().minutes;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const next = carried.rows[carried.rows.indexOf(carried.row) + (key === "ArrowDown" ? 1 : -1)];
    if (!next) return say(word("edge"));
    carried.row = next;
  } else {
    const minute = carried.minute + (key === "ArrowRight" ? by : -by);
    const last = Number(root()?.dataset["minutes"]) - 1;
    carried.minute = Math.min(Math.max(0, minute), last);
  }
  show();
  say(place());
}

export function letGo(drop: boolean): void {
  if (!carried) return;
  const { load, row, minute, together, ghost } = carried;
  carried = undefined;
  ghost.remove();
  delete load.element.dataset["dragging"];
  highlight(undefined);
  mark([]);
  if (!drop) {
    say(word("putBack", { title: load.title }));
    load.element.focus();
  } else if (together) void shiftAll(selected(), minute - load.minute);
  else void putDown(load, row, minute);
}

function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const typing = target.matches("input, textarea, select, [contenteditable]");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing && !event.shiftKey) {
    event.preventDefault();
    return void undo();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (carried) return onKeyCarried(event);
  if (event.key === "Escape" && selected().length && !typing) return clear();
  const note = target.closest<HTMLElement>(`${NOTES}, .timeline-shelf .note`);
  if (!note) return;
  const inLane = note.closest(".timeline-lane") !== null;
  if (event.key === " ") pick(note);
  else if (inLane && event.key.toLowerCase() === "x") toggle(note);
  else if (inLane && event.key.startsWith("Arrow")) {
    if (event.shiftKey) toggle(note, true);
    walk(note, event.key);
    if (event.shiftKey && document.activeElement instanceof HTMLElement) toggle(document.activeElement, true);
  } else return;
  event.preventDefault();
}

function onKeyCarried(event: KeyboardEvent): void {
  if (event.key === "Enter" || event.key === "Escape" || event.key === " ") letGo(event.key !== "Escape");
  else if (event.key.startsWith("Arrow")) carry(event.key, event.shiftKey);
  else if (event.key === "Tab") return letGo(false);
  else return;
  event.preventDefault();
}

export function startKeys(): void {
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", (event) => {
    const note = (event.target as HTMLElement).closest?.<HTMLElement>(NOTES);
    if (note && note.tabIndex !== 0) focusOn(note);
  });
  document.addEventListener("pointerdown", () => letGo(false));
}

/** After a refresh: the note that had the focus has it again. */
export function refocus(variant: string): void {
  focusOn(root()?.querySelector<HTMLElement>(`.note[data-variant="${CSS.escape(variant)}"]`) ?? undefined);
}
