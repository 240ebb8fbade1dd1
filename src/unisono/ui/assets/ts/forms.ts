/** Small habits of forms everywhere: file drop, submit on choice, live counters. */
export function startForms(): void {
  guessZone();
  document.addEventListener("change", (event) => {
    const control = event.target as HTMLElement;
    if (control.matches("[data-submits]")) (control as HTMLSelectElement).form?.requestSubmit();
    if (control.matches(".dropzone input[type=file]")) nameFiles(control as HTMLInputElement);
  });
  document.addEventListener("submit", (event) => {
    const question = (event.submitter ?? (event.target as HTMLElement)).dataset["confirm"] ?? (event.target as HTMLElement).dataset["confirm"];
    if (question && !window.confirm(question)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
  document.addEventListener("input", (event) => {
    const area = event.target as HTMLTextAreaElement;
    if (area.dataset?.["counts"]) count(area);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => drop(event as DragEvent));
}

/** An empty input with data-guess-zone starts with the zone this device lives in. */
function guessZone(): void {
  const input = document.querySelector<HTMLInputElement>("input[data-guess-zone]");
  if (input && !input.value) input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

function count(area: HTMLTextAreaElement): void {
  const counter = document.getElementById(area.dataset["counts"] ?? "");
  if (!counter) return;
  const most = Number(counter.dataset["most"] ?? 0);
  const length = [...area.value].length;
  counter.textContent = `${length} / ${most}`;
  counter.dataset["tone"] = length > most ? "bad" : length > most * 0.9 ? "warn" : "";
}

function drop(event: DragEvent): void {
  const zone = (event.target as Element).closest?.<HTMLElement>(".dropzone");
  if (!zone || !event.dataTransfer?.types.includes("Files")) return;
  if (event.type === "dragleave") return void delete zone.dataset["over"];
  event.preventDefault();
  zone.dataset["over"] = "";
  if (event.type !== "drop") return;
  delete zone.dataset["over"];
  const input = zone.querySelector<HTMLInputElement>("input[type=file]");
  if (input) give(input, [...event.dataTransfer.files]);
}

/** Hands files to an input as if they had been picked, so that its own hx-post takes over. */
export function give(input: HTMLInputElement, files: File[]): void {
  const box = new DataTransfer();
  files.slice(0, input.multiple ? undefined : 1).forEach((file) => box.items.add(file));
  if (!box.files.length) return;
  input.files = box.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function nameFiles(input: HTMLInputElement): void {
  const names = [...(input.files ?? [])].map((file) => file.name).join(", ");
  const line = input.closest(".dropzone")?.querySelector<HTMLElement>("[data-file-name]");
  if (line) line.textContent = names;
}
