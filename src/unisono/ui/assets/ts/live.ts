// One stream of news a page. "publication.published" becomes the event "live:publication", for
// elements with hx-trigger="live:publication from:body".
const HIDDEN_FOR = 20_000;
const AT_MOST_EVERY = 1_000;
const RETRY = 100;

interface News {
  kind: string;
  subject?: string;
}

let source: EventSource | undefined;
let lost = false;
const told = new Map<string, number>();
const waiting = new Set<string>();

export function startLive(): void {
  const url = document.querySelector<HTMLMetaElement>('meta[name="live"]')?.content;
  if (!url) return;
  open(url);
  let hidden = 0;
  // Browsers allow six streams to one server: a page nobody looks at gives its own back.
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(hidden);
    if (document.hidden) hidden = window.setTimeout(close, HIDDEN_FOR);
    else if (!source) open(url);
  });
  window.addEventListener("pagehide", close);
}

function open(url: string): void {
  const stream = new EventSource(url);
  source = stream;
  stream.addEventListener("open", () => {
    if (lost) refreshAll();
    lost = false;
  });
  stream.addEventListener("error", () => {
    lost = true;
    if (stream.readyState !== EventSource.CLOSED || source !== stream) return;
    source = undefined;
    window.setTimeout(() => {
      if (!source && !document.hidden) open(url);
    }, 5_000);
  });
  stream.addEventListener("message", (event: MessageEvent<string>) => hear(event.data));
}

function close(): void {
  source?.close();
  source = undefined;
  lost = true;
}

function hear(data: string): void {
  try {
    const news = JSON.parse(data) as News;
    tell(news.kind.split(".")[0] ?? news.kind, news);
  } catch {
    console.warn("A message of the live stream could not be read.");
  }
}

/** Tells at once, then at most once a second, so a burst of deliveries costs one refresh. */
function tell(name: string, news?: News): void {
  if (waiting.has(name)) return;
  const pause = (told.get(name) ?? 0) + AT_MOST_EVERY - Date.now();
  const say = () => {
    if (loading(name)) return void window.setTimeout(say, RETRY);
    waiting.delete(name);
    told.set(name, Date.now());
    document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail: news ?? {} }));
  };
  waiting.add(name);
  if (pause <= 0) say();
  else window.setTimeout(say, pause);
}

/** A burst must not restart a slow answer each second: the next word waits until it is there. */
function loading(name: string): boolean {
  const listening = document.querySelectorAll(`[hx-trigger*="live:${name} "]`);
  return [...listening].some((element) => element.classList.contains("htmx-request"));
}

function refreshAll(): void {
  const names = new Set<string>();
  document.querySelectorAll("[hx-trigger]").forEach((element) => {
    const triggers = element.getAttribute("hx-trigger") ?? "";
    for (const match of triggers.matchAll(/live:(\w+)/g)) names.add(match[1] ?? "");
  });
  names.forEach((name) => tell(name));
}
