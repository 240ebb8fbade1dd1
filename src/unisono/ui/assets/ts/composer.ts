// Keeps what a person types: it is saved by the form's own htmx triggers, kept in the browser while
// a save fails, and never left behind without a question.
import { give } from "./forms";
import { toast } from "./toast";
import { word } from "./words";

type Kept = Record<string, string>;

const fieldSelector = "textarea[name], input[type=text][name], input:not([type])[name]";

function keyOf(form: HTMLFormElement): string {
  return `composer:${form.dataset["composer"] ?? location.pathname}`;
}

function fieldsOf(form: HTMLFormElement): (HTMLTextAreaElement | HTMLInputElement)[] {
  return [...form.querySelectorAll<HTMLTextAreaElement | HTMLInputElement>(fieldSelector)];
}

function keep(form: HTMLFormElement): void {
  const values: Kept = {};
  for (const field of fieldsOf(form)) if (field.value !== field.defaultValue) values[field.name] = field.value;
  try {
    sessionStorage.setItem(keyOf(form), JSON.stringify(values));
  } catch {
    // A full or forbidden store only costs the second safety net.
  }
}

function restore(form: HTMLFormElement): void {
  const stored = sessionStorage.getItem(keyOf(form));
  if (!stored) return;
  const values = JSON.parse(stored) as Kept;
  let changed = false;
  for (const field of fieldsOf(form)) {
    const value = values[field.name];
    if (value === undefined || value === field.value) continue;
    field.value = value;
    changed = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (changed) toast(word("restored"), "info");
}

function show(form: HTMLFormElement, state: "saved" | "unsaved" | "failed"): void {
  form.dataset["state"] = state;
  const line = document.querySelector<HTMLElement>("[data-save-state]");
  if (!line) return;
  line.dataset["state"] = state;
  if (state !== "saved") line.textContent = word(state === "failed" ? "notSaved" : "unsaved");
}

function watch(form: HTMLFormElement): void {
  let typedAt = 0;
  let sentAt = 0;
  form.addEventListener("input", () => {
    typedAt = performance.now();
    keep(form);
    show(form, "unsaved");
  });
  form.addEventListener("htmx:beforeRequest", () => (sentAt = performance.now()));
  form.addEventListener("htmx:afterRequest", (event) => {
    const { successful } = (event as CustomEvent<{ successful: boolean }>).detail;
    if (!successful) return show(form, "failed");
    if (typedAt > sentAt) return;
    sessionStorage.removeItem(keyOf(form));
    show(form, "saved");
  });
  form.addEventListener("submit", () => {
    if (!form.hasAttribute("hx-post")) form.dataset["state"] = "saved";
  });
  restore(form);
}

function openTab(tab: HTMLElement): void {
  const tabs = tab.closest("[role=tablist]")?.querySelectorAll<HTMLElement>("[role=tab]") ?? [];
  tabs.forEach((other) => {
    const on = other === tab;
    other.setAttribute("aria-selected", String(on));
    other.tabIndex = on ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls") ?? "");
    if (panel) panel.hidden = !on;
  });
  tab.dispatchEvent(new CustomEvent("tab:shown", { bubbles: true }));
}

function steerTabs(event: KeyboardEvent): void {
  const tab = (event.target as Element).closest<HTMLElement>("[role=tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || step === undefined) return;
  const tabs = [...(tab.closest("[role=tablist]")?.querySelectorAll<HTMLElement>("[role=tab]") ?? [])];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  event.preventDefault();
  next?.focus();
  next?.click();
}

function takePaste(event: ClipboardEvent): void {
  const form = (event.target as Element).closest<HTMLFormElement>("form[data-composer]");
  const images = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  const input = (form ?? document).querySelector<HTMLInputElement>(".media-add input[type=file]");
  if (!form || !images.length || !input) return;
  event.preventDefault();
  give(input, images);
}

/** What somebody else saved replaces what is typed here: the person said so. */
function takeSaved(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-composer]").forEach((form) => {
    sessionStorage.removeItem(keyOf(form));
    form.dataset["state"] = "saved";
  });
  location.reload();
}

document.querySelectorAll<HTMLFormElement>("form[data-composer]").forEach(watch);
// An answer that arrives late must not take away what is being typed at this moment, in a field or
// in one of a list.
document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = (event as CustomEvent<{ target: Element; shouldSwap: boolean }>).detail;
  if (document.activeElement?.matches("textarea") && target.contains(document.activeElement)) {
    (event as CustomEvent<{ shouldSwap: boolean }>).detail.shouldSwap = false;
  }
});
/** A step such as “Schedule” waits until the text before it is saved. */
function saveFirst(event: SubmitEvent): void {
  const composer = document.querySelector<HTMLFormElement>('form[data-composer][data-state="unsaved"]');
  const next = event.target as HTMLFormElement;
  if (!composer || next === composer || next.method === "dialog") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  const saved = (answer: Event) => {
    const { successful } = (answer as CustomEvent<{ successful: boolean }>).detail;
    if (successful && composer.dataset["state"] !== "saved") return;
    composer.removeEventListener("htmx:afterRequest", saved);
    if (successful) next.requestSubmit(submitter);
  };
  composer.addEventListener("htmx:afterRequest", saved);
  composer.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("submit", saveFirst, true);
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-take-saved]")) takeSaved();
});
document.addEventListener("click", (event) => {
  const tab = (event.target as Element).closest<HTMLElement>("[role=tab][aria-controls]");
  if (tab) openTab(tab);
});
document.addEventListener("keydown", steerTabs);
document.addEventListener("paste", takePaste);
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector('form[data-composer][data-state="unsaved"], form[data-composer][data-state="failed"]')) {
    event.preventDefault();
  }
});
