/** Posts a form to our own server with the token that proves the page sent it. */
export function post(url: string, fields: Record<string, string> | URLSearchParams): Promise<Response> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "X-CSRFToken": token, "X-Requested-With": "fetch", Accept: "application/json" },
    credentials: "same-origin",
  });
}
