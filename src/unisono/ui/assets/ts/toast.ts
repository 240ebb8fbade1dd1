import { word } from "./words";

export type Tone = "ok" | "info" | "warn" | "bad";

const SECONDS = { ok: 5, info: 6, warn: 9, bad: 14 } as const;

export interface Act {
  label: string;
  run: () => void;
}

/** Shows one sentence; a problem stays longer, and pointing at it keeps it. An `act` can follow from it. */
export function toast(text: string, tone: Tone = "info", act?: Act): void {
  const area = document.getElementById("toasts");
  if (!area || !text) return;
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset["tone"] = tone;
  if (tone === "bad") box.setAttribute("role", "alert");
  const line = document.createElement("p");
  line.textContent = text;
  box.append(line, ...(act ? [actButton(act)] : []), closeButton());
  area.append(box);
  dismissLater(box, tone);
}

function actButton(act: Act): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast-act";
  button.textContent = act.label;
  // The click goes on to close the toast.
  button.addEventListener("click", act.run);
  return button;
}

function closeButton(): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", word("close"));
  button.textContent = "×";
  return button;
}

function dismissLater(box: HTMLElement, tone: Tone): void {
  let timer = 0;
  const wait = () => {
    timer = window.setTimeout(() => box.remove(), SECONDS[tone] * 1000);
  };
  box.addEventListener("pointerenter", () => window.clearTimeout(timer));
  box.addEventListener("pointerleave", wait);
  wait();
}

/** The sentence in an answer that refuses: problem details, plain text, or ours when it has none. */
export function sentenceOf(type: string, body: string): string {
  if (type.includes("json")) {
    try {
      const problem: unknown = JSON.parse(body);
      if (problem && typeof problem === "object" && "detail" in problem) return String(problem.detail);
    } catch {
      return word("failed");
    }
  }
  const plain = type.startsWith("text/plain") ? body.trim() : "";
  return plain && plain.length < 400 ? plain : word("failed");
}

export function startToasts(): void {
  const area = document.getElementById("toasts");
  area?.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("button");
    button?.closest(".toast")?.remove();
  });
  area?.querySelectorAll<HTMLElement>(".toast").forEach((box) => {
    dismissLater(box, (box.dataset["tone"] as Tone | undefined) ?? "info");
  });
  document.body.addEventListener("toast", (event) => {
    const detail = (event as CustomEvent<{ text?: string; value?: string; tone?: Tone }>).detail;
    toast(detail.text ?? detail.value ?? "", detail.tone ?? "ok");
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    toast(sentenceOf(xhr.getResponseHeader("Content-Type") ?? "", xhr.responseText), "bad");
  });
  document.body.addEventListener("htmx:sendError", () => toast(word("offline"), "bad"));
}
