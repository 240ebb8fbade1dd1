// Sentences come from the server in the reader's language, as data attributes of one element.
export function word(name: string, places: Record<string, string> = {}, from = "words"): string {
  const template = document.getElementById(from)?.dataset[name] ?? "";
  return template.replace(/\{(\w+)\}/g, (_, key: string) => places[key] ?? "");
}
