// Moves an idea to another column or place, by pointer or by keyboard: one call, shown at once and
// taken back with the server's sentence when it is refused.
import { post } from "./http";
import { sentenceOf, toast } from "./toast";
import { word } from "./words";

const FAR_ENOUGH = 6;

interface Lying {
  list: Element;
  next: Element | null;
}

interface Carry {
  card: HTMLElement;
  from: Lying;
}

let keyboard: Carry | undefined;

function cardOf(target: EventTarget | null): HTMLElement | null {
  return (target as Element | null)?.closest<HTMLElement>(".board-card[data-move-url]") ?? null;
}

function columnOf(element: Element | null): HTMLElement | null {
  return element?.closest<HTMLElement>(".board-column[data-column]") ?? null;
}

function listOf(column: Element): Element {
  return column.querySelector(".board-cards") ?? column;
}

function lying(card: Element): Lying {
  return { list: card.parentElement as Element, next: card.nextElementSibling };
}

function putBack(card: Element, to: Lying): void {
  to.list.insertBefore(card, to.next?.parentElement === to.list ? to.next : null);
}

function titleOf(card: Element): string {
  return card.querySelector(".board-title")?.textContent?.trim() ?? "";
}

function nameOf(card: Element): string {
  return columnOf(card)?.getAttribute("aria-label") ?? "";
}

function say(text: string): void {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

function highlight(column: HTMLElement | null): void {
  document.querySelectorAll<HTMLElement>(".board-column[data-over]").forEach((old) => delete old.dataset["over"]);
  if (column) column.dataset["over"] = "";
}

/** Tells the server where the card lies now; puts it back when that is refused. */
async function keep(card: HTMLElement, from: Lying): Promise<void> {
  const column = columnOf(card)?.dataset["column"] ?? "";
  const below = card.nextElementSibling as HTMLElement | null;
  if (card.parentElement === from.list && below === from.next) return;
  card.dataset["busy"] = "";
  const refusal = await ask(card.dataset["moveUrl"] ?? "", { column, before: below?.dataset["idea"] ?? "" });
  delete card.dataset["busy"];
  if (refusal !== undefined) {
    putBack(card, from);
    toast(refusal, "bad");
    return;
  }
  say(word("moved", { title: titleOf(card), place: nameOf(card) }));
}

async function ask(url: string, fields: Record<string, string>): Promise<string | undefined> {
  try {
    const answer = await post(url, fields);
    if (answer.ok) return undefined;
    return sentenceOf(answer.headers.get("Content-Type") ?? "", await answer.text());
  } catch {
    return word("offline");
  }
}

/** The card of a column that lies under this height, above which another would be put. */
function below(column: Element, y: number, card: Element): Element | null {
  const cards = [...listOf(column).querySelectorAll(".board-card")].filter((other) => other !== card);
  return cards.find((other) => y < other.getBoundingClientRect().top + other.clientHeight / 2) ?? null;
}

function startDrag(event: PointerEvent): void {
  const card = cardOf(event.target);
  const onButton = (event.target as Element).closest("button, form") !== null;
  // A finger scrolls the page; on a phone the idea's own page moves it.
  if (!card || onButton || event.button !== 0 || event.pointerType === "touch") return;
  const from = lying(card);
  const start = { x: event.clientX, y: event.clientY };
  let ghost: HTMLElement | undefined;
  let over = columnOf(card);
  let y = start.y;
  const onMove = (next: PointerEvent) => {
    if (!ghost && Math.hypot(next.clientX - start.x, next.clientY - start.y) <= FAR_ENOUGH) return;
    ghost ??= lift(card);
    ghost.style.translate = `${next.clientX + 8}px ${next.clientY + 6}px`;
    over = columnOf(document.elementFromPoint(next.clientX, next.clientY)) ?? over;
    y = next.clientY;
    highlight(over);
  };
  const stop = (drop: boolean) => {
    listeners.abort();
    highlight(null);
    delete card.dataset["dragging"];
    if (!ghost) return;
    ghost.remove();
    swallowClick(card);
    if (!drop || !over) return;
    listOf(over).insertBefore(card, below(over, y, card));
    void keep(card, from);
  };
  const listeners = new AbortController();
  const signal = listeners.signal;
  document.addEventListener("pointermove", onMove, { signal });
  document.addEventListener("pointerup", () => stop(true), { signal });
  document.addEventListener("pointercancel", () => stop(false), { signal });
  document.addEventListener("keydown", (key) => key.key === "Escape" && stop(false), { signal });
}

function lift(card: HTMLElement): HTMLElement {
  const ghost = card.cloneNode(true) as HTMLElement;
  ghost.classList.add("board-ghost");
  ghost.setAttribute("aria-hidden", "true");
  document.body.append(ghost);
  card.dataset["dragging"] = "";
  return ghost;
}

function swallowClick(card: HTMLElement): void {
  const stop = (event: Event) => event.preventDefault();
  card.addEventListener("click", stop, { once: true, capture: true });
  window.setTimeout(() => card.removeEventListener("click", stop, true), 80);
}

function pick(card: HTMLElement): void {
  keyboard = { card, from: lying(card) };
  card.dataset["moving"] = "";
  say(word("picked", { title: titleOf(card), place: nameOf(card) }));
}

function putDown(drop: boolean): void {
  if (!keyboard) return;
  const { card, from } = keyboard;
  keyboard = undefined;
  delete card.dataset["moving"];
  if (drop) void keep(card, from).then(() => card.focus());
  else {
    putBack(card, from);
    say(word("putBack", { title: titleOf(card) }));
  }
}

function carry(card: HTMLElement, key: string): void {
  const columns = [...document.querySelectorAll(".board-column[data-column]")];
  const here = columns.indexOf(columnOf(card) as Element);
  const aside = columns[here + ({ ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0)];
  const held = keyboard;
  // Moving it takes the focus from it for a moment; that is not leaving it.
  keyboard = undefined;
  if (key === "ArrowUp") card.previousElementSibling?.before(card);
  else if (key === "ArrowDown") card.nextElementSibling?.after(card);
  else if (aside && aside !== columns[here]) listOf(aside).prepend(card);
  card.focus();
  keyboard = held;
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(nameOf(card));
}

function onKey(event: KeyboardEvent): void {
  const card = cardOf(event.target);
  if (!card || event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!keyboard) {
    if (event.key.toLowerCase() !== "m") return;
    event.preventDefault();
    return pick(card);
  }
  if (event.key !== "Enter" && event.key !== "Escape" && !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  if (event.key.startsWith("Arrow")) carry(card, event.key);
  else putDown(event.key === "Enter");
}

document.addEventListener("pointerdown", startDrag);
document.addEventListener("dragstart", (event) => {
  if (cardOf(event.target)) event.preventDefault();
});
document.addEventListener("keydown", onKey);
document.addEventListener("focusout", (event) => {
  if (keyboard && event.target === keyboard.card) putDown(false);
});
// A refresh must not take away the card that is being carried.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const busy =
    keyboard !== undefined || document.querySelector(".board-card[data-dragging], .board-card[data-busy]") !== null;
  const detail = (event as CustomEvent<{ target: Element; shouldSwap: boolean }>).detail;
  if (busy && detail.target.querySelector(".board")) detail.shouldSwap = false;
});
