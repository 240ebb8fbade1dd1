// Several notes at once: by Ctrl or Shift and click, by X, or by a frame drawn around them.
import { root } from "./ground";
import { counted, say, shiftAll } from "./moves";

const chosen = new Set<string>();

export function selected(): string[] {
  return [...chosen];
}

export function isSelected(variant: string): boolean {
  return chosen.has(variant);
}

export function toggle(note: HTMLElement, wanted?: boolean): void {
  const variant = note.dataset["variant"];
  if (!variant || note.dataset["moves"] === undefined) return;
  if (wanted ?? !chosen.has(variant)) chosen.add(variant);
  else chosen.delete(variant);
  show();
}

export function clear(): void {
  chosen.clear();
  show();
}

/** All from the last selected note of the lane to this one. */
export function reach(note: HTMLElement): void {
  const lane = note.closest(".timeline-lane");
  const notes = [...(lane?.querySelectorAll<HTMLElement>(".note[data-variant]") ?? [])];
  notes.sort((a, b) => Number(a.dataset["x"]) - Number(b.dataset["x"]));
  const here = notes.indexOf(note);
  const others = notes.flatMap((one, n) => (n !== here && chosen.has(one.dataset["variant"] ?? "") ? [n] : []));
  const from = others.reduce((best, n) => (Math.abs(n - here) < Math.abs(best - here) ? n : best), others[0] ?? here);
  notes.slice(Math.min(from, here), Math.max(from, here) + 1).forEach((one) => toggle(one, true));
}

/** Marks the selected notes, also those of a fresh timeline. */
export function show(): void {
  root()?.querySelectorAll<HTMLElement>(".note[data-variant]").forEach((note) => {
    if (chosen.has(note.dataset["variant"] ?? "")) note.dataset["selected"] = "";
    else delete note.dataset["selected"];
  });
  const bar = document.getElementById("timeline-selection");
  const count = document.getElementById("timeline-selected");
  if (!bar || !count) return;
  const text = counted("selected", chosen.size);
  if (chosen.size && count.textContent !== text) say(text);
  bar.hidden = chosen.size === 0;
  count.textContent = text;
}

export function startSelection(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const shift = target.closest<HTMLElement>("[data-shift]")?.dataset["shift"];
    if (shift) return void shiftAll(selected(), Number(shift));
    if (target.closest("[data-lets-go]")) return clear();
    const note = target.closest<HTMLElement>(".timeline-lane .note[data-variant]");
    if (!note || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    if (event.shiftKey) reach(note);
    else toggle(note);
  });
  // A long touch selects, since a finger has neither Ctrl nor X.
  document.addEventListener("contextmenu", (event) => {
    const note = (event.target as Element).closest<HTMLElement>(".timeline-lane .note[data-variant]");
    if (!note || (event as PointerEvent).pointerType !== "touch") return;
    event.preventDefault();
    toggle(note);
  });
}
