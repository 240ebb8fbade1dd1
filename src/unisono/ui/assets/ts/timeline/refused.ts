// What a house rule refused, one by one: why, the ways out as buttons, and a reason where one may give it.
import { wallSaid } from "./ground";

export interface Refused {
  variant: string;
  title: string;
  sentence: string;
  move: Record<string, unknown> | null;
  sentences?: string[];
  ways?: { label: string; at: string; wall: string; zone: string }[];
  may_override?: boolean;
}

/** What the reader chose instead: another time, or the same with a reason. */
export interface Take {
  wall: string;
  zone: string;
  there: string;
  anyway: string;
}

export type Again = (one: Refused, to: Take) => Promise<void>;

let shown = 0;

/** Shows those that know ways out, if there are any, with those that are shown still. `closed` hears
 * when the reader has finished. */
export function offer(refused: Refused[], again: Again, closed: () => void): void {
  const those = refused.filter((one) => one.ways);
  if (!those.length) return;
  const dialog = document.querySelector<HTMLDialogElement>("#refused[open]") ?? opened(closed);
  const list = dialog?.querySelector(".collision-list");
  if (!dialog || !list) return;
  list.append(...those.flatMap((one) => itemOf(one, again, () => done(dialog, list)) ?? []));
  focusFirst(list);
}

function opened(closed: () => void): HTMLDialogElement | undefined {
  const dialog = piece("timeline-refused")?.querySelector("dialog") ?? undefined;
  if (!dialog) return undefined;
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed();
  });
  dialog.showModal();
  return dialog;
}

function done(dialog: HTMLDialogElement, list: Element): void {
  if (list.childElementCount) focusFirst(list);
  else dialog.close();
}

function focusFirst(list: Element): void {
  list.querySelector<HTMLElement>(".collision-ways button")?.focus();
}

function itemOf(one: Refused, again: Again, after: () => void): HTMLElement | undefined {
  const item = piece("timeline-refused-one")?.querySelector<HTMLFormElement>("form");
  if (!item) return undefined;
  fill(item, ".collision-title", one.title);
  const findings = item.querySelector(".collision-findings");
  const line = findings?.firstElementChild;
  line?.remove();
  for (const sentence of one.sentences ?? []) {
    const copy = line?.cloneNode(true) as HTMLElement;
    fill(copy, ".collision-said", sentence);
    findings?.append(copy);
  }
  const take = (to: Take) => {
    item.remove();
    after();
    void again(one, to);
  };
  named(item);
  waysOf(item, one, take);
  const anyway = item.querySelector<HTMLElement>(".collision-anyway");
  if (!one.may_override) anyway?.remove();
  item.addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = new FormData(item).get("reason");
    take({ wall: "", zone: "", there: "", anyway: typeof reason === "string" ? reason : "" });
  });
  return item;
}

function waysOf(item: HTMLElement, one: Refused, take: (to: Take) => void): void {
  const ways = item.querySelector(".collision-ways");
  const none = ways?.querySelector(".hint");
  const button = ways?.querySelector("button");
  button?.remove();
  if (one.ways?.length) none?.remove();
  for (const { label, at, wall, zone } of one.ways ?? []) {
    const copy = button?.cloneNode(true) as HTMLButtonElement;
    fill(copy, ".collision-way-name", label);
    fill(copy, ".when", wallSaid(at));
    copy.addEventListener("click", () => take({ wall, zone, there: wallSaid(at), anyway: "" }));
    ways?.append(copy);
  }
}

/** Of many forms each has names of its own. */
function named(item: HTMLElement): void {
  shown += 1;
  for (const name of ["id", "for", "aria-describedby", "aria-labelledby"]) {
    item.querySelectorAll(`[${name}]`).forEach((one) => one.setAttribute(name, `${one.getAttribute(name) ?? ""}-${shown}`));
  }
}

function fill(element: Element, within: string, text: string): void {
  const place = element.querySelector(within);
  if (place) place.textContent = text;
}

function piece(id: string): DocumentFragment | undefined {
  const template = document.getElementById(id);
  return template instanceof HTMLTemplateElement ? (template.content.cloneNode(true) as DocumentFragment) : undefined;
}
