const YEAR = 31_536_000;

/** Buttons with data-set-theme="light | dark | system"; the server reads the cookie on the next page. */
export function startTheme(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-set-theme]");
    if (!button) return;
    const theme = button.dataset["setTheme"] ?? "system";
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
