/**
 * Parts of a page that ask for themselves anew when something happens (hx-trigger="… from:body").
 *
 * While such a part is loading, htmx would keep the next question for it, and forget it when the
 * answer puts a new element in its place. So the newest question replaces the one on its way.
 */
export function startRefresh(): void {
  document.body.addEventListener("htmx:beforeProcessNode", (event) => {
    const part = event.target as Element;
    if (!part.getAttribute("hx-trigger")?.includes("from:body") || part.hasAttribute("hx-sync")) return;
    part.setAttribute("hx-sync", "this:replace");
  });
}
