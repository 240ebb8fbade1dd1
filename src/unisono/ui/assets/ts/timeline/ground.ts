// Where things lie: minutes of the window on one axis, rows of notes on the other.
const ROW = 34;
const NOTE = 28;
const STRETCH = 26;
const FOLDED = "timeline:folded";
const DAY = 1_440;

let seenAt = Date.now();

export function root(): HTMLElement | null {
  return document.getElementById("timeline");
}

function number(element: HTMLElement, name: string): number {
  return Number(element.dataset[name] ?? 0);
}

/** Puts everything of a fresh timeline in its place. */
export function place(timeline: HTMLElement): void {
  const all = number(timeline, "minutes");
  for (const element of timeline.querySelectorAll<HTMLElement>("[data-x]")) {
    const part = (number(element, "x") / all) * 100;
    if (element.dataset["before"] === undefined) element.style.left = `${part}%`;
    else element.style.right = `${100 - part}%`;
    if (element.dataset["w"]) element.style.width = `${(number(element, "w") / all) * 100}%`;
    if (element.closest(".timeline-lane")) element.style.top = `${7 + number(element, "row") * ROW}px`;
    else if (element.matches(".timeline-stretch")) element.style.top = `${6 + number(element, "row") * STRETCH}px`;
  }
  for (const path of timeline.querySelectorAll<HTMLElement>(".timeline-path")) {
    path.style.top = `${7 + number(path, "row") * ROW + NOTE}px`;
    path.style.height = `${number(path, "rows") * ROW - NOTE / 2}px`;
  }
  for (const lane of timeline.querySelectorAll<HTMLElement>(".timeline-lane")) grow(lane, number(lane, "rows"));
  const stretches = [...timeline.querySelectorAll<HTMLElement>(".timeline-stretch")];
  const rows = Math.max(0, ...stretches.map((one) => number(one, "row") + 1));
  const above = stretches[0]?.parentElement;
  if (above) above.style.minHeight = `${rows * STRETCH + 10}px`;
  unfold(timeline);
  timeline.dataset["placed"] = "";
  seenAt = Date.now();
  tick();
}

function grow(lane: HTMLElement, rows: number): void {
  const track = lane.querySelector<HTMLElement>(".timeline-track");
  if (track) track.style.minHeight = `${8 + Math.max(1, rows) * ROW}px`;
}

/** The line of the present goes on while the page is open. */
export function tick(): void {
  const timeline = root();
  const line = timeline?.querySelector<HTMLElement>(".timeline-now");
  if (!timeline || !line) return;
  const part = nowMinute(timeline) / number(timeline, "minutes");
  line.hidden = part < 0 || part > 1;
  line.style.left = `calc(var(--label) + (100% - var(--label)) * ${part})`;
}

export function nowMinute(timeline: HTMLElement): number {
  return number(timeline, "now") + (Date.now() - seenAt) / 60_000;
}

/** Shows the present where the window is wider than the screen. */
export function scrollToNow(): void {
  const timeline = root();
  const frame = timeline?.parentElement;
  if (!timeline || !frame || frame.scrollWidth <= frame.clientWidth) return;
  const part = nowMinute(timeline) / number(timeline, "minutes");
  const track = timeline.querySelector<HTMLElement>(".timeline-ruler .timeline-track");
  if (track && part > 0 && part < 1) frame.scrollLeft = part * track.clientWidth - frame.clientWidth / 3;
}

/** The minute that lies under a horizontal position of the screen. */
export function minuteAt(x: number): number {
  const timeline = root();
  const track = timeline?.querySelector(".timeline-ruler .timeline-track")?.getBoundingClientRect();
  if (!timeline || !track) return 0;
  return ((x - track.left) / track.width) * number(timeline, "minutes");
}

export interface Step {
  minutes: number;
  day: boolean;
}

/** What a move snaps to: parts of an hour, or whole days that keep their hour. */
export function step(): Step {
  const minutes = { day: 15, week: 30, fortnight: 60, month: DAY }[root()?.dataset["zoom"] ?? ""] ?? DAY;
  return { minutes, day: minutes === DAY };
}

/** The nearest minute that a move can end at; `hour` is the time of day that whole days keep. */
export function snapped(minute: number, hour: number): number {
  const all = number(root() ?? document.body, "minutes");
  const { minutes, day } = step();
  const found = day ? Math.floor(minute / DAY) * DAY + hour : Math.round(minute / minutes) * minutes;
  return Math.min(Math.max(found, day ? hour : 0), all - (day ? DAY - hour : minutes));
}

function wallDate(minute: number): Date {
  const beginning = Date.parse(`${root()?.dataset["beginning"] ?? ""}T00:00:00Z`);
  return new Date(beginning + Math.round(minute) * 60_000);
}

/** The wall time of a minute, `2026-03-11T08:50`. */
export function wallOf(minute: number): string {
  return wallDate(minute).toISOString().slice(0, 16);
}

/** The wall time of a minute as people read it. */
export function said(minute: number): string {
  return read(wallDate(minute));
}

/** A wall time, `2026-03-11T08:50`, as people read it. */
export function wallSaid(wall: string): string {
  return read(new Date(`${wall}Z`));
}

function read(wall: Date): string {
  const language = document.documentElement.lang || "en";
  // As the server writes it: the day before the month.
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    timeZone: "UTC",
  }).format(wall);
}

function folded(): Set<string> {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(FOLDED) ?? "[]") as string[]);
  } catch {
    return new Set();
  }
}

function unfold(timeline: HTMLElement): void {
  const closed = folded();
  for (const group of timeline.querySelectorAll<HTMLDetailsElement>(".timeline-group")) {
    if (closed.has(group.dataset["group"] ?? "")) group.open = false;
  }
}

/** Which groups are folded outlasts a refresh. */
export function rememberFolds(): void {
  document.addEventListener("toggle", (event) => {
    const group = event.target;
    if (!(group instanceof HTMLDetailsElement) || !group.matches(".timeline-group")) return;
    const closed = folded();
    const key = group.dataset["group"] ?? "";
    if (group.open) closed.delete(key);
    else closed.add(key);
    sessionStorage.setItem(FOLDED, JSON.stringify([...closed]));
  }, true);
}
