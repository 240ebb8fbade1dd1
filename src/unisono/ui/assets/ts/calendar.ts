// Moves a note to another day or hour, by pointer or by keyboard. The move is shown at once and
// taken back with the server's sentence when it is refused.
import { post } from "./http";
import { sentenceOf, toast } from "./toast";
import { isOffer, offerWays } from "./ways";
import { word } from "./words";

const FAR_ENOUGH = 6;

interface Place {
  day: string;
  hour: string | undefined;
}

interface Carry {
  note: HTMLElement;
  from: HTMLElement;
  over: HTMLElement;
}

let keyboard: Carry | undefined;

function cellOf(element: Element | null): HTMLElement | null {
  return element?.closest<HTMLElement>(".calendar-cell[data-day]") ?? null;
}

/** The cell under the pointer while it lies in the same lane: a drag changes the time, not the channel. */
function within(from: HTMLElement, over: HTMLElement | null): HTMLElement {
  return over && over.dataset["lane"] === from.dataset["lane"] ? over : from;
}

function placeOf(cell: HTMLElement): Place {
  return { day: cell.dataset["day"] ?? "", hour: cell.dataset["hour"] };
}

function nameOf(cell: HTMLElement): string {
  return cell.getAttribute("aria-label") ?? cell.dataset["day"] ?? "";
}

function say(text: string): void {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

function highlight(cell: HTMLElement | undefined): void {
  document.querySelectorAll<HTMLElement>(".calendar-cell[data-over]").forEach((old) => delete old.dataset["over"]);
  if (cell) cell.dataset["over"] = "";
}

function fieldsFor(note: HTMLElement, to: Place): Record<string, string> {
  if (to.hour === undefined) return { day: to.day };
  const minutes = (note.dataset["time"] ?? "00:00").slice(3, 5);
  return { day: to.day, time: `${to.hour.padStart(2, "0")}:${minutes}` };
}

async function move(note: HTMLElement, to: HTMLElement): Promise<void> {
  const from = cellOf(note);
  const url = note.dataset["moveUrl"];
  if (!from || !url || from === to) return;
  const next = note.nextSibling;
  to.append(note);
  note.dataset["busy"] = "";
  const refusal = await ask(url, fieldsFor(note, placeOf(to)));
  delete note.dataset["busy"];
  if (refusal !== undefined) {
    from.insertBefore(note, next?.parentNode === from ? next : null);
    if (refusal.startsWith("<")) offerWays(refusal, note);
    else toast(refusal, "bad");
    return;
  }
  say(word("moved", { title: titleOf(note), place: nameOf(to) }));
  document.body.dispatchEvent(new CustomEvent("calendar:moved"));
}

/** The refusal, a sentence or a dialog, or undefined when the server agreed. */
async function ask(url: string, fields: Record<string, string>): Promise<string | undefined> {
  try {
    const answer = await post(url, fields);
    if (answer.ok) return undefined;
    const type = answer.headers.get("Content-Type") ?? "";
    const body = (await answer.text()).trim();
    if (isOffer(answer, body)) return body;
    const sentence = sentenceOf(type, body);
    // What follows the post can be moved with it, in the same act.
    if (!answer.headers.has("X-Along") || !window.confirm(sentence)) return sentence;
    return await ask(url, { ...fields, along: "1" });
  } catch {
    return word("offline");
  }
}

function titleOf(note: HTMLElement): string {
  return note.querySelector(".note-title")?.textContent?.trim() ?? "";
}

function startDrag(event: PointerEvent): void {
  const note = (event.target as Element).closest<HTMLElement>(".note[data-move-url]");
  // A finger scrolls the page; touch moves a note through its own page or the M key.
  if (!note || event.button !== 0 || event.pointerType === "touch") return;
  const from = cellOf(note);
  if (!from) return;
  const drag = { x: event.clientX, y: event.clientY, ghost: undefined as HTMLElement | undefined, over: from };
  const onMove = (next: PointerEvent) => {
    const far = Math.hypot(next.clientX - drag.x, next.clientY - drag.y) > FAR_ENOUGH;
    if (!drag.ghost && !far) return;
    drag.ghost ??= lift(note);
    drag.ghost.style.translate = `${next.clientX + 8}px ${next.clientY + 6}px`;
    drag.over = within(from, cellOf(document.elementFromPoint(next.clientX, next.clientY)));
    highlight(drag.over);
  };
  const stop = (drop: boolean) => {
    listeners.abort();
    highlight(undefined);
    delete note.dataset["dragging"];
    if (!drag.ghost) return;
    drag.ghost.remove();
    swallowClick(note);
    if (drop) void move(note, drag.over);
  };
  const listeners = new AbortController();
  const signal = listeners.signal;
  document.addEventListener("pointermove", onMove, { signal });
  document.addEventListener("pointerup", () => stop(true), { signal });
  document.addEventListener("pointercancel", () => stop(false), { signal });
  document.addEventListener("keydown", (key) => key.key === "Escape" && stop(false), { signal });
}

function lift(note: HTMLElement): HTMLElement {
  const ghost = note.cloneNode(true) as HTMLElement;
  ghost.classList.add("note-ghost");
  ghost.removeAttribute("id");
  ghost.setAttribute("aria-hidden", "true");
  document.body.append(ghost);
  note.dataset["dragging"] = "";
  return ghost;
}

function swallowClick(note: HTMLElement): void {
  const stop = (event: Event) => event.preventDefault();
  note.addEventListener("click", stop, { once: true, capture: true });
  window.setTimeout(() => note.removeEventListener("click", stop, true), 80);
}

function pick(note: HTMLElement): void {
  const from = cellOf(note);
  if (!from) return;
  keyboard = { note, from, over: from };
  note.dataset["moving"] = "";
  highlight(from);
  say(word("picked", { title: titleOf(note), place: nameOf(from) }));
}

function putDown(drop: boolean): void {
  if (!keyboard) return;
  const { note, over } = keyboard;
  keyboard = undefined;
  delete note.dataset["moving"];
  highlight(undefined);
  if (drop) void move(note, over).then(() => note.focus());
  else say(word("putBack", { title: titleOf(note) }));
}

function carry(key: string, calendar: HTMLElement): void {
  if (!keyboard) return;
  const all = [...calendar.querySelectorAll<HTMLElement>(".calendar-cell[data-day]")];
  const from = keyboard.from;
  const cells = all.filter((cell) => within(from, cell) === cell);
  const row = calendar.dataset["view"] === "day" ? 1 : 7;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[key] ?? 0;
  const to = cells[cells.indexOf(keyboard.over) + step];
  if (!to) return say(word("edge"));
  keyboard.over = to;
  highlight(to);
  to.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(nameOf(to));
}

function onKey(event: KeyboardEvent): void {
  const note = (event.target as Element).closest<HTMLElement>(".note[data-move-url]");
  const calendar = note?.closest<HTMLElement>(".calendar");
  if (!note || !calendar || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!keyboard) {
    if (event.key.toLowerCase() !== "m") return;
    event.preventDefault();
    return pick(note);
  }
  if (event.key === "Enter" || event.key === "Escape") {
    event.preventDefault();
    return putDown(event.key === "Enter");
  }
  if (!event.key.startsWith("Arrow")) return;
  event.preventDefault();
  carry(event.key, calendar);
}

document.addEventListener("pointerdown", startDrag);
document.addEventListener("dragstart", (event) => {
  if ((event.target as Element).closest?.(".note[data-move-url]")) event.preventDefault();
});
document.addEventListener("keydown", onKey);
document.addEventListener("focusout", (event) => {
  if (keyboard && event.target === keyboard.note) putDown(false);
});
// A refresh must not take away the note that is being carried.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const busy = keyboard !== undefined || document.querySelector(".note[data-dragging], .note[data-busy]") !== null;
  const detail = (event as CustomEvent<{ target: Element; shouldSwap: boolean }>).detail;
  if (busy && (detail.target.closest(".calendar") || detail.target.querySelector(".calendar"))) detail.shouldSwap = false;
});
