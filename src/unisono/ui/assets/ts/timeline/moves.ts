// Sends moves, shows what came of them, and takes the last ones back.
import { post } from "../http";
import { sentenceOf, toast } from "../toast";
import { word as spoken } from "../words";
import { said, wallOf, wallSaid } from "./ground";
import { type Load, nameOf } from "./load";
import { type Refused, type Take, offer } from "./refused";

interface Answer {
  detail?: string;
  moved: { variant: string; wall: string; title: string }[];
  refused: Refused[];
  undo: object[];
}

const KEPT = 20;
const SHOWN = 3;
const done: object[][] = [];
let focusOn = "";
let underWay = 0;

export function word(name: string, places: Record<string, string> = {}): string {
  return spoken(name, places, "timeline-words");
}

export function say(text: string): void {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}

export function busy(): boolean {
  return underWay > 0;
}

/** The variant whose note has the focus again after the refresh. */
export function takeFocus(): string {
  const wanted = focusOn;
  focusOn = "";
  return wanted;
}

/** Puts what is carried down on a row. The note is shown there at once, and goes back when refused. */
export async function putDown(load: Load, row: HTMLElement, minute: number): Promise<void> {
  const channel = row.dataset["channel"] ?? "";
  const there = `${said(minute)} · ${nameOf(row)}`;
  if (load.kind === "note") {
    const moved = await moveNote(load, row, minute);
    if (moved) tell(moved, word("moved", { title: load.title, place: there }), load.id);
    return;
  }
  await lay({ [load.kind]: load.id, wall: wallOf(minute), channel, department: departmentOf(row) }, there);
}

/** Lays a draft or an idea of the shelf on a row; refused, it is tried again as the reader chooses. */
async function lay(fields: Record<string, string>, there: string): Promise<void> {
  const answer = await ask("place", fields);
  if (!answer) return;
  const takes = (_one: Refused, to: Take) =>
    lay({ ...fields, ...(to.anyway ? { anyway: to.anyway } : { wall: to.wall }) }, to.there || there);
  offer(answer.refused, takes, () => undefined);
  tell({ ...answer, refused: [] }, word("moved", { title: answer.moved[0]?.title ?? "", place: there }));
}

/** Sends a refused move again, at another time or with a reason. */
async function again(one: Refused, to: Take): Promise<void> {
  const move = to.anyway ? { ...one.move, anyway: to.anyway } : { ...one.move, wall: to.wall, zone: to.zone };
  const answer = await ask("moves", { moves: JSON.stringify([move]) });
  if (!answer) return;
  const moved = answer.moved[0];
  focusOn = moved?.variant ?? one.variant;
  tell(answer, word("moved", { title: one.title, place: to.there || wallSaid(moved?.wall ?? "") }), one.variant);
}

async function moveNote(load: Load, row: HTMLElement, minute: number): Promise<Answer | undefined> {
  const { element, lane } = load;
  if (row === lane && Math.abs(minute - load.minute) < 1) return undefined;
  const channel = row === lane ? "" : (row.dataset["channel"] ?? "");
  const before = { parent: element.parentElement, next: element.nextSibling, style: element.style.cssText };
  row.querySelector(".timeline-track")?.append(element);
  element.style.left = `${(minute / Number(row.closest<HTMLElement>("#timeline")?.dataset["minutes"])) * 100}%`;
  element.style.right = "auto";
  element.dataset["busy"] = "";
  focusOn = load.id;
  const answer = await ask("moves", { moves: JSON.stringify([{ variant: load.id, wall: wallOf(minute), channel }]) });
  delete element.dataset["busy"];
  if (!answer || answer.refused.length) {
    before.parent?.insertBefore(element, before.next);
    element.style.cssText = before.style;
    element.focus({ preventScroll: true });
  } else focusOn = answer.moved[0]?.variant ?? load.id;
  return answer;
}

/** Moves many by the same: each goes, or stays and says why. */
export async function shiftAll(variants: string[], minutes: number): Promise<void> {
  const fields = new URLSearchParams({ minutes: String(minutes) });
  variants.forEach((variant) => fields.append("variant", variant));
  const answer = await ask("shift", fields);
  if (answer) tell(answer, counted("shifted", answer.moved.length));
}

export function counted(name: string, n: number): string {
  return word(n === 1 ? `${name}One` : `${name}Many`, { n: String(n) });
}

/** Takes the last moves back, or those given. */
export async function undo(last = done.at(-1)): Promise<void> {
  const place = last ? done.indexOf(last) : -1;
  if (!last || place < 0) return say(word("nothingToUndo"));
  done.splice(place, 1);
  const answer = await ask("moves", { moves: JSON.stringify(last) });
  if (!answer) return;
  refusals(answer, "");
  if (!answer.moved.length) return;
  toast(word("undone"), "ok");
  say(word("undone"));
  changed();
}

/** The server's answer, or undefined when it had none to give; then the page has said why. */
async function ask(door: string, fields: Record<string, string> | URLSearchParams): Promise<Answer | undefined> {
  underWay += 1;
  try {
    const answer = await post(`/timeline/${door}/`, fields);
    const type = answer.headers.get("Content-Type") ?? "";
    const body = await answer.text();
    const read: unknown = type.startsWith("application/json") ? JSON.parse(body) : undefined;
    if (read && typeof read === "object" && "moved" in read) return read as Answer;
    toast(sentenceOf(type, body), "bad");
  } catch {
    toast(spoken("offline"), "bad");
  } finally {
    underWay -= 1;
  }
  return undefined;
}

function tell(answer: Answer, sentence: string, focused = ""): void {
  refusals(answer, focused);
  if (!answer.moved.length) return;
  if (answer.undo.length) {
    done.push(answer.undo);
    done.splice(0, done.length - KEPT);
  }
  say(sentence);
  toast(sentence, "ok", answer.undo.length ? { label: word("undo"), run: () => void undo(answer.undo) } : undefined);
  changed();
}

/** What knows ways out is offered them, each one press; the others say why they stay. */
function refusals(answer: Answer, focused: string): void {
  offer(answer.refused, again, () => refocused(focused));
  const others = answer.refused.filter((one) => !one.ways);
  for (const { title, sentence } of others.slice(0, SHOWN)) {
    toast(title ? word("refused", { title, sentence }) : sentence, "bad");
  }
  const more = others.length - SHOWN;
  if (more > 0) toast(word("refusedMore", { n: String(more) }), "bad");
}

function refocused(variant: string): void {
  const note = variant && document.querySelector<HTMLElement>(`.note[data-variant="${CSS.escape(variant)}"]`);
  if (note) note.focus({ preventScroll: true });
}

export function changed(): void {
  document.body.dispatchEvent(new CustomEvent("timeline:changed"));
}

function departmentOf(row: HTMLElement): string {
  const by = row.closest<HTMLElement>("#timeline")?.dataset["by"];
  return by === "department" ? (row.closest<HTMLElement>(".timeline-group")?.dataset["group"] ?? "") : "";
}
