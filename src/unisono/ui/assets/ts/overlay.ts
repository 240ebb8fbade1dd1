/** Dialogs open by data-opens="id" and close by data-closes; menus close as menus do. */
export function startOverlays(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-opens]");
    if (opener) show(opener.dataset["opens"] ?? "");
    if (target.closest("[data-closes]")) target.closest("dialog")?.close();
    if (target instanceof HTMLDialogElement && !target.dataset["keep"]) target.close();
    closeMenus(target);
    if (target.closest("[data-prints]")) window.print();
    const copier = target.closest<HTMLElement>("[data-copy]");
    if (copier) void copy(copier);
  });
  document.addEventListener("keydown", (event) => {
    const menu = (event.target as Element).closest<HTMLDetailsElement>("details.menu[open]");
    if (!menu) return;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
    // In a select of a menu the arrows choose.
    const walks = !(event.target as Element).matches("select, input, textarea");
    if (walks && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      walk(menu, event.key === "ArrowDown" ? 1 : -1);
    }
  });
  document.body.addEventListener("dialog:close", () => {
    document.querySelectorAll<HTMLDialogElement>("dialog[open]").forEach((dialog) => dialog.close());
  });
  // A dialog fetched by htmx opens as soon as it has arrived.
  document.body.addEventListener("htmx:afterSettle", () => {
    document.querySelectorAll<HTMLDialogElement>("dialog[data-open-now]:not([open])").forEach((dialog) => {
      delete dialog.dataset["openNow"];
      dialog.showModal();
    });
  });
  document.querySelectorAll<HTMLDialogElement>("dialog[data-open-now]").forEach((dialog) => dialog.showModal());
}

function show(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

function closeMenus(target: Element): void {
  const chosen = target.closest(".menu-item");
  document.querySelectorAll<HTMLDetailsElement>("details.menu[open]").forEach((menu) => {
    if (!menu.contains(target) || chosen) menu.open = false;
  });
}

function walk(menu: HTMLElement, step: number): void {
  const items = [...menu.querySelectorAll<HTMLElement>(".menu-item")];
  const here = items.indexOf(document.activeElement as HTMLElement);
  items[(here + step + items.length) % items.length]?.focus();
}

/** Copies, says so, and tells the form around it where that is wished (data-tells). */
async function copy(button: HTMLElement): Promise<void> {
  await put(button.dataset["copy"] ?? "");
  const label = button.querySelector<HTMLElement>("[data-label]") ?? button;
  const before = label.textContent;
  label.textContent = button.dataset["copied"] ?? before;
  window.setTimeout(() => (label.textContent = before), 1_600);
  const form = button.closest<HTMLFormElement>("form[data-tells]");
  if (form) void fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" });
}

/** Without TLS a browser offers no clipboard; then the old way. */
async function put(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  const focused = document.activeElement as HTMLElement | null;
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  focused?.focus();
}
