import { post } from "./http";

const YEAR = 31_536_000;

/** Buttons with data-set-theme="light | dark | system"; the server reads the cookie on the next page,
 * and keeps the choice with the member where the button's form has an address. */
export function startTheme(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-set-theme]");
    if (!button) return;
    const theme = button.dataset["setTheme"] ?? "system";
    const address = button.closest("form")?.getAttribute("action");
    event.preventDefault();
    if (address) void post(address, { theme });
    document.cookie = `theme=${theme};path=/;max-age=${YEAR};samesite=lax`;
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
    showPressed(theme);
  });
}

function showPressed(theme: string): void {
  document.querySelectorAll<HTMLElement>("[data-set-theme]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset["setTheme"] === theme));
  });
}
