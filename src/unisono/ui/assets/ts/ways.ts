import { toast } from "./toast";
import { word } from "./words";

/** Whether an answer refuses a time with a dialog that holds ways out. */
export function isOffer(answer: Response, body: string): boolean {
  return answer.status === 409 && body.startsWith("<dialog");
}

/** Shows that dialog. After it what was moved has the focus again. */
export function offerWays(html: string, moved: HTMLElement): void {
  const dialog = new DOMParser().parseFromString(html, "text/html").querySelector("dialog");
  if (!dialog) return toast(word("failed"), "bad");
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    moved.focus();
  });
  dialog.showModal();
}
