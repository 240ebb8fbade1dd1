import { word } from "./words";

interface Entry {
  title: string;
  url: string;
  hint: string;
  icon?: Element | null;
}

let chosen = 0;
let asked = 0;

/** "Search or jump to…": the navigation at once, what the server finds a moment later. */
export function startPalette(): void {
  const dialog = document.getElementById("palette");
  const field = dialog?.querySelector("input");
  const list = dialog?.querySelector<HTMLElement>("[role=listbox]");
  if (!(dialog instanceof HTMLDialogElement) || !field || !list) return;
  const refresh = () => void search(dialog, field, list);
  document.addEventListener("keydown", (event) => {
    if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
  });
  // Before it opens, not after: "toggle" comes a moment later and would wipe what was typed meanwhile.
  dialog.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return;
    field.value = "";
    refresh();
  });
  field.addEventListener("input", refresh);
  field.addEventListener("keydown", (event) => steer(event, field, list));
  list.addEventListener("click", (event) => {
    const option = (event.target as Element).closest<HTMLElement>("[role=option]");
    if (option) window.location.assign(option.dataset["url"] ?? "/");
  });
}

function steer(event: KeyboardEvent, field: HTMLInputElement, list: HTMLElement): void {
  const options = [...list.querySelectorAll<HTMLElement>("[role=option]")];
  if (event.key === "Enter") {
    event.preventDefault();
    options[chosen]?.click();
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + options.length) % (options.length || 1);
  mark(field, options);
}

async function search(dialog: HTMLElement, field: HTMLInputElement, list: HTMLElement): Promise<void> {
  const mine = ++asked;
  const wanted = field.value.trim();
  const places = navigation().filter((entry) => fold(entry.title).includes(fold(wanted)));
  draw(field, list, places);
  const url = dialog.dataset["searchUrl"];
  if (!url || wanted.length < 2) return;
  await new Promise((later) => window.setTimeout(later, 150));
  if (mine !== asked) return;
  const answer = await fetch(`${url}?q=${encodeURIComponent(wanted)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok || mine !== asked) return;
  const found = (await answer.json()) as { results: Entry[] };
  draw(field, list, [...places, ...found.results]);
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function navigation(): Entry[] {
  return [...document.querySelectorAll<HTMLAnchorElement>("#side a.side-link")].map((link) => ({
    title: link.querySelector(".side-name")?.textContent?.trim() ?? "",
    url: link.href,
    hint: link.dataset["hint"] ?? "",
    icon: link.querySelector(".icon, .dot"),
  }));
}

function draw(field: HTMLInputElement, list: HTMLElement, entries: Entry[]): void {
  chosen = 0;
  const options = entries.map((entry, index) => {
    const option = document.createElement("div");
    option.className = "palette-option";
    option.id = `palette-${index}`;
    option.setAttribute("role", "option");
    option.dataset["url"] = entry.url;
    if (entry.icon) option.append(entry.icon.cloneNode(true));
    const title = document.createElement("span");
    title.textContent = entry.title;
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = entry.hint;
    option.append(title, hint);
    return option;
  });
  list.replaceChildren(...options);
  const none = list.parentElement?.querySelector<HTMLElement>(".palette-none");
  if (none) {
    none.hidden = options.length > 0;
    none.textContent = word("nothing");
  }
  mark(field, options);
}

function mark(field: HTMLInputElement, options: HTMLElement[]): void {
  options.forEach((option, index) => option.setAttribute("aria-selected", String(index === chosen)));
  options[chosen]?.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", options[chosen]?.id ?? "");
}
