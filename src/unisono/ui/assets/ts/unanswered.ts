// What was typed into a form and never reached anybody: the sign-in had ended, the page was too
// old, a right was gone. It waits in this tab, and is there again when the form is seen the next
// time. Nothing hidden, no password and no file is kept, and nobody else who signs in sees it.
import { toast } from "./toast";
import { word } from "./words";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Kept = { person: string; action: string; fields: [string, string[]][]; at: number; lost?: boolean };

const key = "unanswered";
const longest = 60 * 60 * 1000;
const never = ["hidden", "password", "file", "submit", "button", "reset", "image"];

export function startUnanswered(): void {
  document.addEventListener("submit", (event) => keep(event.target as HTMLFormElement));
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr } = (event as CustomEvent<{ successful: boolean; xhr: XMLHttpRequest }>).detail;
    if (successful && !xhr.getResponseHeader("HX-Redirect") && !read()?.lost) forget();
  });
  settle();
}

/** A page that came instead of an answer says so itself, or it is one for people not signed in. */
function settle(): void {
  const kept = read();
  if (!kept) return;
  const signedIn = person();
  if (!signedIn || document.querySelector("[data-unanswered]")) return write({ ...kept, lost: true });
  if (!kept.lost || signedIn !== kept.person || Date.now() - kept.at > longest) return forget();
  const form = [...document.forms].find((one) => one.method === "post" && pathOf(one) === kept.action);
  if (!form) return;
  forget();
  if (fill(form, kept.fields)) toast(word("restored"), "info");
}

function keep(form: HTMLFormElement): void {
  if (form.method !== "post" || form.dataset["composer"] !== undefined || !person()) return;
  const fields = new Map<string, string[]>();
  for (const control of controls(form)) {
    if (!fields.has(control.name)) fields.set(control.name, []);
    fields.get(control.name)?.push(...valuesOf(control));
  }
  if (![...controls(form)].some(touched)) return;
  write({ person: person(), action: pathOf(form), fields: [...fields], at: Date.now() });
}

function fill(form: HTMLFormElement, fields: [string, string[]][]): boolean {
  const values = new Map(fields);
  let changed = false;
  for (const control of controls(form)) {
    const wanted = values.get(control.name);
    if (!wanted) continue;
    const before = valuesOf(control).join("\n");
    if (control instanceof HTMLSelectElement) {
      for (const option of control.options) option.selected = wanted.includes(option.value);
    } else if (boxed(control)) control.checked = wanted.includes(control.value);
    else control.value = wanted.shift() ?? "";
    if (valuesOf(control).join("\n") === before) continue;
    changed = true;
    control.closest("details")?.setAttribute("open", "");
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return changed;
}

function controls(form: HTMLFormElement): Control[] {
  return ([...form.elements] as Control[]).filter((one) => one.name && one.matches("input, textarea, select") && !never.includes(one.type));
}

function boxed(control: Control): control is HTMLInputElement {
  return control.type === "checkbox" || control.type === "radio";
}

function valuesOf(control: Control): string[] {
  if (control instanceof HTMLSelectElement) return [...control.selectedOptions].map((option) => option.value);
  if (boxed(control)) return control.checked ? [control.value] : [];
  return [control.value];
}

function touched(control: Control): boolean {
  if (control instanceof HTMLSelectElement) return [...control.options].some((option) => option.selected !== option.defaultSelected);
  if (boxed(control)) return control.checked !== control.defaultChecked;
  return control.value !== control.defaultValue || control.value !== "";
}

function pathOf(form: HTMLFormElement): string {
  return new URL(form.getAttribute("action") || location.href, location.href).pathname;
}

function person(): string {
  return document.querySelector<HTMLMetaElement>("meta[name=person]")?.content ?? "";
}

function read(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

function write(kept: Kept): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // A full or forbidden store only costs the second safety net.
  }
}

function forget(): void {
  sessionStorage.removeItem(key);
}
