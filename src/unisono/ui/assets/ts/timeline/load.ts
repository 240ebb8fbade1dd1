// What is carried, by pointer or by keyboard: a note, or a draft or an idea from the shelf.
import { root } from "./ground";

export interface Load {
  element: HTMLElement;
  kind: "note" | "post" | "idea";
  id: string;
  title: string;
  group: string;
  lane: HTMLElement | undefined;
  minute: number;
  hour: number;
}

const NINE = 540;
const DAY = 1_440;

export const CARRIED = ".note[data-moves]";
export const ROWS = ".timeline-lane, .timeline-group-head";

/** What the element stands for; undefined when it cannot be moved. */
export function loadOf(element: HTMLElement): Load | undefined {
  if (element.dataset["moves"] === undefined) return undefined;
  const title = element.querySelector(".note-title")?.textContent?.trim() ?? "";
  const { variant, post, idea } = element.dataset;
  if (variant) {
    const minute = Number(element.dataset["x"]);
    const group = element.closest<HTMLElement>(".timeline-group")?.dataset["group"] ?? "";
    const lane = element.closest<HTMLElement>(".timeline-lane") ?? undefined;
    return { element, kind: "note", id: variant, title, group, lane, minute, hour: minute % DAY };
  }
  const group = element.dataset["group"] ?? "";
  const kind = post ? "post" : "idea";
  return { element, kind, id: post ?? idea ?? "", title, group, lane: undefined, minute: 0, hour: NINE };
}

/** The rows it may be put down on, from top to bottom; marked while it is carried. */
export function rowsFor(load: Load, together: boolean): HTMLElement[] {
  const timeline = root();
  if (!timeline || timeline.querySelector(".timeline-density")) return [];
  if (together && load.lane) return [load.lane];
  const groups = [...timeline.querySelectorAll<HTMLDetailsElement>(".timeline-group")].filter(
    (group) => load.group === "" || group.dataset["group"] === load.group,
  );
  return groups.flatMap((group) => [
    ...(load.kind === "post" ? group.querySelectorAll<HTMLElement>(".timeline-group-head") : []),
    ...(group.open ? group.querySelectorAll<HTMLElement>(".timeline-lane") : []),
  ]);
}

export function mark(rows: HTMLElement[]): void {
  root()?.querySelectorAll<HTMLElement>("[data-can]").forEach((row) => delete row.dataset["can"]);
  rows.forEach((row) => (row.dataset["can"] = ""));
  const timeline = root();
  if (!timeline) return;
  if (rows.length) timeline.dataset["carrying"] = "";
  else delete timeline.dataset["carrying"];
}

export function highlight(row: HTMLElement | undefined): void {
  root()?.querySelectorAll<HTMLElement>("[data-over]").forEach((old) => delete old.dataset["over"]);
  if (row) row.dataset["over"] = "";
}

/** What a row is called: its channel, or its group. */
export function nameOf(row: HTMLElement | undefined): string {
  return row?.dataset["name"] ?? row?.querySelector(".timeline-label .cut")?.textContent?.trim() ?? "";
}
